"""`rbmgeo serve` and `rbmgeo stop`: the pages by gunicorn, and the worker beside them."""

import contextlib
import hashlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.db.server import database_url, down, web_url
from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.keys.certificates import TlsFiles, certified, host_of
from rbmgeo.keys.door import door_address
from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import refuse_open_door, refuse_weak_settings

ROOT = Path(__file__).resolve().parents[2]
HOST, PORT, PORTS = "127.0.0.1", 8000, 100
#: First port that the plain door beside HTTPS tries.
DOOR_PORT = 8080
_START_S = 60.0
#: A log larger than that is laid aside at the next start; the one laid aside before goes.
_LOG_BYTES = 50_000_000
#: Seconds before a worker that died is started again, growing up to the second.
_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
#: A worker that lived so long died of something new.
_LONG_S = 120.0


@dataclass(frozen=True)
class Secured:
    """HTTPS: certificate and key (PEM), the host that people open, how the command said it.

    ``ours``: the files of our own authority, None with a domain's certificate; ``door``: port of
    the plain door (`rbmgeo.keys.door`) for phones that do not trust it yet.
    """

    cert: Path
    key: Path
    host: str
    options: tuple[str, ...]
    ours: TlsFiles | None = None
    door: int = 0


def secured(
    settings: Settings, *, tls: bool, cert: Path | None, key: Path | None
) -> Secured | None:
    """Return how pages are served over HTTPS, None where they are not.

    Raises
    ------
    UsageError
        If one of certificate and key is missing, or the certificate has ended.
    """
    if cert or key:
        if not (cert and key and cert.is_file() and key.is_file()):
            raise UsageError(
                "--cert and --key name two PEM files that are there",
                "--cert dan --key menyebut dua berkas PEM yang ada",
            )
        cert, key = cert.resolve(), key.resolve()
        return Secured(cert, key, host_of(cert), ("--cert", str(cert), "--key", str(key)))
    if not tls:
        return None
    files = TlsFiles.of(settings.home.resolve())
    told = certified(files)
    if told.server_until <= datetime.now(UTC):
        raise UsageError(
            f"the certificate ended on {told.server_until:%Y-%m-%d}; renew it with `rbmgeo tls renew`",
            f"sertifikat berakhir {told.server_until:%Y-%m-%d}; perbarui dengan `rbmgeo tls renew`",
        )
    return Secured(files.server, files.server_key, told.hosts[0], ("--tls",), files)


class NotServing(RbmgeoError):
    """The pages did not come up; names the log."""


