"""Tiles of zoom 16 a second, ours and those of tipg, from one table with the same rows and columns."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import make_url, text

from bench.join import ULP
from bench.load import server

#: A Python with tipg in it; how to make it stands in `bench.map`.
HERE = Path(".bench-tipg/bin/python")
#: What tipg is asked for: one row a customer, as `map_point` has it, in a table of its own.
TABLE = """
DROP TABLE IF EXISTS peer_point;
CREATE TABLE peer_point AS
    SELECT id, s, r, ST_Point(east, north, 3857)::geometry(Point, 3857) AS geom
    FROM map_point WHERE ulp = :u AND NOT edge ORDER BY x, y;
ALTER TABLE peer_point ADD PRIMARY KEY (id);
CREATE INDEX ON peer_point USING gist (geom);
"""


def python() -> str | None:
    """Return the Python that has tipg, None where there is none."""
    named = os.environ.get("BENCH_TIPG") or (str(HERE) if HERE.exists() else "")
    if (
        named
        and not subprocess.run(
            [named, "-c", "import tipg, uvicorn"], capture_output=True
        ).returncode
    ):
        return named
    return None


def prepared(database: Any) -> None:
    """Write the table that tipg serves."""
    with database.writing() as session:
        for one in filter(str.strip, TABLE.split(";")):
            session.execute(text(one), {"u": ULP} if ":u" in one else {})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.execute(text("VACUUM ANALYZE peer_point"))


@contextmanager
def served(url: str, folder: Path, workers: int, *, port: int = 0) -> Iterator[tuple[str, int]]:
    """Serve the table by tipg; give its socket (or the port that is named) and its process."""
    at, found = str(port) if port else f"{folder}/tipg.sock", python()
    assert found is not None
    where = ["--host", "127.0.0.1", "--port", at] if port else ["--uds", at]
    command = [found, "-m", "uvicorn", "tipg.main:app", *where, "--workers", str(workers),
               "--log-level", "warning", "--no-access-log"]  # fmt: skip
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, "DATABASE_URL": _dsn(url),
        "TIPG_DB_SCHEMAS": '["public"]', "TIPG_DB_TABLES": '["public.peer_point"]',
        # As ours: drawn 64 of 4096 over the edge, the same columns, as many connections to the
        # database; looked up once, not every five minutes.
        "TIPG_TILE_BUFFER": "64", "TIPG_CATALOG_TTL": "0", "DB_MIN_CONN_SIZE": "4", "DB_MAX_CONN_SIZE": "4",
    }  # fmt: skip
    with server(command, environment, at, folder / "tipg.log") as pid:
        yield at, pid


def address(x: int, y: int) -> str:
    """Return the address of a tile of zoom 16 with the columns that ours has."""
    return f"/collections/public.peer_point/tiles/WebMercatorQuad/16/{x}/{y}?properties=id,s,r"


def _dsn(url: str) -> str:
    """Return the database's address as tipg's settings take it: a socket's folder as the host."""
    known = make_url(url)
    host = known.query.get("host") or known.host or "localhost"
    port = f":{known.port}" if known.port else ""
    user = f"{quote(known.username or '')}{':' + quote(known.password) if known.password else ''}"
    return f"postgresql://{user}@{quote(str(host), safe='')}{port}/{known.database}"


def left_out() -> None:
    """Say how to have tipg asked."""
    print("LEFT OUT, TIPG: python3 -m venv .bench-tipg && .bench-tipg/bin/pip install tipg uvicorn uvloop "
          "httptools; or name a Python that has them by BENCH_TIPG", file=sys.stderr, flush=True)  # fmt: skip
