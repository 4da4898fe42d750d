"""Several files or sheets may be one list and one batch: each is named, each row has its own."""

import sqlalchemy as sa
from alembic import op

revision = "0018_files_of_a_batch"
down_revision = "0017_login_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_file",
        sa.Column(
            "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_import_file_ulp"), nullable=False
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("file_no", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sheet", sa.String()),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "batch_id", "file_no", name="pk_import_file"),
    )
    op.create_index("ix_import_file_ulp_sha256", "import_file", ["ulp", "sha256"])
    op.execute(
        "INSERT INTO import_file (ulp, batch_id, file_no, sha256, kind, file_name, sheet, read, "
        "good, rejected, skipped) SELECT ulp, batch_id, 0, sha256, kind, file_name, "
        "NULLIF(substr(kind, strpos(kind || ':', ':') + 1), ''), read, good, rejected, skipped "
        "FROM import_batch"
    )
    op.add_column(
        "import_reject", sa.Column("file_no", sa.Integer(), nullable=False, server_default="0")
    )
    op.drop_column("import_reject", "sheet")
    op.drop_constraint("pk_import_reject", "import_reject")
    op.create_primary_key(
        "pk_import_reject", "import_reject", ["ulp", "batch_id", "file_no", "row_no"]
    )


def downgrade() -> None:
    op.add_column("import_reject", sa.Column("sheet", sa.String()))
    op.execute(
        "UPDATE import_reject r SET sheet = f.sheet FROM import_file f WHERE f.ulp = r.ulp "
        "AND f.batch_id = r.batch_id AND f.file_no = r.file_no"
    )
    # The older key holds one row of a number for each batch.
    op.execute(
        "DELETE FROM import_reject r USING import_reject o WHERE o.ulp = r.ulp "
        "AND o.batch_id = r.batch_id AND o.row_no = r.row_no AND o.file_no < r.file_no"
    )
    op.drop_constraint("pk_import_reject", "import_reject")
    op.drop_column("import_reject", "file_no")
    op.create_primary_key("pk_import_reject", "import_reject", ["ulp", "batch_id", "row_no"])
    op.drop_table("import_file")
