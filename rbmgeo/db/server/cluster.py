"""One private PostgreSQL cluster: made, started, stopped; it survives what befalls it."""

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rbmgeo.db.server.binaries import Binaries
from rbmgeo.db.server.owner import Owner
from rbmgeo.errors import RbmgeoError

SUPERUSER = "rbmgeo"

#: Written once into a new cluster: sockets only, and room for a unit of 150,000 customers.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 150
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
"""


#: Of the machine's memory the server keeps this part for pages of tables, MB at least and at most:
#: half of what PostgreSQL's manual (20.4.1) advises where nothing else runs, for much else does here.
_BUFFERS_PART, _BUFFERS_MB = 8, (256, 2048)


def buffers_mb(memory_bytes: int) -> int:
    """Return the size of the server's page cache on a machine with so much memory.

    >>> [buffers_mb(gb << 30) for gb in (1, 8, 64)]
    [256, 1024, 2048]
    """
    least, most = _BUFFERS_MB
    return min(most, max(least, memory_bytes // _BUFFERS_PART >> 20))


#: At every start, so that older clusters have it too: the server's log quotes no statement, value
#: or row, for those are customers.
QUIET = (
    "-c log_statement=none", "-c log_min_duration_statement=-1", "-c log_min_error_statement=panic",
    "-c log_error_verbosity=terse", "-c log_parameter_max_length=0",
    "-c log_parameter_max_length_on_error=0",
)  # fmt: skip

#: Bytes of a socket's folder that leave room for the socket's own name.
_LONGEST_SOCKETS = 85
#: Line of postmaster.pid that names the socket's folder.
_SOCKET_LINE = 4


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class ServerError(RbmgeoError):
    """The server could not be made, started or stopped; the text quotes its own words."""


@dataclass(frozen=True)
class Status:
    """What stands where: the folder, whether it runs, its major version."""

    folder: Path
    sockets: Path
    running: bool
    major: int | None


class Cluster:
    """A cluster in a folder of the server's user; only that user (and root) reach its socket.

    Whoever may enter the socket folder is trusted as the superuser of the cluster; the
    folder is 0700 and belongs to the server's user, so that nobody else may.
    """

    def __init__(self, folder: Path, owner: Owner) -> None:
        self.folder = folder
        self.owner = owner
        self.data = folder / "data"
        # A socket's path may have about 107 bytes, a home has any length.
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        self._made_sockets = Path(tempfile.gettempdir()) / f"rbmgeo-{owner.uid}-{name}"
        if len(str(self._made_sockets)) > _LONGEST_SOCKETS:
            self._made_sockets = Path("/tmp") / self._made_sockets.name

    @property
    def sockets(self) -> Path:
        """The folder of the socket: where the running server has it, else where it will be.

        Two shells may name two folders for temporary files; the server stays in the first.
        """
        lines = self._pid_file()
        if len(lines) > _SOCKET_LINE and lines[_SOCKET_LINE] and self.pid() is not None:
            return Path(lines[_SOCKET_LINE])
        return self._made_sockets

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database in this cluster."""
        host = quote(str(self.sockets), safe="/")
        return f"postgresql+psycopg2://{SUPERUSER}@/{database}?host={host}"

    def major(self) -> int | None:
        """Return the major version that made the data folder, None before there is one."""
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def status(self) -> Status:
        """Say what stands where."""
        return Status(self.folder, self.sockets, self.pid() is not None, self.major())

    def pid(self) -> int | None:
        """Return the process that serves this data folder, None where none does."""
        try:
            pid = int(self._pid_file()[0])
            # The number may have been given to another program since: ours works in its folder.
            if Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                return pid
        except (OSError, ValueError, IndexError):
            return None
        return None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def make(self, binaries: Binaries) -> None:
        """Make the data folder if there is none; a half-made one is laid aside, never used."""
        for left in self.folder.glob("making-*"):
            shutil.rmtree(left, ignore_errors=True)
        if self.major() is not None and (self.data / "global/pg_control").exists():
            return
        if self.data.exists():
            self.data.rename(self.folder / f"half-made-{time.time_ns()}")
        making = self.folder / f"making-{os.getpid()}"
        self._do(
            binaries,
            ["initdb", "-D", str(making), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--lc-collate=C", "--no-instructions"],
        )  # fmt: skip
        with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        making.rename(self.data)

    def start(self, binaries: Binaries, *, durable: bool = True) -> None:
        """Start the server; one that runs is left alone, traces of a killed one are removed."""
        if self.pid() is not None:
            return
        self._socket_folder()
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        options = " ".join((f"-k {self.sockets}", *QUIET))
        if durable:
            options += f" -c shared_buffers={buffers_mb(_memory_bytes())}MB"
        else:  # tests only: what they write need not survive the machine
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        log = self.folder / "server.log"
        self._do(
            binaries,
            ["pg_ctl", "start", "-w", "-t", "120", "-s", "-D", str(self.data), "-o", options,
             "-l", str(log)],
            log,
        )  # fmt: skip

    def stop(self, binaries: Binaries) -> bool:
        """Stop the server, ending its connections; return whether it ran."""
        if self.pid() is None:
            return False
        self._do(binaries, ["pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", str(self.data)])
        return True

    def _socket_folder(self) -> None:
        with contextlib.suppress(FileExistsError):
            self.owner.make(self.sockets)
        found = self.sockets.lstat()
        # The name can be foreseen: a folder that somebody else laid there is not used.
        if (
            not stat.S_ISDIR(found.st_mode)
            or found.st_uid != self.owner.uid
            or found.st_mode & 0o077
        ):
            raise ServerError(
                f"{self.sockets} is not a private folder of user {self.owner.uid}; remove it, "
                "run again",
                f"{self.sockets} bukan folder pribadi user {self.owner.uid}; hapus, lalu ulangi",
            )

    def _do(self, binaries: Binaries, command: list[str], log: Path | None = None) -> None:
        program = [str(binaries.bin / command[0]), *command[1:]]
        done = self.owner.run(program, binaries.environ())
        if done.returncode:
            words = done.stderr.strip() or done.stdout.strip()
            if log is not None and log.exists():
                words = f"{words}; " + " ".join(log.read_text(errors="replace").splitlines()[-4:])
            raise ServerError(
                f"{command[0]} failed: {words}; see {self.folder}",
                f"{command[0]} gagal: {words}; lihat {self.folder}",
            )
