"""The map of a unit seen from afar looks at through roads alone; its counts and outline are kept with it.

Maps are written anew when somebody next looks.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0040_base_maps"
down_revision = "0039_forms"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
#: What a zoom below 14 shows at most (function rbmgeo_streets).
THROUGH = "highway IN ('motorway', 'trunk', 'primary', 'secondary', 'tertiary')"


def upgrade() -> None:
    op.create_index(
        "ix_street_through", "street", ["geom_3857"], postgresql_using="gist",
        postgresql_where=sa.text(THROUGH),
    )  # fmt: skip
    op.execute("DELETE FROM map_state")
    op.add_column("map_state", sa.Column("layers", sa.ARRAY(sa.Integer()), nullable=False))
    op.add_column("map_state", sa.Column("box", sa.ARRAY(sa.Double())))
    _run((SQL / "0040_base_maps.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    before = (SQL / "0033_map_tiles.sql").read_text(encoding="utf-8")
    tile = before[before.index("CREATE FUNCTION rbmgeo_tile") :]
    _run(tile.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.execute("DROP FUNCTION rbmgeo_streets(text, integer, geometry)")
    op.drop_column("map_state", "box")
    op.drop_column("map_state", "layers")
    op.drop_index("ix_street_through", "street")


def _run(sql: str) -> None:
    # The driver reads % as its own.
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
