"""SOP IV.8: kWh per RBM per gardu, whose sums equal the source."""

from flask import Blueprint, Response, g, render_template, request

from rbmgeo.db.queries import board
from rbmgeo.energy.per_gardu import STANDING
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.energy import KwhReport, kwh_report
from web.access import allow
from web.database import database
from web.language import month, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.forms import checked_span, page_number

bp = Blueprint("energy", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi")

_ROWS = 60


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the report of one or more months, per RBM and gardu or per gardu."""
    first, last = _span()
    try:
        done = _report(first, last)
    except NothingToDo as nothing:
        return render_template("energy.html", done=None, first=first, last=last, nothing=nothing)
    with database().reading() as session:
        source = board.kwh_of_source(session, ulp=g.ulp, months=done.months)
    view = "gardu" if request.args.get("lihat") == "gardu" else "rbm"
    rows = done.per_gardu.reset_index() if view == "gardu" else done.rows
    at, pages = page_number(request.args.get("hal"), len(rows), _ROWS)
    # Per gardu a customer stands once, in the last month; per RBM each month has its rows.
    now = done.rows[done.rows["blth"] == done.months[-1]] if view == "gardu" else done.rows
    return render_template(
        "energy.html", done=done, first=first, last=last, view=view, page=at, pages=pages,
        rows=rows.iloc[(at - 1) * _ROWS : at * _ROWS].to_dict("records"), source=source,
        without=int(now["without_daya"].sum()),
        counts={n: int((now if n in STANDING else done.rows)[n].sum())
                for n in ("customers", "read", "unread", "prepaid")},
    )  # fmt: skip


@bp.get("/<name>.<kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file(name: str, kind: str) -> Response:
    """Give the report as CSV or Excel, every digit kept in the CSV."""
    first, last = _span()
    done = _report(first, last)
    tables = {"rbm": done.rows, "gardu": done.per_gardu}
    if name not in tables or kind not in ("csv", "xlsx"):
        raise UsageError(f"there is no {name}.{kind}", f"tidak ada {name}.{kind}")
    base = f"kwh-{g.ulp}-{first}-{last}"
    if kind == "csv":
        return csv_file(tables[name], f"{base}-{name}.csv")
    title = str(tr("kWh per RBM per gardu {a} sampai {b}", "kWh per RBM per gardu {a} to {b}",
                   a=month(first), b=month(last)))  # fmt: skip
    return xlsx_file(
        {"RBM dan gardu": done.rows, "Gardu": done.per_gardu}, f"{base}.xlsx", title=title
    )


def _span() -> tuple[str, str]:
    return checked_span(request.args.get("dari"), request.args.get("sampai"), g.blth)


def _report(first: str, last: str) -> KwhReport:
    with database().reading() as session:
        return kwh_report(session, g.ulp, blth_from=first, blth_to=last)
