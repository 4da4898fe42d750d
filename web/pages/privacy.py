"""Kelas data: every table, its class and how long it is kept; what would go now, before it goes."""

from datetime import UTC, datetime

from flask import Blueprint, g, render_template

from rbmgeo.privacy.classes import DataClass, tables
from rbmgeo.terms import Role
from rbmgeo.workflows import retention
from web import access_log
from web.access import allow
from web.database import database, over_units, settings
from web.language import lang

bp = Blueprint("privacy", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/kelas-data")


@bp.get("")
@allow(Role.ADMIN)
def page() -> str:
    """Show the classes of data, the settings of retention, and what would go."""
    access_log.always()
    with database().reading() as session, over_units().reading() as over:
        rule = retention.rules(session, g.ulp, settings())
        due = retention.due(session, g.ulp, rule, now=datetime.now(UTC), over=over)
    rows = [
        {"name": t.name, "why": t.why[0 if lang() == "id" else 1], "keep": t.keep, "who": t.who,
         "highest": t.highest,
         "columns": {k: [c for c, v in t.columns.items() if v == k] for k in DataClass}}
        for _, t in sorted(tables().items())
    ]  # fmt: skip
    return render_template(
        "privacy.html", rows=rows, rule=rule, due=due, phone_days=g.unit_settings.phone_keep_days
    )
