"""Askers of tiles over a local socket: one at a time for the time of each, many for how many a second."""

import os
import selectors
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


class Asker:
    """One connection that stays open (HTTP/1.1 over a Unix socket)."""

    def __init__(self, path: str, headers: str = "") -> None:
        self.path = path
        self.headers = f"Host: localhost\r\nConnection: keep-alive\r\n{headers}\r\n"
        self.connect()

    def connect(self) -> None:
        """Open the connection, anew where the server closed one that nobody used."""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.held = b""

    def send(self, address: str) -> None:
        """Ask for an address."""
        self.socket.sendall(f"GET {address} HTTP/1.1\r\n{self.headers}".encode())

    def receive(self) -> tuple[int, bytes] | None:
        """Take what has come; return status and body once all of it is there."""
        more = self.socket.recv(1 << 18)
        if not more:
            raise ConnectionError("the server closed the connection")
        self.held += more
        head, found, body = self.held.partition(b"\r\n\r\n")
        if not found:
            return None
        status = int(head[9:12])
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )  # fmt: skip
        if len(body) < length:
            return None
        self.held = b""
        return status, body

    def get(self, address: str) -> tuple[int, bytes]:
        """Ask and wait."""
        self.send(address)
        while (told := self.receive()) is None:
            pass
        return told


@dataclass(frozen=True)
class Rate:
    """Answers a second, and bytes of one on average."""

    per_second: float
    mean_bytes: float


def rate(
    path: str, addresses: Sequence[str], *, connections: int, seconds: float, headers: str = ""
) -> Rate:
    """Ask for addresses in turn over some connections at once; raises where one is refused."""
    waiting = selectors.DefaultSelector()
    for n in range(connections):
        asker = Asker(path, headers)
        waiting.register(asker.socket, selectors.EVENT_READ, asker)
        asker.send(addresses[n % len(addresses)])
    sent, done, size = connections, 0, 0
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        for key, _ in waiting.select(timeout=1):
            told = key.data.receive()
            if told is None:
                continue
            if told[0] != 200:
                raise RuntimeError(f"{path} answered {told[0]}: {told[1][:200]!r}")
            done, size = done + 1, size + len(told[1])
            key.data.send(addresses[sent % len(addresses)])
            sent += 1
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return Rate(done / took, size / max(done, 1))


@contextmanager
def server(command: list[str], environment: dict[str, str], path: str, log: Path) -> Iterator[int]:
    """Run a server until its socket (or local port) takes connections, give its process; end it."""
    with log.open("wb") as target:
        running = subprocess.Popen(command, env=environment, stdout=target, stderr=target)
    try:
        until = time.monotonic() + 90
        while not _listens(path):
            if time.monotonic() > until or running.poll() is not None:
                raise RuntimeError(f"{command[:4]} did not come up: {log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield running.pid
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()


def family(pid: int) -> list[int]:
    """Return a process and those that came from it."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # ended meanwhile
            found += [k for one in children.read_text().split() for k in family(int(one))]
    return found


def memory_mb(pid: int) -> float:
    """Return the memory of a process and those that came from it, shared pages by their part."""
    total = 0
    for one in family(pid):
        with suppress(OSError):  # ended meanwhile
            told = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in told if line.startswith("Pss:"))
    return total / 1024


def processor_ms(pids: Sequence[int]) -> float:
    """Return what processes have used of the processor so far; those that ended count no more."""
    told = (Path(f"/proc/{pid}/stat") for pid in pids)
    fields = (p.read_text().rpartition(")")[2].split() for p in told if p.exists())
    return sum(int(f[11]) + int(f[12]) for f in fields) * 1000 / os.sysconf("SC_CLK_TCK")


def _listens(path: str) -> bool:
    with suppress(OSError):
        if path.isdigit():
            socket.create_connection(("127.0.0.1", int(path)), 1).close()
            return True
        Asker(path).socket.close()
        return True
    return False
