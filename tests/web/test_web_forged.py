"""Forged requests: every route that may change something, from the application's own list."""

import re
import uuid

import pytest
import small_unit as small

from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import UnsafeStart
from web import create_app

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
VALUES = {
    "ulp": small.SMALL, "blth": small.BLTH, "code": "PD001", "rbm": "51354BKA", "kind": "csv", "name": "rbm",
    "public_id": small.public_id(0), "sha256": "0" * 64, "device_id": small.public_id(0), "token": "0" * 16,
    "key": "0" * 12, "job": "informasi", "part": "berita", "sample_id": small.public_id(0),
    "list_id": uuid.UUID(int=1), "sheet_id": uuid.UUID(int=1), "subject": "gardu", "feature": "PD001",
}  # fmt: skip


def changing(app) -> list[tuple[str, str, str]]:
    """Return (endpoint, method, address) of every route with an unsafe method."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.methods & UNSAFE:
            continue
        part = {a: VALUES.get(a, 1) for a in rule.arguments}
        built = rule.build(part)
        assert built is not None, rule
        found += [(rule.endpoint, method, built[1]) for method in sorted(rule.methods & UNSAFE)]
    return sorted(found)


@pytest.fixture
def insider(app):
    """A client of the administrator of everything, and the token of the forms it is shown."""
    client = app.test_client()
    token = TOKEN.search(client.get("/masuk").text)[1]
    data = {"nama": "kepala", "sandi": small.PASSWORD, "csrf_token": token}
    assert client.post("/masuk", data=data).status_code == 302
    return client, TOKEN.search(client.get("/kata-sandi").text)[1]


def test_every_route_that_changes_something_asks_for_the_token(app, insider, web_database):
    client, _ = insider
    routes = changing(app)
    assert len(routes) > 100
    for endpoint, method, address in routes:
        answer = client.open(address, method=method)
        assert answer.status_code == 400, (endpoint, method, answer.status_code)
    assert client.get("/sesi").status_code == 200, "even the log-out did nothing"


def test_no_view_is_excepted_from_the_token(app):
    guard = app.extensions["csrf"]
    assert not guard._exempt_views and not guard._exempt_blueprints
    assert app.config["WTF_CSRF_ENABLED"] and app.config.get("WTF_CSRF_CHECK_DEFAULT", True)
    assert set(app.config["WTF_CSRF_METHODS"]) >= UNSAFE


FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://jahat.example"},
    {"Origin": "null"}, {"Origin": "http://localhost.jahat.example"}, {"Origin": "http://localhost:81"},
)  # fmt: skip


@pytest.mark.parametrize("told", FOREIGN, ids=lambda t: "-".join(t.values()))
def test_a_page_of_another_site_is_refused_though_it_has_the_token(app, insider, told):
    client, token = insider
    for endpoint, method, address in changing(app):
        answer = client.open(address, method=method, headers={"X-CSRFToken": token, **told})
        assert answer.status_code == 403, (endpoint, method, told, answer.status_code)


@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {},
    ],
)
def test_a_page_of_ours_is_not(insider, told):
    client, token = insider
    answer = client.post("/bahasa", data={"lang": "id", "csrf_token": token}, headers=told)
    assert answer.status_code not in (400, 403)


def test_reading_changes_nothing_wherever_it_comes_from(insider):
    client, _ = insider
    assert client.get("/sesi", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_token_of_another_browser_is_none(app, insider):
    other = app.test_client()
    strange = TOKEN.search(other.get("/masuk").text)[1]
    assert insider[0].post("/keluar", data={"csrf_token": strange}).status_code == 400


def test_with_debug_on_there_is_no_application(web_database, tmp_path, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(UnsafeStart, match="FLASK_DEBUG"):
        create_app(Settings(home=tmp_path), web_database)


def test_no_debugger_answers(app):
    assert not app.debug
    client = app.test_client()
    for asked in ("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js"):
        assert "Werkzeug" not in client.get(asked, follow_redirects=True).text
