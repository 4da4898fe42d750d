"""Readings and prepaid checks of our own; gardu spellings united; mutations dismissed.

A hand-off of own readings has no version: it is pinned by the newest reading taken in.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026_own_readings"
down_revision = "0025_second_looks"
branch_labels = None
depends_on = None

_MUTATION_STATES = ("ck_mutation_state", "mutation", "state IN ({})")
_DECISIONS = ("ck_mutation_decision_decision", "mutation_decision", "decision IN ({})")


def upgrade() -> None:
    _own_reading()
    op.alter_column("handoff", "version_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("handoff", sa.Column("up_to_reading", sa.BigInteger()))
    _spellings()
    op.add_column("mutation_decision", sa.Column("reason", sa.String()))
    _check(*_MUTATION_STATES, "'open', 'accepted', 'past', 'dismissed'")
    _check(*_DECISIONS, "'accepted', 'undone', 'dismissed', 'restored'")


def downgrade() -> None:
    # What was decided in a way that the older tables do not know cannot stay.
    op.execute("ALTER TABLE mutation_decision DISABLE TRIGGER append_only")
    op.execute("DELETE FROM mutation_decision WHERE decision IN ('dismissed', 'restored')")
    op.execute("ALTER TABLE mutation_decision ENABLE TRIGGER append_only")
    op.execute("UPDATE mutation SET state = 'open' WHERE state = 'dismissed'")
    _check(*_DECISIONS, "'accepted', 'undone'")
    _check(*_MUTATION_STATES, "'open', 'accepted', 'past'")
    op.drop_column("mutation_decision", "reason")
    op.drop_column("proposal", "spelling_id")
    op.drop_table("gardu_alias")
    op.drop_table("spelling_decision")
    for table in ("handoff_file", "handoff_change", "handoff"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    own = "SELECT ulp, handoff_id FROM handoff WHERE version_id IS NULL"
    op.execute(f"DELETE FROM handoff_file WHERE (ulp, handoff_id) IN ({own})")
    op.execute("DELETE FROM handoff WHERE version_id IS NULL")
    for table in ("handoff_file", "handoff_change", "handoff"):
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    op.drop_column("handoff", "up_to_reading")
    op.alter_column("handoff", "version_id", existing_type=sa.BigInteger(), nullable=False)
    op.drop_table("own_reading")


def _check(name: str, table: str, form: str, values: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({form.format(values)})")


def _own_reading() -> None:
    op.create_table(
        "own_reading",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_own_reading_ulp"),
                  nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("conflict_no", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reading_no", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("stand_kwh", sa.Numeric()),
        sa.Column("lbkb_code", sa.String(), nullable=False),
        sa.Column("photo_sha256", sa.String(64)),
        sa.Column("lon", sa.Double()),
        sa.Column("lat", sa.Double()),
        sa.Column("accuracy_m", sa.Double()),
        sa.Column("order_no", sa.String()),
        sa.Column("sisa_token_kwh", sa.Numeric()),
        sa.Column("checks", JSONB(),
                  server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("previous_stand_kwh", sa.Numeric()),
        sa.Column("kwh", sa.Numeric()),
        sa.Column("taksasi_kwh", sa.Numeric()),
        sa.Column("marks", sa.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "client_id", "conflict_no", name="pk_own_reading"),
        sa.UniqueConstraint("ulp", "reading_no", name="uq_own_reading_ulp_reading_no"),
        sa.CheckConstraint("service IN ('pasca', 'pra')", name="ck_own_reading_service"),
        sa.CheckConstraint("stand_kwh IS NULL OR taksasi_kwh IS NULL",
                           name="ck_own_reading_taksasi_is_no_reading"),
    )  # fmt: skip
    op.create_index("ix_own_reading_ulp_idpel", "own_reading", ["ulp", "idpel"])
    op.create_index("ix_own_reading_ulp_blth", "own_reading", ["ulp", "blth"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON own_reading "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _spellings() -> None:
    op.create_table(
        "spelling_decision",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_spelling_decision_ulp"),
                  nullable=False),
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("gardu", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customers", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("effective_on", sa.Date()),
        sa.Column("undone_by", sa.String()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "decision_id", name="pk_spelling_decision"),
        sa.CheckConstraint("verdict IN ('satukan', 'berbeda')",
                           name="ck_spelling_decision_verdict"),
        sa.CheckConstraint("state IN ('open', 'approved', 'rejected', 'undone')",
                           name="ck_spelling_decision_state"),
        sa.CheckConstraint("verdict = 'berbeda' OR gardu = ANY(codes)",
                           name="ck_spelling_decision_right_code"),
    )  # fmt: skip
    op.create_table(
        "gardu_alias",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_gardu_alias_ulp"),
                  nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "alias", name="pk_gardu_alias"),
    )  # fmt: skip
    op.add_column("proposal", sa.Column("spelling_id", sa.BigInteger()))
