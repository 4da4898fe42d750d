"""What a run over many units was asked, and which data it saw: a name that is done says what it stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0079_unit_run_asked"
down_revision = "0078_row_security"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Attempts of before say neither.
    op.add_column("unit_run", sa.Column("asked", sa.String()))
    op.add_column("unit_run", sa.Column("mark", sa.String()))


def downgrade() -> None:
    op.drop_column("unit_run", "mark")
    op.drop_column("unit_run", "asked")
