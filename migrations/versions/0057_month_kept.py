"""What was computed of a month for supervision is kept until the data are others: pages open at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057_month_kept"
down_revision = "0056_version_gardu"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_kept",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_month_kept_ulp"),
                  nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "blth", "kind", name="pk_month_kept"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("month_kept")
