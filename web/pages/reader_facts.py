"""Fakta pembaca: shares of a reader's month with what they are of, and his own year; no rank."""

from collections.abc import Hashable
from typing import Any

import pandas as pd
from flask import Blueprint, g, render_template, request

from rbmgeo.db.queries.photo_test import NOBODY
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.control_charts import LEAST_MONTHS
from rbmgeo.supervision.reader_facts import INNOCENT, Fact
from rbmgeo.terms import Role
from rbmgeo.workflows.month_kept import year_up_to
from rbmgeo.workflows.reader_facts import ReaderFacts, month_facts, officer_year
from web.access import allow
from web.charts import drawn
from web.database import database
from web.language import month, pct
from web.pages.forms import page_number, rows_a_page
from web.pages.month_kept import waiting

bp = Blueprint("reader_facts", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/fakta-pembaca")

_ROWS = 60
#: Where the rows of a fact are.
ROWS_OF = {
    Fact.READ: "reading.page", Fact.ON_DAY: "consistency.page", Fact.NO_ACCESS: "stands.page",
    Fact.ODD: "stands.page", Fact.SELF_READ: "stands.page", Fact.PHOTO: "photo_test.page",
    Fact.FIELD: "sampling.page",
}  # fmt: skip


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the facts of every officer of the month, and of one the year behind them."""
    officer = request.args.get("petugas", "")
    # The year is asked for by who looks at one officer; the month alone is computed at once.
    late = waiting("pembaca", year_up_to(g.blth) if officer else [g.blth])
    try:
        with database().reading() as session:
            found = month_facts(session, g.ulp, g.blth)
            year = officer_year(session, g.ulp, g.blth, officer, without=late) if officer else None
    except NothingToDo:
        return render_template("reader_facts.html", found=None, late=late)
    officers = found.officers
    shown = [o for o in officers if o == officer] if officer else officers
    at, pages = page_number(request.args.get("hal"), len(shown), rows_a_page(_ROWS))
    size = rows_a_page(_ROWS)
    return render_template(
        "reader_facts.html", found=found, facts=list(Fact), officers=officers, officer=officer,
        rows=_rows(found, shown[(at - 1) * size : at * size]), page=at, pages=pages, late=late,
        nobody=NOBODY, innocent=INNOCENT, year=None if year is None else _year(year), least=LEAST_MONTHS,
        rows_of=ROWS_OF,
    )  # fmt: skip


def _rows(found: ReaderFacts, officers: list[str]) -> list[tuple[str, list[dict[Hashable, Any]]]]:
    """Return (officer, cells) in the order of the codes; a share of nothing is None."""
    table = found.facts.astype(object)
    table = table.where(table.notna(), None)
    by = dict(list(table.groupby("officer", sort=True)))
    return [(o, by[o].to_dict("records")) for o in officers]


def _year(year: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each fact with its picture and its months."""
    out = []
    for fact in Fact:
        part = year[year["fact"] == str(fact)].reset_index(drop=True)
        if not part["of"].sum():
            continue
        rows = part.astype(object)
        out.append({
            "fact": str(fact), "rows": rows.where(rows.notna(), None).to_dict("records"),
            "chart": drawn(part, list(part["blth"]), pct, lambda b: month(b, short=True)),
        })  # fmt: skip
    return out
