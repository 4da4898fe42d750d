"""Guessing waits: by login, by machine, for all; and nobody else is kept out by it."""

import base64

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import field_devices, login_limits, people
from rbmgeo.db.session import Database
from rbmgeo.keys import tries
from rbmgeo.settings import Settings
from web import create_app, login

WRONG = "salah-salah-salah"
HERE, THERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(scope="module")
def guessed(make_database, tmp_path_factory):
    database = Database(make_database("guessing", filled=small.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    yield app, database
    database.close()


@pytest.fixture(autouse=True)
def clean(guessed):
    yield
    with guessed[1].writing() as session:
        session.execute(text("DELETE FROM login_try"))
        session.execute(text("DELETE FROM app_session"))


def tried(app, who: str, password: str = WRONG, address: str = HERE, **headers: str):
    return app.test_client().post(
        "/masuk", data={"nama": who, "sandi": password}, headers=headers,
        environ_overrides={"REMOTE_ADDR": address},
    )  # fmt: skip


def wrong_ones(database, number: int, *, login: str = "", address: str = HERE) -> None:
    with database.writing() as session:
        for n in range(number):
            login_limits.note_wrong(session, login=login or f"siapa{n}", address=address)


def test_a_machine_that_guesses_many_logins_waits_and_others_do_not(guessed):
    app, database = guessed
    wrong_ones(database, tries.ADDRESS_TRIES)
    assert tried(app, "perencana", small.PASSWORD).status_code == 429
    assert tried(app, "perencana", small.PASSWORD, address=THERE).status_code == 302
    with database.writing() as session:
        session.execute(text("UPDATE login_try SET at = at - make_interval(mins => 11)"))
    assert tried(app, "perencana", small.PASSWORD).status_code == 302


def test_who_worked_there_lately_is_let_in_from_a_machine_that_guesses(guessed):
    app, database = guessed
    assert tried(app, "perencana", small.PASSWORD).status_code == 302
    wrong_ones(database, tries.ADDRESS_TRIES)
    assert tried(app, "perencana", small.PASSWORD).status_code == 302
    assert tried(app, "pengawas", small.PASSWORD).status_code == 429


def test_the_whole_service_brakes_for_strangers_alone(guessed):
    app, database = guessed
    assert tried(app, "perencana", small.PASSWORD, address=THERE).status_code == 302
    with database.writing() as session:
        session.execute(text(
            "INSERT INTO login_try (login_hash, address) "
            "SELECT md5(n::text), '192.0.2.' || n FROM generate_series(1, :n) n"), {"n": tries.SERVICE_TRIES})  # fmt: skip
    assert tried(app, "pengawas", small.PASSWORD).status_code == 429
    assert tried(app, "perencana", small.PASSWORD, address=THERE).status_code == 302


def test_an_attack_on_one_login_leaves_the_others_alone(guessed):
    app, database = guessed
    for _ in range(tries.LOGIN_TRIES + 5):
        answer = tried(app, "pengawas")
    assert answer.status_code == 429
    with database.reading() as session:
        counted = session.scalar(text("SELECT count(*) FROM login_try"))
    assert counted == tries.LOGIN_TRIES, "tries that wait count for nothing"
    assert tried(app, "perencana", small.PASSWORD).status_code == 302


@pytest.mark.parametrize("proxies", [0, 1])
def test_where_a_request_comes_from_is_believed_of_a_named_proxy_alone(guessed, tmp_path, proxies):
    _, database = guessed
    app = create_app(Settings(home=tmp_path, proxies=proxies), database)
    app.config["WTF_CSRF_ENABLED"] = False
    tried(app, "siapa", address="127.0.0.1", **{"X-Forwarded-For": THERE})
    with database.reading() as session:
        noted = session.scalar(text("SELECT address FROM login_try"))
    assert noted == (THERE if proxies else "127.0.0.1")


def test_few_passwords_are_checked_at_once_and_the_next_is_told_to_wait(guessed, monkeypatch):
    monkeypatch.setattr("web.login._PATIENCE_S", 0.01)
    app, _ = guessed
    with login.one_of_few(), login.one_of_few():
        answer = tried(app, "perencana", small.PASSWORD)
        assert answer.status_code == 429 and "banyak yang sedang masuk" in answer.text.lower()
    assert tried(app, "perencana", small.PASSWORD).status_code == 302


def basic(login: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


def test_the_api_by_password_counts_and_waits_too(guessed):
    app, _ = guessed
    asked = f"/api/ogc/{small.SMALL}/collections"
    for _ in range(tries.LOGIN_TRIES):
        assert app.test_client().get(asked, headers=basic("pengawas", WRONG)).status_code == 401
    assert (
        app.test_client().get(asked, headers=basic("pengawas", small.PASSWORD)).status_code == 429
    )
    assert tried(app, "pengawas", small.PASSWORD).status_code == 429, "one count for both"


def test_the_old_password_on_the_form_of_a_change_counts_too(guessed):
    app, _ = guessed
    client = app.test_client()
    client.post("/masuk", data={"nama": "surveyor", "sandi": small.PASSWORD})
    data = {"lama": WRONG, "sandi": "kereta-malam-ke-barat"}
    for _ in range(tries.LOGIN_TRIES):
        assert client.post("/kata-sandi", data=data).status_code == 422
    assert client.post("/kata-sandi", data={**data, "lama": small.PASSWORD}).status_code == 429


def test_phones_told_of_by_one_login_have_an_end(guessed):
    app, _ = guessed
    client = app.test_client()
    client.post("/masuk", data={"nama": "surveyor", "sandi": small.PASSWORD})
    codes = [
        client.post(f"/{small.SMALL}/hp/perangkat", json={
            "device_id": f"00000000-0000-4000-8000-{n:012d}", "told": "uji", "wrapped_key": None}).status_code
        for n in range(field_devices.MOST_OF_ONE + 1)
    ]  # fmt: skip
    assert codes == [200] * field_devices.MOST_OF_ONE + [429]


def test_an_administrator_sees_a_lock_out_and_lifts_it_and_the_log_says_so(guessed):
    app, database = guessed
    wrong_ones(database, tries.LOGIN_TRIES, login="pengawas")
    wrong_ones(database, tries.ADDRESS_TRIES, address=THERE)
    client = app.test_client()
    client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD})
    page = client.get("/pengguna").text
    assert "menunggu 1 menit" in page and THERE in page
    with database.reading() as session:
        whose = people.by_login(session, login="pengawas").user_id
    assert client.post("/pengguna/kunci", data={"orang": whose}).status_code == 302
    assert client.post("/pengguna/kunci", data={"alamat": THERE}).status_code == 302
    assert "Buka kunci" not in client.get("/pengguna").text
    assert tried(app, "pengawas", small.PASSWORD, address=THERE).status_code == 302
    with database.reading() as session:
        log = session.execute(text(
            "SELECT who, command, after FROM command_log WHERE command LIKE 'lo__%out lifted' "
            "OR command = 'log-in locked' ORDER BY log_id")).all()  # fmt: skip
    assert ("-", "log-in locked", {"user": whose, "wrong": 10}) in log
    assert ("kepala", "lock-out lifted", {"user": whose, "wrong": 10}) in log
