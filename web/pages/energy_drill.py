"""Rinci energi: ULP, penyulang, gardu, RBM, pelanggan; every number leads to its rows."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.errors import NothingToDo
from rbmgeo.terms import Role
from rbmgeo.workflows.energy_drill import Drill, drill
from web.access import allow
from web.database import database
from web.language import month, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.energy import months_to_count
from web.pages.forms import checked_month, page_number, rows_a_page

bp = Blueprint("energy_drill", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi/rinci")

_ROWS = 60


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> AnyResponse | str:
    """Show one step, with the way back up."""
    asked, where = _asked()
    try:
        months_to_count(asked, asked)
    except NothingToDo:
        return render_template("energy_drill.html", found=None, asked=asked, where=where)
    size = rows_a_page(_ROWS)
    found = _found(asked, where, size=size)
    at = pages = 1
    if found.customers is not None:
        at, pages = page_number(request.args.get("hal"), found.customers.counts["lines"], size)
        if at > 1:
            found = _found(asked, where, first=(at - 1) * size, size=size)
    table = found.customers.rows if found.customers is not None else _table(found)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return render_template(
        "energy_drill.html", found=found, asked=asked, where=where, rows=rows, page=at, pages=pages
    )


@bp.get("/tabel.<any(csv, xlsx):kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file(kind: str) -> Response:
    """Give every row of the step as CSV or Excel."""
    asked, where = _asked()
    months_to_count(asked, asked)
    found = _found(asked, where)
    table = (
        found.customers.rows.drop(columns="public_id")
        if found.customers is not None
        else _table(found)
    )
    base = f"energi-rinci-{g.ulp}-{asked}"
    if kind == "csv":
        return csv_file(table, f"{base}.csv")
    title = str(tr("Rincian kWh {m}", "kWh in detail {m}", m=month(asked)))
    return xlsx_file({"Rinci": table}, f"{base}.xlsx", title=title)


def _asked() -> tuple[str, dict[str, str]]:
    told = {name: request.args.get(name, "") for name in ("penyulang", "gardu", "rbm")}
    where = {name: code for name, code in told.items() if code}
    if "gardu" not in where:
        where.pop("rbm", None)
    return checked_month(request.args.get("bulan"), g.blth), where


def _found(asked: str, where: dict[str, Any], **part: Any) -> Drill:
    with database().reading() as session:
        return drill(session, g.ulp, asked, **where, **part)


def _table(found: Drill) -> Any:
    assert found.step is not None
    return found.step.rows.rename_axis("code").reset_index()
