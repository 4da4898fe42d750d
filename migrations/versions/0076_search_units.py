"""Customers are found by the last figures of their number in all units at once."""

import sqlalchemy as sa
from alembic import op

revision = "0076_search_units"
down_revision = "0075_region"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customer_last4", "customer", [sa.text('"right"(idpel, 4)')])


def downgrade() -> None:
    op.drop_index("ix_customer_last4", "customer")
