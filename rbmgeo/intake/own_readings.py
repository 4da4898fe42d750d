"""Own readings and prepaid checks from a CSV file: strict, every fault named by row and rule."""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from rbmgeo.errors import ImportRefused
from rbmgeo.fieldwork.prepaid import CHECKS
from rbmgeo.fieldwork.record import Record
from rbmgeo.intake import rules
from rbmgeo.intake.answers import csv_rows
from rbmgeo.terms import Service

NEEDED = ("idpel", "blth", "service", "at", "lbkb_code", "client_id")
COLUMNS = (
    "idpel", "blth", "service", "at", "officer", "stand_kwh", "lbkb_code", "photo", "lon", "lat",
    "accuracy_m", "order_no", "sisa_token_kwh", "note", "client_id",
)  # fmt: skip
_PLACES = ("lon", "lat", "accuracy_m")
_NUMBERS = ("stand_kwh", "sisa_token_kwh")


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be taken in: where, what, which rule, and what would be right."""

    row_no: int
    column: str
    value: str
    rule: str
    indonesian: str
    english: str


def read_own_readings(
    path: Path, *, time_zone: str, officer: str
) -> tuple[list[Record], list[int], list[Fault]]:
    """Read a file of own readings; return the records, their rows in the file, and the faults.

    ``officer`` stands in where the file names none. Numbers mean one thing only: ``1.234`` is
    refused, since it may be either (R-IM-05).

    Raises
    ------
    ImportRefused
        If the file is no CSV, lacks a needed column, or has one that is not known.
    """
    rows = csv_rows(path, NEEDED, COLUMNS)
    strange = sorted({k for _, row in rows for k in row} - {*COLUMNS, *CHECKS})
    if strange:
        told = ", ".join((*COLUMNS, *CHECKS))
        raise ImportRefused(
            f"{path.name}: column {', '.join(strange)} is not known; there are {told}",
            f"{path.name}: kolom {', '.join(strange)} tidak dikenal; yang ada {told}",
        )
    records, numbers, faults = [], [], []
    for number, row in rows:
        found = _faults(number, row, time_zone)
        faults += found
        if not found:
            records.append(_record(row, time_zone, officer))
            numbers.append(number)
    return records, numbers, faults


def _faults(number: int, row: dict[str, str], time_zone: str) -> list[Fault]:
    out = []

    def fault(column: str, rule: str, indonesian: str, english: str) -> None:
        out.append(Fault(number, column, row.get(column, ""), rule, indonesian, english))

    idpel, blth = row["idpel"], row["blth"]
    if not (len(idpel) == 12 and idpel.isascii() and idpel.isdigit()):
        fault("idpel", "R-IM-01", "IDPEL harus 12 angka", "an idpel has 12 digits")
    if not (len(blth) == 6 and blth.isascii() and blth.isdigit() and 1 <= int(blth[4:]) <= 12):
        fault("blth", "R-IM-09", "tulis bulan YYYYMM", "write the month YYYYMM")
    if row["service"].lower() not in set(Service):
        fault("service", "R-PR-02", "isi pasca atau pra", "pasca or pra")
    try:
        uuid.UUID(row["client_id"])
    except ValueError:
        fault("client_id", "R-CH-03", "client_id harus UUID", "must be a UUID")
    try:
        moment(row["at"], time_zone)
    except ValueError:
        fault("at", "R-PO-01", "tulis 2026-11-23T08:30", "write 2026-11-23T08:30")
    photo = row.get("photo", "")
    if photo and not (len(photo) == 64 and set(photo.lower()) <= set("0123456789abcdef")):
        fault(
            "photo", "R-PO-01", "isi sha256 foto (64 angka hex)", "the sha256 of a photo (64 hex)"
        )
    for column in _NUMBERS:
        text = row.get(column, "")
        if text and number_of(text) is None:
            fault(column, "R-IM-05", "tulis angka tanpa pemisah ribuan, mis. 1234,5",
                  "write a number without thousands signs, e.g. 1234.5")  # fmt: skip
    for column in _PLACES:
        text = row.get(column, "")
        if text and measure_of(text) is None:
            fault(column, "R-IM-06", "tulis angka, mis. 112.7058", "write a number, e.g. 112.7058")
    return out


def _record(row: dict[str, str], time_zone: str, officer: str) -> Record:
    return Record(
        client_id=str(uuid.UUID(row["client_id"])), idpel=row["idpel"], blth=row["blth"],
        service=Service(row["service"].lower()), read_at=moment(row["at"], time_zone),
        officer=row.get("officer") or officer, lbkb_code=row["lbkb_code"].upper(),
        stand_kwh=number_of(row.get("stand_kwh", "")),
        photo_sha256=row.get("photo", "").lower() or None,
        lon=measure_of(row.get("lon", "")), lat=measure_of(row.get("lat", "")),
        accuracy_m=measure_of(row.get("accuracy_m", "")),
        order_no=row.get("order_no") or None,
        sisa_token_kwh=number_of(row.get("sisa_token_kwh", "")),
        checks={n: row[n] for n in CHECKS if row.get(n)}, note=row.get("note") or None,
    )  # fmt: skip


def number_of(text: str) -> Decimal | None:
    """Return a number that means one thing only, None for any other text (R-IM-05)."""
    if not text:
        return None
    read = rules.number(pd.Series([text], dtype="str"))
    value = read.values.iloc[0]
    return Decimal(str(value)) if read.faults.isna().iloc[0] and pd.notna(value) else None


def measure_of(text: str) -> float | None:
    """Return degrees or metres, whose sign is of decimals always; None for any other text."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def moment(text: str, time_zone: str) -> datetime:
    """Return a moment with its zone, the unit's where none is told; raises `ValueError`."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))
