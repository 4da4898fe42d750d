"""Photos of customers by month; the files lie in the home, named by their content."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0019_photos"
down_revision = "0018_files_of_a_batch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column(
            "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_photo_ulp"), nullable=False
        ),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("public_id", UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("ulp", "idpel", "blth", "sha256", name="pk_photo"),
        sa.UniqueConstraint("ulp", "public_id", name="uq_photo_ulp_public_id"),
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_before_{event.lower()} AFTER {event} ON photo "
            "REFERENCING OLD TABLE AS moved FOR EACH STATEMENT "
            "EXECUTE FUNCTION import_keep_before('false')"
        )


def downgrade() -> None:
    op.drop_table("photo")
