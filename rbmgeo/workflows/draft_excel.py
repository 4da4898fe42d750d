"""A draft as a workbook, edited there, and back: what differs becomes one edit that can be undone."""

import io
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, versions
from rbmgeo.errors import ImportRefused
from rbmgeo.routes.draft import Command, effect_of

COLUMNS = ("idpel", "rbm", "urut", "sisipan")
#: So many faults are named; the rest is counted.
SHOWN = 20


@dataclass(frozen=True)
class Returned:
    """A workbook read back: the edit it asks for, and rows that were left out with the reason."""

    command: Command
    refused: list[tuple[int, str, str]]


def sheet(session: Session, ulp: str, version_id: int) -> pd.DataFrame:
    """Return what goes into the workbook: one row per customer in walking order."""
    members = versions.members(session, ulp=ulp, version_id=version_id)
    return members[["rbm", "urut", "sisipan"]].reset_index()


def read_back(session: Session, ulp: str, version_id: int, content: bytes) -> Returned:
    """Compare a workbook that was edited in Excel with the draft as it is now.

    Rows may be in any order; a customer that the workbook leaves out stays where he is. A
    row that cannot be understood, and one of a customer that the draft has not, is left out
    and named. Nothing is written.

    Raises
    ------
    ImportRefused
        If it is no workbook, lacks a column, or names a place twice.
    """
    table = _table(content)
    state = drafts.whole(session, ulp=ulp, version_id=version_id)
    rows: dict[str, Any] = {}
    refused: list[tuple[int, str, str]] = []
    for number, cells in table:
        idpel, rbm = cells["idpel"].lstrip("'").strip(), cells["rbm"].lstrip("'").strip()
        place = [_whole(cells["urut"]), _whole(cells["sisipan"] or "0")]
        if not any(cells.values()):
            continue
        if not re.fullmatch(r"[0-9]{12}", idpel):
            refused.append((number, idpel[:20], "idpel"))
        elif idpel not in state.rows:
            refused.append((number, idpel, "unknown"))
        elif not rbm or place[0] is None or place[1] is None or not (1 <= place[0] <= 999 and 0 <= place[1] <= 99):  # fmt: skip
            refused.append((number, idpel, "place"))
        elif idpel in rows:
            refused.append((number, idpel, "twice"))
        else:
            rows[idpel] = [rbm, *place]
    changed = {i: r for i, r in rows.items() if tuple(r) != state.rows[i]}
    command: Command = {"kind": "set", "rows": changed, "note": "excel"}
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    if draft is not None:
        state.locked, state.pinned = set(draft.locked), set(draft.pinned)
    effect_of(state, command)
    return Returned(command, refused)


def _table(content: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise ImportRefused("this is no workbook that can be read; save it as XLSX", "berkas ini bukan buku kerja yang terbaca; simpan sebagai XLSX") from error  # fmt: skip
    for at, row in enumerate(cells[:10]):
        names = [str(c).strip().lower() for c in row]
        if all(c in names for c in COLUMNS[:3]):
            where = {c: names.index(c) if c in names else None for c in COLUMNS}
            return [
                (n, {c: _text(line[k]) if k is not None and k < len(line) else "" for c, k in where.items()})
                for n, line in enumerate(cells[at + 1 :], start=at + 2)
            ]  # fmt: skip
    raise ImportRefused(
        "the workbook lacks the columns idpel, rbm, urut; begin from the one that is downloaded",
        "buku kerja tidak punya kolom idpel, rbm, urut; mulai dari berkas yang diunduh",
    )


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None
