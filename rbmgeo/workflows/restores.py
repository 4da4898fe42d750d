"""A backup back into a database: beside what is there, compared, and only then in its place."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate, rights, roles
from rbmgeo.db.queries import login_sessions
from rbmgeo.db.queries import manifest as rows
from rbmgeo.db.server import databases, dump
from rbmgeo.db.session import Database
from rbmgeo.errors import Conflict, UsageError
from rbmgeo.operations.manifest import differences
from rbmgeo.workflows import backup_files
from rbmgeo.workflows.backup_state import note
from rbmgeo.workflows.backups import Backup


@dataclass(frozen=True)
class Verified:
    """What a trial showed: where tables and files differ (empty where all are equal), its seconds.

    ``tables`` and ``files``: `rbmgeo.operations.manifest.differences`.
    """

    tables: pd.DataFrame
    files: pd.DataFrame
    seconds: float

    @property
    def well(self) -> bool:
        """Say whether all is as the manifest says."""
        return self.tables.empty and self.files.empty


@dataclass(frozen=True)
class Restored:
    """What was done: files that came, the database that stood there before (empty: none), seconds."""

    files: int
    aside: str
    seconds: float


def verify_backup(backup: Backup, url: str, *, at: datetime) -> Verified:
    """Fill a throw-away database of the same server from a backup and compare all there is.

    Every byte of every file is read as well. The database of ``url`` is not looked at.
    """
    began = time.monotonic()
    files = differences(backup.manifest.files, backup_files.lying(backup.files))
    with filled(backup, url, at=at, what="trial") as trial:
        tables = differences(backup.manifest.tables, facts(trial))
    return Verified(tables, files, time.monotonic() - began)


def restore_backup(
    backup: Backup, url: str, home: Path, *, replace: str = "", at: datetime, who: str
) -> Restored:
    """Let a backup be the database of ``url``, its files those of the home.

    The database is filled beside, compared with the manifest, and then takes the place. One that
    holds data is replaced only where ``replace`` is its name, and stands aside afterwards under a
    name of its own; files that are there stay.

    Raises
    ------
    Conflict
        If it holds data and was not named, somebody is connected to it, or what was restored is
        not what the manifest says: nothing was changed.
    """
    began = time.monotonic()
    _known_here(backup)
    held = _held(url)
    if held and replace != databases.named(url):
        raise Conflict(
            f"{databases.named(url)} holds data; to put it aside and restore there, say "
            f"--replace {databases.named(url)}",
            f"{databases.named(url)} berisi data; untuk menyisihkannya dan memulihkan di situ, "
            f"sebutkan --replace {databases.named(url)}",
        )
    if databases.exists(url):
        databases.alone(url)
    aside = databases.beside(url, "before", _stamp(at)) if held else None
    with filled(backup, url, at=at, what="restoring") as made:
        same_or_stop(backup, made)
        _end_sessions(made)
        came = backup_files.give_back(backup.files, home)
        databases.exchange(url, made, aside=aside)
    dump.analyze(url)
    seconds = time.monotonic() - began
    note(
        home, at=at, who=who, did="restore", folder=backup.folder, seconds=seconds,
        rows=backup.manifest.rows,
    )  # fmt: skip
    return Restored(came, databases.named(aside) if aside else "", seconds)


def _end_sessions(url: str) -> None:
    """End every session: one that was ended since the backup would open again."""
    database = Database(url, pool_size=1)
    with database.writing() as session:
        login_sessions.end_everybodys(session, why="restore")
    database.close()


def same_or_stop(backup: Backup, url: str) -> None:
    """Raise `Conflict` naming the tables of a database that are not as in a backup."""
    told = differences(backup.manifest.tables, facts(url))
    if not told.empty:
        which = ", ".join(told.index[:5])
        raise Conflict(
            f"{len(told)} tables differ from the manifest ({which}); nothing was replaced. Take "
            "another backup",
            f"{len(told)} tabel berbeda dari manifes ({which}); tidak ada yang diganti. Pakai "
            "cadangan lain",
        )


def facts(url: str, *, only: dict[str, tuple[str, ...]] | None = None) -> pd.DataFrame:
    """Return `TABLES` of a database as it is now; ``only`` as in `table_facts`."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        return rows.table_facts(connection, only=only)


@contextmanager
def filled(backup: Backup, url: str, *, at: datetime, what: str) -> Iterator[str]:
    """Offer a database filled from a backup; what is left of it afterwards is removed."""
    whole_or_stop(backup)
    made = databases.beside(url, what, _stamp(at))
    databases.make_like(made, url)
    try:
        engine = create_engine(made, poolclass=NullPool)
        with engine.begin() as connection:
            binaries = dump.programs(dump.server_major(connection))
            # Of the whole server, and so in no dump; its policies name them.
            roles.make_roles(connection)
        dump.restore(binaries, made, file=backup.dump)
        # A dump of ours carries no rights.
        rights.secure(made)
        yield made
    finally:
        databases.drop(made)


def whole_or_stop(backup: Backup) -> None:
    """Raise `Conflict` where the dump is not the file that was written."""
    if (
        not backup.dump.is_file()
        or backup_files.sha256_of(backup.dump) != backup.manifest.dump_sha256
    ):
        raise Conflict(
            f"{backup.dump} is not the file that the backup wrote; take another backup",
            f"{backup.dump} bukan berkas yang ditulis cadangan itu; pakai cadangan lain",
        )


def _held(url: str) -> bool:
    if not databases.exists(url):
        return False
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return rows.holds_data(connection)


def _known_here(backup: Backup) -> None:
    revision = backup.manifest.revision
    if revision is not None and not migrate.known(revision):
        raise UsageError(
            f"the backup stands at {revision}, which this program does not know; install the "
            f"version that made it ({backup.manifest.version}) or a newer one",
            f"cadangan ini di migrasi {revision} yang tidak dikenal program ini; pasang versi "
            f"pembuatnya ({backup.manifest.version}) atau yang lebih baru",
        )


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"
