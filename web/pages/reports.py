"""Laporan: every table that can be taken away, in one place."""

from flask import Blueprint, g, render_template

from rbmgeo.db.queries import versions
from rbmgeo.terms import Role
from web.access import allow
from web.database import database

bp = Blueprint("reports", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/laporan")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the reports with what each needs."""
    with database().reading() as session:
        rows = versions.versions(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("reports.html", versions=rows[:5])
