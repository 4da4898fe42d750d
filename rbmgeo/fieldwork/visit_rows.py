"""Visits as rows of a table: the way of the work that needs no server and no app of ours.

A row stands for one order. Its id is made from the order and the visits that are known of it, so
that the same form filled in twice says so, and a form made after a visit asks for another one.
"""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rbmgeo.fieldwork.job_form import Field, JobForm, refusals
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import NoVisit, Visit, visit_of
from rbmgeo.labels import LANGUAGES, text

#: Ids of rows and of the form as a "phone" are drawn from names under this one.
ROWS = uuid.UUID("7d3c8f52-2f0e-5b39-9a1d-0b6f4e0c7a41")
#: What ties a row to its order, and says whose form it is; hidden in a workbook.
KEYS = ("client_id", "order_id", "customer", "job")
#: What a row tells of its house, read-only: a check against rows that slipped.
HOUSE = ("stop", "idpel", "address", "recorded_meter", "recorded_gardu", "recorded_tiang",
         "question", "due_on")  # fmt: skip
#: What every job asks for in a row, beside the fields of its form.
ASKED = ("visited_at", "outcome", "officer")
PLACE = ("place_lon", "place_lat", "place_accuracy_m")
#: Kinds of fields that a table cannot hold: a picture comes by the app alone.
NOT_IN_ROWS = ("photo", "signature", "place")
YES = {"ya", "yes", "1", "true", "t"}
NO = {"tidak", "no", "0", "false", "f"}


@dataclass(frozen=True)
class RowFault:
    """One cell that cannot be taken in: where it stands, what it says, the rule, what mends it."""

    file: str
    row_no: int
    column: str
    value: str
    rule: str
    indonesian: str
    english: str


def fields_of(form: JobForm) -> list[Field]:
    """Return the fields of a form that a row can hold."""
    return [f for f in form.fields if f.kind not in NOT_IN_ROWS]


def columns_of(form: JobForm) -> tuple[str, ...]:
    """Return every column of a job's rows, in the order in which a form shows them."""
    return (*HOUSE, *ASKED, *(f.name for f in fields_of(form)), *PLACE, *KEYS)


def row_id(order_id: str, visits: int) -> str:
    """Return the id of the visit that a row stands for; ``visits``: how many are known already.

    >>> row_id("a", 0) == row_id("a", 0), row_id("a", 0) == row_id("a", 1)
    (True, False)
    """
    return str(uuid.uuid5(ROWS, f"{order_id}/{visits}"))


def outcome_key(form: JobForm, code: str) -> str:
    """Return the label of an outcome."""
    return f"visit.{form.job}.outcome.{code}"


def headings(form: JobForm, lang: str) -> dict[str, str]:
    """Return what each column is called for a person; ids keep their names.

    Two that would be called the same (a reader tells them apart by letters and figures alone)
    carry their code as well.
    """
    fields = {f.name for f in form.fields}
    said = {
        c: c if c in KEYS
        else text(f"visit.field.{c}" if c in fields else f"visit.column.{c}", lang)
        for c in columns_of(form)
    }  # fmt: skip
    keys = ["".join(filter(str.isalnum, words)).upper() for words in said.values()]
    return {
        c: f"{words} ({c})" if keys.count(k) > 1 else words
        for (c, words), k in zip(said.items(), keys, strict=True)
    }


def column_codes(form: JobForm) -> dict[str, str]:
    """Return the column by what it may be called, in either language or by its code."""
    out: dict[str, str] = {}
    for called in ({c: c for c in columns_of(form)}, *(headings(form, lang) for lang in LANGUAGES)):
        for column, words in called.items():
            out.setdefault(words.strip().casefold(), column)
    return out


def is_empty(row: Mapping[str, str], form: JobForm) -> bool:
    """Say whether nobody filled a row in; the officer's name stands there beforehand."""
    asked = ("visited_at", "outcome", *PLACE, *(f.name for f in fields_of(form)))
    return not any(row.get(name, "") for name in asked)


