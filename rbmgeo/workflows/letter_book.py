"""SOP I: the letters of every officer for some days, issued where there is none, as one PDF."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import forms
from rbmgeo.db.queries import schedule as kept
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.sheets.letter import Letter, LetterBook
from rbmgeo.workflows.forms import form_files
from rbmgeo.workflows.letters import letter_from_schedule

Progress = Callable[[str, int, int], None]


def print_letter(session: Session, ulp: str, year: int, number: int, *, blth: str, address: str) -> bytes:  # fmt: skip
    """Draw one letter as it was issued."""
    book = LetterBook(f"Surat tugas {number} {year}")
    book.add(_letter(session, ulp, year, number, blth, address))
    return book.done()


def make_letters(
    database: Database, home: Path, ulp: str, *, blth: str, first_on: date, last_on: date, on: date,
    who: str, address: str, progress: Progress,
    close: Callable[[Session, dict[str, Any]], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Issue a letter to every officer scheduled in these days who has none, and print them all.

    Cancelled or broken, no number is given. Raises `NothingToDo` where nobody is scheduled.
    ``close`` keeps the result in the transaction of the numbers.
    """
    files = form_files(home, ulp)
    written = files.beside()
    try:
        with database.writing() as session:
            waiting = forms.scheduled_officers(session, ulp=ulp, first_on=first_on, last_on=last_on)
            for n, officer in enumerate(waiting):
                progress("menerbitkan surat tugas / issuing letters", n, len(waiting))
                letter_from_schedule(session, ulp, officer=officer, first_on=first_on, last_on=last_on, on=on, who=who)  # fmt: skip
            found = forms.letters_between(session, ulp=ulp, first_on=first_on, last_on=last_on)
            if not found:
                raise NothingToDo(
                    f"nobody is scheduled from {first_on} to {last_on}; give out work first",
                    f"tidak ada jadwal dari {first_on} sampai {last_on}; bagikan pekerjaan dulu",
                )
            book = LetterBook(f"Surat tugas {ulp}")
            for n, (year, number) in enumerate(found):
                progress("mencetak surat tugas / printing letters", n, len(found))
                book.add(_letter(session, ulp, year, number, blth, address))
            written.write_bytes(book.done())
            progress("menyimpan berkas / keeping the file", 1, 1)
            told = {
                "kind": "surat_tugas", "forms": len(found), "new": len(waiting),
                "pages": book.paper.pages, "file": files.take(written),
                "file_name": f"surat-tugas-{ulp}-{first_on:%Y%m%d}-{last_on:%Y%m%d}.pdf",
            }  # fmt: skip
            if close:
                close(session, told)
    finally:
        written.unlink(missing_ok=True)
    return told


def _letter(session: Session, ulp: str, year: int, number: int, blth: str, address: str) -> Letter:
    it = kept.letter(session, ulp=ulp, year=year, number=number)
    link = f"{address.rstrip('/')}/{ulp}/{blth}/surat-tugas/{year}/{number}" if address else f"rbmgeo {it.full_number}"  # fmt: skip
    return Letter(ulp, it.full_number, it.officer, it.first_on, it.last_on, it.content, link)
