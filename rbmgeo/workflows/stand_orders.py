"""Uji petik stand: work lists of a sample, and its printed sheet; neither tells a recorded stand (R-SA-19)."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import stand_samples, units, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.photo_test import NOBODY
from rbmgeo.db.queries.stand_lots import NO_RBM
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels import text
from rbmgeo.sheets.form_parts import Form
from rbmgeo.sheets.forms import SAMPLE, FormBook
from rbmgeo.supervision.stand_sample import LotBy, Way
from rbmgeo.terms import FieldJob
from rbmgeo.workflows.job_lists import MOST, order_content
from rbmgeo.workflows.stand_checks import StandSheet, stand_sheet
from rbmgeo.workflows.visit_lists import walked

#: What a list of a sample carries: the phone gets it, so it never holds more than this.
MARK = "stand_sample"


def lot_words(sample: Any, lang: str = "id") -> str:
    """Return what a lot is in words: "RBM 51354BKA", "seluruh unit"."""
    if sample.lot_of in (NOBODY, NO_RBM):
        return text("sample.by.nobody" if sample.lot_of == NOBODY else f"without.{NO_RBM}", lang)
    by = text(f"sample.by.{sample.lot_by}", lang)
    return by if sample.lot_by == LotBy.UNIT else f"{by} {sample.lot_of}"


def order_checks(
    session: Session, ulp: str, sample_id: str, *, officer: str | None, planned_on: date, who: str
) -> int:
    """Make a list of the houses whose turn it is and that no order stands for; return how many.

    After closed houses the same act orders their reserves. The caller commits.

    Raises
    ------
    UsageError
        If the sample is read from photos, or its lot is closed.
    NothingToDo
        If every house in its turn is checked or on a list.
    """
    stand_samples.lock(session, ulp=ulp)
    sheet = stand_sheet(session, ulp, sample_id)
    one = sheet.sample
    if sheet.photo is not None or sheet.closed:
        raise UsageError("nobody is sent out for this sample", "sampel ini tidak dikunjungi")
    there = stand_samples.ordered_places(session, ulp=ulp, sample_id=sample_id)
    mine = sheet.items[sheet.items["place"].isin([p for p in sheet.waiting if p not in there])]
    if mine.empty:
        raise NothingToDo(
            "every house in its turn is checked or on a work list",
            "semua rumah yang gilirannya sudah dicek atau ada di daftar kerja",
        )
    place = dict(zip(mine["idpel"], mine["place"], strict=True))
    job = FieldJob.PRA if one.way == Way.PREPAID else FieldJob.PASCA
    way = walked(session, ulp, sorted(place))
    content = _content(session, ulp, one, place)
    parts = [way[k : k + MOST] for k in range(0, len(way), MOST)]
    for n, part in enumerate(parts, start=1):
        more = f" ({n}/{len(parts)})" if len(parts) > 1 else ""
        visits.add_list(
            session, ulp=ulp, job=job, blth=one.blth, officer=officer or None, who=who,
            title=f"Uji petik {lot_words(one)}{more}", planned_on=planned_on, content={MARK: sample_id},
            orders=pd.DataFrame({
                "idpel": part, "due_on": planned_on, "content": [content[i] for i in part],
                "reason": "sampel" if one.way == Way.PREPAID else "uji_petik",
            }),
        )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stand sample orders",
                after={"sample": sample_id, "orders": len(way)})  # fmt: skip
    units.bump(session, ulp=ulp)
    return len(way)


def _content(session: Session, ulp: str, one: Any, place: dict[str, int]) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Return what stands in each order: its place; for a prepaid check its number (R-PR-01)."""
    if one.way != Way.PREPAID:
        return {i: {"place": int(p)} for i, p in place.items()}
    more = order_content(session, ulp, FieldJob.PRA, one.blth, sorted(place))
    number = f"SAMPEL/{one.blth}/{one.seed}/{str(one.sample_id)[:8]}"
    return {i: {"place": int(p), "order_no": f"{number}/{p:04d}", **more[i]} for i, p in place.items()}  # fmt: skip


def sample_paper(session: Session, ulp: str, sample_id: str) -> bytes:
    """Draw the sheet of a sample as PDF (A4): the list in order, the reserve, blanks to fill in.

    The same sample gives the same bytes, whatever was checked since.
    """
    sheet = stand_sheet(session, ulp, sample_id)
    one, unit = sheet.sample, units.unit(session, ulp=ulp)
    book = FormBook(SAMPLE, {
        "ulp": ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample, "blth": one.blth,
    })  # fmt: skip
    book.add(Form(f"{one.seed}", f"rbmgeo uji petik {one.sample_id}", _said(sheet)))
    return book.done()


def _said(sheet: StandSheet) -> dict[str, Any]:
    one = sheet.sample
    plan = "anggaran (perkiraan, tanpa Ac/Re)"
    if one.severity is not None:
        plan = f"ISO 2859-1 tingkat II, AQL {one.aql:f}, {text(f'sample.severity.{one.severity}')}"
        plan += f", n {one.size}" + (f", Ac {one.accept}, Re {one.accept + 1}" if one.accept is not None else "")  # fmt: skip
    return {
        "title": f"Uji petik {lot_words(one)}", "outcomes": (), "lot": lot_words(one),
        "way": text(f"sample.way.{one.way}"), "count": one.lot, "size": one.size, "plan": plan,
        "seed": one.seed, "list_hash": one.list_hash, "drawn": f"{one.drawn_by}, {one.drawn_at:%d-%m-%Y}",
        "prepaid": one.way == Way.PREPAID, "left_out": one.content.get("left_out", 0),
        "rows": [_row(r) for r in sheet.items.to_dict("records")],
    }  # fmt: skip


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        name: (None if (value := row.get(name)) is None or value != value else value)
        for name in ("place", "idpel", "address", "meter_number", "urut", "stratum", "reserve")
    }
