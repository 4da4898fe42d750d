"""What a database says when it dies or is full, in words that a person can act on."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from rbmgeo.db.session import Database
from rbmgeo.errors import DatabaseFailed

#: Bytes left on a disk below which a lost connection is laid to it.
ALMOST_NOTHING = 16 * 1024 * 1024
#: COPY speaks through the driver's own cursor, all else through SQLAlchemy.
_BROKEN = (
    OperationalError, InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError,
)  # fmt: skip
_NO_SPACE = ("no space left on device", "disk full", "could not extend file", "could not write to")


@contextmanager
def said_plainly(database: Database, file: str = "") -> Iterator[None]:
    """Turn a dead connection or a full disk into one sentence; all else passes.

    Raises
    ------
    DatabaseFailed
        Says what happened, that nothing of the file was loaded, and what to do.
    """
    folder = _data_folder(database)
    try:
        yield
    except (*_BROKEN, PendingRollbackError) as error:
        # The driver may close the connection first and say only that it is closed.
        if _says_full(error) or _is_full(folder):
            raise _full(str(folder or "PostgreSQL"), file) from error
        raise _gone(file, error) from error
    except (DBAPIError, psycopg2.Error) as error:
        if _says_full(error):
            raise _full(str(folder or "PostgreSQL"), file) from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(str(error.filename or "/tmp"), file) from error
        raise


def _says_full(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, pg.DiskFull) or any(w in str(seen).lower() for w in _NO_SPACE):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _is_full(folder: Path | None) -> bool:
    try:
        return folder is not None and shutil.disk_usage(folder).free < ALMOST_NOTHING
    except OSError:  # the server is on another machine, or its folder is not ours to see
        return False


def _data_folder(database: Database) -> Path | None:
    """Return where the server keeps its data, None where it does not say."""
    try:
        with database.reading() as session:
            found = session.scalar(
                text("SELECT setting FROM pg_settings WHERE name = 'data_directory'")
            )
    except _BROKEN:
        return None
    return Path(found) if found else None


def _full(where: str, file: str) -> DatabaseFailed:
    what, apa = (f"{file}: ", f"{file}: ") if file else ("", "")
    return DatabaseFailed(
        f"{what}the disk is full ({where}); nothing of this file was loaded and what was there "
        "is unharmed. Free some space, then import the same file again",
        f"{apa}disk penuh ({where}); tidak ada baris berkas ini yang dimuat dan data lama utuh. "
        "Kosongkan ruang disk, lalu impor berkas yang sama lagi",
    )


def _gone(file: str, error: Exception) -> DatabaseFailed:
    what = f"{file}: " if file else ""
    reason = str(error.__cause__ or error).strip().splitlines()[0]
    return DatabaseFailed(
        f"{what}the connection to the database broke off ({reason}); nothing half done was kept. "
        "Import the same file again; if it stays, see `rbmgeo db status`",
        f"{what}hubungan ke basis data terputus ({reason}); tidak ada yang tersimpan setengah. "
        "Impor berkas yang sama lagi; bila tetap begitu, lihat `rbmgeo db status`",
    )
