"""What a customer may ask: everything that is kept about him or her, and to be forgotten.

An erasure empties name, address, place and photos. What accounts and the law keep stays, each with
its reason: consumption, bills, decisions, deeds. One person asks, another approves; it cannot be
undone, and says so first. Driven by `rbmgeo.privacy.classes`: a new column cannot be left out.
"""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import Erasure
from rbmgeo.db.queries import access, erasures, imports, units
from rbmgeo.db.queries import photo_retention as photos
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NotThere, UsageError
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.privacy.classes import Table, tables

_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
#: Facts of a zip's members, so that the same rows give the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Line:
    """One table in a preview: rows about the customer, which columns are emptied, whether it stays."""

    table: str
    rows: int
    emptied: tuple[str, ...]
    why: tuple[str, str]
    keep: str


def _mine() -> list[Table]:
    return [t for _, t in sorted(tables().items()) if t.of_customer]


def checked_idpel(session: Session, ulp: str, told: str) -> str:
    """Return the idpel that was typed; raises `UsageError`, or `NotThere` for one of no row here."""
    plain = "".join(told.split())
    if len(plain) != 12 or not (plain.isascii() and plain.isdigit()):
        raise UsageError("an idpel has twelve figures", "IDPEL terdiri dari dua belas angka")
    if not erasures.count(session, ulp=ulp, idpel=plain, table=tables()["customer"]):
        raise NotThere(
            "this customer is not in the unit; check the number",
            "pelanggan ini tidak ada di unit; periksa nomornya",
        )
    return plain


def preview(session: Session, ulp: str, idpel: str) -> list[Line]:
    """Return what is kept about a customer by table, and what an erasure would empty."""
    found = []
    for table in _mine():
        rows = erasures.count(session, ulp=ulp, idpel=idpel, table=table)
        if rows:
            found.append(Line(table.name, rows, tuple(table.erase), table.why, table.keep))
    return found


def export(session: Session, home: Path, ulp: str, idpel: str, *, who: str) -> bytes:
    """Return everything that is kept about a customer as one zip: JSON and CSV by table, photos.

    Who saw and who changed the data is in it too. Written down in the log; the caller commits.
    """
    held, store = io.BytesIO(), PhotoStore.of(home.resolve(), ulp)
    number = int(idpel)
    counts: dict[str, int] = {}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parcel:

        def put(name: str, content: bytes) -> None:
            parcel.writestr(zipfile.ZipInfo(name, _STAMP), content)

        for table in _mine():
            rows = erasures.rows(session, ulp=ulp, idpel=idpel, table=table)
            if rows:
                counts[table.name] = len(rows)
                put(f"{table.name}.json", json.dumps(rows, ensure_ascii=False, indent=1).encode())
                put(f"{table.name}.csv", _csv(rows))
        now = datetime.now(UTC)
        told: dict[str, Any] = {"ulp": ulp, "number": number, "begin": _BEGIN, "until": now}
        seen = access.of_customer(session, **told, limit=100_000).astype(str).to_dict("records")
        changed = access.changes_of(session, **told, limit=100_000)
        put("dilihat-oleh.json", json.dumps(seen, ensure_ascii=False, indent=1).encode())
        put("diubah-oleh.json", json.dumps(changed, default=str, ensure_ascii=False).encode())
        for one in photos.of_customer(session, ulp=ulp, idpel=idpel):
            place = store.path(one["sha256"], one["suffix"])
            if place.is_file():
                put(f"foto/{one['sha256']}{one['suffix']}", place.read_bytes())
    log_command(session, who=who, ulp=ulp, command="customer export", after={"tables": counts}, customers=[idpel])  # fmt: skip
    return held.getvalue()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        cells = (json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for v in row.values())  # fmt: skip
        # What somebody wrote may be a formula: no cell leaves so that a spreadsheet would run it.
        writer.writerow([f"'{c}" if isinstance(c, str) and c[:1] in "=+-@\t\r" else c for c in cells])  # fmt: skip
    return held.getvalue().encode()


