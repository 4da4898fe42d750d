"""A published version says which gardu it changed, so that these are verified at the place.

Versions published before have no such rows: their gardu are not asked for anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0056_version_gardu"
down_revision = "0055_verification"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "version_gardu",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_version_gardu_ulp"), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "version_id", "gardu", name="pk_version_gardu"),
        sa.ForeignKeyConstraint(
            ["ulp", "version_id"], ["rbm_version.ulp", "rbm_version.version_id"],
            name="fk_version_gardu_ulp_version_id",
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("version_gardu")
