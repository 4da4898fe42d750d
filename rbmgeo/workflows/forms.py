"""Forms in batch: choose for whom, give each its number, keep what it says, print them as one PDF.

Kartu Meter Langganan and TUL II-04 (SOP II), TUL VI-01 (SOP VI), information lists (SOP V) and
work sheets of a survey plan (SOP IV.4). What the unit does not know stays a line to write on.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import forms as kept
from rbmgeo.db.queries import survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels.forms import FORMS, WORDS
from rbmgeo.labels.questions import asked
from rbmgeo.labels.spelled import MONTHS, ROMAN
from rbmgeo.settings import UnitSettings
from rbmgeo.sheets.forms import Form, FormBook
from rbmgeo.terms import FormKind
from rbmgeo.workflows.sheet_files import SheetFiles

Progress = Callable[[str, int, int], None]
#: Ways to choose, and in words for the list of prints.
WAYS = {
    "rbm": "RBM {c}", "semua": "semua RBM", "gardu": "gardu {c}", "temuan": "temuan",
    "kelas": "temuan {c}", "idpel": "{n} IDPEL", "rumah_tutup": "rumah tutup bulan ini",
    "tunggakan": "tunggakan mulai {c} lembar", "rencana": "rencana survei {c}",
    "boleh_diputus": "{n} pelanggan yang boleh diputus",
}  # fmt: skip
#: More is a matter of several prints: nobody carries it, and a printer jams.
MOST = 20_000
_FACTS = ("idpel", "name", "address", "tarif", "daya_va", "meter_number", "rbm", "urut", "sisipan",
          "gardu", "tiang", "multiplier", "stand_kwh", "stand_blth", "unpaid", "unpaid_from",
          "unpaid_to")  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """For whom: a way of `WAYS` and its codes (RBM, gardu, class, idpels, least sheets, a plan)."""

    by: str
    codes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the choice in words, without a customer's number."""
        said = ", ".join(self.codes[:6]) + (f" dan {len(self.codes) - 6} lain" if len(self.codes) > 6 else "")  # fmt: skip
        return WAYS[self.by].format(c=said, n=len(self.codes))


@dataclass(frozen=True)
class Printed:
    """What was numbered: the print's id, forms, customers, first and last number, who was left out.

    ``unknown``: idpels that the unit does not have; ``paid``: TUL VI-01 is not printed for those
    whose bills are all paid as far as the unit knows.
    """

    print_id: int
    forms: int
    customers: int
    first: str
    last: str
    unknown: int = 0
    paid: int = 0


def issue_forms(
    session: Session, ulp: str, *, kind: str, blth: str, on: date, choice: Choice, who: str,
    address: str = "", subject: str = "", progress: Progress | None = None,
) -> Printed:  # fmt: skip
    """Give the forms of a choice their numbers and keep what each says; the caller commits.

    ``subject``: what is told in an information list. Raises `UsageError` for a kind or way
    that is none, `NothingToDo` where the choice holds nobody.
    """
    if kind not in FORMS or choice.by not in WAYS:
        raise UsageError(f"{kind!r} by {choice.by!r} is no form", f"{kind!r} menurut {choice.by!r} bukan formulir")  # fmt: skip
    if (kind == FormKind.LEMBAR_KERJA) != (choice.by == "rencana"):
        raise UsageError(
            "work sheets are printed of a survey plan, and nothing else is",
            "lembar kerja dicetak dari rencana survei, dan hanya lembar kerja",
        )
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    unknown = paid = 0
    if kind == FormKind.LEMBAR_KERJA:
        parts = _work_sheets(session, ulp, choice)
    else:
        rows = _customers(session, ulp, blth, choice, settings)
        if choice.by == "idpel":
            unknown = len(choice.codes) - len(rows)
        if kind == FormKind.TUL_VI_01:
            settled = rows["unpaid"].eq(0).fillna(False).astype(bool)
            paid, rows = int(settled.sum()), rows[~settled]
        parts = _lists(rows) if kind == FormKind.INFORMASI else _cards(rows)
    if not parts:
        raise NothingToDo(
            "this choice holds no customer to print for; choose others",
            "pilihan ini tidak memuat pelanggan untuk dicetak; pilih yang lain",
        )
    count = sum(len(p.get("rows", ())) or 1 for p in parts)
    if count > MOST:
        raise UsageError(
            f"{count} customers at once; print {MOST} at most, RBM by RBM",
            f"{count} pelanggan sekaligus; cetak paling banyak {MOST}, RBM demi RBM",
        )
    number = kept.next_number(session, ulp=ulp, kind=kind, year=on.year)
    print_id = kept.add_print(
        session, ulp=ulp, kind=kind, blth=blth, dated_on=on, choice=choice.words,
        content=_shared(unit, settings, kind, blth, on, address, subject), forms=len(parts),
        customers=count, made_by=who or "-",
    )  # fmt: skip
    numbers = _keep(session, ulp, kind, print_id, on, parts, number, settings, progress)
    log_command(session, who=who, ulp=ulp, command="forms", after={
        "kind": kind, "print_id": print_id, "forms": len(parts), "customers": count,
    })  # fmt: skip
    return Printed(print_id, len(parts), count, numbers[0], numbers[-1], unknown, paid)


