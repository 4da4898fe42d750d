"""SOP IV.8: kWh per RBM per gardu, whose sums equal the source."""

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import board
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.energy import KwhReport, kwh_report
from rbmgeo.workflows.kwh_kept import keep_kwh, kept_report, kept_rows, stale_months
from web.access import allow
from web.database import database
from web.language import month, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.forms import checked_span, page_number, rows_a_page
from web.pages.jobs import ask

bp = Blueprint("energy", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi")

_ROWS = 60
#: Months that are summed while the page waits; more of them are a job.
AT_ONCE = 1


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the report of one or more months, per RBM and gardu or per gardu."""
    first, last = _span()
    try:
        waiting = months_to_count(first, last)
    except NothingToDo as nothing:
        return render_template("energy.html", done=None, first=first, last=last, nothing=nothing)
    if waiting:
        return render_template("energy.html", done=None, first=first, last=last, waiting=waiting)
    view = "gardu" if request.args.get("lihat") == "gardu" else "rbm"
    with database().reading() as session:
        done = kept_report(session, g.ulp, blth_from=first, blth_to=last)
        source = board.kwh_of_source(session, ulp=g.ulp, months=done.months)
        count = len(done.per_gardu) if view == "gardu" else done.lines
        size = rows_a_page(_ROWS)
        at, pages = page_number(request.args.get("hal"), count, size)
        begin = (at - 1) * size
        rows = (
            done.per_gardu.iloc[begin : begin + size].reset_index()
            if view == "gardu"
            else kept_rows(session, g.ulp, done.months, first=begin, size=size)
        )
    # Per gardu a customer stands once, in the last month; per RBM each month has its rows.
    counts = done.counts(now=view == "gardu")
    return render_template(
        "energy.html", done=done, first=first, last=last, view=view, page=at, pages=pages,
        rows=rows.to_dict("records"), source=source, without=counts["without_daya"], counts=counts,
    )  # fmt: skip


@bp.post("/hitung")
@allow(Role.PERENCANA, Role.PENGAWAS)
def count() -> AnyResponse:
    """Have a job sum the months of a span."""
    first, last = checked_span(request.form.get("dari"), request.form.get("sampai"), g.blth)
    return ask("kwh", blth_from=first, blth_to=last)


def months_to_count(first: str, last: str) -> int:
    """Return how many months of a span a job has to sum first; a single one is summed at once.

    Raises `NothingToDo` where the unit has no month of it.
    """
    with database().reading() as session:
        stale = stale_months(session, g.ulp, first, last)
    if len(stale) > AT_ONCE:
        return len(stale)
    if stale:
        with database().writing() as session:
            keep_kwh(session, g.ulp, blth_from=first, blth_to=last)
    return 0


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
