import contextlib
import os
import shutil
import signal
import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from rbmgeo.db.server import Cluster, down, ensure_cluster, status
from rbmgeo.db.server.binaries import find
from rbmgeo.db.server.up import ensure_database

pytestmark = pytest.mark.database


@pytest.fixture
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    yield folder
    down(folder)
    now = status(folder)
    if now is not None:
        shutil.rmtree(now.folder)


def answers(cluster: Cluster) -> bool:
    engine = create_engine(cluster.url("postgres"), poolclass=NullPool)
    with engine.connect() as connection:
        return connection.scalar(text("SELECT 1")) == 1


def killed(cluster: Cluster) -> None:
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while cluster.pid() is not None:
        time.sleep(0.05)
    time.sleep(0.3)  # its children notice on their own


def test_up_twice_is_one_server_and_down_stops_it(home):
    first = ensure_cluster(home)
    pid = first.pid()
    assert answers(first)
    assert ensure_cluster(home).pid() == pid
    assert down(home)
    assert status(home).running is False
    assert down(home) is False


def test_the_servers_log_quotes_no_customer(home):
    cluster = ensure_cluster(home)
    engine = create_engine(ensure_database(cluster, "x"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE one (idpel text PRIMARY KEY, name text CHECK (name <> 'b'))")
        )
    insert = text("INSERT INTO one VALUES (:i, :n)")
    for names in (
        ("513540000001", "Wirayudha"),
        ("513540000001", "Wirayudha"),
        ("513540000002", "b"),
    ):
        with contextlib.suppress(IntegrityError), engine.begin() as connection:
            connection.execute(insert, {"i": names[0], "n": names[1]})
    told = (cluster.folder / "server.log").read_text()
    assert "one_pkey" in told  # the fault itself is told
    assert "51354" not in told and "Wirayudha" not in told


def test_what_was_committed_survives_kill_9(home):
    cluster = ensure_cluster(home)
    engine = create_engine(ensure_database(cluster, "x"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS n"))
    killed(cluster)
    ensure_cluster(home)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM kept")) == 42


def test_a_stale_pid_file_of_another_program_does_not_stop_it(home):
    cluster = ensure_cluster(home)
    down(home)
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    assert answers(ensure_cluster(home))


def test_a_half_made_data_folder_is_laid_aside_and_made_anew(home):
    cluster = ensure_cluster(home)
    down(home)
    (cluster.data / "global/pg_control").unlink()
    (cluster.folder / "making-1").mkdir()
    assert answers(ensure_cluster(home))
    assert list(cluster.folder.glob("half-made-*"))
    assert not (cluster.folder / "making-1").exists()


def test_two_starts_at_once_make_one_server_and_two_homes_two(home, tmp_path):
    made: list[Cluster] = []
    threads = [threading.Thread(target=lambda: made.append(ensure_cluster(home))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[0].pid() == made[1].pid()
    other = ensure_cluster(tmp_path / "other")
    try:
        assert other.pid() != made[0].pid()
        assert answers(other)
    finally:
        down(tmp_path / "other")


def test_a_long_home_still_has_a_short_socket(home):
    deep = home / ("d" * 100) / ("e" * 60)
    deep.mkdir(parents=True)
    try:
        cluster = ensure_cluster(deep)
        assert len(str(cluster.sockets)) < 90
        assert answers(cluster)
    finally:
        down(deep)


def test_the_data_folder_decides_the_version(home):
    cluster = ensure_cluster(home)
    assert cluster.major() == find().major
    assert find(major=9) is None
