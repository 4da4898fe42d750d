"""The recipe of docs/operations.md brings a database back to one moment between two backups."""

import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.server import down, ensure_cluster, status
from rbmgeo.db.server.binaries import find
from rbmgeo.db.server.owner import owner
from rbmgeo.db.server.up import ensure_database

pytestmark = [pytest.mark.database, pytest.mark.drill]
RECIPE = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text()


@pytest.fixture
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    yield folder
    down(folder)
    shutil.rmtree(status(folder).folder)


def settings_of_recipe(number: int, **changed: str) -> str:
    """The n-th block of settings that the recipe writes, with the test's own places in it."""
    told = re.findall(r"<<'END'\n(.*?)END\n", RECIPE, re.S)[number]
    for old, new in changed.items():
        told = told.replace({"wal": "/mnt/second-disk/wal", "at": "2026-11-27 14:05:00+07"}[old], new)  # fmt: skip
    return told


def added(file: Path, lines: str) -> None:
    with file.open("a") as conf:
        conf.write(lines)


def marks(url):
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return list(connection.scalars(text("SELECT word FROM mark ORDER BY word")))


def mark(url, word):
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS mark (word text)"))
        connection.execute(text("INSERT INTO mark VALUES (:w)"), {"w": word})


def test_back_to_the_moment_before_a_mistake(home):
    cluster = ensure_cluster(home)
    who, wal = owner(), cluster.folder / "wal"
    who.make(wal)
    added(cluster.data / "postgresql.conf", settings_of_recipe(0, wal=str(wal)))
    down(home)
    cluster = ensure_cluster(home)
    url = ensure_database(cluster, "rbmgeo")
    mark(url, "before the base")
    binaries = find(cluster.major())
    base = cluster.folder / "base"
    done = who.run(
        [str(binaries.bin / "pg_basebackup"), "-h", str(cluster.sockets), "-U", "rbmgeo",
         "-D", str(base), "-X", "stream"],
        binaries.environ(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    mark(url, "good, after the base")
    time.sleep(1.1)
    moment = datetime.now(UTC)
    time.sleep(1.1)
    mark(url, "mistake")
    down(home)
    cluster.data.rename(cluster.folder / "data-before")
    shutil.copytree(base, cluster.data)
    subprocess.run(["chown", "-R", f"{who.uid}:{who.gid}", str(cluster.data)], check=True)
    cluster.data.chmod(0o700)
    added(
        cluster.data / "postgresql.conf",
        settings_of_recipe(1, wal=str(wal), at=moment.isoformat(sep=" ")),
    )
    (cluster.data / "recovery.signal").touch()
    os.chown(cluster.data / "recovery.signal", who.uid, who.gid)
    ensure_cluster(home)
    for _ in range(100):
        if not (cluster.data / "recovery.signal").exists():
            break
        time.sleep(0.1)
    assert marks(url) == ["before the base", "good, after the base"]
    mark(url, "work goes on")
