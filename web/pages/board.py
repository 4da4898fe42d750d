"""Bulan ini: the month's work as the walked route of SOP IV."""

from decimal import Decimal
from typing import Any

import pandas as pd
from flask import Blueprint, g, render_template
from werkzeug.wrappers import Response

from rbmgeo.db.queries import board, mutations
from rbmgeo.db.queries.pages import LIST_CLASSES
from rbmgeo.terms import Match, Role
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import month, num
from web.pages.jobs import ask
from web.shell import stepped

bp = Blueprint("board", __name__, url_prefix="/<ulp:ulp>/<blth:blth>")
_KWH: Kept[pd.DataFrame] = Kept(24)

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
    with database().reading() as session:
        changes = mutations.mutation_counts(session, ulp=g.ulp, blth=g.blth)
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
        top=max((b["kwh"] for b in bars), default=Decimal(0)),
    )  # fmt: skip


@bp.post("/bulan-ini/hitung")
@allow(Role.PERENCANA, Role.PENGAWAS)
def count() -> Response:
    """Have a job compute the supervision of the twelve months up to this one."""
    return ask("months", blth=g.blth)