def serve_command(
    host: Annotated[
        str, typer.Option(help="Address to listen on; this machine only, with --tls every one")
    ] = "",
    port: Annotated[int, typer.Option(help="First port to try; the next free one is taken")] = PORT,
    workers: Annotated[int, typer.Option(help="Processes that answer pages")] = 2,
    background: Annotated[bool, typer.Option(help="Leave it running and return")] = False,
    tls: Annotated[
        bool, typer.Option("--tls", help="HTTPS with the certificate of `rbmgeo tls init`")
    ] = False,
    cert: Annotated[
        Path | None, typer.Option(help="HTTPS with this certificate chain (PEM), of a domain")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its key (PEM)")] = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Serve the pages and work on jobs until stopped."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    safe = secured(settings, tls=tls, cert=cert, key=key)
    host = host or ("0.0.0.0" if safe else HOST)
    refuse_weak_settings(settings, os.environ)
    refuse_open_door(host, settings, tls=safe is not None)
    if background:
        address = serve_in_background(settings, host=host, port=port, workers=workers, secured=safe)
        out.result({"address": address})
        out.say(f"Buka {address}", f"Open {address}")
        return
    url = database_url(settings)
    free = free_port(host, port)
    address = _address(host, free, safe)
    out.note(f"Buka {address}", f"Open {address}")
    if safe and safe.ours:
        door = free_port(host, DOOR_PORT)
        told = door_address(safe.host, door)
        safe.ours.note_served(told, address)
        out.note(f"HP yang belum percaya: {told}", f"Phones that trust us not yet: {told}")
        safe = replace(safe, door=door)
    _mind(environment(settings, url), host, free, workers, safe)


def stop_command(as_json: Json = False, lang: Lang = "") -> None:
    """Stop what was left running in the background, and the database of our own."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    stopped = stop_background(settings)
    database = False if settings.database_url else down(settings.home)
    out.result({"served": stopped, "database": database})
    if stopped or database:
        out.say("Berhenti.", "Stopped.")
    else:
        out.say("Tidak ada yang berjalan.", "Nothing was running.")


def serve_in_background(
    settings: Settings, *, host: str = HOST, port: int = PORT, workers: int = 2,
    secured: Secured | None = None,
) -> str:  # fmt: skip
    """Start pages and worker, wait until they answer, and return the address.

    What already runs for the same database is left as it is; for another one it is stopped.
    """
    url = database_url(settings)
    # A database's address may hold a password: only its mark is written down.
    mark = hashlib.sha256(f"{url}{secured or ''}".encode()).hexdigest()
    kept = _kept(settings)
    if kept is not None and kept[2] == mark and _ours(kept[0]) and _answers(kept[1]):
        return kept[1]
    stop_background(settings)
    free = free_port(host, port)
    address = _address(host, free, secured)
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    log = home / "serve.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(home / "serve.log.1")  # who has it open writes on into the old one
    command = [
        sys.executable, "-m", "rbmgeo.cli", "serve", "--host", host, "--port", str(free),
        "--workers", str(workers), *(secured.options if secured else ()),
    ]  # fmt: skip
    with log.open("ab") as target:
        log.chmod(0o600)
        minder = subprocess.Popen(
            command, env=environment(settings, url), stdin=subprocess.DEVNULL, stdout=target,
            stderr=target, start_new_session=True,
        )  # fmt: skip
    _pid_file(settings).write_text(f"{minder.pid}\n{address}\n{mark}", encoding="utf-8")
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if _answers(address):
            return address
        if minder.poll() is not None:
            break
        time.sleep(0.1)
    stop_background(settings)
    raise NotServing(f"the pages did not come up; see {log}", f"halaman tidak menyala; lihat {log}")


def stop_background(settings: Settings) -> bool:
    """Stop pages and worker that run in the background; return whether they did."""
    kept = _kept(settings)
    if kept is None:
        return False
    leader = kept[0]
    alive = _session_of(leader)
    # The one that minds the others stops them; where it was killed, they are told themselves.
    _tell([leader] if leader in alive else alive, signal.SIGTERM)
    until = time.monotonic() + 20
    while _session_of(leader) and time.monotonic() < until:
        time.sleep(0.05)
    _tell(_session_of(leader), signal.SIGKILL)
    _pid_file(settings).unlink(missing_ok=True)
    return bool(alive)


def free_port(host: str, first: int) -> int:
    """Return the first port from ``first`` on that nobody listens on."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise UsageError(
        f"no port from {first} to {first + PORTS - 1} is free; say another with --port",
        f"tidak ada porta bebas dari {first} sampai {first + PORTS - 1}; sebutkan dengan --port",
    )


def pages_command(binds: Sequence[str], workers: int) -> list[str]:
    """Return the command that answers with the pages at some addresses of this machine."""
    return [
        sys.executable, "-m", "gunicorn", "web.wsgi:app", *(w for b in binds for w in ("--bind", b)),
        "--workers", str(workers), "--threads", "4", "--timeout", "120", "--preload",
        "--no-control-socket", "--log-level", "warning",
        "--logger-class", "web.gunicorn_log.Lines", "--worker-class", "web.gunicorn_worker.Fair",
    ]  # fmt: skip


def environment(settings: Settings, url: str) -> dict[str, str]:
    """Return what pages and worker are told; ``url``: the owner's address of the database.

    The pages' own address is told as well: they would take the owner's for one that was named.
    """
    return {
        **os.environ,
        "RBMGEO_HOME": str(settings.home.resolve()),
        "RBMGEO_DATABASE_URL": url,
        "RBMGEO_WEB_DATABASE_URL": web_url(settings, url),
        "PYTHONPATH": os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _mind(
    environment: dict[str, str], host: str, port: int, workers: int, secured: Secured | None = None
) -> None:
    """Run pages and worker until told to stop; a worker that dies is started again."""
    pages = pages_command([f"{host}:{port}"], workers)
    door: list[list[str]] = []
    if secured:
        pages += ["--certfile", str(secured.cert), "--keyfile", str(secured.key)]
        if secured.door:
            told = (
                host,
                str(secured.door),
                environment["RBMGEO_HOME"],
                _address(host, port, secured),
            )
            door = [[sys.executable, "-m", "rbmgeo.keys.door", *told]]
    worker = [sys.executable, "-m", "rbmgeo.jobs"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children: list[subprocess.Popen[bytes]] = []
    pause, begun = _PAUSE_S, time.monotonic()
    try:
        for command in (pages, worker, *door):
            children.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL))
        while children[0].poll() is None:
            if children[1].poll() is not None:
                # Killed, out of memory, or the database was away: jobs must not wait for ever.
                time.sleep(pause)
                long_lived = time.monotonic() - begun > _LONG_S
                pause = _PAUSE_S if long_lived else min(2 * pause, _LONGEST_PAUSE_S)
                begun = time.monotonic()
                children[1] = subprocess.Popen(worker, env=environment, stdin=subprocess.DEVNULL)
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
    if children[0].returncode not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise NotServing("the pages stopped; see above", "halaman berhenti; lihat di atas")


def _pid_file(settings: Settings) -> Path:
    return settings.home.resolve() / "serve.pid"


def _kept(settings: Settings) -> tuple[int, str, str] | None:
    try:
        pid, address, mark = _pid_file(settings).read_text(encoding="utf-8").splitlines()[:3]
        return int(pid), address, mark
    except (OSError, ValueError):
        return None


def _session_of(leader: int) -> list[int]:
    """Return the processes of ours that live in the session that ``leader`` began."""
    numbers = (int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit())
    return [pid for pid in numbers if _stat(pid)[3:4] == [str(leader)] and _ours(pid)]


def _ours(pid: int) -> bool:
    """Say whether a process is still one of ours: a number may have been given anew."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    ours = any(
        n in command for n in (b"rbmgeo.cli", b"web.wsgi", b"rbmgeo.jobs", b"rbmgeo.keys.door")
    )
    return ours and _stat(pid)[:1] not in ([], ["Z"])


def _stat(pid: int) -> list[str]:
    """Return state, parent, group, session, ... of a process; nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _tell(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def _answers(address: str) -> bool:
    try:
        # Our own process on this machine is asked whether it is up; nothing is told to it.
        at, trust = address, None
        if address.startswith("https:"):
            at, trust = f"https://127.0.0.1:{urlsplit(address).port}", _unchecked()
        with urllib.request.urlopen(f"{at}/readyz", timeout=2, context=trust) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _unchecked() -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


def _address(host: str, port: int, secured: Secured | None) -> str:
    if secured:
        return f"https://{_bracketed(secured.host)}:{port}"
    return f"http://{_shown(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host
