"""Pages and worker in the background: what dies is started again, what is stopped leaves nothing."""

import http.client
import os
import signal
import ssl
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from rbmgeo.cli import serve
from rbmgeo.keys.certificates import TlsFiles, ca_as_der, certified, make
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


@pytest.mark.drill
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


@pytest.mark.drill
def test_stop_finds_what_a_killed_minder_left(settings):
    serve.serve_in_background(settings, port=8750)
    leader = named(settings, b"rbmgeo.cli")[0]
    os.kill(leader, signal.SIGKILL)
    assert until(lambda: not named(settings, b"rbmgeo.cli"))
    assert named(settings, b"web.wsgi")
    assert serve.stop_background(settings)
    assert serve._session_of(leader) == []


@pytest.mark.drill
def test_https_of_the_office_shakes_hands_and_a_plain_door_gives_the_certificate(settings):
    """The second way to a phone: office Wi-Fi, our own authority."""
    files = TlsFiles.of(settings.home.resolve())
    make(files, ["127.0.0.1", "rbm.kantor.lan"], now=datetime.now(UTC))
    safe = serve.secured(settings, tls=True, cert=None, key=None)
    address = serve.serve_in_background(settings, host="127.0.0.1", port=8790, secured=safe)
    assert address.startswith("https://127.0.0.1:")
    strict = ssl.create_default_context(cafile=str(files.ca))
    with urllib.request.urlopen(f"{address}/masuk", timeout=20, context=strict) as page:
        assert page.status == 200 and "Secure" in page.headers["Set-Cookie"]
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{address}/masuk", timeout=20, context=ssl.create_default_context())
    told, pages = files.served()
    assert pages == address
    with urllib.request.urlopen(told, timeout=20) as page:
        assert files.ca.is_file() and certified(files).fingerprint in page.read().decode()
    with urllib.request.urlopen(told + ".crt", timeout=20) as given:
        assert given.read() == ca_as_der(files)
    line = http.client.HTTPConnection(told.split("/")[2], timeout=20)
    line.request("GET", "/51354/hp")
    assert line.getresponse().getheader("Location") == f"{address}/"
    line.close()
