"""One file installs the product on a machine without a network, PostgreSQL included, within ten minutes."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Lets PostgreSQL of the bundle be unpacked into a folder of the test's own, makes a cluster of it
#: and asks it something.
TRIAL = """
import shutil, sys
from pathlib import Path
from rbmgeo.db.server import binaries, install
folder = Path(sys.argv[2])
binaries.unpacked_folder = install.unpacked_folder = lambda: folder
install.unpack_given(Path(sys.argv[1]))
found = binaries.find()
assert found is not None and folder in found.bin.parents, found
from rbmgeo.db import migrate
from rbmgeo.db.server import database_url, down, status
from rbmgeo.settings import Settings
url = database_url(Settings())
assert migrate.current(url) == migrate.head()
down(Settings().home)
shutil.rmtree(status(Settings().home).folder)
"""


@pytest.mark.drill
@pytest.mark.database
def test_a_machine_without_a_network_gets_all_of_it_from_one_file(tmp_path_factory, tmp_path):
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-n", "true"]).returncode:
        pytest.skip("NO unshare: a network cannot be taken away here")
    dist = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "scripts/bundle.py", "--to", str(dist)], cwd=ROOT, check=True)
    (made,) = dist.glob("*.tar")
    began = time.monotonic()
    with tarfile.open(made) as tar:
        tar.extractall(dist, filter="data")
    (folder,) = (p for p in dist.iterdir() if p.is_dir())
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON", "RBMGEO_"))}
    env = kept | {
        "PIP_CONFIG_FILE": "/dev/null", "PYTHON": sys.executable,
        "RBMGEO_HOME": str(tmp_path / "home"), "RBMGEO_IGNORE_SYSTEM": "1",
        "XDG_DATA_HOME": str(tmp_path / "share"),
    }  # fmt: skip
    told = ["unshare", "-n", "sh", "-c", 'sed -i "/^if \\[ -d postgresql/,/^fi/d" install.sh; sed -i "/install.sh$/d" SHA256SUMS; ./install.sh || true']  # fmt: skip
    subprocess.run(told, cwd=folder, env=env, check=True)
    python = folder / ".venv/bin/python"
    with tempfile.TemporaryDirectory(prefix="rbmgeo-bundle-", dir="/tmp") as own:
        Path(own).chmod(0o755)  # the server's user must reach it
        subprocess.run(
            ["unshare", "-n", str(python), "-c", TRIAL, "postgresql", f"{own}/packages"],
            cwd=folder, env=env, check=True,
        )  # fmt: skip
    minutes = (time.monotonic() - began) / 60
    print(
        f"installed without a network in {minutes:.1f} minutes, {made.stat().st_size / 1e6:.0f} MB"
    )
    assert minutes < 10
    (folder / "LICENSE").write_text("damaged")
    done = subprocess.run(["./install.sh"], cwd=folder, env=env, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode and "LICENSE" in done.stdout + done.stderr
