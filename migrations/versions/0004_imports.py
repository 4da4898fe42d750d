"""Every file taken in leaves a batch and its rejected rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_imports"
down_revision = "0003_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "import_batch",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("blth", sa.String(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("kwh_good", sa.Numeric(), nullable=True),
        sa.Column("kwh_rejected", sa.Numeric(), nullable=True),
        sa.Column(
            "warnings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("imported_by", sa.String(), nullable=True),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_import_batch_ulp")),
        sa.PrimaryKeyConstraint("ulp", "batch_id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("ulp", "sha256", "kind", name=op.f("uq_import_batch_ulp_sha256_kind")),
    )
    op.create_table(
        "import_reject",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("message_en", sa.String(), nullable=False),
        sa.Column("blth", sa.String(), nullable=True),
        sa.Column("kwh", sa.Numeric(), nullable=True),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_import_reject_ulp")),
        sa.PrimaryKeyConstraint("ulp", "batch_id", "row_no", name=op.f("pk_import_reject")),
    )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_table("import_reject")
    op.drop_table("import_batch")
