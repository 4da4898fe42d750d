"""Getting PostgreSQL with PostGIS from the distribution: with rights, or without any."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rbmgeo.db.server.binaries import find, unpacked_folder
from rbmgeo.errors import RbmgeoError

#: Major version by release, for those whose own package is old enough to be known here.
MAJOR = {
    ("debian", "12"): 15,
    ("debian", "13"): 17,
    ("ubuntu", "22.04"): 14,
    ("ubuntu", "24.04"): 16,
}

Say = Callable[[str], None]


class NoServer(RbmgeoError):
    """No PostgreSQL with PostGIS, and no way to get one; the text says what a person can do."""


def release() -> tuple[str, str]:
    """Return the distribution and its version, ("", "") where there is no such file."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "", ""
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return values.get("ID", "").strip('"'), values.get("VERSION_ID", "").strip('"')


def packages(major: int) -> list[str]:
    """Return the packages that hold the server and PostGIS."""
    return [f"postgresql-{major}", f"postgresql-{major}-postgis-3"]


def install(say: Say, major: int | None = None) -> None:
    """Install by apt with root or sudo, else unpack into our own folder; raises `NoServer`."""
    wanted = major or MAJOR.get(release())
    if wanted is None or shutil.which("apt-get") is None:
        raise NoServer(*instructions(wanted))
    prefix = _rights()
    if prefix is not None:
        try:
            with_apt(say, wanted, prefix)
        except NoServer as error:  # a held lock, a package that clashes: our own folder still works
            say(str(error))
        else:
            return
    unpack(say, wanted)


def _rights() -> list[str] | None:
    """Return what to put before a command of the administrator, None without such rights."""
    if os.environ.get("RBMGEO_IGNORE_SYSTEM"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if _sudo_asks_nothing() else None


def with_apt(say: Say, major: int, prefix: list[str]) -> None:
    """Run the one apt command, after saying it."""
    command = [
        *prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y",
        "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", *packages(major),
    ]  # fmt: skip
    # The distribution would start a cluster of its own on port 5432; nobody asked for it.
    no_main = "mkdir -p /etc/postgresql-common && test -e /etc/postgresql-common/createcluster.conf"
    no_main += " || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf"
    say(" ".join(command))
    _run([*prefix, "sh", "-c", no_main])
    if subprocess.run(
        [*prefix, "apt-get", "-q", "update"], check=False, stdout=sys.stderr
    ).returncode:
        say("apt-get update: not complete / tidak lengkap")
    _run(command)


def unpack(say: Say, major: int) -> None:
    """Download the distribution's packages as an ordinary user and unpack them.

    Two runs at once wait for each other; a half-made folder is made anew, since only a
    finished one bears its final name.
    """
    folder = unpacked_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "root/usr/lib/postgresql" / str(major) / "bin/initdb").exists():
            return
        say(f"PostgreSQL {major} + PostGIS → {folder}")
        apt = folder / "apt"
        fetch(apt / "archives", major)
        _unpacked(apt / "archives", folder, major)
        shutil.rmtree(apt, ignore_errors=True)


def unpack_given(archives: Path) -> None:
    """Unpack packages that lie in a folder (those of a bundle) as `unpack` does, without a network.

    A PostgreSQL with PostGIS that is there already is left as it is.
    """
    names = sorted(p.name for p in archives.glob("postgresql-*-postgis-3_*.deb"))
    if not names or find() is not None:
        return
    folder = unpacked_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _unpacked(archives, folder, int(names[-1].split("-")[1]))


def fetch(archives: Path, major: int, *, bare: bool = False) -> None:
    """Download the packages of a server and what they need into a folder.

    ``bare``: also what this machine has already, for one that has nothing.
    """
    with tempfile.TemporaryDirectory() as temporary:
        apt = _own_apt(Path(temporary), bare=bare)
        archives.mkdir(parents=True, exist_ok=True)
        _run([*apt, "-q", "update"])
        _run([*apt, "download", *_wanted(apt, major)], cwd=archives)


def _unpacked(archives: Path, folder: Path, major: int) -> None:
    """Unpack packages into the folder of our own; only a finished one bears its final name."""
    making = folder / "root.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    for package in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(making)])
    _link_control(making, major)
    shutil.rmtree(folder / "root", ignore_errors=True)
    making.rename(folder / "root")


def instructions(major: int | None) -> tuple[str, str]:
    """Return one screen of what a person can do, in English and Indonesian."""
    names = " ".join(packages(major or 15))
    return (
        "no PostgreSQL with PostGIS was found and none can be fetched here. Either install it "
        f"(Debian, Ubuntu: sudo apt-get install {names}; Fedora: sudo dnf install "
        "postgresql-server postgis), or point to one: export "
        "RBMGEO_DATABASE_URL=postgresql+psycopg2://USER:PASSWORD@HOST/DATABASE (PostgreSQL 13 or "
        "newer; CREATE EXTENSION postgis, btree_gist done by its administrator)",
        "PostgreSQL dengan PostGIS tidak ada dan tidak bisa diambil di sini. Pasang "
        f"(Debian, Ubuntu: sudo apt-get install {names}; Fedora: sudo dnf install "
        "postgresql-server postgis), atau tunjuk yang ada: export "
        "RBMGEO_DATABASE_URL=postgresql+psycopg2://NAMA:SANDI@HOST/BASISDATA (PostgreSQL 13 ke "
        "atas; CREATE EXTENSION postgis, btree_gist oleh administratornya)",
    )


def _own_apt(folder: Path, *, bare: bool) -> list[str]:
    for part in ("state/lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    nothing = folder / "nothing-installed"
    nothing.touch()
    return [
        "apt-get",
        "-o", f"Dir::State={folder}/state",
        "-o", f"Dir::State::status={nothing if bare else '/var/lib/dpkg/status'}",
        "-o", f"Dir::Cache={folder}/cache",
        "-o", "APT::Sandbox::User=",
        "-o", "Debug::NoLocking=true",
    ]  # fmt: skip


def _wanted(apt: list[str], major: int) -> list[str]:
    plan = subprocess.run(
        [*apt, "-s", "install", "--no-install-recommends", *packages(major)],
        capture_output=True,
        text=True,
        check=False,
    )
    if plan.returncode:
        raise NoServer(*instructions(major))
    missing = [line.split()[1] for line in plan.stdout.splitlines() if line.startswith("Inst ")]
    # The server is unpacked even where the system has it: it must stand beside its PostGIS.
    wanted = {
        *missing,
        *packages(major),
        f"postgresql-client-{major}",
        f"{packages(major)[1]}-scripts",
    }
    return sorted(name for name in wanted if not name.startswith(("libc6", "libc-bin", "locales")))


def _link_control(root: Path, major: int) -> None:
    extension = root / f"usr/share/postgresql/{major}/extension"
    if not (extension / "postgis.control").exists():
        shutil.copy(extension / "postgis-3.control", extension / "postgis.control")


def _sudo_asks_nothing() -> bool:
    if shutil.which("sudo") is None:
        return False
    done = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return done.returncode == 0


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        tail = " ".join(done.stderr.strip().splitlines()[-3:])
        raise NoServer(
            f"`{' '.join(command[:6])} ...` failed: {tail}; see what it says, then run again",
            f"`{' '.join(command[:6])} ...` gagal: {tail}; perbaiki, lalu jalankan lagi",
        )
