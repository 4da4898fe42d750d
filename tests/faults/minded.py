"""The product as `rbmgeo serve` runs it, each process in our hand: to be killed, armed, started again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psycopg2

from rbmgeo.cli.serve import pages_command
from rbmgeo.db.server import ensure_cluster, web_url
from rbmgeo.db.server.cluster import ServerError
from rbmgeo.db.server.up import ensure_database
from rbmgeo.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
#: Debian's package faketime.
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


UNDER_CLOCK = Path(__file__).with_name("under_clock")


def clock_can_jump() -> bool:
    """Say whether faketime is there."""
    return FAKETIME.exists()


class Minded:
    """A cluster of its own, pages and worker on it; whoever dies is started again at once.

    ``folder``: where places of `rbmgeo.faults` are armed; ``clock``: the file that says how far the
    clock of pages and worker is off, None where they run by the true one.
    """

    def __init__(self, home: Path, folder: Path, port: int, *, server: Path | None = None) -> None:
        self.home, self.folder, self.port, self.server = home, folder, port, server or home
        self.clock: Path | None = None
        self.done = threading.Event()
        self.deaths: list[str] = []
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.cluster = ensure_cluster(self.server, say=lambda line: None)
        self.url = ensure_database(self.cluster, "faults")
        self.minder = threading.Thread(target=self._mind, daemon=True)

    def start(self) -> None:
        """Start pages and worker, and mind them."""
        for name in ("pages", "worker"):
            self._start(name)
        self.minder.start()

    def stop(self) -> None:
        """End pages and worker."""
        self.done.set()
        self.minder.join(30)
        for child in self.children.values():
            _end(child)

    def answers(self) -> bool:
        """Say whether a page that needs the database answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/masuk", timeout=5) as said:
                return said.status == 200
        except OSError:
            return False

    def wait(self, seconds: float = 90) -> float:
        """Wait until the pages answer; return the seconds that it took."""
        began = time.monotonic()
        while not self.answers():
            assert time.monotonic() - began < seconds, f"no answer; {self.log()[-1500:]}"
            time.sleep(0.05)
        return time.monotonic() - began

    def log(self) -> str:
        """Return what pages and worker wrote."""
        return (self.home / "minded.log").read_text(errors="replace")

    def arm(self, point: str) -> None:
        """Let the next process that passes a place stop there."""
        for left in self.folder.glob("*"):
            left.unlink()
        (self.folder / f"{point}.armed").touch()

    def reached(self, point: str, seconds: float = 150) -> int:
        """Wait until a process stands at the place; return its id, 0 if none came."""
        file, until = self.folder / f"{point}.reached", time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError, ValueError):
                return int(file.read_text())
            time.sleep(0.02)
        return 0

    def release(self, point: str) -> None:
        """Let whoever still stands at the place go on, and nobody stop there any more."""
        (self.folder / f"{point}.go").touch()
        (self.folder / f"{point}.armed").unlink(missing_ok=True)

    def kill(self, victim: str, at: int) -> None:
        """Kill -9 the process at the place, its backends, the server, or everything of ours."""
        if victim == "process":
            _kill([at])
        elif victim == "backend":
            _kill(self.backends(at))
        elif victim == "server":
            self.kill_server()
        elif victim == "everything":
            _kill([p for c in self.children.values() for p in family(c.pid)])

    def kill_server(self) -> None:
        """Kill the whole database, postmaster first, and start it again."""
        postmaster = self.cluster.pid()
        assert postmaster
        _kill(family(postmaster))
        self.start_server()

    def start_server(self) -> None:
        """Start the database where it does not run; return once it answers."""
        until = time.monotonic() + 60
        while True:
            try:
                # It may be seen as running while it still dies: only an answer counts.
                self.cluster = ensure_cluster(self.server, say=lambda line: None)
                psycopg2.connect(self.url.replace("+psycopg2", "")).close()
                return
            except (psycopg2.OperationalError, ServerError):
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.05)

    def backends(self, pid: int) -> list[int]:
        """Return the database's processes that answer pages or worker, those of a process's kind."""
        name = "rbmgeo worker" if pid == self.children["worker"].pid else "rbmgeo web"
        connection = psycopg2.connect(self.url.replace("+psycopg2", ""))
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = %s "
                    "ORDER BY (state = 'idle in transaction') DESC, pid", (name,),
                )  # fmt: skip
                return [row[0] for row in cursor.fetchall()][:1]
        finally:
            connection.close()

    def _start(self, name: str) -> None:
        pages = pages_command([f"127.0.0.1:{self.port}"], 2)
        program = pages if name == "pages" else [sys.executable, "-m", "rbmgeo.jobs"]
        environment = {
            **os.environ, "RBMGEO_HOME": str(self.home), "RBMGEO_DATABASE_URL": self.url,
            "RBMGEO_WEB_DATABASE_URL": web_url(Settings(database_url=""), self.url),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *([UNDER_CLOCK] if self.clock else [])))),
            "RBMGEO_FAULT": "*", "RBMGEO_FAULT_FOLDER": str(self.folder),
            "OMP_NUM_THREADS": "1", **(self._clock_told() if self.clock else {}),
        }  # fmt: skip
        with (self.home / "minded.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                program, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _mind(self) -> None:
        while not self.done.wait(0.1):
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.done.is_set():
                    self.deaths.append(name)
                    time.sleep(0.2)
                    self._start(name)

    def _clock_told(self) -> dict[str, str]:
        """Return what faketime is told: the time of day jumps, the time since the start does not.

        So it is where somebody, or a server of time, sets a machine's clock.
        """
        return {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}  # fmt: skip

    def by_clock(self, file: Path | None) -> None:
        """Let pages and worker begin anew by a clock that can jump, or by the true one."""
        self.clock = file
        if file:
            self.jump("+0")
        for child in list(self.children.values()):
            _kill(family(child.pid))

    def jump(self, offset: str) -> None:
        """Let the clock of what runs jump so far from the true time (faketime: +2d, -1h)."""
        assert self.clock
        new = self.clock.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.replace(self.clock)


def family(pid: int) -> list[int]:
    """Return a process and those that came from it, itself first."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [k for one in children.read_text().split() for k in family(int(one))]
    return found


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _end(child: subprocess.Popen[bytes]) -> None:
    pids = family(child.pid)
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        _kill(pids)
        child.wait(5)
