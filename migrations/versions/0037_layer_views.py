"""One view a layer of the map, for programs that draw it themselves."""

from pathlib import Path

from alembic import op

revision = "0037_layer_views"
down_revision = "0031_workbench"
branch_labels = None
depends_on = None

VIEWS = Path(__file__).parents[1] / "sql/0037_layer_views.sql"


def upgrade() -> None:
    # The driver reads % as its own.
    op.get_bind().exec_driver_sql(VIEWS.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP SCHEMA gis CASCADE")
