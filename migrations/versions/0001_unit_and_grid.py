"""A unit can be created, with its feeders, gardu, poles, low-voltage lines and streets."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001_unit_and_grid"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_geospatial_table(
        "ulp",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("up3", sa.String(), nullable=True),
        sa.Column("utm_srid", sa.Integer(), nullable=True),
        sa.Column(
            "time_zone", sa.String(), server_default=sa.text("'Asia/Jakarta'"), nullable=False
        ),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("sample", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "office",
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
        sa.Column("data_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("ulp", name=op.f("pk_ulp")),
    )
    op.create_geospatial_table(
        "gardu",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("raw_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("penyulang", sa.String(), nullable=True),
        sa.Column("rating_kva", sa.Numeric(), nullable=True),
        sa.Column("lv_node", sa.String(), nullable=True),
        sa.Column("without_master", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_gardu_ulp")),
        sa.PrimaryKeyConstraint("ulp", "gardu", name=op.f("pk_gardu")),
    )
    op.create_geospatial_index(
        "idx_gardu_geom",
        "gardu",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_gardu_geom_3857",
        "gardu",
        ["geom_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "gardu_meter",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("gardu", sa.String(), nullable=False),
        sa.Column("blth", sa.String(length=6), nullable=False),
        sa.Column("kwh", sa.Numeric(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_gardu_meter_ulp")),
        sa.PrimaryKeyConstraint("ulp", "gardu", "blth", name=op.f("pk_gardu_meter")),
    )
    op.create_geospatial_table(
        "jtr_span",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("jurusan", sa.String(), nullable=True),
        sa.Column("tiang_1", sa.String(), nullable=True),
        sa.Column("tiang_2", sa.String(), nullable=True),
        sa.Column("node_1", sa.String(), nullable=True),
        sa.Column("node_2", sa.String(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRING",
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
                geometry_type="LINESTRING",
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
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_jtr_span_ulp")),
        sa.PrimaryKeyConstraint("ulp", "span", name=op.f("pk_jtr_span")),
    )
    op.create_geospatial_index(
        "idx_jtr_span_geom",
        "jtr_span",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_jtr_span_geom_3857",
        "jtr_span",
        ["geom_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_jtr_span_ulp_gardu", "jtr_span", ["ulp", "gardu"], unique=False)
    op.create_table(
        "penyulang",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("penyulang", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_penyulang_ulp")),
        sa.PrimaryKeyConstraint("ulp", "penyulang", name=op.f("pk_penyulang")),
    )
    op.create_table(
        "service_drop",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("drop_id", sa.String(), nullable=False),
        sa.Column("tiang", sa.String(), nullable=True),
        sa.Column("service_point", sa.String(), nullable=True),
        sa.Column("node", sa.String(), nullable=True),
        sa.Column("gardu", sa.String(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_service_drop_ulp")),
        sa.PrimaryKeyConstraint("ulp", "drop_id", name=op.f("pk_service_drop")),
    )
    op.create_geospatial_table(
        "street",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("street_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("osm_id", sa.String(), nullable=True),
        sa.Column("highway", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("oneway", sa.String(), nullable=True),
        sa.Column("layer", sa.String(), nullable=True),
        sa.Column("bridge", sa.String(), nullable=True),
        sa.Column("tunnel", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRING",
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
                geometry_type="LINESTRING",
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
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_street_ulp")),
        sa.PrimaryKeyConstraint("ulp", "street_id", name=op.f("pk_street")),
    )
    op.create_geospatial_index(
        "idx_street_geom",
        "street",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_street_geom_3857",
        "street",
        ["geom_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_table(
        "tiang",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("tiang", sa.String(), nullable=False),
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
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_tiang_ulp")),
        sa.PrimaryKeyConstraint("ulp", "tiang", name=op.f("pk_tiang")),
    )
    op.create_geospatial_index(
        "idx_tiang_geom",
        "tiang",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_tiang_geom_3857",
        "tiang",
        ["geom_3857"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )


def downgrade() -> None:
    """Drop the tables and what is in them."""
    op.drop_geospatial_index(
        "idx_tiang_geom_3857", table_name="tiang", postgresql_using="gist", column_name="geom_3857"
    )
    op.drop_geospatial_index(
        "idx_tiang_geom", table_name="tiang", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("tiang")
    op.drop_geospatial_index(
        "idx_street_geom_3857",
        table_name="street",
        postgresql_using="gist",
        column_name="geom_3857",
    )
    op.drop_geospatial_index(
        "idx_street_geom", table_name="street", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("street")
    op.drop_table("service_drop")
    op.drop_table("penyulang")
    op.drop_index("ix_jtr_span_ulp_gardu", table_name="jtr_span")
    op.drop_geospatial_index(
        "idx_jtr_span_geom_3857",
        table_name="jtr_span",
        postgresql_using="gist",
        column_name="geom_3857",
    )
    op.drop_geospatial_index(
        "idx_jtr_span_geom", table_name="jtr_span", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("jtr_span")
    op.drop_table("gardu_meter")
    op.drop_geospatial_index(
        "idx_gardu_geom_3857", table_name="gardu", postgresql_using="gist", column_name="geom_3857"
    )
    op.drop_geospatial_index(
        "idx_gardu_geom", table_name="gardu", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("gardu")
    op.drop_geospatial_table("ulp")
