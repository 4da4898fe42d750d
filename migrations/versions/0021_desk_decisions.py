"""Findings that a planner settles at the desk, with a reason; counted apart, never truth."""

import sqlalchemy as sa
from alembic import op

revision = "0021_desk_decisions"
down_revision = "0020_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_decision",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_desk_decision_ulp"),
                  nullable=False),
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("recorded_gardu", sa.String()),
        sa.Column("gardu", sa.String()),
        sa.Column("p", sa.Double()),
        sa.Column("proposal_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("undone_by", sa.String()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "decision_id", name="pk_desk_decision"),
        sa.CheckConstraint(
            "verdict IN ('catatan_benar', 'gardu_lain')", name="ck_desk_decision_verdict"
        ),
    )  # fmt: skip
    op.create_index("ix_desk_decision_ulp_idpel", "desk_decision", ["ulp", "idpel"])


def downgrade() -> None:
    op.drop_table("desk_decision")
