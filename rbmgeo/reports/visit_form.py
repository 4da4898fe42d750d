"""An Excel form of a work list: one row an order, drop-downs for what is asked, ids hidden.

It is sent by any messenger, filled in without network and without an app of ours, and comes back
through `rbmgeo.intake.visit_form`. The same list gives the same bytes.
"""

import io
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from rbmgeo.fieldwork.job_form import Field, JobForm
from rbmgeo.fieldwork.visit_rows import (
    ASKED,
    KEYS,
    PLACE,
    columns_of,
    fields_of,
    headings,
    outcome_key,
)
from rbmgeo.labels import text
from rbmgeo.reports.tables import SAMPLE, guarded

SHEET, CHOICES = "Kunjungan", "Pilihan"
WIDTHS = {"stop": 5, "idpel": 15, "address": 32, "question": 40, "visited_at": 17, "outcome": 22,
          "officer": 12, "note": 30}  # fmt: skip
#: What stands above the table; two lines, so that headings stay where a reader finds them.
HOW = (
    "Isi kolom kuning satu baris per rumah, lalu kirim berkas ini kembali. Baris kosong dianggap belum dikunjungi.",
    "Fill in the yellow columns, one row a house, and send this file back. Empty rows were not visited yet.",
)  # fmt: skip
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


def form_bytes(
    rows: pd.DataFrame, form: JobForm, *, title: str, lang: str, gardu: list[str],
    planned_on: date | None, sample: bool = False,
) -> bytes:  # fmt: skip
    """Return the form as a workbook.

    Parameters
    ----------
    rows
        One row an order in walking order, columns of `columns_of`; what is to be filled in is
        empty but for ``officer``.
    gardu
        Codes of the unit, offered where a gardu is asked for; another one may be written.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _CREATED})
    looks = {
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "asked": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top",
                                  "bg_color": "#FFF2CC"}),
        "cell": book.add_format({"bg_color": "#FFF9E5", "border": 4, "num_format": "@"}),
        "number": book.add_format({"bg_color": "#FFF9E5", "border": 4}),
        "moment": book.add_format({"bg_color": "#FFF9E5", "border": 4, "num_format": "yyyy-mm-dd hh:mm"}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }  # fmt: skip
    sheet, choices = book.add_worksheet(SHEET), book.add_worksheet(CHOICES)
    above = [title, *([SAMPLE] if sample else []), HOW[0 if lang == "id" else 1]]
    for k, line in enumerate(above):
        sheet.write_string(k, 0, str(guarded(line)), looks["bold"])
    columns, top, called = columns_of(form), len(above), headings(form, lang)
    told = _Choices(choices)
    fields = {f.name: f for f in fields_of(form)}
    for at, name in enumerate(columns):
        asked = name in (*ASKED, *PLACE) or name in fields
        sheet.write_string(top, at, called[name], looks["asked" if asked else "head"])
        sheet.set_column(at, at, WIDTHS.get(name, 14), None, {"hidden": name in KEYS})
        look = looks[_look(name, fields.get(name))]
        for k, value in enumerate(
            rows[name] if name in rows else [None] * len(rows), start=top + 1
        ):
            _write(sheet, k, at, value, look)
        rule = _rule(name, fields.get(name), form, lang, told, gardu, planned_on)
        if rule and len(rows):
            sheet.data_validation(top + 1, at, top + len(rows), at, rule)
    sheet.freeze_panes(top + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    choices.hide()
    book.close()
    return buffer.getvalue()


class _Choices:
    """The hidden sheet of what can be chosen, a column a list."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.used = sheet, 0

    def of(self, values: list[str]) -> str:
        """Write a list and return the formula that names its cells."""
        for k, value in enumerate(values):
            self.sheet.write_string(k, self.used, str(guarded(value)))
        column = xlsxwriter.utility.xl_col_to_name(self.used, col_abs=True)
        self.used += 1
        return f"={CHOICES}!{column}$1:{column}${len(values)}"


def _look(name: str, field: Field | None) -> str:
    if name == "visited_at":
        return "moment"
    if name in PLACE or (field is not None and field.kind in ("number", "whole")):
        return "number"
    return "cell" if field is not None or name in ASKED else "plain"


def _rule(
    name: str, field: Field | None, form: JobForm, lang: str, told: _Choices, gardu: list[str],
    planned_on: date | None,
) -> dict[str, Any] | None:  # fmt: skip
    """Return the rule of a column's cells, None where anything may be written."""
    if name == "outcome":
        return {"validate": "list", "source": told.of([text(outcome_key(form, o.code), lang) for o in form.outcomes])}  # fmt: skip
    if name == "visited_at":
        return {"validate": "date", "criteria": ">=", "value": planned_on or date(2020, 1, 1),
                "error_type": "warning", "input_title": text("visit.column.visited_at", lang),
                "input_message": "2026-11-26 09:30"}  # fmt: skip
    if name in PLACE:
        low, high = {"place_lon": (-180, 180), "place_lat": (-90, 90)}.get(name, (0, 10_000))
        return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    if field is None:
        return None
    if field.kind == "choice":
        return {"validate": "list", "source": told.of([text(f"visit.choice.{c}", lang) for c in field.choices])}  # fmt: skip
    if field.kind == "flag":
        return {"validate": "list", "source": ["ya", "tidak"] if lang == "id" else ["yes", "no"]}
    if field.kind in ("number", "whole"):
        least = -1e12 if field.low is None else field.low
        most = 1e12 if field.high is None else field.high
        kind = "decimal" if field.kind == "number" else "integer"
        return {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}
    if field.kind == "gardu" and gardu:
        # A gardu that the list does not hold yet may be what was found.
        return {"validate": "list", "source": told.of(gardu), "error_type": "information"}
    return {"validate": "length", "criteria": "<=", "value": field.most}


def _write(sheet: Any, row: int, at: int, value: Any, look: Any) -> None:
    if value is None or value != value or value == "":
        sheet.write_blank(row, at, None, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, at, value, look)
    else:
        sheet.write_string(row, at, str(guarded(str(value))), look)
