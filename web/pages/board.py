"""Bulan ini: the month's work as the walked route of SOP IV."""

from decimal import Decimal
from typing import Any

import pandas as pd
from flask import Blueprint, g, render_template
from werkzeug.wrappers import Response

from rbmgeo.db.queries import board, month_signed, mutations
from rbmgeo.db.queries.pages import LIST_CLASSES
from rbmgeo.supervision.control_charts import LEAST_MONTHS
from rbmgeo.terms import Match, Role
from rbmgeo.workflows.month_kept import year_up_to
from rbmgeo.workflows.month_trends import trends
from web.access import allow
from web.charts import drawn
from web.database import database
from web.kept import Kept
from web.language import month, num, pct
from web.pages.jobs import ask
from web.pages.month_kept import waiting
from web.shell import stepped

bp = Blueprint("board", __name__, url_prefix="/<ulp:ulp>/<blth:blth>")
_KWH: Kept[pd.DataFrame] = Kept(24)

#: Where the rows of a trend are.
OPENS = {
    "terbaca": "reader_facts.page", "tepat_hari": "reader_facts.page",
    "foto_beda": "photo_test.page", "kwh": "energy.page",
}  # fmt: skip
#: Classes of the matching that ask for a look, in the order of the colours.
OPEN_CLASSES = (
    Match.PERLU_SURVEI,
    Match.BEDA_GARDU,
    Match.HANYA_RBM,
    Match.HANYA_PDPJ,
    Match.GANDA,
)


@bp.get("/bulan-ini")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the eight steps, the decisions that wait, and the month's kWh."""
    months = year_up_to(g.blth)
    # Everybody opens this page first: a large unit's months are counted by a job.
    late = waiting("pembaca", months, newest=False)
    with database().reading() as session:
        changes = mutations.mutation_counts(session, ulp=g.ulp, blth=g.blth)
        signed = month_signed.states(session, ulp=g.ulp, months=[g.blth]).get(g.blth, "")
    energy = _KWH.get(lambda s: board.kwh_by_month(s, ulp=g.ulp, until=g.blth), g.blth)
    rows: list[Any] = list(energy.itertuples())
    bars = [
        {
            "blth": row.blth,
            "kwh": Decimal(0) if row.kwh is None or row.kwh != row.kwh else row.kwh,
            "words": f"{month(row.blth)}: {num(row.kwh)} kWh",
            "same": row.blth == stepped(g.blth, -12),
            "on": row.blth == g.blth,
        }
        for row in rows
    ]
    now = next((b for b in bars if b["on"]), None)
    before = next((b for b in bars if b["same"]), None)
    change = None
    if now and before and before["kwh"]:
        change = float(now["kwh"] / before["kwh"]) - 1
    # Every class that occurs, those that ask for a look first: their sum is the whole.
    order = [*map(str, OPEN_CLASSES), *sorted(set(g.facts.classes) - set(map(str, OPEN_CLASSES)))]
    classes = [
        (name, g.facts.classes[name], name if name in LIST_CLASSES else "")
        for name in order
        if g.facts.classes.get(name)
    ]
    return render_template(
        "board.html", changes=changes.to_dict("index"), bars=bars, now=now, change=change, classes=classes,
        top=max((b["kwh"] for b in bars), default=Decimal(0)), signed=signed, late=late,
        trends=_trends(energy, late, months), least=LEAST_MONTHS,
    )  # fmt: skip


def _trends(energy: pd.DataFrame, late: list[str], months: list[str]) -> list[dict[str, Any]]:
    """Return each trend that has a month, with its picture and its rows."""
    with database().reading() as session:
        charts = trends(session, g.ulp, g.blth, kwh=energy, without=late)
    out = []
    for name, chart in charts.items():
        if not chart["value"].notna().any():
            continue
        say = num if name == "kwh" else pct
        rows = chart.reset_index(names="blth").astype(object)
        out.append({
            "name": name, "say": say, "opens": OPENS[name],
            "rows": rows.where(rows.notna(), None).to_dict("records"),
            "chart": drawn(chart, months, say, lambda b: month(b, short=True)),
        })  # fmt: skip
    return out


@bp.post("/bulan-ini/hitung")
@allow(Role.PERENCANA, Role.PENGAWAS)
def count() -> Response:
    """Have a job compute the supervision of the twelve months up to this one."""
    return ask("months", blth=g.blth)
