"""Energi dinyatakan ulang: one month under an old and a new mapping, totals the same."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from rbmgeo.db.queries import energy_lines, units, versions
from rbmgeo.energy.restated import Restated
from rbmgeo.terms import Role
from rbmgeo.workflows.energy_restated import Sides, restate, side_of, usual_sides
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import month, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.forms import checked_month, page_number, rows_a_page

bp = Blueprint("energy_restated", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi/pemetaan")

_ROWS, _MOVES, _DAYS = 60, 30, 12
#: What a process remembers: the pages of one comparison do not compute it again.
_KEPT: Kept[Restated] = Kept(4)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show each gardu or RBM under both mappings, those that differ first."""
    asked = checked_month(request.args.get("bulan"), g.blth)
    with database().reading() as session:
        there = asked in units.months(session, ulp=g.ulp)
        sides = _sides(session, asked)
        days = energy_lines.mapping_dates(session, ulp=g.ulp)[:_DAYS]
        known = versions.versions(session, ulp=g.ulp)
        session.expunge_all()
    if not there:
        return render_template("energy_restated.html", found=None, asked=asked)
    found = _restated(asked, sides)
    places = _ordered(found.places)
    differing = int((places["kwh_difference"].ne(0) | places["token_kwh_difference"].ne(0)).sum())
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(places), size)
    rows = places.iloc[(at - 1) * size : at * size].reset_index().to_dict("records")
    return render_template(
        "energy_restated.html", found=found, asked=asked, sides=sides, rows=rows, page=at,
        pages=pages, differing=differing, moves=found.moves.head(rows_a_page(_MOVES)).to_dict("records"),
        all_moves=len(found.moves), days=days, versions=known, one_day=timedelta(days=1),
        query={"menurut": sides.by, "lama": _written(sides.old), "baru": _written(sides.new),
               "bulan": asked},
    )  # fmt: skip


@bp.get("/tabel.<any(csv, xlsx):kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file(kind: str) -> Response:
    """Give every place under both mappings; Excel has what moved as well."""
    asked = checked_month(request.args.get("bulan"), g.blth)
    with database().reading() as session:
        sides = _sides(session, asked)
    found = _restated(asked, sides)
    places = _ordered(found.places).rename_axis(sides.by)
    base = f"energi-pemetaan-{g.ulp}-{asked}"
    if kind == "csv":
        return csv_file(places, f"{base}.csv")
    title = str(tr("kWh {m}, pemetaan {a} dan {b}", "kWh {m}, mapping {a} and {b}", m=month(asked),
                   a=_written(sides.old) or "-", b=_written(sides.new) or "-"))  # fmt: skip
    return xlsx_file({"Tempat": places, "Perpindahan": found.moves}, f"{base}.xlsx", title=title)


def _restated(blth: str, sides: Sides) -> Restated:
    # A draft's members change without a mark of the unit's data: only days are remembered.
    if sides.by == "gardu":
        return _KEPT.get(lambda session: restate(session, g.ulp, blth, sides), blth, repr(sides))
    with database().reading() as session:
        return restate(session, g.ulp, blth, sides)


def _ordered(places: Any) -> Any:
    size = (places["kwh_difference"] + places["token_kwh_difference"]).map(abs)
    return places.loc[size.map(lambda v: -v).sort_values(kind="stable").index]


def _sides(session: Any, blth: str) -> Sides:
    by = request.args.get("menurut") or "gardu"
    usual = usual_sides(session, g.ulp, blth, by)
    old, new = (_side(by, n, kept) for n, kept in (("lama", usual.old), ("baru", usual.new)))
    return Sides(by, old, new)


def _side(by: str, name: str, usual: date | int | None) -> date | int | None:
    told = request.args.get(name)
    # Of versions an empty choice is one: the month's own list.
    return side_of(by, told or "", None if told == "" and by == "rbm" else usual)


def _written(side: date | int | None) -> str:
    return side.isoformat() if isinstance(side, date) else "" if side is None else str(side)
