"""A database that is away or busy is told within a second, with when to ask again; it comes back by itself."""

import logging
import time
import uuid

import pytest
import small_unit as small
from sqlalchemy import make_url, text

from rbmgeo.db.session import Database, Patience
from rbmgeo.settings import Settings
from web import create_app, request_log

PAGE = f"/{small.SMALL}/{small.BLTH}/temuan"
PHONE = f"/{small.SMALL}/hp/sapa"
PATIENCE = Patience(statement_s=0.3, pool_s=0.3, overflow=0, quick=True, name="uji tak siap")


@pytest.fixture(scope="module")
def away(make_database, tmp_path_factory):
    """The application, its database behind a name that can be taken away: a link to the sockets."""
    url = make_url(make_database("unavailable", filled=small.build))
    sockets = url.query.get("host")
    if not sockets or not str(sockets).startswith("/"):
        pytest.skip("the test server is reached over a network: its sockets cannot be taken away")
    link = tmp_path_factory.mktemp("away") / "s"
    link.symlink_to(str(sockets))
    behind = url.update_query_dict({"host": str(link)}).render_as_string(hide_password=False)
    database = Database(behind, pool_size=2, patience=PATIENCE)
    app = create_app(Settings(home=link.parent), database)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/masuk", data={"nama": "perencana", "sandi": small.PASSWORD})
    assert client.get(PAGE).status_code == 200
    yield client, database, link, str(sockets)
    database.close()


def soon(client, address):
    began = time.monotonic()
    answer = client.get(address)
    assert time.monotonic() - began < 1
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5"), answer.text
    return answer


def test_a_database_that_is_down_is_told_at_once_and_comes_back_by_itself(away, web_database):
    client, _, link, sockets = away
    link.unlink()
    with web_database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
                "WHERE application_name = :n"
            ),
            {"n": PATIENCE.name},
        )
    page = soon(client, PAGE)
    assert "Basis data belum siap" in page.text and page.headers["X-Request-ID"] in page.text
    assert soon(client, "/api/v1/units").json["error"] == "Basis data belum siap"
    assert set(soon(client, PHONE).json) == {"id", "en"}
    assert soon(client, "/readyz").json["status"] == "not ready"
    assert client.get("/healthz").status_code == 200
    link.symlink_to(sockets)
    assert client.get(PAGE).status_code == 200
    assert client.get("/readyz").status_code == 200


def test_when_every_connection_is_in_use_it_is_told_and_the_next_that_is_free_is_taken(away):
    client, database, _, _ = away
    with database.engine.connect(), database.engine.connect():
        assert "sedang dipakai" in soon(client, PAGE).text
    assert client.get(PAGE).status_code == 200


def test_a_question_that_takes_too_long_is_ended(away, monkeypatch):
    client, _, _, _ = away

    def slow(session, **asked):
        session.execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr("web.pages.findings.pages.finding_counts", slow)
    assert "Persempit pilihan" in soon(client, PAGE).text
    monkeypatch.undo()
    assert client.get(PAGE).status_code == 200


def test_pages_and_worker_have_limits_of_their_own_and_a_command_has_none(away):
    _, database, _, _ = away
    for patience, limit in (
        (Patience.of_pages(30), "30s"),
        (Patience.of_worker(3600), "1h"),
        (Patience(), "0"),
    ):
        other = Database(database.url, patience=patience)
        with other.reading() as session:
            assert session.scalar(text("SHOW statement_timeout")) == limit
            assert session.scalar(text("SHOW application_name")) == patience.name
        other.close()


def test_a_machine_that_takes_no_connection_is_down_at_once():
    database = Database("postgresql+psycopg2://u@127.0.0.1:1/d", patience=Patience(quick=True))
    began = time.monotonic()
    with pytest.raises(Exception, match="does not take"), database.asking():
        pass
    assert time.monotonic() - began < 1


UUID = str(uuid.UUID(int=2**100 + 11))


@pytest.mark.parametrize("given", [UUID, UUID.replace("-", ""), UUID.upper()])
def test_the_number_of_a_server_before_ours_is_kept(given):
    assert request_log.number(given) == given.lower()


@pytest.mark.parametrize(
    "given", [None, "", "513540000001", UUID + "\n", f"{UUID} x", "<script>", UUID[:-1]]
)
def test_any_other_number_is_made_anew(given):
    made = request_log.number(given)
    assert made != given and len(made) == 8 and int(made, 16) >= 0


def test_a_request_is_one_line_with_its_number_and_no_address(away, caplog):
    client, _, _, _ = away
    caplog.set_level(logging.INFO, "web.request_log")
    secret = f"{PAGE}?q=513540000001"
    answer = client.get(secret, headers={"X-Request-ID": UUID})
    assert answer.headers["X-Request-ID"] == UUID
    client.get("/513540000001/tidak-ada")
    client.open("/masuk", method="513540000001")
    told = [r.told for r in caplog.records if r.name == "web.request_log"]
    assert told[0] | {"ms": 0} == {
        "method": "GET", "route": "/<ulp:ulp>/<blth:blth>/temuan", "ulp": small.SMALL,
        "status": 200, "ms": 0,
    }  # fmt: skip
    assert [t["route"] for t in told[1:]] == ["-", "-"]
    assert "513540000001" not in str(told)
