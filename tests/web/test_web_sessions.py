"""Sessions: new at the log-in, ended here at the log-out, not longer than set, the owner's to end."""

import re

import pytest
import small_unit as small
from sqlalchemy import event, text

from rbmgeo.db.queries import login_sessions, people
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

NEW = "kereta-malam-ke-barat"


@pytest.fixture(scope="module")
def opened(make_database, tmp_path_factory):
    database = Database(make_database("sessions", filled=small.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    yield app, database
    database.close()


def enter(app, login: str = "perencana", password: str = small.PASSWORD, **more):
    client = app.test_client()
    client.post("/masuk", data={"nama": login, "sandi": password}, **more)
    return client


def is_in(client) -> bool:
    return client.get("/sesi").status_code == 200


def user_id(database, login: str) -> int:
    with database.reading() as session:
        return people.by_login(session, login=login).user_id


def test_7_4_1_a_stolen_cookie_opens_nothing_after_the_log_out(opened):
    app, _ = opened
    client = enter(app)
    stolen = client.get_cookie("rbmgeo").value
    thief = app.test_client()
    thief.set_cookie("rbmgeo", stolen)
    assert is_in(thief), "the cookie was the right one"
    client.post("/keluar")
    assert not is_in(thief) and not is_in(client)


def test_7_2_4_a_log_in_gives_another_session_and_ends_the_one_before(opened):
    app, _ = opened
    client = enter(app)
    before = client.get_cookie("rbmgeo").value
    client.post("/masuk", data={"nama": "perencana", "sandi": small.PASSWORD})
    assert client.get_cookie("rbmgeo").value != before
    old = app.test_client()
    old.set_cookie("rbmgeo", before)
    assert not is_in(old) and is_in(client)


def test_the_database_never_holds_a_token(opened):
    app, database = opened
    client = enter(app)
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    assert len(token) >= 43, "256 bits"
    with database.reading() as session:
        rows = session.execute(text("SELECT app_session::text FROM app_session")).scalars().all()
    assert rows and not any(token in row for row in rows)


@pytest.mark.parametrize(
    ("login", "column", "minutes", "still"),
    [("perencana", "seen_at", 719, True), ("perencana", "seen_at", 721, False), ("kepala", "seen_at", 59, True),
     ("kepala", "seen_at", 61, False), ("perencana", "made_at", 72 * 60 - 1, True), ("perencana", "made_at", 72 * 60 + 1, False)],
)  # fmt: skip
def test_7_3_a_session_ends_unused_or_old(opened, login, column, minutes, still):
    app, database = opened
    client = enter(app, login)
    with database.writing() as session:
        session.execute(text(f"UPDATE app_session SET {column} = now() - make_interval(mins => :m)"), {"m": minutes})  # fmt: skip
    assert is_in(client) is still


def test_use_is_noted_now_and_then_so_that_who_works_stays_in(opened):
    app, database = opened
    client = enter(app)
    with database.writing() as session:
        session.execute(text("UPDATE app_session SET seen_at = now() - interval '10 minutes'"))
    assert is_in(client)
    with database.reading() as session:
        assert session.scalar(
            text("SELECT max(seen_at) > now() - interval '1 minute' FROM app_session")
        )


def test_7_4_2_who_is_shut_out_is_out_and_the_old_session_does_not_come_back(opened):
    app, database = opened
    client, who = enter(app, "tamu"), user_id(database, "tamu")
    for active in (False, True):
        with database.writing() as session:
            people.set_active(session, user_id=who, active=active)
        assert not is_in(client)


def test_a_role_that_was_taken_is_gone_with_the_next_page(opened):
    app, database = opened
    client, who = enter(app, "surveyor"), user_id(database, "surveyor")
    asked = f"/{small.EMPTY}/{small.BLTH}/lapangan"
    assert client.get(asked).status_code == 200
    with database.writing() as session:
        people.revoke(session, user_id=who, ulp=small.EMPTY, role="surveyor")
    assert client.get(asked).status_code == 403
    with database.writing() as session:
        people.grant(session, user_id=who, ulp=small.EMPTY, role="surveyor")


def test_7_4_3_a_new_password_ends_every_other_session(opened):
    app, database = opened
    one, two = enter(app, "pengawas"), enter(app, "pengawas")
    assert one.post("/kata-sandi", data={"lama": small.PASSWORD, "sandi": NEW}).status_code == 302
    assert is_in(one) and not is_in(two)
    with database.writing() as session:
        people.set_password(session, login="pengawas", password=small.PASSWORD)


def test_7_5_2_a_person_sees_the_own_sessions_alone_and_ends_them(opened):
    app, database = opened
    told = {
        "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
    }
    one, two = enter(app, "surveyor"), enter(app, "surveyor", headers=told)
    other = enter(app, "perencana")
    page = one.get("/sesi").text
    assert "Chrome, Android" in page and "Mozilla" not in page
    with database.reading() as session:
        rows = login_sessions.of_person(session, user_id=user_id(database, "surveyor"))
        number = next(r.session_id for r in rows if r.told)
    other.post("/sesi", data={"sesi": number})
    assert is_in(two), "a session of somebody else is not ended"
    one.post("/sesi", data={"sesi": number})
    assert is_in(one) and not is_in(two)
    one.post("/sesi", data={"sesi": "semua"})
    assert not is_in(one) and is_in(other)


def test_7_4_5_an_administrator_ends_the_sessions_of_a_person(opened):
    app, database = opened
    client, head = enter(app, "surveyor"), enter(app, "kepala")
    head.post(f"/pengguna/{user_id(database, 'surveyor')}/keluarkan")
    assert not is_in(client)


def test_3_3_the_cookie_is_for_this_host_alone_and_no_script(opened):
    app, _ = opened
    data = {"nama": "perencana", "sandi": small.PASSWORD}
    plain = app.test_client().post("/masuk", data=data).headers["Set-Cookie"]
    safe = (
        app.test_client()
        .post("/masuk", data=data, base_url="https://localhost")
        .headers["Set-Cookie"]
    )
    assert plain.startswith("rbmgeo=") and safe.startswith("__Host-rbmgeo=")
    for cookie in (plain, safe):
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie
    assert "Secure" in safe and "Secure" not in plain


def test_a_cookie_of_the_plain_door_is_none_over_https(opened):
    app, _ = opened
    client = enter(app)
    value = client.get_cookie("rbmgeo").value
    over = app.test_client()
    over.set_cookie("rbmgeo", value)
    assert over.get("/sesi", base_url="https://localhost").status_code == 302


def test_a_page_asks_one_question_for_who_asks(opened):
    app, database = opened
    client, asked = enter(app), []
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    client.get("/kata-sandi")
    about = [q for q in asked if re.search(r"app_session|app_user|user_role", q)]
    assert len(about) == 1 and "app_session" in about[0]


def test_6_4_1_a_first_password_opens_nothing_but_its_change(opened):
    app, _ = opened
    head = enter(app, "kepala")
    data = {"nama": "baru", "sandi": "kuda lari pagi", "ulp": small.SMALL, "peran": "perencana"}
    assert head.post("/pengguna", data=data).status_code == 302
    client = enter(app, "baru", "kuda lari pagi")
    board = f"/{small.SMALL}/{small.BLTH}/bulan-ini"
    assert client.get(board).location == "/kata-sandi"
    assert client.get("/api/v1/units").status_code == 403
    assert client.get(f"/{small.SMALL}/hp/sapa").status_code == 403
    same = client.post("/kata-sandi", data={"lama": "kuda lari pagi", "sandi": "kuda lari pagi"})
    assert same.status_code == 422
    client.post("/kata-sandi", data={"lama": "kuda lari pagi", "sandi": NEW})
    assert client.get(board).status_code == 200


def test_6_4_1_a_first_password_ends_by_itself_and_a_new_one_is_drawn(opened):
    app, database = opened
    with database.writing() as session:
        people.add_user(session, login="telat", password="kuda lari pagi", first=True)
        session.execute(text("UPDATE app_user SET password_until = now() - interval '1 minute' WHERE login = 'telat'"))  # fmt: skip
    data = {"nama": "telat", "sandi": "kuda lari pagi"}
    answer = app.test_client().post("/masuk", data=data)
    assert answer.status_code == 422 and "sudah berakhir" in answer.text
    assert "berakhir" not in app.test_client().post("/masuk", data={**data, "sandi": "x"}).text
    page = enter(app, "kepala").post(f"/pengguna/{user_id(database, 'telat')}/sandi").text
    drawn = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", page)[0]
    assert enter(app, "telat", drawn).get("/").location == "/kata-sandi"


def test_a_hash_of_older_parameters_is_made_anew_at_the_log_in(opened):
    from argon2 import PasswordHasher

    app, database = opened
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(small.PASSWORD)
    with database.writing() as session:
        session.execute(
            text("UPDATE app_user SET password_hash = :h WHERE login = 'perencana'"), {"h": old}
        )
    enter(app)
    with database.reading() as session:
        kept = people.by_login(session, login="perencana").password_hash
    assert kept != old and people._HASHER.verify(kept, small.PASSWORD)
