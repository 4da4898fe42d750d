"""Whoever came in by a first password takes another one before anything else (ASVS 5.0 6.4.1)."""

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from web.access import rule_of
from web.phone import wire_answers

#: What is open until then: the form itself, leaving, and the language it is read in.
OPEN = frozenset({"account.form", "account.change", "signin.out"})


def register(app: Flask) -> None:
    """Lead every page to the form; refuse programs."""

    @app.before_request
    def change_first() -> Response | None:
        if request.endpoint is None or request.endpoint in OPEN:
            return None
        rule = rule_of(app, request.endpoint)
        if rule is None or rule.public or not current_user.must_change:
            return None
        if request.path.startswith("/api/") or wire_answers.asked():
            abort(403)
        return redirect(url_for("account.form"))
