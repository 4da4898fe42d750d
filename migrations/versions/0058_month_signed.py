"""A month's summary is signed as it was read, and its signed scan closes it for good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0058_month_signed"
down_revision = "0057_month_kept"
branch_labels = None
depends_on = None

#: After the scan nothing of that month is signed any more.
_CLOSED = """
CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM month_closed c WHERE c.ulp = NEW.ulp AND c.blth = NEW.blth) THEN
        RAISE EXCEPTION 'month % of unit % is closed', NEW.blth, NEW.ulp USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "month_signed",
        _ulp("month_signed"),
        sa.Column("signed_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("signer_position", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "signed_id", name="pk_month_signed"),
    )
    op.create_index("ix_month_signed_ulp_blth", "month_signed", ["ulp", "blth"])
    op.create_table(
        "month_closed",
        _ulp("month_closed"),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("signed_id", sa.BigInteger(), nullable=False),
        sa.Column("scan_sha256", sa.String(64), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "blth", name="pk_month_closed"),
        sa.ForeignKeyConstraint(
            ["ulp", "signed_id"], ["month_signed.ulp", "month_signed.signed_id"],
            name="fk_month_closed_ulp_signed_id",
        ),
    )  # fmt: skip
    for table in ("month_signed", "month_closed"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(_CLOSED)
    op.execute(
        "CREATE TRIGGER closed_month BEFORE INSERT ON month_signed "
        "FOR EACH ROW EXECUTE FUNCTION refuse_closed_month()"
    )


def downgrade() -> None:
    op.drop_table("month_closed")
    op.drop_table("month_signed")
    op.execute("DROP FUNCTION refuse_closed_month()")
