"""Uji petik stand: samples of lots, their customers, checks at the house, words on lots.

Photo samples stay where they are; a lot that is checked by photo names the one that reads it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0053_stand_sample"
down_revision = "0052_arrears"
branch_labels = None
depends_on = None

TABLES = ("stand_sample", "stand_sample_item", "stand_check", "stand_lot_word")


def _ulp(table: str) -> sa.Column[str]:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def _now(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    _samples()
    _checks()
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _samples() -> None:
    op.create_table(
        "stand_sample",
        _ulp("stand_sample"),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        _text("way"),
        _text("lot_by"),
        sa.Column("lot_of", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("aql", sa.Numeric()),
        _text("severity", nullable=True),
        sa.Column("accept", sa.Integer()),
        _text("seed"),
        sa.Column("list_hash", sa.String(64), nullable=False),
        sa.Column("photo_sample_id", sa.Uuid()),
        sa.Column("content", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        _text("drawn_by"),
        _now("drawn_at"),
        sa.PrimaryKeyConstraint("ulp", "sample_id", name="pk_stand_sample"),
        sa.CheckConstraint("way IN ('foto', 'lapangan', 'pra')", name="ck_stand_sample_way"),
        sa.CheckConstraint("lot_by IN ('unit', 'petugas', 'rbm', 'gardu')",
                           name="ck_stand_sample_lot_by"),
        sa.CheckConstraint("severity IN ('normal', 'diperketat', 'penuh')",
                           name="ck_stand_sample_severity"),
    )  # fmt: skip
    op.create_index("ix_stand_sample_ulp_blth", "stand_sample", ["ulp", "blth"])
    op.create_index(
        "uq_stand_sample_lot", "stand_sample", ["ulp", "blth", "way", "lot_by", "lot_of"],
        unique=True, postgresql_where=sa.text("severity IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "stand_sample_item",
        _ulp("stand_sample_item"),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idpel", sa.String(12), nullable=False),
        _text("stratum"),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "sample_id", "place", name="pk_stand_sample_item"),
        sa.ForeignKeyConstraint(
            ["ulp", "sample_id"], ["stand_sample.ulp", "stand_sample.sample_id"],
            name="fk_stand_sample_item_ulp_sample_id",
        ),
    )  # fmt: skip


def _checks() -> None:
    op.create_table(
        "stand_check",
        _ulp("stand_check"),
        sa.Column("check_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Numeric()),
        sa.Column("recorded", sa.Numeric()),
        sa.Column("hours", sa.Float()),
        _text("lbkb_code", nullable=True),
        _text("verdict"),
        _text("note", nullable=True),
        _text("checked_by"),
        _now("made_at"),
        sa.PrimaryKeyConstraint("ulp", "check_id", name="pk_stand_check"),
        sa.CheckConstraint(
            "verdict IN ('benar', 'salah', 'perlu_dilihat', 'tidak_dinilai', 'tutup', "
            "'diperiksa', 'dibuka')",
            name="ck_stand_check_verdict",
        ),
    )
    op.create_index("ix_stand_check_ulp_sample_id", "stand_check", ["ulp", "sample_id", "place"])
    op.create_index(
        "uq_stand_check_visit", "stand_check", ["ulp", "client_id", "sha256"], unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "stand_lot_word",
        _ulp("stand_lot_word"),
        sa.Column("word_id", sa.BigInteger(), sa.Identity(), nullable=False),
        _text("lot_by"),
        _text("lot_of"),
        sa.Column("sample_id", sa.Uuid()),
        _text("word"),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("content", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        _text("note", nullable=True),
        _text("said_by"),
        _now("said_at"),
        sa.PrimaryKeyConstraint("ulp", "word_id", name="pk_stand_lot_word"),
        sa.CheckConstraint("word IN ('ditutup', 'dibuka', 'mulai_baru')",
                           name="ck_stand_lot_word_word"),
    )  # fmt: skip
    op.create_index("ix_stand_lot_word_ulp_lot", "stand_lot_word", ["ulp", "lot_by", "lot_of"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
