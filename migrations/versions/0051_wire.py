"""A picture finds the visits that wait for it at once; who struck a phone off is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0051_wire"
down_revision = "0050_office"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_field_visit_photos", "field_visit", ["photos"], postgresql_using="gin",
        postgresql_ops={"photos": "jsonb_path_ops"},
    )  # fmt: skip
    op.create_index("ix_field_visit_ulp_device_id", "field_visit", ["ulp", "device_id"])
    op.add_column("field_device", sa.Column("struck_off_by", sa.String()))


def downgrade() -> None:
    op.drop_column("field_device", "struck_off_by")
    op.drop_index("ix_field_visit_ulp_device_id", "field_visit")
    op.drop_index("ix_field_visit_photos", "field_visit")
