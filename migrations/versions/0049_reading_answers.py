"""What a person decided of a question about the reading of an RBM."""

import sqlalchemy as sa
from alembic import op

revision = "0049_reading_answers"
down_revision = "0048_photo_test"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_answer",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_reading_answer_ulp"),
                  nullable=False),
        sa.Column("answer_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "answer_id", name="pk_reading_answer"),
        sa.CheckConstraint("verdict IN ('dijelaskan', 'ditindaklanjuti')",
                           name="ck_reading_answer_verdict"),
    )  # fmt: skip
    op.create_index("ix_reading_answer_ulp_rbm", "reading_answer", ["ulp", "rbm", "blth"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reading_answer "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("reading_answer")
