"""DLPD: what is odd about a month's readings, ours beside AP2T's, by kWh at stake."""

from collections.abc import Iterable

import pandas as pd
from flask import Blueprint, Response, g, render_template, request

from rbmgeo.cells import Row
from rbmgeo.energy.attention import Agreement
from rbmgeo.energy.stands import Dlpd
from rbmgeo.errors import NothingToDo
from rbmgeo.terms import Role
from rbmgeo.workflows.attention import Attention, attention, chosen
from web.access import allow
from web.exports.told import cells, given
from web.kept import Kept
from web.language import grouped, label, month, num, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.forms import checked_month, page_number, rows_a_page

bp = Blueprint("attention", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi/dlpd")

_ROWS = 60
_WITHOUT = frozenset({"tanpa gardu", "tanpa RBM"})
#: Work lists that a process remembers: filters and pages of one do not compute it again.
_LISTS: Kept[Attention] = Kept(3)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List whom to look at, the most kWh at stake first."""
    asked = checked_month(request.args.get("bulan"), g.blth)
    try:
        found = _list(asked)
    except NothingToDo:
        return render_template("attention.html", found=None, asked=asked)
    work = chosen(found.work, **_filters())
    given("dlpd", lambda: _cells(work))
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(work), size)
    part = work.iloc[(at - 1) * size : at * size].astype(object)
    return render_template(
        "attention.html", found=found, asked=asked, count=len(work), page=at, pages=pages,
        rows=part.where(part.notna(), None).to_dict("records"), filters=_filters(),
        stake=work["stake_kwh"].sum(), no_stake=int(work["stake_kwh"].isna().sum()),
        kinds=[k for k in ("", *map(str, Dlpd)) if found.by_kind.get(k)],
        agreements=[a for a in map(str, Agreement) if found.by_agreement.get(a)],
        gardu=sorted(found.work["gardu"].unique()), rbms=sorted(found.work["rbm"].unique()),
        query={k: v for k, v in {**request.args.to_dict(), "bulan": asked}.items() if k != "hal"},
    )  # fmt: skip


def _cells(work: pd.DataFrame) -> Iterable[Row]:
    """Return all lines of the list as values, column by column."""
    ours = _said(work["ours"], "dlpd", str(tr("tidak terbaca", "unread")))
    rollover = cells(work["rollover_kwh"])
    passed = {k: str(tr("mungkin lewat nol: {k} kWh", "may have passed zero: {k} kWh", k=num(k)))
              for k in set(rollover) if k is not None}  # fmt: skip
    differs = str(tr("lain", "differs"))
    return zip(
        _lines(work), [f"{o} {passed[k]}" if k is not None else o for o, k in zip(ours, rollover, strict=True)],
        cells(work["dlpd_code"]), _said(work["agreement"], "agreement"), cells(work["stake_kwh"]),
        cells(work["kwh"]), cells(work["before_kwh"]), cells(work["hours"]),
        [f"{num(k)} {differs}" if other else k
         for k, other in zip(cells(work["stands_kwh"]), work["differs"].tolist(), strict=True)],
        _said(work["gardu"], "without", known=_WITHOUT), _said(work["rbm"], "without", known=_WITHOUT),
        strict=True,
    )  # fmt: skip


def _lines(work: pd.DataFrame) -> list[str]:
    """Return idpel, with the line of the list where a customer stands on several."""
    pairs = zip(work["idpel"].tolist(), cells(work["line"]), strict=True)
    return [f"{grouped(idpel)} {line}" if line else idpel for idpel, line in pairs]


def _said(
    column: pd.Series,
    words: str,
    nothing: str | None = None,
    *,
    known: frozenset[str] | None = None,
) -> list[str | None]:
    """Return a column of codes in words; where ``known`` is told, only those codes have words."""
    told = {
        c: label(f"{words}.{c}") if known is None or c in known else c
        for c in column.dropna().unique()
    }
    return [told.get(c, nothing) if isinstance(c, str) and c else nothing for c in column.tolist()]


@bp.get("/tabel.<any(csv, xlsx):kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file(kind: str) -> Response:
    """Give the chosen lines as CSV or Excel."""
    asked = checked_month(request.args.get("bulan"), g.blth)
    work = chosen(_list(asked).work, **_filters())
    table = work.drop(columns=["public_id"])
    base = f"dlpd-{g.ulp}-{asked}"
    if kind == "csv":
        return csv_file(table, f"{base}.csv")
    words = pd.DataFrame({"agreement": list(map(str, Agreement))})
    words["meaning"] = [label(f"agreement.{a}") for a in words["agreement"]]
    title = str(
        tr("DLPD {m}, menurut kWh dipertaruhkan", "DLPD {m}, by kWh at stake", m=month(asked))
    )
    return xlsx_file({"DLPD": table, "Keterangan": words}, f"{base}.xlsx", title=title)


def _list(blth: str) -> Attention:
    return _LISTS.get(lambda session: attention(session, g.ulp, blth), blth)


def _filters() -> dict[str, str]:
    names = {"kind": "jenis", "agreement": "banding", "gardu": "gardu", "rbm": "rbm"}
    return {ours: request.args.get(theirs, "") for ours, theirs in names.items()}
