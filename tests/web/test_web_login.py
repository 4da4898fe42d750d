"""Log-in, sessions, forged forms, and the first run of an empty product."""

import re
from datetime import UTC, datetime

import pytest
import small_unit as small
from argon2 import Type, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import text

from rbmgeo.db.queries import demo_people, people, units
from rbmgeo.errors import NotAllowed, TooManyTries, UsageError
from rbmgeo.keys import tries
from rbmgeo.settings import Settings
from rbmgeo.workflows.signing_in import sign_in
from web import create_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token(client, address: str) -> str:
    return TOKEN.search(client.get(address).text).group(1)


def log_in(client, login: str, password: str = small.PASSWORD, **more: str):
    data = {"nama": login, "sandi": password, "csrf_token": token(client, "/masuk"), **more}
    return client.post("/masuk", data=data)


def test_a_form_without_its_token_changes_nothing(app):
    answer = app.test_client().post("/masuk", data={"nama": "admin", "sandi": small.PASSWORD})
    assert answer.status_code == 400
    assert "Kembali" in answer.text


def test_every_form_carries_a_token(app):
    client = app.test_client()
    assert log_in(client, "admin").status_code == 302
    for page in ("bulan-ini", "impor", "survei", "survei/usulan", "rute", "temuan"):
        text = client.get(f"/{small.SMALL}/{small.BLTH}/{page}").text
        assert len(re.findall(r'<form[^>]*method="post"', text)) == len(TOKEN.findall(text))


@pytest.mark.parametrize(("login", "password"), [("admin", "salah-salah-salah"), ("siapa", "x")])
def test_a_wrong_log_in_does_not_say_what_was_wrong(app, login, password):
    answer = log_in(app.test_client(), login, password)
    assert answer.status_code == 422
    assert "Nama atau kata sandi tidak cocok" in answer.text


TRAPS = (
    "https://jahat.example/", "//jahat.example", "/\\jahat.example", "/\t/jahat.example", "//[x",
    "javascript:alert(1)", "/\r\nSet-Cookie: a=b",
)  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_a_log_in_never_leads_to_another_host(app, trap):
    assert log_in(app.test_client(), "admin", next=trap).location == "/"


def test_a_log_in_leads_back_to_the_page_asked_for(app):
    client = app.test_client()
    asked = client.get(f"/{small.SMALL}/{small.BLTH}/temuan")
    assert asked.location.startswith("/masuk?next=")
    wanted = f"/{small.SMALL}/{small.BLTH}/temuan"
    assert log_in(client, "admin", next=wanted).location == wanted


def test_a_new_password_ends_the_sessions_of_the_old_one(app, web_database):
    first, second = app.test_client(), app.test_client()
    log_in(first, "tamu")
    log_in(second, "tamu")
    data = {"lama": small.PASSWORD, "sandi": "sandi-baru-panjang"}
    done = first.post("/kata-sandi", data={**data, "csrf_token": token(first, "/kata-sandi")})
    assert done.status_code == 302
    assert first.get("/").status_code == 302
    assert first.get("/").location == f"/{small.OTHER}"
    assert second.get("/").location == "/masuk"
    with web_database.writing() as session:
        people.set_password(session, login="tamu", password=small.PASSWORD)


def test_somebody_shut_out_is_out_at_once(app, web_database):
    client = app.test_client()
    log_in(client, "tamu")
    with web_database.writing() as session:
        who = people.check_password(session, login="tamu", password=small.PASSWORD).user_id
        people.set_active(session, user_id=who, active=False)
    try:
        assert client.get("/").location == "/masuk"
        assert log_in(app.test_client(), "tamu").status_code == 422
    finally:
        with web_database.writing() as session:
            people.set_active(session, user_id=who, active=True)


def test_the_first_visitor_makes_administrator_and_unit(fresh_database, tmp_path):
    app = create_app(Settings(home=tmp_path), fresh_database)
    client = app.test_client()
    assert client.get("/").location == "/mulai"
    assert client.get("/masuk").location == "/mulai"
    data = {"nama": "Kepala", "sandi": "sandi-pertama", "ulang": "lain-sekali-ini", "kode": "51354"}
    refused = client.post("/mulai", data={**data, "csrf_token": token(client, "/mulai")})
    assert refused.status_code == 422
    assert 'value="Kepala"' in refused.text, "what was typed is kept"
    data |= {"ulang": "sandi-pertama", "unit": "Pandaan"}
    done = client.post("/mulai", data={**data, "csrf_token": token(client, "/mulai")})
    assert done.status_code == 302
    assert re.fullmatch(r"/51354/\d{6}/impor", done.location)
    page = client.get(done.location)
    assert page.status_code == 200
    assert "Pandaan" in page.text
    assert client.get("/mulai").location == "/masuk", "closed once somebody is there"
    again = app.test_client()
    forced = again.post(
        "/mulai", data={**data, "nama": "lain", "csrf_token": token(again, "/masuk")}
    )
    assert forced.status_code == 403


def test_each_database_has_a_secret_of_its_own(fresh_database, web_database):
    found = []
    for database in (fresh_database, web_database):
        with database.writing() as session:
            found.append(people.ensure_secret(session))
            assert people.ensure_secret(session) == found[-1]
    assert found[0] != found[1]
    assert min(map(len, found)) >= 64


def test_passwords_are_kept_as_argon2(session):
    made = people.add_user(session, login="Budi", password="sandi-panjang-sekali")
    assert made.login == "budi"
    assert made.password_hash.startswith("$argon2id$")


