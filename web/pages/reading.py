"""Read and unread per RBM against its day, as the cumulative file grows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, render_template

from rbmgeo.errors import NothingToDo
from rbmgeo.terms import Role
from rbmgeo.workflows.reading import ReadingStatus, reading_status
from web.access import allow
from web.database import database
from web.pages.download import csv_file

bp = Blueprint("reading", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/terbaca")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show each RBM: customers, read, unread, planned date, late or not."""
    try:
        done = _status()
    except NothingToDo:
        return render_template("reading.html", done=None, rows=[])
    table = done.rows.reset_index()
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return render_template("reading.html", done=done, rows=rows)


@bp.get("/daftar.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file() -> Response:
    """Give the same table."""
    done = _status()
    table = done.rows.assign(ulp=g.ulp, blth=g.blth, seen_on=done.on)
    return csv_file(table, f"terbaca-{g.ulp}-{g.blth}-{done.on:%Y%m%d}.csv")


def _status() -> ReadingStatus:
    today = datetime.now(UTC).astimezone(ZoneInfo(g.unit.time_zone)).date()
    with database().reading() as session:
        return reading_status(session, g.ulp, g.blth, on=today)
