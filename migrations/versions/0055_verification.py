"""A changed gardu is verified at the place: houses drawn, seen, looked at again, decided.

Nothing is known of verifications before; gardu changed before this stay to be verified.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055_verification"
down_revision = "0053_stand_sample"
branch_labels = None
depends_on = None

TABLES = ("verification", "verification_item", "verification_step")


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _facts(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)


def _of_verification(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ulp", "verification_id"], ["verification.ulp", "verification.verification_id"],
        name=f"fk_{table}_ulp_verification_id",
    )  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "verification",
        _ulp("verification"),
        sa.Column("verification_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("follows", sa.BigInteger()),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("tolerated", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("list_hash", sa.String(64), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        _facts("content"),
        sa.Column("drawn_by", sa.String(), nullable=False),
        _now("drawn_at"),
        sa.PrimaryKeyConstraint("ulp", "verification_id", name="pk_verification"),
        sa.ForeignKeyConstraint(
            ["ulp", "follows"], ["verification.ulp", "verification.verification_id"],
            name="fk_verification_ulp_follows",
        ),
        sa.CheckConstraint("size BETWEEN 1 AND lot", name="ck_verification_size_of_lot"),
    )  # fmt: skip
    op.create_index("ix_verification_ulp_gardu", "verification", ["ulp", "gardu"])
    op.create_table(
        "verification_item",
        _ulp("verification_item"),
        sa.Column("verification_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("gardu", sa.String()),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "verification_id", "place", name="pk_verification_item"),
        _of_verification("verification_item"),
        sa.CheckConstraint("part IN ('sampel', 'cadangan', 'sekitar')",
                           name="ck_verification_item_part"),
    )  # fmt: skip
    op.create_index("ix_verification_item_ulp_idpel", "verification_item", ["ulp", "idpel"])
    op.create_table(
        "verification_step",
        _ulp("verification_step"),
        sa.Column("step_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("verification_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        _facts("result"),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("reason", sa.String()),
        sa.Column("done_by", sa.String(), nullable=False),
        _now("done_at"),
        sa.PrimaryKeyConstraint("ulp", "step_id", name="pk_verification_step"),
        _of_verification("verification_step"),
        sa.CheckConstraint("step IN ('diterima', 'kembali_survei', 'batal', 'urung')",
                           name="ck_verification_step_step"),
    )  # fmt: skip
    op.create_index(
        "ix_verification_step_ulp_verification_id", "verification_step", ["ulp", "verification_id"]
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
