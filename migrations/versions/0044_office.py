"""The office's side of the field: what a list was made from, orders that moved, words on orphans.

The same survey plan is not issued twice; an order that goes to another officer keeps where it
was; a record of nobody's order can be told whose it is, and any word on a record be taken back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044_office"
down_revision = "0049_reading_answers"
branch_labels = None
depends_on = None

VERDICT = "ck_visit_review_verdict"


def _verdicts(said: str) -> None:
    # The first form of the constraint carried the table's name twice.
    for name in (VERDICT, f"ck_visit_review_{VERDICT}"):
        op.execute(f"ALTER TABLE visit_review DROP CONSTRAINT IF EXISTS {name}")
    op.create_check_constraint(op.f(VERDICT), "visit_review", f"verdict IN ({said})")


def upgrade() -> None:
    op.add_column("visit_list", sa.Column("source", sa.String()))
    op.create_index("uq_visit_list_ulp_source", "visit_list", ["ulp", "source"], unique=True)
    op.create_table(
        "visit_move",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_visit_move_ulp"),
                  nullable=False),
        sa.Column("move_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("from_list", sa.Uuid(), nullable=False),
        sa.Column("to_list", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("moved_by", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "move_id", name="pk_visit_move"),
    )  # fmt: skip
    op.create_index("ix_visit_move_ulp_order_id", "visit_move", ["ulp", "order_id"])
    op.create_index("ix_visit_move_ulp_from_list", "visit_move", ["ulp", "from_list"])
    op.add_column("visit_review", sa.Column("idpel", sa.String(12)))
    op.add_column("visit_review", sa.Column("order_id", sa.Uuid()))
    _verdicts("'berlaku', 'ditolak', 'dibuka'")
    op.create_index("ix_visit_effect_ulp_state", "visit_effect", ["ulp", "state"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visit_move "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_index("ix_visit_effect_ulp_state", "visit_effect")
    op.execute("ALTER TABLE visit_review DISABLE TRIGGER append_only")
    # What was taken back is not decided: without the word for it, the words before go as well.
    op.execute(
        "DELETE FROM visit_review r USING visit_review o WHERE o.verdict = 'dibuka' "
        "AND o.ulp = r.ulp AND o.client_id = r.client_id AND o.review_id >= r.review_id"
    )
    op.execute("ALTER TABLE visit_review ENABLE TRIGGER append_only")
    _verdicts("'berlaku', 'ditolak'")
    op.drop_column("visit_review", "order_id")
    op.drop_column("visit_review", "idpel")
    op.drop_table("visit_move")
    op.drop_index("uq_visit_list_ulp_source", "visit_list")
    op.drop_column("visit_list", "source")
