"""A planner can pin single customers to their RBM; a draft knows them, and the next one keeps them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035_workbench_more"
down_revision = "0034_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "rbm_draft",
        sa.Column("pinned", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("rbm_draft", "pinned")
