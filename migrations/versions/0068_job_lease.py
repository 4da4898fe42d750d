"""A job that was begun is leased to its worker; one whose worker died is taken again, or set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0068_job_lease"
down_revision = "0066_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "job", sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "job", sa.Column("attempts_left", sa.Integer(), server_default=sa.text("3"), nullable=False)
    )
    op.add_column("job", sa.Column("worker", sa.String()))
    op.add_column("job", sa.Column("leased_until", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_job_leased", "job", ["leased_until"], postgresql_where=sa.text("state = 'running'")
    )
    op.create_index("ix_job_aside", "job", ["ulp"], postgresql_where=sa.text("state = 'aside'"))


def downgrade() -> None:
    # An older program knows neither state: both are a failure to it.
    op.execute("UPDATE job SET state = 'failed' WHERE state IN ('aside', 'dropped')")
    op.drop_index("ix_job_aside", "job")
    op.drop_index("ix_job_leased", "job")
    for column in ("leased_until", "worker", "attempts_left", "attempt"):
        op.drop_column("job", column)
