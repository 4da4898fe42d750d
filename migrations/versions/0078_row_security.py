"""Each unit's rows are its own in the database too; places are read through what looks to the unit."""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, text

from rbmgeo.db.rights import open_again

revision = "0078_row_security"
down_revision = "0077_roles_of_the_database"
branch_labels = None
depends_on = None

NEAR = Path(__file__).parents[1] / "sql/0078_near.sql"
GIS = ("customer", "gardu", "rbm", "tiang", "jtr", "street")
TILE = "rbmgeo_tile(integer, integer, integer, json)"
_TOLD = "unit CONSTANT text := query ->> 'ulp';"
_HERE = "unit CONSTANT text := rbmgeo_unit_of(query ->> 'ulp');"
_SEEN = (
    "current_setting('role') NOT IN ('rbmgeo_unit', 'rbmgeo_field', 'rbmgeo_vendor') "
    "OR v.ulp = current_setting('rbmgeo.ulp', true)"
)


def _path(connection: Connection) -> str:
    """Return a fixed path: our tables, PostGIS, and what a session made for itself last."""
    found = connection.scalars(
        text(
            "SELECT DISTINCT quote_ident(n) FROM unnest(ARRAY[current_schema()::text, (SELECT "
            "nspname::text FROM pg_extension e JOIN pg_namespace p ON p.oid = extnamespace "
            "WHERE extname = 'postgis')]) AS n"
        )
    )
    return ", ".join(["pg_catalog", *sorted(map(str, found)), "pg_temp"])


def _tile(connection: Connection, was: str, now: str) -> None:
    written = connection.scalar(text("SELECT pg_get_functiondef(to_regprocedure(:f))"), {"f": TILE})
    assert written is not None
    assert was in written
    # The driver reads % as its own.
    connection.exec_driver_sql(written.replace(was, now).replace("%", "%%"))


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(NEAR.read_text(encoding="utf-8").replace("%", "%%"))
    _tile(connection, _TOLD, _HERE)
    path = _path(connection)
    for function in (TILE, "drop_empty_part(text, text)", "rbmgeo_elsewhere(text, text)"):
        op.execute(f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = {path}")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for name in GIS:
        view = connection.scalar(
            text("SELECT pg_get_viewdef(CAST(:v AS regclass))"), {"v": f"gis.{name}"}
        )
        inner = str(view).rstrip().rstrip(";")
        connection.exec_driver_sql(
            f"CREATE OR REPLACE VIEW gis.{name} AS SELECT * FROM ({inner}) AS v WHERE {_SEEN}".replace(
                "%", "%%"
            )
        )


def downgrade() -> None:
    connection = op.get_bind()
    for name in GIS:
        view = str(
            connection.scalar(
                text("SELECT pg_get_viewdef(CAST(:v AS regclass))"), {"v": f"gis.{name}"}
            )
        )
        inner = view[view.index("FROM (") + 6 : view.rindex(") v")]
        connection.exec_driver_sql(
            f"CREATE OR REPLACE VIEW gis.{name} AS {inner}".replace("%", "%%")
        )
    op.execute(f"ALTER FUNCTION {TILE} SECURITY INVOKER RESET search_path")
    _tile(connection, _HERE, _TOLD)
    op.execute(f"GRANT EXECUTE ON FUNCTION {TILE} TO PUBLIC")
    open_again(connection)
    op.execute("DROP FUNCTION drop_empty_part(text, text)")
    op.execute("DROP FUNCTION rbmgeo_elsewhere(text, text)")
    op.execute("DROP FUNCTION rbmgeo_unit_of(text)")
    op.execute("DROP SCHEMA near CASCADE")
    op.execute("DROP SCHEMA vendor CASCADE")
