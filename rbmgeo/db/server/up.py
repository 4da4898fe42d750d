"""From nothing to a database at the newest migration, in the order that the README says."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from rbmgeo.db import roles
from rbmgeo.db.scope import WEB
from rbmgeo.db.server.binaries import Binaries, find
from rbmgeo.db.server.cluster import Cluster, ServerError, Status
from rbmgeo.db.server.install import NoServer, install, instructions
from rbmgeo.db.server.newest import to_newest
from rbmgeo.db.server.owner import cluster_folder, owner
from rbmgeo.settings import Settings

OLDEST = 130_000
OLDEST_POSTGIS = 3
#: What the first migration asks for.
EXTENSIONS = ("postgis", "btree_gist")


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def database_url(settings: Settings, *, say: Callable[[str], None] = _say) -> str:
    """Return the URL of the product's database, up and at the newest migration.

    RBMGEO_DATABASE_URL is used as it is (checked, nothing installed); else the cluster of
    our own under RBMGEO_HOME is made and started as needed. Raises `UpgradeNeeded` where there
    are data of another version.
    """
    url = standing_url(settings, say=say)
    to_newest(url)
    return url


def web_url(settings: Settings, url: str) -> str:
    """Return the address by which the pages log in, that of the owner being ``url``.

    In a cluster of our own it is a log-in that owns nothing; elsewhere the one that is named, and
    without one the owner's: then every transaction takes the smaller role on (see `doctor`).
    """
    if settings.web_database_url or settings.database_url:
        return settings.web_database_url or url
    return make_url(url).set(username=WEB).render_as_string(hide_password=False)


def standing_url(settings: Settings, *, say: Callable[[str], None] = _say) -> str:
    """Return the URL of the product's database as it stands: up, at whatever migration."""
    if settings.database_url:
        check(settings.database_url)
        return settings.database_url
    cluster = ensure_cluster(settings.home, say=say)
    return ensure_database(cluster, settings.database_name)


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
            faults = list(_faults(connection))
    except (SQLAlchemyError, ImportError, ValueError) as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        raise ServerError(
            f"RBMGEO_DATABASE_URL cannot be reached: {reason}; mend or unset it",
            f"RBMGEO_DATABASE_URL tidak terhubung: {reason}; perbaiki atau kosongkan",
        ) from error
    if faults:
        raise ServerError(
            "RBMGEO_DATABASE_URL: " + "; ".join(english for english, _ in faults),
            "RBMGEO_DATABASE_URL: " + "; ".join(indonesian for _, indonesian in faults),
        )


def _faults(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield what a foreign database lacks; it is left as it was found."""
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if number < OLDEST:
        version = connection.scalar(text("SHOW server_version"))
        yield (
            f"PostgreSQL {version} is too old, 13 or newer is needed",
            f"PostgreSQL {version} terlalu lama, perlu 13 ke atas",
        )
        return
    if not connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")):
        yield (
            "the user may not create tables; its administrator runs "
            "GRANT CREATE, USAGE ON SCHEMA public TO the user",
            "user tidak boleh membuat tabel; administratornya menjalankan "
            "GRANT CREATE, USAGE ON SCHEMA public TO user itu",
        )
    if roles.missing(connection) and not roles.may_make(connection):
        sql = roles.by_hand(str(connection.scalar(text("SELECT current_user"))))
        yield (
            f"the user may make no roles; its administrator runs once {sql}",
            f"user tidak boleh membuat role; administratornya menjalankan sekali {sql}",
        )
    for name in EXTENSIONS:
        query = text(
            "SELECT coalesce(installed_version, default_version) AS version, "
            "installed_version IS NOT NULL AS there FROM pg_available_extensions WHERE name = :n"
        )
        found = connection.execute(query, {"n": name}).one_or_none()
        if found is None:
            yield (
                f"{name} is not installed on that server; its administrator installs PostGIS 3",
                f"{name} tidak terpasang di server itu; administratornya memasang PostGIS 3",
            )
        elif name == "postgis" and int(found.version.split(".")[0]) < OLDEST_POSTGIS:
            yield (
                f"PostGIS {found.version} is too old, 3.0 or newer is needed",
                f"PostGIS {found.version} terlalu lama, perlu 3.0 ke atas",
            )
        elif not found.there and not _may_create(connection, name):
            yield (
                f"the user may not create {name}; its administrator runs "
                f"CREATE EXTENSION {name} in that database",
                f"user tidak boleh membuat {name}; administratornya menjalankan "
                f"CREATE EXTENSION {name} di basis data itu",
            )


def _may_create(connection: Connection, extension: str) -> bool:
    """Say whether this user may create an extension: tried and undone.

    Rights alone do not tell: hosted servers let some users do it who are no superusers.
    """
    attempt = connection.begin_nested()
    try:
        connection.execute(text(f"CREATE EXTENSION {extension}"))
    except DBAPIError:
        return False
    finally:
        attempt.rollback()
    return True


@contextmanager
def _locked(home: Path) -> Iterator[Path]:
    """Hold the home's lock: two `up` at once do one after the other."""
    folder = home.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise ServerError(
            f"RBMGEO_HOME {folder} cannot be written ({error.strerror}); name a folder of your own",
            f"RBMGEO_HOME {folder} tidak bisa ditulisi ({error.strerror}); sebutkan folder Anda",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
