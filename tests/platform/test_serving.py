"""Pages and worker in the background: what dies is started again, what is stopped leaves nothing."""

import os
import signal
import time
import urllib.request

import pytest

from rbmgeo.cli import serve
from rbmgeo.settings import Settings

pytestmark = [
    pytest.mark.database,
    # It is meant to outlive who started it.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]


@pytest.fixture
def settings(fresh_database, tmp_path):
    made = Settings(home=tmp_path, database_url=fresh_database.url)
    yield made
    serve.stop_background(made)


def named(settings: Settings, word: bytes) -> list[int]:
    leader = int((settings.home / "serve.pid").read_text().splitlines()[0])
    with_name = []
    for pid in serve._session_of(leader):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if word in file.read():
                with_name.append(pid)
    return with_name


def until(true, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_a_killed_worker_is_started_again_and_stop_leaves_nothing(settings):
    address = serve.serve_in_background(settings, port=8700)
    assert serve.serve_in_background(settings, port=8700) == address, "twice is as once"
    assert oct((settings.home / "serve.log").stat().st_mode)[-3:] == "600"
    (worker,) = named(settings, b"rbmgeo.jobs")
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: named(settings, b"rbmgeo.jobs") not in ([], [worker]))
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
        assert answer.status == 200
    leader = named(settings, b"rbmgeo.cli")[0]
    assert serve.stop_background(settings)
    assert serve._session_of(leader) == []
    port = int(address.rpartition(":")[2])
    assert serve.free_port("127.0.0.1", port) == port
    assert serve.stop_background(settings) is False


def test_stop_finds_what_a_killed_minder_left(settings):
    serve.serve_in_background(settings, port=8750)
    leader = named(settings, b"rbmgeo.cli")[0]
    os.kill(leader, signal.SIGKILL)
    assert until(lambda: not named(settings, b"rbmgeo.cli"))
    assert named(settings, b"web.wsgi")
    assert serve.stop_background(settings)
    assert serve._session_of(leader) == []
