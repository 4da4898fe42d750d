"""A database to the newest migration: saved first, compared after, as it was if anything fails."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.queries import manifest as rows
from rbmgeo.db.server import databases
from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.operations.manifest import differences, untouched
from rbmgeo.workflows.backup_state import note
from rbmgeo.workflows.backups import Backup, make_backup
from rbmgeo.workflows.restores import facts, filled, same_or_stop

#: Where alembic keeps the revision itself.
_REVISION = "public.alembic_version"


class UpgradeFailed(RbmgeoError):
    """A migration failed or changed what it may not; says what the database is now."""


@dataclass(frozen=True)
class Upgraded:
    """What was done: revision before and after, the backup (None where nothing was to be saved).

    ``same``: tables whose old columns have the same rows and hashes as before; ``seconds``: all.
    """

    was: str | None
    now: str
    backup: Backup | None
    same: int
    seconds: float


def upgrade(
    url: str, home: Path, to: Path, *, keep: int, at: datetime, who: str,
    accept: frozenset[str] = frozenset(), folder: Path = migrate.MIGRATIONS,
) -> Upgraded:  # fmt: skip
    """Bring a database to the newest migration of a folder.

    What a migration may change in the rows that were there: columns that come, go or get another
    type; the tables it names in ``rewrites``; the tables of ``accept`` (schema.name). All else
    must have the rows and hashes it had.

    Raises
    ------
    UpgradeFailed
        If a migration failed or changed more: the database is as it was, all hashes equal.
    Conflict
        If somebody is connected: what they write meanwhile would be lost with a failure.
    UsageError
        If the database stands at a migration that the folder does not know, or the user may make
        no database to go back to.
    """
    began = time.monotonic()
    was, newest = migrate.current(url), migrate.head(folder)
    if was == newest:
        return Upgraded(was, newest, None, 0, time.monotonic() - began)
    _ready_or_stop(url, was, folder)
    if was is None:
        migrate.upgrade(url, folder=folder)
        return Upgraded(None, newest, None, 0, time.monotonic() - began)
    backup = make_backup(url, home, to, keep=keep, at=at, who=who)
    try:
        migrate.upgrade(url, folder=folder)
        same = _compared(backup, url, accept | migrate.rewritten(was, folder))
    except Exception as error:
        note(home, at=at, who=who, did="upgrade", failed=type(error).__name__)
        raise _put_back(backup, url, at=at, error=error, newest=newest) from error
    seconds = time.monotonic() - began
    note(home, at=at, who=who, did="upgrade", folder=backup.folder, seconds=seconds)
    return Upgraded(was, newest, backup, same, seconds)


def _ready_or_stop(url: str, was: str | None, folder: Path) -> None:
    databases.alone(url)
    if was is not None and not migrate.known(was, folder):
        raise UsageError(
            f"the database stands at {was}, which this program does not know; install the version "
            "that made it, or a newer one",
            f"basis data ada di migrasi {was} yang tidak dikenal program ini; pasang versi "
            "pembuatnya, atau yang lebih baru",
        )
    if not databases.may_make(url):
        raise UsageError(
            "the user may make no database, so that nothing could be put back; its administrator "
            "runs ALTER ROLE the user CREATEDB",
            "user tidak boleh membuat basis data, sehingga tidak bisa dipulihkan; administratornya "
            "menjalankan ALTER ROLE user itu CREATEDB",
        )


def _compared(backup: Backup, url: str, accept: set[str] | frozenset[str]) -> int:
    """Return how many tables are as they were; raises `UpgradeFailed` naming those that are not."""
    before = backup.manifest.tables
    before = before.drop(index=[t for t in (*accept, _REVISION) if t in before.index])
    with create_engine(url, poolclass=NullPool).connect() as connection:
        now = rows.columns_of(connection)
    same = untouched(before, now)
    touched = [t for t in before.index if t not in same]
    hashed = differences(before.loc[list(same)], facts(url, only=same))
    wrong = [*hashed.index, *_fewer_or_more(before.loc[touched], now, url)]
    if wrong:
        raise UpgradeFailed(
            f"rows changed in {', '.join(wrong[:5])}, which no migration names; if it is meant, "
            "say --rewrites for each",
            f"baris berubah di {', '.join(wrong[:5])}, yang tidak disebut migrasi mana pun; bila "
            "memang dimaksud, sebutkan --rewrites untuk tiap tabel",
        )
    return len(same)


def _fewer_or_more(before: pd.DataFrame, now: pd.DataFrame, url: str) -> list[str]:
    """Return the tables with other columns that have another number of rows, or are gone."""
    there = [str(t) for t in before.index if t in now.index]
    columns = {
        t: tuple(c.partition(" ")[0] for c in str(now.at[t, "columns"]).split(", ")) for t in there
    }
    counted = facts(url, only=columns)["rows"] if there else pd.Series(dtype="int64")
    return [str(t) for t in before.index if t not in there or counted[t] != before.at[t, "rows"]]


def _put_back(
    backup: Backup, url: str, *, at: datetime, error: Exception, newest: str
) -> UpgradeFailed:
    """Let the backup be the database again, and return what is to be said."""
    name = databases.named(url)
    # Never a database's own text: it quotes the row that broke a rule.
    why = error if isinstance(error, RbmgeoError) else None
    english = str(why) if why else f"{type(error).__name__} on the way to {newest}"
    indonesian = why.indonesian if why else f"{type(error).__name__} dalam perjalanan ke {newest}"
    try:
        with filled(backup, url, at=at, what="restoring") as made:
            same_or_stop(backup, made)
            databases.exchange(url, made, aside=None, force=True)
    except Exception as second:
        return UpgradeFailed(
            f"the upgrade failed ({english}), and putting the database back did too "
            f"({type(second).__name__}). It is half migrated: do not use it; free some space, then "
            f"run `rbmgeo restore {backup.folder} --replace {name}`",
            f"pemutakhiran gagal ({indonesian}), pemulihannya juga ({type(second).__name__}). Basis "
            f"data setengah jalan: jangan dipakai; kosongkan ruang disk, lalu jalankan `rbmgeo "
            f"restore {backup.folder} --replace {name}`",
        )
    return UpgradeFailed(
        f"the upgrade failed ({english}); the database is as it was, all "
        f"{len(backup.manifest.tables)} tables with equal hashes. Go on with the version before",
        f"pemutakhiran gagal ({indonesian}); basis data kembali seperti semula, hash "
        f"{len(backup.manifest.tables)} tabel sama. Pakai dulu versi sebelumnya",
    )