def visit_of_row(
    row: Mapping[str, str], form: JobForm, *, file: str, row_no: int, time_zone: str
) -> tuple[Visit | None, list[RowFault]]:
    """Read one filled row (text by column); return the visit, or every fault of the row.

    A picture that the form of the job asks for is no fault here: the visit is kept and waits.
    """
    faults: list[RowFault] = []

    def fault(column: str, rule: str, indonesian: str, english: str) -> None:
        faults.append(RowFault(file, row_no, column, row.get(column, "")[:60], rule, indonesian, english))  # fmt: skip

    values: dict[str, Any] = {}
    outcome = _code(row.get("outcome", ""), [o.code for o in form.outcomes], lambda c: outcome_key(form, c))  # fmt: skip
    if outcome is None:
        fault("outcome", "SOP", *_one_of([outcome_key(form, o.code) for o in form.outcomes]))
    for field in fields_of(form):
        said = row.get(field.name, "")
        if said:
            value, wrong = _value(field, said)
            if wrong is not None:
                fault(field.name, field.rule, *wrong)
            values[field.name] = value
    at = _moment(row.get("visited_at", ""), time_zone)
    if at is None:
        fault("visited_at", "SOP", "tulis seperti 2026-11-26 09:30", "write it like 2026-11-26 09:30")  # fmt: skip
    place = _place(row)
    if place is None:
        fault(next(c for c in PLACE if row.get(c)), "R-IM-06",
              "bujur, lintang dan akurasi diisi ketiganya dengan angka, atau dikosongkan",
              "longitude, latitude and accuracy are all numbers, or all empty")  # fmt: skip
    if not row.get("officer", "").strip():
        fault("officer", "SOP", "tulis siapa yang berkunjung", "write who was there")
    if faults or at is None or outcome is None:
        return None, faults
    try:
        made = visit_of({
            **{name: row.get(name) or None for name in KEYS if name != "job"}, "job": str(form.job),
            "outcome": outcome, "values": values, "photos": [], "place": place or None,
            "device_at": at.isoformat(), "device_id": str(ROWS), "officer": row["officer"].strip(),
        })  # fmt: skip
    except NoVisit as error:
        fault("client_id", "R-CH-03", error.indonesian, str(error))
        return None, faults
    for lacks in fit(form, made):
        fault(lacks.column, lacks.rule, lacks.indonesian, lacks.english)
    return (None, faults) if faults else (made, [])


def fit(form: JobForm, made: Visit) -> list[Refusal]:
    """Return what a row lacks of its form, but for what a table cannot hold."""
    apart = {f.name for f in form.fields if f.kind in NOT_IN_ROWS}
    return [r for r in refusals(form, made) if r.column not in apart]


def _code(said: str, codes: list[str], key: Any) -> str | None:
    """Return the code that is meant, told as such or by its words in either language."""
    plain = said.strip().casefold()
    for code in codes:
        if plain in {code.casefold(), *(text(key(code), lang).casefold() for lang in LANGUAGES)}:
            return code
    return None


def _one_of(keys: list[str]) -> tuple[str, str]:
    said = [", ".join(text(k, lang) for k in keys) for lang in LANGUAGES]
    return f"pilih salah satu: {said[0]}", f"choose one of: {said[1]}"


def _value(field: Field, said: str) -> tuple[Any, tuple[str, str] | None]:
    """Return the value of a cell, or what is wrong with it."""
    if field.kind == "choice":
        code = _code(said, list(field.choices), lambda c: f"visit.choice.{c}")
        wrong = None if code else _one_of([f"visit.choice.{c}" for c in field.choices])
        return code, wrong
    if field.kind == "flag":
        plain = said.strip().casefold()
        if plain not in YES | NO:
            return None, ("isi ya atau tidak", "write yes or no")
        return plain in YES, None
    if field.kind in ("number", "whole"):
        number = _number(said)
        if number is None:
            return None, ("isi angka, tanpa pemisah ribuan", "write a number without thousands signs")  # fmt: skip
        return (int(number) if number == int(number) else number), None
    return said.strip(), None


def _number(said: str) -> float | None:
    """Return a number that means one thing only: ``1.234`` may be two (R-IM-05)."""
    plain = said.strip()
    digits = plain.lstrip("+-")
    for sign in (".", ","):
        head, parted, tail = digits.partition(sign)
        if parted and len(tail) == 3 and tail.isdigit() and 1 <= len(head) <= 3 and head != "0":
            return None
    try:
        found = float(plain.replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _moment(said: str, time_zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said.strip().replace(" ", "T", 1))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))


def _place(row: Mapping[str, str]) -> dict[str, Any] | None:
    """Return where the officer stood: empty where nobody told it, None where it is no place."""
    told = [row.get(name, "").strip() for name in PLACE]
    if not any(told):
        return {}
    try:
        lon, lat, accuracy = (float(t.replace(",", ".")) for t in told)
    except ValueError:
        return None
    if not (math.isfinite(accuracy) and -180 <= lon <= 180 and -90 <= lat <= 90 and accuracy >= 0):
        return None
    return {"lon": lon, "lat": lat, "accuracy_m": accuracy, "fixes": 1}
