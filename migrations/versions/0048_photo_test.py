"""Uji foto buta: samples, their photos, and what checkers read off them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048_photo_test"
down_revision = "0047_stands"
branch_labels = None
depends_on = None


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "photo_sample",
        _ulp("photo_sample"),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("list_hash", sa.String(64), nullable=False),
        sa.Column("content", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        _now("drawn_at"),
        sa.PrimaryKeyConstraint("ulp", "sample_id", name="pk_photo_sample"),
    )
    op.create_table(
        "photo_sample_item",
        _ulp("photo_sample_item"),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "sample_id", "place", name="pk_photo_sample_item"),
        sa.ForeignKeyConstraint(
            ["ulp", "sample_id"], ["photo_sample.ulp", "photo_sample.sample_id"],
            name="fk_photo_sample_item_ulp_sample_id",
        ),
    )  # fmt: skip
    op.create_table(
        "photo_check",
        _ulp("photo_check"),
        sa.Column("check_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String()),
        sa.Column("recorded", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=False),
        _now("checked_at"),
        sa.PrimaryKeyConstraint("ulp", "check_id", name="pk_photo_check"),
        sa.UniqueConstraint("ulp", "sample_id", "place", name="uq_photo_check_ulp_sample_id_place"),
        sa.CheckConstraint("verdict IN ('sama', 'beda', 'tak_terbaca')",
                           name="ck_photo_check_verdict"),
    )  # fmt: skip
    for table in ("photo_sample", "photo_sample_item", "photo_check"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("photo_check", "photo_sample_item", "photo_sample"):
        op.drop_table(table)
