"""Rows that tell a whole year and were refused count in every month's "ditolak saat impor".

Their kWh had no month to stand in and were missing from the sums. Rows refused before keep no
such months; import their file again for them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013_refused_years"
down_revision = "0012_pdpj_found_by_key"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_reject", sa.Column("kwh_months", JSONB()))


def downgrade() -> None:
    op.drop_column("import_reject", "kwh_months")
