"""A PostGIS for benchmarks: one of its own that is thrown away, or the one that is named."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
