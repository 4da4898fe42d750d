"""What every answer carries, how errors are told, the API and its description."""

import pytest
import small_unit as small

from rbmgeo import errors
from web.errors import WORDS, status_of

CUSTOMER = "51354" + "0000001"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UnknownUlp("1"), 404), (errors.NotThere("x"), 404), (errors.NothingToDo("x"), 409),
        (errors.Conflict("x"), 409), (errors.NotAllowed("x"), 403), (errors.UsageError("x"), 422),
        (errors.ImportRefused("x"), 422), (errors.FrameError("x"), 500), (errors.CrsError("x"), 500),
    ],
)  # fmt: skip
def test_each_error_has_one_status_with_words_for_a_person(error, status):
    assert status_of(error) == status
    assert all(WORDS[status].title)
    assert all(WORDS[status].remedy)


@pytest.mark.parametrize(
    "address", ["/", "/masuk", "/tidak-ada", "/healthz", "/static/css/app.css"]
)
def test_every_answer_keeps_to_our_own_host(app, address):
    with app.test_client().get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy.split("style-src")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_session_cookie_is_out_of_reach_of_scripts(app):
    cookie = app.test_client().get("/masuk").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_that_is_not_there_says_so_in_both_languages(app):
    client = app.test_client()
    text = client.get("/tidak-ada").text
    assert "Halaman tidak ada" in text
    with client.session_transaction() as session:
        session["lang"] = "en"
    assert "There is no such page" in client.get("/tidak-ada").text


def test_the_health_of_process_and_database(app):
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["migration"] == ready.json["newest"]


def test_the_api_is_described(app):
    spec = app.test_client().get("/api/v1/openapi.json").json
    assert spec["openapi"].startswith("3.")
    assert set(spec["paths"]) == {
        "/api/v1/units", "/api/v1/units/{ulp}/board/{blth}", "/api/v1/units/{ulp}/findings",
        "/api/v1/units/{ulp}/kwh/{blth}",
    }  # fmt: skip


def test_the_api_asks_for_a_log_in_in_json(app):
    answer = app.test_client().get("/api/v1/units")
    assert answer.status_code == 401
    assert answer.json["error"]


def test_the_api_tells_the_same_as_the_pages(as_role):
    client = as_role("pengawas")
    known = client.get("/api/v1/units").json
    assert [u["ulp"] for u in known] == [small.EMPTY, small.SMALL]
    board = client.get(f"/api/v1/units/{small.SMALL}/board/{small.BLTH}").json
    assert [s["number"] for s in board["steps"]] == list(range(1, 9))
    kwh = client.get(f"/api/v1/units/{small.SMALL}/kwh/{small.BLTH}").json
    assert kwh["total_kwh"] == "703.5"
    assert sum(r["customers"] for r in kwh["rows"]) == 8
    counts = client.get(f"/api/v1/units/{small.SMALL}/findings").json
    assert counts["classes"]["hanya_rbm"] == 1
    assert client.get(f"/api/v1/units/{small.SMALL}/kwh/201001").status_code == 409


def test_an_unforeseen_error_quotes_nobody(app, monkeypatch, caplog, as_role):
    client = as_role("perencana")
    monkeypatch.setattr("web.pages.findings.pages.finding_counts", _broken)
    app.testing = False
    try:
        answer = client.get(f"/{small.SMALL}/{small.BLTH}/temuan")
    finally:
        app.testing = True
    assert answer.status_code == 500
    assert CUSTOMER not in answer.text + caplog.text
    assert answer.headers["X-Request-ID"] in caplog.text


def _broken(*args, **values):
    raise ValueError(f"row of customer {CUSTOMER}")


def test_the_page_of_the_api_lists_every_address_and_loads_from_here_only(app):
    client = app.test_client()
    text = client.get("/api/v1/docs").text
    for address in client.get("/api/v1/openapi.json").json["paths"]:
        assert address in text
    assert "KwhRow" in text
    assert "http://" not in text
    assert "https://" not in text


def test_a_survey_list_comes_as_waypoints(as_role, ids):
    answer = as_role("surveyor").get(f"/{small.SMALL}/{small.BLTH}/survei/{ids['run_id']}/1/1.gpx")
    assert answer.mimetype == "application/gpx+xml"
    assert answer.text.count("<wpt ") >= 2
