"""Monthly readings, the reader's log, unpaid bills and prepaid orders can be kept.

Readings lie in one part per month, made when the first row of that month arrives.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003_readings"
down_revision = "0002_customers_and_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "prepaid_order",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("order_no", sa.String(), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("blth", sa.String(), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_prepaid_order_ulp")),
        sa.PrimaryKeyConstraint("ulp", "order_no", name=op.f("pk_prepaid_order")),
    )
    op.create_geospatial_table(
        "reader_log",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("log_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("blth", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stand_kwh", sa.Numeric(), nullable=True),
        sa.Column("lbkb_code", sa.String(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_reader_log_ulp")),
        sa.PrimaryKeyConstraint("ulp", "log_id", name=op.f("pk_reader_log")),
    )
    op.create_index("ix_reader_log_ulp_idpel", "reader_log", ["ulp", "idpel"], unique=False)
    op.create_table(
        "reading",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("kwh", sa.Numeric(), nullable=True),
        sa.Column("previous_stand_kwh", sa.Numeric(), nullable=True),
        sa.Column("stand_kwh", sa.Numeric(), nullable=True),
        sa.Column("removed_stand_kwh", sa.Numeric(), nullable=True),
        sa.Column("installed_stand_kwh", sa.Numeric(), nullable=True),
        sa.Column("multiplier", sa.Numeric(), nullable=True),
        sa.Column("tarif", sa.String(), nullable=True),
        sa.Column("daya_va", sa.Numeric(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("lbkb_code", sa.String(), nullable=True),
        sa.Column("dlpd_code", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("anomaly", sa.String(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_reading_ulp")),
        sa.PrimaryKeyConstraint("ulp", "blth", "idpel", "source", "line", name=op.f("pk_reading")),
        postgresql_partition_by="RANGE (blth)",
    )
    op.create_index("ix_reading_ulp_idpel", "reading", ["ulp", "idpel"], unique=False)
    op.create_table(
        "receivable",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("amount_idr", sa.Numeric(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("unpaid_bills", sa.Integer(), nullable=True),
        sa.Column("status_code", sa.String(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_receivable_ulp")),
        sa.PrimaryKeyConstraint("ulp", "blth", "idpel", "line", name=op.f("pk_receivable")),
    )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_table("receivable")
    op.drop_index("ix_reading_ulp_idpel", table_name="reading")
    op.drop_table("reading")
    op.drop_index("ix_reader_log_ulp_idpel", table_name="reader_log")
    op.drop_geospatial_table("reader_log")
    op.drop_table("prepaid_order")
