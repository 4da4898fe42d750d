"""Log-in through an identity provider: only its own word, for this browser, about somebody known."""

import re
import time
import urllib.parse

import pytest
import small_unit as small
from identity_provider import CLIENT, ISSUER, SECRET, IdentityProvider
from pydantic import SecretStr
from sqlalchemy import text

from rbmgeo.db.queries import office_people, people
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import UnsafeStart, refuse_weak_people
from web import create_app
from web.oidc import Provider, ProviderSilent, over_https

THERE, BACK = "/masuk/kantor", "/masuk/kantor/kembali"
OIDC = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}


@pytest.fixture(scope="module")
def database(make_database):
    made = Database(make_database("office_login", filled=small.build))
    yield made
    made.close()


@pytest.fixture(scope="module")
def identity():
    return IdentityProvider()


@pytest.fixture
def office(database, identity, tmp_path):
    """Offer a function that makes the application as set, on the provider of the test."""
    identity.claims, identity.sign, identity.stolen_key, identity.issuer = (
        {},
        "RS256",
        False,
        ISSUER,
    )

    def made(**told):
        settings = Settings(home=tmp_path, **{**OIDC, **told})
        app = create_app(settings, database)
        app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
        app.extensions["rbmgeo oidc"] = Provider(settings, identity)
        return app

    yield made
    with database.writing() as session:
        session.execute(
            text("UPDATE app_user SET oidc_subject = NULL, active = true, break_glass = false")
        )


def gone(client, identity, **more: str):
    """Go there and come back; return the answer."""
    code = identity.begin(client.get(f"{THERE}?next=/sesi").location)
    told = {"code": code, "state": identity.begun["state"], **more}
    return client.get(f"{BACK}?{urllib.parse.urlencode(told)}")


def is_in(client) -> bool:
    return client.get("/sesi").status_code == 200


def test_who_is_vouched_for_is_in_and_tied_to_the_subject(office, identity, database):
    client = office().test_client()
    assert "Masuk lewat akun kantor" in client.get("/masuk").text
    assert gone(client, identity).location == "/sesi"
    assert is_in(client)
    asked = identity.begun
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert min(len(asked[n]) for n in ("state", "nonce", "code_challenge")) >= 43
    with database.reading() as session:
        assert people.by_login(session, login="perencana").oidc_subject == f"{ISSUER} 0042"
        how = session.scalar(text("SELECT how FROM app_session ORDER BY session_id DESC LIMIT 1"))
    assert how == "oidc"
    secret = [h["Authorization"] for _, form, h in identity.asked if form]
    assert secret and SECRET not in identity.begin(client.get(THERE).location)


def test_from_then_on_the_subject_counts_and_not_the_name(office, identity):
    app = office()
    gone(app.test_client(), identity)
    identity.claims = {"preferred_username": "kepala"}
    client = app.test_client()
    gone(client, identity)
    assert "Perencana" in client.get("/sesi").text or "perencana" in client.get("/sesi").text
    identity.claims = {"sub": "0666"}
    other = app.test_client()
    assert gone(other, identity).status_code == 403, (
        "the same name with another subject is another person"
    )
    assert not is_in(other)


BENT = {
    "nonce": {"nonce": "lain"}, "no nonce": {"nonce": None}, "audience": {"aud": "orang-lain"},
    "several audiences": {"aud": [CLIENT, "lain"]}, "authorized party": {"azp": "lain"},
    "issuer": {"iss": "https://jahat.example"}, "expired": {"exp": 1_700_000_000}, "no end": {"exp": None},
    "from the future": {"iat": 4_000_000_000}, "no subject": {"sub": None}, "no such person": {"preferred_username": "siapa"},
    "no name": {"preferred_username": None},
}  # fmt: skip


@pytest.mark.parametrize("claims", BENT.values(), ids=BENT)
def test_a_word_that_is_not_for_us_now_is_refused(office, identity, claims):
    client = office().test_client()
    identity.claims = claims
    assert gone(client, identity).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("sign", ["none", "HS256", "stolen"])