def test_the_products_own_hashes_are_dear(product_hasher):
    """64 MiB, three passes: what RFC 9106 recommends; the tests' own are cheap ones."""
    assert (product_hasher.time_cost, product_hasher.memory_cost) == (3, 65536)
    assert (product_hasher.parallelism, product_hasher.type) == (4, Type.ID)
    assert product_hasher.salt_len >= 16 and product_hasher.hash_len >= 32


def test_nobody_is_checked_at_the_same_cost_and_never_let_in(product_hasher):
    nobody, own = people._nobody(product_hasher), product_hasher.hash("sandi-panjang-sekali")
    assert extract_parameters(nobody) == extract_parameters(own)
    assert list(map(len, nobody.split("$"))) == list(map(len, own.split("$")))
    with pytest.raises(VerifyMismatchError):  # a whole check, not a hash that cannot be read
        product_hasher.verify(nobody, "sandi-panjang-sekali")
    assert people._nobody(product_hasher) != nobody


def test_a_poor_password_and_a_taken_login_are_refused(session):
    with pytest.raises(UsageError, match="10 or more"):
        people.add_user(session, login="a", password="pendek")
    people.add_user(session, login="a", password="sandi-panjang-sekali")
    with pytest.raises(UsageError, match="taken"):
        people.add_user(session, login="A ", password="sandi-panjang-sekali")


def test_the_last_administrator_keeps_the_role(session):
    made = people.add_first_administrator(session, login="a", password="sandi-panjang-sekali")
    with pytest.raises(NotAllowed):
        people.revoke(session, user_id=made.user_id, ulp="*", role="admin")
    with pytest.raises(NotAllowed):
        people.add_first_administrator(session, login="b", password="sandi-panjang-sekali")


def test_demo_users_are_for_invented_units_only(session):
    units.ensure_unit(session, ulp="51354")
    with pytest.raises(NotAllowed):
        demo_people.ensure_demo_users(session, ulp="51354")
    units.set_unit(session, ulp="51354", sample=True)
    made = demo_people.ensure_demo_users(session, ulp="51354")
    assert set(made) == {"perencana", "surveyor", "pengawas", "admin"}
    assert demo_people.ensure_demo_users(session, ulp="51354") == made, "twice is as once"
    for login, password in made.items():
        assert people.check_password(session, login=login, password=password)


def moved_back(database, minutes: int) -> None:
    """Let time pass for the wrong passwords."""
    with database.writing() as session:
        session.execute(text("UPDATE login_try SET at = at - make_interval(mins => :m)"), {"m": minutes})  # fmt: skip


def test_after_ten_wrong_passwords_the_next_try_waits_whoever_it_is(app, web_database):
    for login in ("pengawas", "tidak-ada"):
        client = app.test_client()
        for _ in range(tries.LOGIN_TRIES):
            assert log_in(client, login, "salah-salah-salah").status_code == 422
        told = {log_in(client, login, p).text for p in (small.PASSWORD, "salah-salah-salah")}
        answer = log_in(client, login)
        assert answer.status_code == 429
        assert "coba lagi dalam 1 menit" in answer.text
        assert len({TOKEN.sub("", t) for t in told}) == 1, (
            "the answer does not tell if it was right"
        )
    assert log_in(app.test_client(), "admin").status_code == 302, "others are let in"
    moved_back(web_database, 1)
    assert log_in(app.test_client(), "pengawas", "salah-salah-salah").status_code == 422
    assert "coba lagi dalam 2 menit" in log_in(app.test_client(), "pengawas").text, "it grows"
    with web_database.reading() as session:
        kept = session.scalars(text("SELECT login_hash FROM login_try")).all()
    assert kept and all(re.fullmatch(r"[0-9a-f]{64}", k) for k in kept)
    moved_back(web_database, 2)
    assert log_in(app.test_client(), "pengawas").status_code == 302


def test_tries_of_long_ago_count_no_more(session):
    people.add_user(session, login="lama", password=small.PASSWORD)
    now = datetime.now(UTC)
    for _ in range(tries.LOGIN_TRIES):
        assert sign_in(session, login="lama", password="salah", now=now) is None
    with pytest.raises(TooManyTries):
        sign_in(session, login=" LAMA", password=small.PASSWORD, now=now)
    session.execute(text("UPDATE login_try SET at = at - interval '25 hours'"))
    assert sign_in(session, login="lama", password=small.PASSWORD, now=now).login == "lama"


def test_a_change_of_role_logs_what_was_held_before_and_after(as_role, web_database):
    with web_database.reading() as session:
        who = next(u.user_id for u in people.users(session) if u.login == "tamu")
    client, data = as_role("kepala"), {"ulp": small.OTHER, "peran": "surveyor"}
    client.post(f"/pengguna/{who}/peran", data=data)
    client.post(f"/pengguna/{who}/peran", data={**data, "cabut": "1"})
    with web_database.reading() as session:
        rows = session.execute(
            text(
                "SELECT before, after FROM command_log WHERE command LIKE 'user %' ORDER BY log_id"
            )
        ).all()[-2:]
    one, two = [f"perencana@{small.OTHER}"], [f"perencana@{small.OTHER}", f"surveyor@{small.OTHER}"]
    assert [(b["roles"], a["roles"]) for b, a in rows] == [(one, two), (two, one)]
    assert {d["user"] for row in rows for d in row} == {who}
