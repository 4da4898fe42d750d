"""Perlu diputuskan: two contents of one visit, visits of nobody, visits that their job cannot take."""

from typing import Any

import pandas as pd
from flask import Blueprint, g, render_template, request

from rbmgeo.db.queries import visit_reviews as kept
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.terms import FieldJob, Role
from rbmgeo.workflows.visit_reviews import marks_of
from web.access import allow
from web.database import database
from web.pages.forms import page_number, rows_a_page
from web.pages.visit_records import said_of

#: What a page shows of each kind.
SHOWN = 25
bp = Blueprint("visit_reviews", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/tinjau")
KINDS = ("konflik", "tanpa-pelanggan", "menunggu")
_COUNTS = dict(zip(KINDS, ("conflicts", "orphans", "waiting"), strict=True))


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show one kind of what waits, the first that has any, and what was decided lately."""
    size = rows_a_page(SHOWN)
    with database().reading() as session:
        counts = kept.counts(session, ulp=g.ulp)
        first = next((k for k in KINDS if counts[_COUNTS[k]]), KINDS[0])
        kind = request.args.get("jenis", "")
        kind = kind if kind in KINDS else first
        count = counts[_COUNTS[kind]]
        number, pages = page_number(request.args.get("hal"), count, size)
        ask = {"konflik": kept.conflicts, "tanpa-pelanggan": kept.orphans, "menunggu": kept.waiting}[kind]  # fmt: skip
        found = ask(session, ulp=g.ulp, limit=size, offset=(number - 1) * size)
        decided = kept.decided(session, ulp=g.ulp, limit=rows_a_page(20))
    rows = [
        {**r, "said": said_of(r), "marks": marks_of(r), "todo": _next(r)} for r in _plain(found)
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["client_id"], []).append(row)
    return render_template(
        "visit_reviews.html", kind=kind, kinds=KINDS, counts={k: counts[c] for k, c in _COUNTS.items()},
        rows=rows, groups=list(groups.values()), decided=decided, page=number, pages=pages,
        asked={"jenis": kind},
    )  # fmt: skip


def _plain(found: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in r.items()} for r in found.to_dict("records")]


def _next(it: dict[str, Any]) -> list[str]:
    """Return the keys of what to do next about a record that waits."""
    form = FORMS.get(FieldJob(it["job"]))
    pictures = {f.name for f in form.fields if f.kind in ("photo", "signature")} if form else set()
    out = []
    for refusal in it["refusals"] or []:
        column = refusal["column"]
        if column == "photo" or column in pictures:
            out.append("visit.next.photo")
        elif column in ("customer", "job"):
            out.append(f"visit.next.{column}")
        else:
            out.append("visit.next.field")
    return list(dict.fromkeys(out))
