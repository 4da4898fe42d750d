"""Customers, their positions, and the two lists (per RBM, per gardu) can be kept.

The dates of one PDPJ line can never overlap: the database refuses it.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002_customers_and_lists"
down_revision = "0001_unit_and_grid"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendar",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("hari_baca", sa.String(length=8), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_calendar_ulp")),
        sa.PrimaryKeyConstraint("ulp", "blth", "hari_baca", name=op.f("pk_calendar")),
    )
    op.create_geospatial_table(
        "customer",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column(
            "public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("tarif", sa.String(), nullable=True),
        sa.Column("daya_va", sa.Numeric(), nullable=True),
        sa.Column("meter_number", sa.String(), nullable=True),
        sa.Column("jenis_layanan", sa.String(), server_default=sa.text("'pasca'"), nullable=False),
        sa.Column("dibaca_oleh", sa.String(), server_default=sa.text("'vendor'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("service_point", sa.String(), nullable=True),
        sa.Column("tiang", sa.String(), nullable=True),
        sa.Column("point_source", sa.String(), nullable=True),
        sa.Column(
            "coordinate_quality",
            sa.String(),
            server_default=sa.text("'tanpa_koordinat'"),
            nullable=False,
        ),
        sa.Column("spread_m", sa.Double(), nullable=True),
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
        sa.Column(
            "geom_3857",
            Geometry(
                geometry_type="POINT",
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            sa.Computed("ST_Transform(geom, 3857)", persisted=True),
            nullable=True,
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "dibaca_oleh IN ('vendor', 'pln', 'tidak')", name=op.f("ck_customer_dibaca_oleh")
        ),
        sa.CheckConstraint("idpel ~ '^[0-9]{12}$'", name=op.f("ck_customer_idpel_12_digits")),
        sa.CheckConstraint(
            "jenis_layanan IN ('pasca', 'pra')", name=op.f("ck_customer_jenis_layanan")
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_customer_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", name=op.f("pk_customer")),
        sa.UniqueConstraint("ulp", "public_id", name=op.f("uq_customer_ulp_public_id")),
    )
    op.create_geospatial_index(
        "idx_customer_geom",
        "customer",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_customer_geom_3857",
        "customer",
        ["geom_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_customer_ulp_meter_number", "customer", ["ulp", "meter_number"], unique=False
    )
    op.create_geospatial_table(
        "customer_point",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("point_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("lon_raw", sa.String(), nullable=True),
        sa.Column("lat_raw", sa.String(), nullable=True),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column("position", sa.String(), server_default=sa.text("'house'"), nullable=False),
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
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_customer_point_ulp")),
        sa.PrimaryKeyConstraint("ulp", "point_id", name=op.f("pk_customer_point")),
    )
    op.create_index("ix_customer_point_ulp_idpel", "customer_point", ["ulp", "idpel"], unique=False)
    op.create_table(
        "customer_service",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("status_code", sa.String(), nullable=True),
        sa.Column("connected_on", sa.Date(), nullable=True),
        sa.Column("tarif", sa.String(), nullable=True),
        sa.Column("daya_va", sa.Numeric(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_customer_service_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", "line", name=op.f("pk_customer_service")),
    )
    op.create_table(
        "officer",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_officer_ulp")),
        sa.PrimaryKeyConstraint("ulp", "officer", name=op.f("pk_officer")),
    )
    op.create_table(
        "pdpj",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("raw_gardu", sa.String(), nullable=True),
        sa.Column("jurusan", sa.String(), nullable=True),
        sa.Column("tiang", sa.String(), nullable=True),
        sa.Column("deret", sa.String(), nullable=True),
        sa.Column("penyulang", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("conflict", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_pdpj_dates_in_order")
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_pdpj_ulp")),
        sa.PrimaryKeyConstraint("ulp", "idpel", "line", "valid_from", name=op.f("pk_pdpj")),
    )
    op.create_index("ix_pdpj_ulp_gardu", "pdpj", ["ulp", "gardu"], unique=False)
    op.create_table(
        "rbm_list",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("line", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("rbm", sa.String(), nullable=True),
        sa.Column("kddk", sa.String(), nullable=True),
        sa.Column("urut", sa.Integer(), nullable=True),
        sa.Column("sisipan", sa.Integer(), nullable=True),
        sa.Column("hari_baca", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_rbm_list_ulp")),
        sa.PrimaryKeyConstraint("ulp", "blth", "idpel", "line", name=op.f("pk_rbm_list")),
    )
    op.create_index("ix_rbm_list_ulp_blth_rbm", "rbm_list", ["ulp", "blth", "rbm"], unique=False)
    op.execute(
        """
        ALTER TABLE pdpj ADD CONSTRAINT ex_pdpj_dates_do_not_overlap EXCLUDE USING gist (
            ulp WITH =, idpel WITH =, line WITH =, daterange(valid_from, valid_to, '[)') WITH &&
        )
        """
    )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_index("ix_rbm_list_ulp_blth_rbm", table_name="rbm_list")
    op.drop_table("rbm_list")
    op.drop_index("ix_pdpj_ulp_gardu", table_name="pdpj")
    op.drop_table("pdpj")
    op.drop_table("officer")
    op.drop_table("customer_service")
    op.drop_index("ix_customer_point_ulp_idpel", table_name="customer_point")
    op.drop_geospatial_table("customer_point")
    op.drop_index("ix_customer_ulp_meter_number", table_name="customer")
    op.drop_geospatial_index(
        "idx_customer_geom_3857",
        table_name="customer",
        postgresql_using="gist",
        column_name="geom_3857",
    )
    op.drop_geospatial_index(
        "idx_customer_geom", table_name="customer", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("customer")
    op.drop_table("calendar")
