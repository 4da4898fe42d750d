"""Settings with which the pages do not start."""

import pytest
from pydantic import SecretStr

from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import UnsafeStart, refuse_open_door, refuse_weak_settings

OIDC = {
    "oidc_issuer": "https://akun.example",
    "oidc_client_id": "rbm",
    "oidc_client_secret": SecretStr("s" * 20),
}


def weak(environ: dict[str, str] | None = None, **told: object) -> str:
    with pytest.raises(UnsafeStart) as fault:
        refuse_weak_settings(Settings(**told), environ or {})
    assert fault.value.indonesian != str(fault.value)
    return str(fault.value)


def test_what_is_usual_starts():
    refuse_weak_settings(Settings(), {"FLASK_DEBUG": "0"})
    refuse_weak_settings(Settings(secret=SecretStr("0123456789abcdef" * 4)), {})
    refuse_weak_settings(Settings(**OIDC, local_login=False), {})


def test_debug_is_refused():
    assert "FLASK_DEBUG" in weak({"FLASK_DEBUG": "1"})


@pytest.mark.parametrize("secret", ["short", "x" * 64, "rahasia" * 4])
def test_a_short_or_dull_secret_is_refused(secret):
    assert "RBMGEO_SECRET" in weak(secret=SecretStr(secret))


def test_a_secret_is_never_told():
    assert "rahasia" not in weak(secret=SecretStr("rahasia"))
    assert "rahasia" not in repr(Settings(secret=SecretStr("rahasia")))


@pytest.mark.parametrize(
    ("told", "named"),
    [({"oidc_issuer": "http://akun.example"}, "https"), ({"oidc_client_secret": SecretStr("")}, "CLIENT_SECRET"),
     ({"oidc_claim": "nickname"}, "OIDC_CLAIM")],
)  # fmt: skip
def test_half_a_provider_is_refused(told, named):
    assert named in weak(**{**OIDC, **told})


def test_nobody_could_log_in():
    assert "nobody" in weak(local_login=False)


def test_every_weakness_is_named_at_once():
    told = weak({"FLASK_DEBUG": "true"}, secret=SecretStr("x"), local_login=False)
    assert all(w in told for w in ("FLASK_DEBUG", "RBMGEO_SECRET", "RBMGEO_LOCAL_LOGIN"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "server.kantor"])
def test_passwords_do_not_travel_readable(host):
    with pytest.raises(UnsafeStart, match="HTTPS"):
        refuse_open_door(host, Settings(), tls=False)
    refuse_open_door(host, Settings(), tls=True)
    refuse_open_door(host, Settings(proxies=1), tls=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_is_fine(host):
    refuse_open_door(host, Settings(), tls=False)
