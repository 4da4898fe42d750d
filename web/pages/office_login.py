"""Log in through the office's identity provider (OpenID Connect), where one is set."""

import hmac
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed
from rbmgeo.keys.id_token import claims_of, refused
from rbmgeo.workflows.vouched import vouched_for
from web import login
from web.access import over_units, public
from web.database import database, settings
from web.oidc import Provider, over_https
from web.pages.signin import inside

bp = Blueprint("office_login", __name__, url_prefix="/masuk/kantor")
#: Seconds between the way there and the way back.
WAITS_S = 600
_KEY = "oidc"


def provider() -> Provider:
    """Return the provider that is set; 404 where none is."""
    if not settings().oidc_issuer:
        abort(404)
    made: Provider = current_app.extensions.setdefault(
        "rbmgeo oidc", Provider(settings(), over_https)
    )
    return made


@bp.get("")
@public
@over_units
def go() -> Response:
    """Lead to the provider; what comes back must carry what is drawn here."""
    drawn = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    address = provider().authorization(redirect=_back(), **drawn)
    session[_KEY] = {**drawn, "next": request.args.get("next", ""), "at": time.time()}
    return redirect(address)


@bp.get("/kembali")
@public
@over_units
def back() -> Response:
    """Take the provider's word, if it is the answer to what this browser asked."""
    who = provider()
    asked: dict[str, Any] = session.pop(_KEY, {})
    _same_browser(asked)
    code = request.args.get("code", "")
    if request.args.get("error") or not code:
        raise NotAllowed(
            "the identity provider did not let you in; begin again at Log in",
            "penyedia identitas tidak meloloskan Anda; mulai lagi dari halaman Masuk",
        )
    claims = _claims(who, code, asked)
    told = settings()
    with database().writing() as db:
        found = vouched_for(db, claims, claim=told.oidc_claim, provision=told.oidc_provision)
        log_command(db, who=found.login, ulp=None, command="log in by oidc")
        token = login.begin(db, found.user_id, how="oidc")
    login.enter(token)
    return redirect(inside(str(asked["next"])))


def _same_browser(asked: dict[str, Any]) -> None:
    state = str(asked.get("state", ""))
    right = hmac.compare_digest(state.encode(), request.args.get("state", "").encode())
    late = time.time() - float(asked.get("at", 0)) > WAITS_S
    other = request.args.get("iss", settings().oidc_issuer) != settings().oidc_issuer
    if not state or not right or late or other:
        raise refused()


def _claims(who: Provider, code: str, asked: dict[str, Any]) -> dict[str, Any]:
    token = who.id_token(code=code, redirect=_back(), verifier=asked["verifier"])
    told = {"issuer": settings().oidc_issuer, "client_id": settings().oidc_client_id,
            "nonce": asked["nonce"], "now": datetime.now(UTC)}  # fmt: skip
    try:
        return claims_of(token, keys=who.keys(), **told)
    except NotAllowed:
        # The provider may have new keys since; once more with those of now.
        return claims_of(token, keys=who.keys(anew=True), **told)


def _back() -> str:
    return url_for("office_login.back", _external=True)
