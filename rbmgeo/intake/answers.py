"""Survey answers from a CSV file: all text first, then one rule a column."""

import csv
import io
from pathlib import Path

import pandas as pd

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.answer_row import COLUMNS, EXTRA, NEEDED, BadAnswer, checked_answer

__all__ = ["COLUMNS", "EXTRA", "NEEDED", "BadAnswer", "read_answers"]


def read_answers(path: Path, *, time_zone: str) -> tuple[pd.DataFrame, list[BadAnswer]]:
    """Read a file of answers.

    Returns
    -------
    tuple
        One row per good answer (columns ``client_id``, ``idpel``, ``outcome``, ``gardu``,
        ``tiang``, ``control``, ``officer``, ``answered_at`` with its zone, ``observed`` (a tuple
        of what else was seen), ``row_no``), and the rows that are none. A ``client_id`` that
        stands twice in the file stays twice. Visits of our own list that nobody filled in yet
        are neither.

    Raises
    ------
    ImportRefused
        If the file is not a CSV with the needed columns.
    """
    rows = csv_rows(path, NEEDED, COLUMNS)
    good, bad = [], []
    for number, row in rows:
        if _not_yet(row):
            continue
        read = checked_answer(number, row, time_zone)
        if isinstance(read, BadAnswer):
            bad.append(read)
        else:
            good.append({**read, "row_no": number})
    names = ("client_id", "idpel", "outcome", "gardu", "tiang", "control", "officer",
             "answered_at", "observed", "row_no")  # fmt: skip
    return pd.DataFrame(good, columns=list(names)), bad


def _not_yet(row: dict[str, str]) -> bool:
    """Say whether a row is a visit of our own list that has no answer yet."""
    return "stop" in row and not any(row.get(n) for n in ("outcome", "officer", "at", *EXTRA))


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
