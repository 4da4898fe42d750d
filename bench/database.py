"""A PostGIS for benchmarks: one of its own that is thrown away, or the one that is named."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def bench_database() -> Iterator[str]:
    """Offer an empty, migrated database and take it away again."""
    from rbmgeo.db import migrate

    given = os.environ.get("RBMGEO_BENCH_DATABASE_URL", "")
    if given:
        migrate.upgrade(given)
        yield given
        return
    from rbmgeo.db.server.up import down, ensure_cluster, ensure_database

    home = Path(tempfile.mkdtemp(prefix="rbmgeo-bench-"))
    home.chmod(0o755)  # the server's user must reach it, where we are root
    try:
        cluster = ensure_cluster(home)
        url = ensure_database(cluster, "rbmgeo_bench")
        migrate.upgrade(url)
        yield url
    finally:
        down(home)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def filled_database(home: str, name: str, fill: Callable[[Any], None]) -> Iterator[tuple[str, Any]]:
    """Offer (address, database) filled by ``fill``; kept in ``home`` for the next time if that is named."""
    from sqlalchemy import text

    from rbmgeo.db import migrate
    from rbmgeo.db.server.up import down, ensure_cluster, ensure_database
    from rbmgeo.db.session import Database

    if not home:
        with bench_database() as url:
            database = Database(url, pool_size=2)
            fill(database)
            yield url, database
            database.close()
        return
    folder = Path(home)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    url = ensure_database(ensure_cluster(folder), name)
    migrate.upgrade(url)
    database = Database(url, pool_size=2)
    try:
        with database.reading() as session:
            there = session.scalar(text("SELECT count(*) FROM app_user"))
        if not there:
            fill(database)
        yield url, database
    finally:
        database.close()
        down(folder)
