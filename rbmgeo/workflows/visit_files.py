"""A work list as files: for programs of maps, for paper, and for a form that needs no server."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.fieldwork.job_form import JobForm
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.visit_rows import outcome_key, row_id
from rbmgeo.labels import text
from rbmgeo.labels.questions import asked
from rbmgeo.labels.spelled import MONTHS
from rbmgeo.privacy import seen
from rbmgeo.reports.gpx import MIMETYPE as GPX
from rbmgeo.reports.layer_files import FORMATS
from rbmgeo.reports.tables import csv_bytes
from rbmgeo.reports.visit_form import form_bytes
from rbmgeo.reports.visit_layers import fill_in_gpkg, walk_gpx, walk_kml
from rbmgeo.sheets.forms import VISITS, Form, FormBook
from rbmgeo.terms import FieldJob

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Ending -> its type; ``xlsx``, ``csv`` and ``gpkg`` come back filled in.
KINDS = {
    "pdf": "application/pdf", "xlsx": XLSX, "gpx": GPX, "kml": FORMATS["kml"][1],
    "gpkg": FORMATS["gpkg"][1], "csv": "text/csv; charset=utf-8",
}  # fmt: skip


def list_file(
    session: Session, ulp: str, list_id: str, kind: str, *, lang: str = "id", address: str = ""
) -> bytes:
    """Write the orders of a list that still stand as a file of a kind (`KINDS`).

    Raises
    ------
    NotThere
        If there is no such kind, or no form of the list's job yet.
    NothingToDo
        If no order of the list stands.
    """
    it = kept.one_list(session, ulp=ulp, list_id=list_id)
    form = FORMS.get(FieldJob(it["job"]))
    if kind not in KINDS or form is None:
        raise NotThere(
            f"there is no file {kind!r} of this list; there are {', '.join(KINDS)}",
            f"tidak ada berkas {kind!r} untuk daftar ini; yang ada {', '.join(KINDS)}",
        )
    rows = form_rows(session, ulp, it, form, lang=lang)
    if rows.empty:
        raise NothingToDo(
            "no order of this list stands any more", "tidak ada perintah yang masih berlaku di daftar ini"
        )  # fmt: skip
    seen.note(rows["idpel"])
    if kind == "gpx":
        return walk_gpx(rows, title=it["title"])
    if kind == "kml":
        return walk_kml(rows, title=it["title"])
    if kind == "gpkg":
        return fill_in_gpkg(rows, form)
    if kind == "csv":
        return csv_bytes(rows.drop(columns=["lon", "lat"]).reset_index(drop=True))
    if kind == "pdf":
        return _sheet(session, ulp, it, rows, form, address)
    codes = lists.gardu(session, ulp=ulp, srid=None).index.astype(str).to_list()
    return form_bytes(
        rows, form, title=f"{text(f'visit.{form.job}.title', lang)}: {it['title']} ({ulp})", lang=lang,
        gardu=sorted(codes), planned_on=it["planned_on"],
        sample=units.unit_settings(session, ulp=ulp).sample,
    )  # fmt: skip


def form_rows(
    session: Session, ulp: str, it: dict[str, Any], form: JobForm, *, lang: str
) -> pd.DataFrame:
    """Return one row an order that stands: columns of `columns_of`, and ``lon``, ``lat`` of the house.

    Neither what a finding proposes nor which houses are controls is told: the answer must not lean.
    """
    told = kept.rows(session, ulp=ulp, list_id=it["list_id"])
    told = told[~told["cancelled"].astype(bool)]
    known = kept.visit_counts(session, ulp=ulp, list_id=it["list_id"])
    out = pd.DataFrame({
        "stop": told["stop"].astype(int), "idpel": told["idpel"], "address": told["address"],
        "recorded_meter": told["meter_number"], "recorded_gardu": told["gardu"],
        "recorded_tiang": told["tiang"], "question": [_question(c, lang) for c in told["content"]],
        "due_on": [None if d is None else f"{d:%Y-%m-%d}" for d in told["due_on"]],
        "visited_at": None, "outcome": None, "officer": it["officer"],
    }, index=told.index)  # fmt: skip
    for field in form.fields:
        if field.kind not in ("photo", "signature", "place"):
            out[field.name] = None
    out = out.assign(place_lon=None, place_lat=None, place_accuracy_m=None)
    out["client_id"] = [row_id(str(i), known.get(str(i), 0)) for i in told.index]
    out["order_id"], out["customer"], out["job"] = told.index, told["public_id"], str(form.job)
    return out.assign(lon=told["lon"], lat=told["lat"])


def file_name(ulp: str, it: dict[str, Any], kind: str) -> str:
    """Return what the file of a list is called: its job, unit, day and number."""
    day = f"-{it['planned_on']:%Y%m%d}" if isinstance(it["planned_on"], date) else ""
    return f"{it['job']}-{ulp}{day}-{it['list_id'][:8]}.{kind}"


def _question(content: Any, lang: str) -> str | None:
    said = content.get("question") if isinstance(content, dict) else None
    return asked(said, lang) if isinstance(said, str) else None


def _sheet(
    session: Session, ulp: str, it: dict[str, Any], rows: pd.DataFrame, form: JobForm, address: str
) -> bytes:
    unit = units.unit(session, ulp=ulp)
    on = it["planned_on"]
    book = FormBook(VISITS, {
        "ulp": unit.ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample, "blth": it["blth"],
    })  # fmt: skip
    told = rows.astype(object).where(rows.notna(), None).to_dict("records")
    book.add(Form(it["list_id"][:8], address or f"rbmgeo {it['list_id']}", {
        "title": f"{text(f'visit.{form.job}.title')}: {it['title']}", "officer": it["officer"],
        "planned": f"{on.day} {MONTHS[on.month - 1]} {on.year}" if on else None,
        "outcomes": [text(outcome_key(form, o.code)) for o in form.outcomes],
        "conduct": [text(f"visit.conduct.{c}") for c in form.conduct],
        "rows": [{**r, "meter_number": r["recorded_meter"], "gardu": r["recorded_gardu"], "tiang": r["recorded_tiang"]} for r in told],
    }))  # fmt: skip
    return book.done()
