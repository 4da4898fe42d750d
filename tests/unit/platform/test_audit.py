"""An audit that could not look does not pass; one that looked says what is known."""

import importlib.util
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_SPEC = importlib.util.spec_from_file_location("audit", ROOT / "scripts/audit.py")
audit = importlib.util.module_from_spec(_SPEC)
sys.modules["audit"] = audit  # its dataclasses look their module up
_SPEC.loader.exec_module(audit)
WEAK = {
    "id": "GHSA-uji1-uji1-uji1", "summary": "uji", "details": "uji", "modified": "2024-01-01T00:00:00Z",
    "published": "2024-01-01T00:00:00Z",
    "affected": [{"package": {"name": "six", "ecosystem": "PyPI"}, "versions": ["1.16.0"],
                  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.17.0"}]}]}],
}  # fmt: skip
PIP = {"dependencies": [{"name": "six", "version": "1.16.0", "vulns": []}]}
PASSED_OVER = {"name": "dalam", "skip_reason": "Dependency not found on PyPI"}
NPM = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 5}}}


@pytest.fixture
def source(monkeypatch):
    """A source of advisories of OSV's kind on this machine; ``known`` is what it tells of a package."""

    class Answers(BaseHTTPRequestHandler):
        known = {}  # noqa: RUF012 - one server a test

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told = json.dumps(self.known.get(asked["package"]["name"], {})).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("RBMGEO_AUDIT_OSV", f"http://127.0.0.1:{server.server_port}/v1/query")
    for name in (
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield Answers
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "constraints.lock"
    path.write_text("# pinned\nsix==1.16.0\nidna==3.10\n")
    return path


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """An npm that answers what is written into a file."""
    told = tmp_path / "npm.json"
    told.write_text(json.dumps(NPM))
    program = tmp_path / "bin/npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncat '{told}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return told


def test_a_source_that_answers_for_every_package_makes_it_audited(source, lock, npm, capsys):
    assert audit.main(["--lock", str(lock)]) == audit.CLEAN
    said = capsys.readouterr().out
    assert (
        "constraints.lock: AUDITED, 2 packages" in said and "package-lock.json: AUDITED, 5" in said
    )


def test_what_is_known_fails_and_is_named(source, lock, npm, capsys):
    source.known = {"six": {"vulns": [WEAK]}}
    assert audit.main(["--lock", str(lock)]) == audit.KNOWN
    assert "six 1.16.0: GHSA-uji1-uji1-uji1, mended in 1.17.0" in capsys.readouterr().err


def test_no_source_in_reach_is_not_audited_and_no_success(lock, npm, monkeypatch, capsys):
    monkeypatch.setenv("RBMGEO_AUDIT_OSV", "http://127.0.0.1:9/v1/query")
    assert audit.main(["--lock", str(lock)]) == audit.NOT_AUDITED
    assert "constraints.lock: NOT AUDITED" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (PIP, audit.CLEAN),
        ({"dependencies": [*PIP["dependencies"], PASSED_OVER]}, audit.KNOWN),
        ({"dependencies": [PASSED_OVER]}, audit.NOT_AUDITED),
        ({"dependencies": []}, audit.NOT_AUDITED),
    ],
    ids=["all", "some", "none", "nothing asked"],
)
def test_a_package_passed_over_fails_and_all_passed_over_is_no_audit(told, status):
    found = audit.of_pip_audit("constraints.lock", json.dumps(told), "")
    assert found.status == status
    if status == audit.KNOWN:
        assert any("passed over: dalam" in line for line in found.lines())


@pytest.mark.parametrize("said", ["", "no JSON", "[]", "{}"])
def test_an_answer_that_is_none_is_no_audit(said):
    found = audit.of_pip_audit("constraints.lock", said, "ConnectionError: no route\n")
    assert found.status == audit.NOT_AUDITED and "no route" in found.lines()[0]
    assert audit.of_npm(said, "").status == audit.NOT_AUDITED


def test_npm_tells_of_weak_libraries_or_that_nobody_answers():
    weak = {**NPM, "vulnerabilities": {"leaflet": {"severity": "high"}}}
    assert audit.of_npm(json.dumps(weak), "").lines() == ["package-lock.json: leaflet: high"]
    assert audit.of_npm(json.dumps(weak), "").status == audit.KNOWN
    refused = audit.of_npm(json.dumps({"message": "405 Method Not Allowed"}), "")
    assert refused.status == audit.NOT_AUDITED and "405" in refused.lines()[0]


def test_the_front_door_offers_it():
    told = (ROOT / "Makefile").read_text()
    assert "\naudit:" in told and "scripts/audit.py" in told
    assert "scripts/licences.py" in told.partition("\nlint:")[2].partition("\nformat:")[0]
