"""Is the process there, is the database ready: for whoever watches the machine."""

from typing import Any

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from rbmgeo.db import migrate
from web.access import public
from web.database import database

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Say whether the database answers and stands at the newest migration."""
    facts: dict[str, Any] = {"database": False, "migration": None, "newest": migrate.head()}
    try:
        facts["migration"] = migrate.current(database().url)
        facts["database"] = True
    except SQLAlchemyError:
        facts["migration"] = None
    good = facts["database"] and facts["migration"] == facts["newest"]
    return jsonify(status="ok" if good else "not ready", **facts), 200 if good else 503
