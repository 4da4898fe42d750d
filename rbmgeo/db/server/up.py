"""From nothing to a database at the newest migration, in the order that the README says."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.server.binaries import Binaries, find
from rbmgeo.db.server.cluster import Cluster, ServerError, Status
from rbmgeo.db.server.install import NoServer, install, instructions
from rbmgeo.db.server.owner import cluster_folder, owner
from rbmgeo.settings import Settings

OLDEST = 130_000


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def database_url(settings: Settings, *, say: Callable[[str], None] = _say) -> str:
    """Return the URL of the product's database, up and at the newest migration.

    RBMGEO_DATABASE_URL is used as it is (checked, nothing installed); else the cluster of
    our own under RBMGEO_HOME is made and started as needed.
    """
    if settings.database_url:
        url = settings.database_url
        check(url)
    else:
        cluster = ensure_cluster(settings.home, say=say)
        url = ensure_database(cluster, settings.database_name)
    if migrate.current(url) != migrate.head():
        migrate.upgrade(url)
    return url


def ensure_cluster(
    home: Path, *, durable: bool = True, say: Callable[[str], None] = _say
) -> Cluster:
    """Return the running cluster of a home, made and started if it is not."""
    with _locked(home) as folder:
        cluster = Cluster(cluster_folder(folder, owner()), owner())
        if cluster.pid() is None:
            binaries = _binaries(cluster.major(), say)
            cluster.make(binaries)
            cluster.start(binaries, durable=durable)
    return cluster


def ensure_database(cluster: Cluster, name: str) -> str:
    """Return the URL of a database of the cluster, made if it is not there."""
    engine = create_engine(
        cluster.url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        # Two starts at once both find it missing: the lock lets one make it.
        connection.execute(text("SELECT pg_advisory_lock(hashtext('rbmgeo'))"))
        query = text("SELECT true FROM pg_database WHERE datname = :name")
        if not connection.scalar(query, {"name": name}):
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    return cluster.url(name)


def status(home: Path) -> Status | None:
    """Say what stands in a home, None where there is no cluster."""
    if not home.exists():
        return None
    with _locked(home) as folder:
        if not (folder / "cluster").exists() and not (folder / "cluster-folder").exists():
            return None
        return Cluster(cluster_folder(folder, owner()), owner()).status()


def down(home: Path) -> bool:
    """Stop the cluster of a home; return whether it ran."""
    now = status(home)
    if now is None or not now.running:
        return False
    with _locked(home) as folder:
        cluster = Cluster(cluster_folder(folder, owner()), owner())
        return cluster.stop(_binaries(cluster.major(), _say))


def _binaries(major: int | None, say: Callable[[str], None]) -> Binaries:
    found = find(major)
    if found is None:
        install(say, major)
        found = find(major)
    if found is None:
        raise NoServer(*instructions(major))
    return found


def check(url: str) -> None:
    """Refuse a foreign database that is too old, has no PostGIS or gives no rights."""
    try:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            number = int(connection.scalar(text("SHOW server_version_num")) or 0)
            postgis = connection.scalar(
                text("SELECT true FROM pg_available_extensions WHERE name = 'postgis'")
            )
            may = connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')"))
    except (SQLAlchemyError, ImportError) as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        raise ServerError(
            f"RBMGEO_DATABASE_URL cannot be reached: {reason}; mend or unset it",
            f"RBMGEO_DATABASE_URL tidak terhubung: {reason}; perbaiki atau kosongkan",
        ) from error
    for fine, english, indonesian in (
        (number >= OLDEST, f"version {number} is too old, 13 is needed", f"versi {number} terlalu lama, perlu 13"),
        (postgis, "PostGIS is not installed on that server", "PostGIS tidak terpasang di server itu"),
        (may, "the user may not create tables in schema public", "user tidak boleh membuat tabel di skema public"),
    ):  # fmt: skip
        if not fine:
            raise ServerError(
                f"RBMGEO_DATABASE_URL: {english}", f"RBMGEO_DATABASE_URL: {indonesian}"
            )


@contextmanager
def _locked(home: Path) -> Iterator[Path]:
    """Hold the home's lock: two `up` at once do one after the other."""
    folder = home.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
