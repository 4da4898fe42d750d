"""The houses of a gardu, of a pole and of a deret are found without reading the whole unit."""

import sqlalchemy as sa
from alembic import op

revision = "0028_findings_paths"
down_revision = "0026_own_readings"
branch_labels = None
depends_on = None

_PATHS = (
    ("ix_finding_ulp_proposed_gardu", "finding", ["ulp", "proposed_gardu"], "kind <> 'ok'"),
    ("ix_pdpj_ulp_tiang", "pdpj", ["ulp", "tiang"], "valid_to IS NULL AND tiang IS NOT NULL"),
    ("ix_pdpj_ulp_deret", "pdpj", ["ulp", "deret"], "valid_to IS NULL AND deret IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, columns, where in _PATHS:
        op.create_index(name, table, columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in _PATHS:
        op.drop_index(name, table)
