"""Survey answers from a CSV file: all text first, then one rule a column."""

import csv
import io
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from rbmgeo.errors import ImportRefused
from rbmgeo.terms import SurveyOutcome

COLUMNS = ("idpel", "outcome", "gardu", "tiang", "control", "officer", "at", "client_id")
NEEDED = ("idpel", "outcome", "client_id")


@dataclass(frozen=True)
class BadAnswer:
    """One row that cannot be an answer: where, what, and what to do."""

    row_no: int
    column: str
    value: str
    indonesian: str
    english: str


def read_answers(path: Path, *, time_zone: str) -> tuple[pd.DataFrame, list[BadAnswer]]:
    """Read a file of answers.

    Returns
    -------
    tuple
        One row per good answer (columns ``client_id``, ``idpel``, ``outcome``, ``gardu``,
        ``tiang``, ``control``, ``officer``, ``answered_at`` with its zone, ``row_no``), and
        the rows that are none. A ``client_id`` that stands twice in the file stays twice.

    Raises
    ------
    ImportRefused
        If the file is not a CSV with the needed columns.
    """
    rows = csv_rows(path, NEEDED, COLUMNS)
    good, bad = [], []
    for number, row in rows:
        fault = _fault(number, row, time_zone)
        if fault:
            bad.append(fault)
        else:
            good.append({**_answer(row, time_zone), "row_no": number})
    names = ("client_id", "idpel", "outcome", "gardu", "tiang", "control", "officer",
             "answered_at", "row_no")  # fmt: skip
    return pd.DataFrame(good, columns=list(names)), bad


def csv_rows(
    path: Path, needed: tuple[str, ...], known: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV of our own as text by column, with their numbers in the file.

    Raises
    ------
    ImportRefused
        If the file is not there, no UTF-8, no CSV, or lacks a ``needed`` column.
    """
    if not path.is_file():
        raise ImportRefused(
            f"{path}: no such file; check the path", f"{path}: berkas tidak ada; periksa letaknya"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(
            f"{path.name}: cannot be read as UTF-8 text ({error}); export it as CSV UTF-8",
            f"{path.name}: tidak terbaca sebagai teks UTF-8; simpan sebagai CSV UTF-8",
        ) from error
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t|", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [(n or "").strip().lower() for n in reader.fieldnames or []]
    missing = [n for n in needed if n not in names]
    if missing:
        raise ImportRefused(
            f"{path.name}: column {', '.join(missing)} is missing; expected {', '.join(known)}",
            f"{path.name}: kolom {', '.join(missing)} tidak ada; perlu {', '.join(known)}",
        )
    reader.fieldnames = names
    try:
        return [
            (number, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)})
            for number, row in enumerate(reader, start=2)
            if any(str(v or "").strip() for v in row.values())
        ]
    except csv.Error as error:
        raise ImportRefused(
            f"{path.name}: line {reader.line_num}: {error}; a quote was opened and not closed",
            f"{path.name}: baris {reader.line_num}: {error}; tanda kutip tidak ditutup",
        ) from error


def _fault(number: int, row: dict[str, str], time_zone: str) -> BadAnswer | None:
    idpel, outcome = row["idpel"], row["outcome"].lower()
    if not (len(idpel) == 12 and idpel.isascii() and idpel.isdigit()):
        return BadAnswer(number, "idpel", idpel, "IDPEL harus 12 angka", "an idpel has 12 digits")
    if outcome not in set(SurveyOutcome):
        words = ", ".join(SurveyOutcome)
        return BadAnswer(
            number, "outcome", outcome, f"jawaban salah satu dari: {words}", f"one of: {words}"
        )
    if outcome == SurveyOutcome.GARDU_LAIN and not row.get("gardu"):
        return BadAnswer(
            number, "gardu", "", "gardu_lain perlu kode gardu", "gardu_lain needs a gardu code"
        )
    if row.get("control", "") not in ("", "0", "1"):
        return BadAnswer(number, "control", row["control"], "isi 0 atau 1", "0 or 1")
    try:
        uuid.UUID(row["client_id"])
    except ValueError:
        return BadAnswer(
            number, "client_id", row["client_id"], "client_id harus UUID", "must be a UUID"
        )
    try:
        _moment(row.get("at", ""), time_zone)
    except ValueError:
        return BadAnswer(
            number, "at", row["at"], "tulis 2026-11-23T08:30", "write 2026-11-23T08:30"
        )
    return None


def _answer(row: dict[str, str], time_zone: str) -> dict[str, object]:
    return {
        "client_id": str(uuid.UUID(row["client_id"])),
        "idpel": row["idpel"],
        "outcome": row["outcome"].lower(),
        "gardu": row.get("gardu") or None,
        "tiang": row.get("tiang") or None,
        "control": row.get("control") == "1",
        "officer": row.get("officer") or None,
        "answered_at": _moment(row.get("at", ""), time_zone),
    }


def _moment(text: str, time_zone: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
