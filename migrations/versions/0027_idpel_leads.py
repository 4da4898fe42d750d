"""A large first list is loaded faster: the keys of customers and their points begin with the idpel.

Within a unit all keys began alike, so each comparison of a sort read the unit's code first.
Units without a part of their own share one; its rows are still found by unit.
"""

from alembic import op

revision = "0027_idpel_leads"
down_revision = "0026_own_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _key("customer", "(idpel, ulp)")
    _key("customer_point", "(idpel, point_id, ulp)")
    op.execute("CREATE INDEX ix_part_customer_point_ulp ON part_customer_point (ulp)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_part_customer_point_ulp")
    _key("customer_point", "(ulp, idpel, point_id)")
    _key("customer", "(ulp, idpel)")


def _key(table: str, columns: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY {columns}")
