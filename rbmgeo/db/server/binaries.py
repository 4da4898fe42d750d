"""Where PostgreSQL's programs are: the system's, or those unpacked for us."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL with PostGIS: its major version, folder and what it needs around it."""

    major: int
    bin: Path
    environment: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """Return the environment in which its programs run."""
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TZ")}
        return {**kept, "LC_ALL": "C.UTF-8", **self.environment}


def unpacked_folder() -> Path:
    """Return the folder of our own that holds unpacked packages, shared by all homes."""
    if os.geteuid() == 0:  # the server's user must reach it, and cannot enter /root
        return Path("/var/lib/rbmgeo/packages")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(base) / "rbmgeo"


def system_binaries() -> Iterator[Binaries]:
    """Yield the system's PostgreSQLs that carry PostGIS, newest first."""
    for folder in _by_version(SYSTEM):
        share = Path("/usr/share/postgresql") / folder.name / "extension"
        if (folder / "bin/initdb").exists() and (share / "postgis.control").exists():
            yield Binaries(int(folder.name), folder / "bin")


def unpacked_binaries() -> Iterator[Binaries]:
    """Yield the PostgreSQLs that were unpacked into our own data folder, newest first."""
    root = unpacked_folder() / "root"
    libraries = sorted((root / "usr/lib").glob("*-linux-gnu*"))
    paths = [p for lib in libraries for p in (lib, lib / "blas", lib / "lapack")]
    for folder in _by_version(root / "usr/lib/postgresql"):
        if (folder / "bin/initdb").exists() and (folder / "lib/postgis-3.so").exists():
            environment = {
                "LD_LIBRARY_PATH": ":".join(map(str, paths)),
                "PROJ_DATA": str(root / "usr/share/proj"),
            }
            yield Binaries(int(folder.name), folder / "bin", environment)


def find(major: int | None = None) -> Binaries | None:
    """Return the newest PostgreSQL with PostGIS, or that of one major version."""
    # Hidden in tests of the way without root: the system's binaries count as absent.
    sources = [] if os.environ.get("RBMGEO_IGNORE_SYSTEM") else [system_binaries]
    for source in (*sources, unpacked_binaries):
        for found in source():
            if (major is None or found.major == major) and _runs(found):
                return found
    return None


def _runs(binaries: Binaries) -> bool:
    done = subprocess.run(
        [binaries.bin / "postgres", "--version"],
        env=binaries.environ(),
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _by_version(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        (p for p in folder.iterdir() if p.name.isdigit()), key=lambda p: int(p.name), reverse=True
    )
