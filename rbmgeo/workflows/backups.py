"""A backup: the database and the home's files as they were at one moment, whole or not there."""

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo import __version__
from rbmgeo.db import migrate
from rbmgeo.db.queries import manifest as rows
from rbmgeo.db.server import dump
from rbmgeo.errors import Conflict, NotThere, UsageError
from rbmgeo.operations.manifest import Manifest, files_of
from rbmgeo.workflows import backup_files
from rbmgeo.workflows.backup_state import note

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"
_NAME = re.compile(r"rbmgeo-\d{8}T\d{6}Z")
#: What a dump holds that nobody else may read, whatever files are beside it.
_SECRET_ROWS = ("password hashes", "key of the sessions", "customers' names and addresses")


@dataclass(frozen=True)
class Backup:
    """One complete backup: its folder, what it holds, seconds it took (0 where it was only read)."""

    folder: Path
    manifest: Manifest
    seconds: float = 0.0

    @property
    def dump(self) -> Path:
        """Return the file of the database."""
        return self.folder / DUMP

    @property
    def files(self) -> Path:
        """Return the folder of the home's files."""
        return self.folder / FILES


def opened(folder: Path) -> Backup:
    """Return the backup of a folder; raises `NotThere` where there is none, or none complete."""
    try:
        told = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError as error:
        raise NotThere(
            f"{folder} is no backup (no {MANIFEST}); name a folder that `rbmgeo backup` made",
            f"{folder} bukan cadangan (tanpa {MANIFEST}); sebutkan folder buatan `rbmgeo backup`",
        ) from error
    return Backup(folder, Manifest.of(told))


def complete(to: Path) -> list[Path]:
    """Return the complete backups in a folder, oldest first."""
    if not to.is_dir():
        return []
    return sorted(p for p in to.iterdir() if _NAME.fullmatch(p.name) and (p / MANIFEST).is_file())


def make_backup(
    url: str, home: Path, to: Path, *, keep: int, at: datetime, who: str, keys: bool = False
) -> Backup:
    """Write database and files into a new folder of ``to`` and keep the newest ``keep``.

    Others may go on writing: rows are counted, hashed and dumped in one snapshot, and a file is
    there before the row that names it. The folder gets its name when it is complete; older ones
    go only after that.

    Raises
    ------
    UsageError
        If ``keep`` is less than 1 or the folder cannot be written.
    Conflict
        If another backup is being written into the same folder, or has this moment's name.
    """
    if keep < 1:
        raise UsageError(
            f"--keep is {keep}, expected 1 or more", f"--keep {keep}; isi 1 atau lebih"
        )
    began = time.monotonic()
    try:
        with _alone_in(to):
            made = _written(url, home, to, at=at, keys=keys)
            for old in complete(to)[:-keep]:
                shutil.rmtree(old)
    except Exception as error:
        note(home, at=datetime.now(UTC), who=who, failed=type(error).__name__)
        raise
    seconds = time.monotonic() - began
    note(home, at=at, who=who, folder=made.folder, seconds=seconds, rows=made.manifest.rows)
    return Backup(made.folder, made.manifest, seconds)


def _written(url: str, home: Path, to: Path, *, at: datetime, keys: bool) -> Backup:
    folder = to / f"rbmgeo-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise Conflict(f"{folder} is there; wait a second", f"{folder} sudah ada; tunggu sedetik")
    for left in to.glob(".making-*"):  # of a run that was killed: we are alone here
        shutil.rmtree(left, ignore_errors=True)
    making = to / f".making-{os.getpid()}"
    making.mkdir(mode=0o700)
    try:
        held = _manifest(url, home, making, before=complete(to)[-1:], at=at, keys=keys)
        (making / MANIFEST).write_text(held.text(), encoding="utf-8")
        os.sync()
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return Backup(folder, held)


def _manifest(
    url: str, home: Path, making: Path, *, before: list[Path], at: datetime, keys: bool
) -> Manifest:
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    file = making / DUMP
    with engine.connect() as connection:
        binaries = dump.programs(dump.server_major(connection))
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        running = dump.begin_dump(binaries, url, snapshot=snapshot, file=file)
        try:
            tables = rows.table_facts(connection)
        except BaseException:
            running.kill()
            running.communicate()
            raise
        dump.end(running, "pg_dump")
        revision = migrate.current_of(connection)
    last = opened(before[0]) if before else None
    folders = (*backup_files.KEPT, *(backup_files.SECRET if keys else ()))
    files = backup_files.take(
        home, making / FILES, folders=folders, before=last.files if last else None,
        known=last.manifest.files if last else files_of({}),
    )  # fmt: skip
    return Manifest(
        made_at=at, version=__version__, revision=revision, dump_bytes=file.stat().st_size,
        dump_sha256=backup_files.sha256_of(file), tables=tables, files=files,
        secrets=(*_SECRET_ROWS, *(("private keys (keys/, tls/)",) if keys else ())),
    )  # fmt: skip


@contextmanager
def _alone_in(to: Path) -> Iterator[None]:
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (to / ".lock").open("w")
    except OSError as error:
        raise UsageError(
            f"{to} cannot be written ({error.strerror}); name another folder, or mount the disk",
            f"{to} tidak bisa ditulisi ({error.strerror}); sebutkan folder lain, atau pasang disknya",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"another backup is being written into {to}; wait for it",
                f"cadangan lain sedang ditulis ke {to}; tunggu sampai selesai",
            ) from None
        with contextlib.suppress(OSError):
            (to / ".lock").chmod(0o600)
        yield
