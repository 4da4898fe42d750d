"""Deeds of hand-over (berita acara): numbered per unit and year, closed by the signed scan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036_sheets"
down_revision = "0035_workbench_more"
branch_labels = None
depends_on = None

#: A deed is signed once, and never changed otherwise.
_CLOSED = """
CREATE FUNCTION keep_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL
       OR (to_jsonb(NEW) - '{signed_sha256,signed_by,signed_at}'::text[])
          IS DISTINCT FROM (to_jsonb(OLD) - '{signed_sha256,signed_by,signed_at}'::text[])
    THEN
        RAISE EXCEPTION 'deed % of % is closed', OLD.number, OLD.year USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "handover_deed",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_handover_deed_ulp"),
                  nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("full_number", sa.String(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("xlsx", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("signed_sha256", sa.String()),
        sa.Column("signed_by", sa.String()),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "year", "number", name="pk_handover_deed"),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_sha256 IS NULL) AND (signed_at IS NULL) = (signed_by IS NULL)",
            name="ck_handover_deed_signed_whole",
        ),
    )  # fmt: skip
    op.create_index("ix_handover_deed_ulp_version_id", "handover_deed", ["ulp", "version_id"])
    op.execute(_CLOSED)
    op.execute(
        "CREATE TRIGGER keep_deed BEFORE UPDATE ON handover_deed FOR EACH ROW EXECUTE FUNCTION keep_deed()"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE DELETE ON handover_deed FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("handover_deed")
    op.execute("DROP FUNCTION keep_deed()")