def print_forms(
    session: Session, ulp: str, print_id: int, path: Path, progress: Progress | None = None
) -> int:
    """Draw the forms of one print into a file, the same each time; return the pages."""
    one = kept.one_print(session, ulp=ulp, print_id=print_id)
    forms = kept.forms_of(session, ulp=ulp, print_id=print_id)
    book = FormBook(one.kind, one.content)
    for number, form in enumerate(forms):
        if progress:
            progress("menggambar formulir / drawing the forms", number, len(forms))
        book.add(Form(form.full_number, _link(one.content, ulp, one.blth, form.public_id), form.content))  # fmt: skip
    path.write_bytes(book.done())
    return book.pages


def form_files(home: Path, ulp: str) -> SheetFiles:
    """Return where the printed forms of a unit lie."""
    return SheetFiles.of(home, ulp, room="forms")


def make_forms(
    database: Database, home: Path, ulp: str, *, kind: str, blth: str, on: date, choice: Choice,
    who: str, address: str, subject: str, progress: Progress,
    close: Callable[[Session, dict[str, Any]], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Give numbers to the forms of a choice and draw them: all, or (cancelled, broken) nothing.

    ``close`` keeps the result in the transaction of the numbers: neither stands without the other.
    """
    files = form_files(home, ulp)
    written = files.beside()
    try:
        with database.writing() as session:
            done = issue_forms(
                session, ulp, kind=kind, blth=blth, on=on, choice=choice, who=who, address=address,
                subject=subject, progress=progress,
            )  # fmt: skip
            session.flush()
            pages = print_forms(session, ulp, done.print_id, written, progress)
            progress("menyimpan berkas / keeping the file", 1, 1)
            told = {
                "kind": kind, "print_id": done.print_id, "forms": done.forms,
                "customers": done.customers, "pages": pages, "first": done.first,
                "last": done.last, "unknown": done.unknown or None, "paid": done.paid or None,
                "file": files.take(written), "file_name": file_name(ulp, kind, done.print_id),
            }  # fmt: skip
            if close:
                close(session, told)
    finally:
        written.unlink(missing_ok=True)
    return told


def make_again(
    database: Database, home: Path, ulp: str, *, print_id: int, progress: Progress
) -> dict[str, Any]:
    """Draw a print once more, with the numbers and words that it had."""
    files = form_files(home, ulp)
    written = files.beside()
    try:
        with database.reading() as session:
            one = kept.one_print(session, ulp=ulp, print_id=print_id)
            pages = print_forms(session, ulp, print_id, written, progress)
            kind, forms, customers = one.kind, one.forms, one.customers
        sha256 = files.take(written)
    finally:
        written.unlink(missing_ok=True)
    return {
        "kind": kind, "print_id": print_id, "forms": forms, "customers": customers, "pages": pages,
        "file": sha256, "file_name": file_name(ulp, kind, print_id),
    }  # fmt: skip


def file_name(ulp: str, kind: str, print_id: int) -> str:
    """Return what the file of a print is called."""
    return f"{FORMS[kind][0].lower()}-{ulp}-{print_id}.pdf"


def _customers(
    session: Session, ulp: str, blth: str, choice: Choice, settings: UnitSettings
) -> pd.DataFrame:
    least = int(choice.codes[0]) if choice.by == "tunggakan" and choice.codes else 1
    return kept.customers(
        session, ulp=ulp, blth=blth, by=choice.by, codes=list(choice.codes),
        limit=settings.finding_limit, least=least,
    )  # fmt: skip


def _cards(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one form a customer."""
    return [_facts(row) for row in rows.to_dict("records")]


def _lists(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one form an RBM, its customers in walking order; those on none are a list too."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        parts.setdefault(row["rbm"] or "", []).append(_facts(row))
    return [{"rbm": rbm or None, "rows": part} for rbm, part in parts.items()]


def _work_sheets(session: Session, ulp: str, choice: Choice) -> list[dict[str, Any]]:
    """Return one form a surveyor and day, its houses in walking order.

    Neither the proposed gardu nor which houses are controls is said: the answer must not lean.
    """
    tasks = survey.tasks(session, ulp=ulp, run_id=int(choice.codes[0]))
    parts = []
    for key, part in tasks.reset_index().groupby(["surveyor", "day"], sort=True):
        surveyor, day = (int(str(n)) for n in key)
        groups = {p: n for n, p in enumerate(part["patch"].dropna().unique(), start=1)}
        rows = [
            {
                "stop": int(r["stop"]), "idpel": r["idpel"], "address": _said(r["address"]),
                "meter_number": _said(r["meter_number"]), "tiang": _said(r["tiang"]),
                "gardu": _said(r["gardu"]), "group": groups.get(r["patch"]),
                "question": asked(r["question"] if isinstance(r["question"], str) else "question.gardu", "id"),
            }
            for r in part.to_dict("records")
        ]  # fmt: skip
        parts.append({"run_id": int(choice.codes[0]), "surveyor": surveyor, "day": day, "rows": rows})  # fmt: skip
    return parts


def _facts(row: dict[Any, Any]) -> dict[str, Any]:
    return {name: _said(row[name]) for name in _FACTS}


def _said(value: Any) -> Any:
    """Return a value as plain data; nothing known is None, exact numbers are their text."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, bool | int | str):
        return value
    return int(value) if value == int(value) else str(value)


def _shared(
    unit: Ulp, settings: UnitSettings, kind: str, blth: str, on: date, address: str, subject: str
) -> dict[str, Any]:
    return {
        "ulp": unit.ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample, "blth": blth,
        "dated": f"{on.day} {MONTHS[on.month - 1]} {on.year}", "place": settings.deed_place or unit.name,
        "signer": settings.form_signer_name, "position": settings.form_signer_position,
        "words": settings.form_words.get(kind, WORDS[kind]), "subject": subject[:200],
        "tools": settings.arrears_tools, "self_read": list(settings.self_read_days), "address": address.rstrip("/"),
    }  # fmt: skip


def _keep(
    session: Session, ulp: str, kind: str, print_id: int, on: date, parts: list[dict[str, Any]],
    number: int, settings: UnitSettings, progress: Progress | None,
) -> list[str]:  # fmt: skip
    code, numbers = FORMS[kind][0], []
    for begin in range(0, len(parts), 500):
        if progress:
            progress("memberi nomor / numbering", begin, len(parts))
        rows = []
        for k, content in enumerate(parts[begin : begin + 500], start=begin):
            full = settings.form_number.format(
                number=number + k, kind=code, ulp=ulp, month=ROMAN[on.month - 1], year=on.year
            )
            numbers.append(full)
            rows.append({
                "kind": kind, "year": on.year, "number": number + k, "public_id": uuid.uuid4(),
                "full_number": full, "print_id": print_id, "idpel": content.get("idpel"),
                "content": content,
            })  # fmt: skip
        kept.add_forms(session, ulp=ulp, rows=rows)
    return numbers


def _link(shared: dict[str, Any], ulp: str, blth: str, public_id: uuid.UUID) -> str:
    """Return what a QR code says: the form's own address, never whose it is."""
    if not shared["address"]:
        return f"rbmgeo {public_id}"
    return f"{shared['address']}/{ulp}/{blth}/formulir/{public_id}"
