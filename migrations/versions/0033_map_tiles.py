"""A whole unit on one map: customers by tile, counted in cells, and the function that makes a tile.

The function takes (z, x, y, query) and gives bytes, as martin and pg_tileserv call theirs.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0033_map_tiles"
down_revision = "0028_findings_paths"
branch_labels = None
depends_on = None

FUNCTIONS = Path(__file__).parents[1] / "sql/0033_map_tiles.sql"


def upgrade() -> None:
    op.create_table(
        "map_cell",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("zoom", sa.SmallInteger(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("counts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_map_cell_ulp")),
        sa.PrimaryKeyConstraint("ulp", "zoom", "x", "y", name=op.f("pk_map_cell")),
    )
    op.create_table(
        "map_point",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("edge", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("s", sa.SmallInteger(), nullable=False),
        sa.Column("r", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_map_point_ulp")),
        sa.PrimaryKeyConstraint("ulp", "x", "y", "id", name=op.f("pk_map_point")),
    )
    op.create_table(
        "map_state",
        sa.Column("ulp", sa.String(length=8), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("finding_limit", sa.Double(), nullable=False),
        sa.Column("counts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("took_s", sa.Double(), nullable=False),
        sa.Column(
            "counted_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.ForeignKeyConstraint(["ulp"], ["ulp.ulp"], name=op.f("fk_map_state_ulp")),
        sa.PrimaryKeyConstraint("ulp", name=op.f("pk_map_state")),
    )
    # The driver reads % as its own.
    op.get_bind().exec_driver_sql(FUNCTIONS.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION rbmgeo_tile(integer, integer, integer, json)")
    op.execute("DROP FUNCTION rbmgeo_map(text, double precision)")
    op.execute("DROP FUNCTION rbmgeo_map_state(text, text, double precision, double precision)")
    op.drop_table("map_state")
    op.drop_table("map_cell")
    op.drop_table("map_point")