def test_a_word_that_the_provider_did_not_sign_is_refused(office, identity, sign):
    client = office().test_client()
    identity.sign, identity.stolen_key = ("RS256", True) if sign == "stolen" else (sign, False)
    assert gone(client, identity).status_code == 403
    assert not is_in(client)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(office, identity):
    app = office()
    client = app.test_client()
    assert gone(client, identity, state="lain").status_code == 403
    stranger = app.test_client()
    code = identity.begin(client.get(THERE).location)
    told = urllib.parse.urlencode({"code": code, "state": identity.begun["state"]})
    assert stranger.get(f"{BACK}?{told}").status_code == 403, "begun by another browser"
    assert client.get(f"{BACK}?{told}").status_code == 302
    assert client.get(f"{BACK}?{told}").status_code == 403, "once"
    assert gone(app.test_client(), identity, iss="https://jahat.example").status_code == 403
    assert gone(app.test_client(), identity, error="access_denied").status_code == 403


def test_an_answer_that_took_too_long_is_refused(office, identity, monkeypatch):
    client = office().test_client()
    code = identity.begin(client.get(THERE).location)
    later = time.time() + 601
    monkeypatch.setattr("web.pages.office_login.time.time", lambda: later)
    told = urllib.parse.urlencode({"code": code, "state": identity.begun["state"]})
    assert client.get(f"{BACK}?{told}").status_code == 403


def test_who_is_shut_out_here_stays_out(office, identity, database):
    app = office()
    for tied in (False, True):
        with database.writing() as session:
            session.execute(text("UPDATE app_user SET active = false WHERE login = 'perencana'"))
        assert gone(app.test_client(), identity).status_code == 403, tied
        with database.writing() as session:
            session.execute(text("UPDATE app_user SET active = true WHERE login = 'perencana'"))
        gone(app.test_client(), identity)


def test_a_provider_that_calls_itself_otherwise_is_none(office, identity):
    identity.issuer = "https://jahat.example"
    assert office().test_client().get(THERE).status_code == 422


def test_only_https_is_asked():
    for address in ("http://akun.example/kunci", "file:///etc/passwd"):
        with pytest.raises(ProviderSilent):
            over_https(address, None, {})


def test_provisioning_gives_an_account_without_a_role_and_no_password(office, identity, database):
    identity.claims = {"sub": "0077", "preferred_username": "Orang.Baru", "name": "Orang Baru"}
    client = office(oidc_provision=True).test_client()
    gone(client, identity)
    assert is_in(client)
    assert client.get(f"/{small.SMALL}/{small.BLTH}/bulan-ini").status_code == 403
    with database.writing() as session:
        made = people.by_login(session, login="orang.baru")
        assert people.roles(session, user_id=made.user_id) == {}
        assert people.check_password(session, login="orang.baru", password="") is None


def test_an_address_that_was_not_verified_is_nobodys(office, identity):
    app = office(oidc_claim="email")
    identity.claims = {"email": "perencana", "email_verified": False}
    assert gone(app.test_client(), identity).status_code == 403
    identity.claims = {"email": "perencana", "email_verified": True}
    assert gone(app.test_client(), identity).status_code == 302


def test_passwords_can_be_off_but_for_one_account(office, identity, database):
    app = office(local_login=False)
    with database.reading() as session, pytest.raises(UnsafeStart, match="break-glass"):
        refuse_weak_people(session, Settings(**OIDC, local_login=False))
    with database.writing() as session:
        office_people.set_break_glass(session, login="kepala", on=True)
    with database.reading() as session:
        refuse_weak_people(session, Settings(**OIDC, local_login=False))

    def by_password(login: str) -> int:
        data = {"nama": login, "sandi": small.PASSWORD}
        return app.test_client().post("/masuk", data=data).status_code

    assert (by_password("perencana"), by_password("kepala")) == (422, 302)
    # A right password is answered like a wrong one, and counted: nothing can be guessed here.
    answers = [
        app.test_client().post("/masuk", data={"nama": "perencana", "sandi": said}).text
        for said in (small.PASSWORD, "bukan-sandi-saya")
    ]
    seen = [re.sub(r'value="[^"]{30,}"|nonce-[^\s"]+', "", answer) for answer in answers]
    assert seen[0] == seen[1] and "akun darurat" in seen[0]
    identity.claims = {"preferred_username": "kepala"}
    assert gone(app.test_client(), identity).status_code == 403, (
        "the emergency account is tied to nobody"
    )


def test_without_a_provider_there_is_no_such_page(app):
    client = app.test_client()
    assert client.get(THERE).status_code == 404 and client.get(BACK).status_code == 404
    assert "akun kantor" not in client.get("/masuk").text
