"""A database out to a file and back, by PostgreSQL's own programs of at least its version."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.server.binaries import Binaries, find
from rbmgeo.db.server.cluster import ServerError

#: What a URL may say to libpq beside host, port, user and password: its variable.
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "service": "PGSERVICE"}  # fmt: skip


def programs(server_major: int) -> Binaries:
    """Return PostgreSQL's programs for a server; raises `ServerError` where all are older."""
    exact = find(server_major)
    found = exact or find()
    if found is None or found.major < server_major:
        found = _on_path()
    if found is None or found.major < server_major:
        raise ServerError(
            f"pg_dump of PostgreSQL {server_major} or newer is needed; install "
            f"postgresql-client-{server_major}",
            f"perlu pg_dump PostgreSQL {server_major} atau lebih baru; pasang "
            f"postgresql-client-{server_major}",
        )
    return found


def _on_path() -> Binaries | None:
    path = shutil.which("pg_dump")
    if path is None:
        return None
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = told.rpartition(") ")[2].split(".")[0].strip()
    # Debian's is a link to a script that looks for its version by its own name.
    return Binaries(int(number), Path(path).parent) if number.isdigit() else None


def server_major(connection: Connection) -> int:
    """Return the major version of a server."""
    return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000


def begin_dump(binaries: Binaries, url: str, *, snapshot: str, file: Path) -> subprocess.Popen[str]:
    """Begin to write a database as it was at a snapshot; `end` waits for it."""
    command = [
        str(binaries.bin / "pg_dump"), "--format=custom", "--no-owner", "--no-privileges",
        "--no-password", f"--snapshot={snapshot}", f"--file={file}",
    ]  # fmt: skip
    return subprocess.Popen(
        command, env=_environ(binaries, url), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(running: subprocess.Popen[str], what: str) -> None:
    """Wait for a program; raises `ServerError` with its last words where it failed."""
    _, told = running.communicate()
    if running.returncode:
        words = " ".join(told.strip().splitlines()[:3])
        raise ServerError(
            f"{what} failed: {words}; mend what it names, then run again",
            f"{what} gagal: {words}; perbaiki yang disebut, lalu ulangi",
        )


def restore(binaries: Binaries, url: str, *, file: Path) -> None:
    """Fill an empty database from a file of `begin_dump`; the first error ends it."""
    jobs = min(4, os.cpu_count() or 1)
    command = [
        str(binaries.bin / "pg_restore"), "--no-owner", "--no-privileges", "--no-password",
        "--exit-on-error", f"--jobs={jobs}", f"--dbname={make_url(url).database}", str(file),
    ]  # fmt: skip
    running = subprocess.Popen(
        command, env=_environ(binaries, url), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end(running, "pg_restore")


def _environ(binaries: Binaries, url: str) -> dict[str, str]:
    """Return the environment in which libpq finds the database: no password among the arguments."""
    at = make_url(url)
    told: dict[str, Any] = {
        "PGDATABASE": at.database,
        "PGHOST": at.host,
        "PGPORT": at.port,
        "PGUSER": at.username,
        "PGPASSWORD": at.password,
    }
    told |= {_VARIABLES[k]: v for k, v in at.query.items() if k in _VARIABLES and v}
    return binaries.environ() | {k: str(v) for k, v in told.items() if v}


def analyze(url: str) -> None:
    """Let a filled database know its own sizes, so that its first pages are not slow."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