def ask_erasure(session: Session, ulp: str, told: str, *, note: str, who: str) -> Erasure:
    """Keep that a customer asked to be forgotten; another person approves it."""
    idpel = checked_idpel(session, ulp, told)
    if not note.strip():
        raise UsageError(
            "write how and when the customer asked", "tulis bagaimana dan kapan pelanggan meminta"
        )
    was = erasures.standing(session, ulp=ulp, idpel=idpel)
    if was is not None and was.state not in ("refused", "returned"):
        raise NotAllowed(
            f"this customer's wish {was.erasure_id} is {was.state} already; see it below",
            f"permintaan pelanggan ini (nomor {was.erasure_id}) sudah {was.state}; lihat di bawah",
        )
    made = erasures.ask(session, ulp=ulp, idpel=idpel, note=note.strip()[:500], who=who)
    log_command(session, who=who, ulp=ulp, command="erasure asked", after={"erasure": made.erasure_id}, customers=[idpel])  # fmt: skip
    return made


def decide_erasure(
    session: Session, ulp: str, erasure_id: int, *, approve: bool, who: str
) -> Erasure:
    """Refuse a wish, or approve and do it in this transaction; photos' files go after the commit.

    Raises `NotAllowed` where it was decided, or who asked would approve it.
    """
    # An import that runs has rows that nobody sees yet: it ends first.
    imports.lock_unit(session, ulp=ulp)
    it = erasures.one(session, ulp=ulp, erasure_id=erasure_id)
    if it.state != "asked":
        raise NotAllowed(f"this wish is {it.state} already", f"permintaan ini sudah {it.state}")
    if not who or who == it.asked_by:
        raise NotAllowed(
            f"{it.asked_by} asked for this erasure; another person decides it",
            f"penghapusan ini diminta {it.asked_by}; orang lain yang memutuskan",
        )
    now = datetime.now(UTC)
    it.state, it.decided_by, it.decided_at = ("approved" if approve else "refused"), who, now
    session.flush()
    if approve:
        it.counts = _erase(session, ulp, it)
        it.state, it.done_at = "done", now
    command = "erasure done" if approve else "erasure refused"
    log_command(session, who=who, ulp=ulp, command=command,
                after={"erasure": erasure_id, **it.counts}, customers=[it.idpel])  # fmt: skip
    session.flush()
    units.bump(session, ulp=ulp)
    return it


def _erase(session: Session, ulp: str, it: Erasure) -> dict[str, Any]:
    gone = photos.of_customer(session, ulp=ulp, idpel=it.idpel)
    photos.mark(session, ulp=ulp, photos=gone, why="penghapusan", who=it.decided_by or "-")
    erasures.begin(session, erasure_id=it.erasure_id)
    changed = {
        table.name: erasures.blank(session, ulp=ulp, idpel=it.idpel, table=table)
        for table in _mine() if table.erase
    }  # fmt: skip
    return {"rows": {name: n for name, n in changed.items() if n}, "photos": len(gone)}


def answer_return(
    session: Session, ulp: str, erasure_id: int, *, returned: bool, who: str
) -> Erasure:
    """Answer what an import brought back: it stays erased, or the customer is one again.

    What was not taken up is not made up: the next import fills it once the customer ``returned``.
    """
    it = erasures.one(session, ulp=ulp, erasure_id=erasure_id)
    if it.state != "came_back":
        raise NotAllowed(
            "no import brought this customer back", "tidak ada impor yang memuat lagi pelanggan ini"
        )
    it.state, it.answered_by, it.answered_at = "returned" if returned else "stays", who, datetime.now(UTC)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command=f"erasure {it.state}",
                after={"erasure": erasure_id}, customers=[it.idpel])  # fmt: skip
    return it
