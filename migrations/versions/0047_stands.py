"""Stands decided before AP2T bills them, and the signature that a month is ready."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0047_stands"
down_revision = "0046_rbm_view"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stand_decision",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_stand_decision_ulp"),
                  nullable=False),
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "decision_id", name="pk_stand_decision"),
        sa.CheckConstraint("verdict IN ('terima', 'perbaiki', 'baca_ulang')",
                           name="ck_stand_decision_verdict"),
    )  # fmt: skip
    op.create_index("ix_stand_decision_ulp_blth", "stand_decision", ["ulp", "blth", "idpel"])
    op.create_table(
        "stand_ready",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_stand_ready_ulp"),
                  nullable=False),
        sa.Column("ready_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "ready_id", name="pk_stand_ready"),
    )  # fmt: skip
    op.create_index("ix_stand_ready_ulp_blth", "stand_ready", ["ulp", "blth"])
    for table in ("stand_decision", "stand_ready"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("stand_ready")
    op.drop_table("stand_decision")
