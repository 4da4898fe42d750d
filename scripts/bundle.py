"""One file that installs the product without a network: ``make bundle``.

Source of the commit, Python's packages as wheels in the versions of constraints.lock, the browser's
files, and PostgreSQL with PostGIS as the distribution's packages (``--no-database`` leaves them
out). For machines of the same distribution, processor and Python as this one. pip and apt are
asked with their own settings (proxies, mirrors).
"""

import argparse
import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path

from rbmgeo import __version__
from rbmgeo.db.server.install import MAJOR, fetch, release

ROOT = Path(__file__).resolve().parents[1]
#: Runs on a machine that has nothing of ours, so it is plain sh.
INSTALL = """#!/bin/sh
# Installs what lies beside it; asks no network. Python {python} with venv is needed.
set -eu
cd "$(dirname "$0")"
sha256sum --quiet -c SHA256SUMS
"${{PYTHON:-python{python}}}" -m venv .venv
.venv/bin/pip --disable-pip-version-check install --quiet --no-index --find-links wheels \\
  -c constraints.lock -e .
mkdir -p .setup && touch .setup/venv .setup/runtime .setup/vendor
if [ -d postgresql ]; then
  .venv/bin/python -c 'from pathlib import Path
from rbmgeo.db.server.install import unpack_given
unpack_given(Path("postgresql"))'
fi
.venv/bin/rbmgeo doctor
"""


def main() -> int:
    """Write the bundle and say where it lies, how large it is and how long it took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--no-database", action="store_true", help="without PostgreSQL's packages")
    asked.add_argument("--to", type=Path, default=ROOT / "dist", help="folder of the file")
    told = asked.parse_args()
    began = time.monotonic()
    name = f"rbmgeo-{__version__}"
    told.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=told.to) as temporary:
        folder = Path(temporary) / name
        folder.mkdir()
        source(folder)
        wheels(folder / "wheels")
        shutil.copytree(
            ROOT / "web/static/vendor", folder / "web/static/vendor", dirs_exist_ok=True
        )
        if not told.no_database:
            debs(folder / "postgresql")
        python = ".".join(platform.python_version_tuple()[:2])
        (folder / "install.sh").write_text(INSTALL.format(python=python), encoding="utf-8")
        (folder / "install.sh").chmod(0o755)
        sums(folder)
        made = told.to / f"{name}.tar"
        with tarfile.open(made, "w") as tar:  # wheels and packages are compressed already
            tar.add(folder, arcname=name)
    took = (time.monotonic() - began) / 60
    print(f"{made}: {made.stat().st_size / 1e6:.0f} MB, {took:.1f} min")
    return 0


def source(folder: Path) -> None:
    """Lay the files of the commit into a folder: nothing that a machine made."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, check=True, capture_output=True
    )
    subprocess.run(["tar", "x", "-C", str(folder)], input=packed.stdout, check=True)


def wheels(folder: Path) -> None:
    """Fetch every package that the product needs, and what installs it, as wheels."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs = [*told["project"]["dependencies"], *told["build-system"]["requires"]]
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet",
         "--prefer-binary", "-c", str(ROOT / "constraints.lock"), "-w", str(folder), *needs],
        check=True,
    )  # fmt: skip


def debs(folder: Path) -> None:
    """Fetch PostgreSQL, PostGIS and all that they need as this distribution's packages."""
    major = MAJOR.get(release())
    if major is None or shutil.which("apt-get") is None:
        print("no PostgreSQL in the bundle: not a distribution known here", file=sys.stderr)
        return
    fetch(folder, major, bare=True)


def sums(folder: Path) -> None:
    """Write the hash of every file, as sha256sum reads it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
