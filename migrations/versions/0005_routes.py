"""Routes (RBM) have drafts and published versions.

A published version is closed: the database refuses every later edit of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_routes"
down_revision = "0004_imports"
branch_labels = None
depends_on = None

CLOSED = """
CREATE FUNCTION refuse_published_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    IF TG_TABLE_NAME = 'rbm_version' THEN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state = 'published' THEN
                RAISE EXCEPTION 'a version is born a draft; publish it';
            END IF;
            RETURN NEW;
        END IF;
        was := OLD.state;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT state INTO was FROM rbm_version
        WHERE ulp = OLD.ulp AND version_id = OLD.version_id;
    ELSE
        SELECT state INTO was FROM rbm_version
        WHERE ulp = NEW.ulp AND version_id = NEW.version_id;
    END IF;
    IF was = 'published' THEN
        RAISE EXCEPTION 'version is published and can no longer be edited; make a new draft';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rbm_version",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("version_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("effective_blth", sa.String(length=6), nullable=True),
        sa.Column("from_version_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_rbm_version_published_has_date"),
        ),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_rbm_version_state")),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_rbm_version_ulp")),
        sa.PrimaryKeyConstraint("ulp", "version_id", name=op.f("pk_rbm_version")),
    )
    op.create_table(
        "rbm",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("hari_baca", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("customers", sa.Integer(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("length_before_m", sa.Double(), nullable=True),
        sa.Column("length_estimated", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=True),
        sa.Column("reordered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ulp", "version_id"],
            ["rbm_version.ulp", "rbm_version.version_id"],
            name=op.f("fk_rbm_ulp_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_rbm_ulp")),
        sa.PrimaryKeyConstraint("ulp", "version_id", "rbm", name=op.f("pk_rbm")),
    )
    op.create_table(
        "rbm_member",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("urut", sa.Integer(), nullable=False),
        sa.Column("sisipan", sa.Integer(), nullable=False),
        sa.CheckConstraint("sisipan BETWEEN 0 AND 99", name=op.f("ck_rbm_member_sisipan_0_to_99")),
        sa.CheckConstraint("urut BETWEEN 1 AND 999", name=op.f("ck_rbm_member_urut_1_to_999")),
        sa.ForeignKeyConstraint(
            ["ulp", "version_id"],
            ["rbm_version.ulp", "rbm_version.version_id"],
            name=op.f("fk_rbm_member_ulp_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_rbm_member_ulp")),
        sa.PrimaryKeyConstraint("ulp", "version_id", "idpel", name=op.f("pk_rbm_member")),
        sa.UniqueConstraint(
            "ulp",
            "version_id",
            "rbm",
            "urut",
            "sisipan",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_rbm_member_ulp_version_id_rbm_urut_sisipan"),
        ),
    )
    op.create_index("ix_rbm_member_ulp_idpel", "rbm_member", ["ulp", "idpel"], unique=False)
    op.execute(CLOSED)
    for table in ("rbm_version", "rbm", "rbm_member"):
        op.execute(
            f"CREATE TRIGGER published_is_closed BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_published_edit()"
        )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_index("ix_rbm_member_ulp_idpel", table_name="rbm_member")
    op.drop_table("rbm_member")
    op.drop_table("rbm")
    op.drop_table("rbm_version")
    op.execute("DROP FUNCTION refuse_published_edit()")
