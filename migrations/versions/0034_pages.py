"""kWh per RBM and gardu of a month are kept once computed: a report of a year opens at once.

Reader logs are found by month.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_pages"
down_revision = "0037_layer_views"
branch_labels = None
depends_on = None

COUNTS = (
    "customers", "read", "unread", "prepaid", "without_daya", "zero_kwh", "under_40_hours", "over_720_hours",
)  # fmt: skip
SUMS = ("kwh", "active_kwh", "token_kwh", "daya_va", "known_va", "known_kwh")


def upgrade() -> None:
    op.create_table(
        "kwh_month",
        sa.Column("ulp", sa.String(8), sa.ForeignKey("ulp.ulp", name="fk_kwh_month_ulp"),
                  nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
                  nullable=False),
        sa.PrimaryKeyConstraint("ulp", "blth", name="pk_kwh_month"),
    )  # fmt: skip
    op.create_table(
        "kwh_row",
        sa.Column("ulp", sa.String(8), nullable=False),
        sa.Column("blth", sa.String(6), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.Numeric(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("ulp", "blth", "row_no", name="pk_kwh_row"),
        sa.ForeignKeyConstraint(["ulp", "blth"], ["kwh_month.ulp", "kwh_month.blth"],
                                name="fk_kwh_row_ulp_blth", ondelete="CASCADE"),
    )  # fmt: skip

    # Who was read this month is asked all day, while logs of every month lie in one table.
    op.create_index("ix_reader_log_ulp_blth", "reader_log", ["ulp", "blth"])


def downgrade() -> None:
    op.drop_index("ix_reader_log_ulp_blth", "reader_log")
    op.drop_table("kwh_row")
    op.drop_table("kwh_month")
