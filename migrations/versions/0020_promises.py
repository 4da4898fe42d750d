"""What was computed before a house was surveyed: p as computed, p as shown, the record met."""

import sqlalchemy as sa
from alembic import op

revision = "0020_promises"
down_revision = "0019_photos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("raw_p", sa.Double()))
    op.add_column("survey_answer", sa.Column("recorded_gardu", sa.String()))
    op.add_column("survey_answer", sa.Column("promised_p", sa.Double()))
    op.add_column("survey_answer", sa.Column("raw_p", sa.Double()))


def downgrade() -> None:
    for column in ("raw_p", "promised_p", "recorded_gardu"):
        op.drop_column("survey_answer", column)
    op.drop_column("finding", "raw_p")
