"""A large first list is loaded faster: the key of public ids begins with the id, not the unit.

Within a unit all keys began alike, so each comparison of a sort read the unit's code first.
"""

from alembic import op

revision = "0022_public_id_leads"
down_revision = "0021_desk_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _key("(public_id, ulp)", "uq_customer_public_id_ulp", "uq_customer_ulp_public_id")


def downgrade() -> None:
    _key("(ulp, public_id)", "uq_customer_ulp_public_id", "uq_customer_public_id_ulp")


def _key(columns: str, name: str, instead_of: str) -> None:
    op.execute(f"ALTER TABLE customer DROP CONSTRAINT {instead_of}")
    op.execute(f"ALTER TABLE customer ADD CONSTRAINT {name} UNIQUE {columns}")
