"""What every answer of every route says to the browser, whoever asks and whatever comes of it."""

import pytest
import small_unit as small
from header_faults import directives, faults
from test_web_access import routes

from rbmgeo.settings import Settings
from web import create_app
from web.headers import POLICY, with_pictures, with_script

STATIC = (
    "css/app.css",
    "js/app.js",
    "img/favicon.svg",
    "tidak-ada.js",
    "../__init__.py",
    "%2e%2e/wsgi.py",
)


def test_every_route_by_every_method_says_the_same_to_whoever_is_not_let_in(app, ids):
    """To whoever is let in: test_web_sinks, on its walk over every page."""
    nobody, wrong = app.test_client(), []
    for endpoint, method, address in routes(app, ids):
        with nobody.open(address, method=method) as answer:
            wrong += [f"{method} {endpoint} {answer.status_code}: {f}" for f in faults(answer)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", STATIC)
def test_so_do_files_and_what_is_none(app, name):
    with app.test_client().get(f"/static/{name}") as answer:
        assert faults(answer) == []
        if name.endswith((".py", "tidak-ada.js")):
            assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [("css/app.css", "text/css"), ("js/app.js", "text/javascript"), ("js/phone/app.js", "text/javascript"),
     ("img/favicon.svg", "image/svg+xml")],
)  # fmt: skip
def test_a_file_is_told_for_what_it_is(app, name, kind):
    with app.test_client().get(f"/static/{name}") as answer:
        assert answer.mimetype == kind


def test_errors_say_the_same(app, as_role):
    for answer in (
        app.test_client().get("/tidak-ada"), app.test_client().delete("/masuk"),
        app.test_client().post("/masuk", data={"nama": "a\0"}), app.test_client().get("/api/v1/units"),
        app.test_client().put("/masuk"),
        as_role("surveyor").get(f"/{small.SMALL}/{small.BLTH}/bulan-ini"),
    ):  # fmt: skip
        assert answer.status_code >= 400 and faults(answer) == [], answer.request.path


def test_https_is_kept_to_only_where_the_office_says_so(app, web_database, tmp_path):
    strict = create_app(Settings(home=tmp_path, hsts_days=30), web_database)
    for made, told in ((app, None), (strict, "max-age=2592000")):
        safe = made.test_client().get("/masuk", base_url="https://localhost/")
        plain = made.test_client().get("/masuk", base_url="http://localhost/")
        assert safe.headers.get("Strict-Transport-Security") == told
        assert "Strict-Transport-Security" not in plain.headers
        assert safe.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Secure" in safe.headers["Set-Cookie"]


def test_the_two_wider_policies_open_one_door_each():
    plain, nonce, pictures = map(
        directives, (POLICY, with_script("n" * 24), with_pictures("https://peta.example"))
    )
    assert {k for k in plain if plain[k] != nonce[k]} == {"script-src"}
    assert {k for k in plain if plain[k] != pictures[k]} == {"img-src"}
    assert nonce["script-src"] == ["'self'", f"'nonce-{'n' * 24}'"]


def test_a_fault_in_these_headers_is_found(app):
    with app.test_client().get("/masuk") as answer:
        answer.headers["Content-Security-Policy"] = POLICY.replace(
            "script-src 'self'", "script-src 'self' 'unsafe-inline'"
        )
        del answer.headers["X-Frame-Options"]
        assert len(faults(answer)) >= 2
