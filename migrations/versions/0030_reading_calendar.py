"""A unit keeps its days off, its readers' areas, and who reads which RBM in a month."""

import sqlalchemy as sa
from alembic import op

revision = "0030_reading_calendar"
down_revision = "0033_map_tiles"
branch_labels = None
depends_on = None


def _ulp(table: str) -> sa.Column:
    return sa.Column(
        "ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name=f"fk_{table}_ulp"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "holiday",
        _ulp("holiday"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "day", name="pk_holiday"),
    )  # fmt: skip
    op.create_table(
        "reader_area",
        _ulp("reader_area"),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("areas", sa.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("ulp", "officer", name="pk_reader_area"),
        sa.CheckConstraint("capacity > 0", name="ck_reader_area_capacity_there"),
    )
    op.create_table(
        "reading_plan",
        _ulp("reading_plan"),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("hari_baca", sa.String()),
        sa.Column("officer", sa.String()),
        sa.Column("note", sa.String()),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.Column("shift_approved_by", sa.String()),
        sa.Column("shift_approved_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("ulp", "blth", "rbm", name="pk_reading_plan"),
        sa.CheckConstraint("shift_approved_by <> made_by",
                           name="ck_reading_plan_not_by_its_maker"),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("reading_plan", "reader_area", "holiday"):
        op.drop_table(table)
