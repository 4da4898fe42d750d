"""Visits of the field: lists of orders, records of phones, photos, reviews, phones (SOP II to VI)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041_visits"
down_revision = "0040_base_maps"
branch_labels = None
depends_on = None

JOBS = "job IN ('survei', 'pasca', 'pra', 'informasi', 'putus', 'sambung')"


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()") if now else None,
        nullable=not now,
    )  # fmt: skip


def _json(name: str, empty: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text(f"'{empty}'::jsonb"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "visit_list",
        _ulp("visit_list"),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("officer", sa.String()),
        sa.Column("planned_on", sa.Date()),
        _json("content", "{}"),
        sa.Column("made_by", sa.String(), nullable=False),
        _moment("made_at", now=True),
        _moment("closed_at"),
        sa.PrimaryKeyConstraint("ulp", "list_id", name="pk_visit_list"),
        sa.CheckConstraint(JOBS, name="ck_visit_list_job"),
    )
    op.create_index("ix_visit_list_ulp_officer", "visit_list", ["ulp", "officer"])
    op.create_table(
        "visit_order",
        _ulp("visit_order"),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("reason", sa.String(), nullable=False),
        _json("content", "{}"),
        _moment("cancelled_at"),
        sa.Column("cancelled_by", sa.String()),
        sa.Column("cancel_reason", sa.String()),
        sa.PrimaryKeyConstraint("ulp", "order_id", name="pk_visit_order"),
        sa.ForeignKeyConstraint(
            ["ulp", "list_id"], ["visit_list.ulp", "visit_list.list_id"],
            name="fk_visit_order_ulp_list_id",
        ),
    )  # fmt: skip
    op.create_index("ix_visit_order_ulp_list_id", "visit_order", ["ulp", "list_id", "stop"])
    op.create_index("ix_visit_order_ulp_idpel", "visit_order", ["ulp", "idpel"])
    op.create_table(
        "field_visit",
        _ulp("field_visit"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("visit_no", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("idpel", sa.String(12)),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        _json("given", "{}"),
        _json("photos", "[]"),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("accuracy_m", sa.Float()),
        sa.Column("fixes", sa.Integer()),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        _moment("received_at", now=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "client_id", "sha256", name="pk_field_visit"),
    )
    op.create_index("ix_field_visit_ulp_visit_no", "field_visit", ["ulp", "visit_no"], unique=True)
    for column in ("order_id", "idpel", "received_at"):
        op.create_index(f"ix_field_visit_ulp_{column}", "field_visit", ["ulp", column])
    op.create_table(
        "visit_review",
        _ulp("visit_review"),
        sa.Column("review_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        _moment("reviewed_at", now=True),
        sa.PrimaryKeyConstraint("ulp", "review_id", name="pk_visit_review"),
        sa.CheckConstraint("verdict IN ('berlaku', 'ditolak')", name="ck_visit_review_verdict"),
    )
    op.create_index("ix_visit_review_ulp_client_id", "visit_review", ["ulp", "client_id"])
    op.create_table(
        "visit_effect",
        _ulp("visit_effect"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _json("refusals", "[]"),
        _moment("at", now=True),
        sa.PrimaryKeyConstraint("ulp", "client_id", "sha256", name="pk_visit_effect"),
        sa.ForeignKeyConstraint(
            ["ulp", "client_id", "sha256"],
            ["field_visit.ulp", "field_visit.client_id", "field_visit.sha256"],
            name="fk_visit_effect_ulp_client_id_sha256",
        ),
        sa.CheckConstraint("state IN ('masuk', 'menunggu')", name="ck_visit_effect_state"),
    )
    op.create_table(
        "visit_photo",
        _ulp("visit_photo"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"),
                  nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        _moment("received_at", now=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "sha256", name="pk_visit_photo"),
    )  # fmt: skip
    op.create_table(
        "field_device",
        _ulp("field_device"),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary()),
        _moment("first_seen_at", now=True),
        _moment("last_seen_at", now=True),
        _moment("struck_off_at"),
        sa.PrimaryKeyConstraint("ulp", "device_id", name="pk_field_device"),
    )
    for table in ("field_visit", "visit_review", "visit_photo"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in (
        "field_device", "visit_photo", "visit_effect", "visit_review", "field_visit",
        "visit_order", "visit_list",
    ):  # fmt: skip
        op.drop_table(table)
