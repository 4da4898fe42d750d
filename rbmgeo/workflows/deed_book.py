"""SOP IV.7: every deed of a version as one PDF with a bookmark each, pages as they were issued."""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter

from rbmgeo.db.queries import deeds as kept
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.privacy import seen
from rbmgeo.workflows.sheet_files import SheetFiles

Progress = Callable[[str, int, int], None]


def book_files(home: Path, ulp: str) -> SheetFiles:
    """Return where the bound deeds of a unit lie."""
    return SheetFiles.of(home, ulp, room="books")


def make_deed_book(
    database: Database, home: Path, ulp: str, *, version_id: int, progress: Progress
) -> dict[str, Any]:
    """Bind the deeds of a version into one file, by RBM and number, and say what it holds.

    Nothing is drawn anew: the pages are those that were issued. Raises `NothingToDo` where the
    version has none.
    """
    with database.reading() as session:
        mine = [d for d in kept.summaries(session, ulp=ulp) if d["version_id"] == version_id]
    mine.sort(key=lambda d: (d["rbm"], d["year"], d["number"]))
    if not mine:
        raise NothingToDo(
            f"version {version_id} has no deeds yet; issue them first",
            f"versi {version_id} belum punya berita acara; terbitkan dulu",
        )

    def each() -> Iterator[tuple[str, bytes]]:
        for number, one in enumerate(mine):
            progress("menjilid berita acara / binding the deeds", number, len(mine))
            with database.reading() as session:
                found = kept.deed(session, ulp=ulp, year=one["year"], number=one["number"], files=True)  # fmt: skip
                # The pages were drawn long ago; the workbook beside them names the same customers.
                seen.note(seen.numbers_in_parcel(bytes(found.xlsx)))
                yield f"RBM {one['rbm']}, {one['full_number']}", bytes(found.pdf)

    files = book_files(home, ulp)
    written = files.beside()
    try:
        pages = bound_pdfs(each(), written, title=f"Berita acara {ulp} versi {version_id}")
        progress("menyimpan berkas / keeping the file", 1, 1)
        size = written.stat().st_size
        sha256 = files.take(written)
    finally:
        written.unlink(missing_ok=True)
    return {
        "version_id": version_id, "deeds": len(mine), "pages": pages,
        "customers": sum(d["customers"] or 0 for d in mine), "megabytes": round(size / 1e6, 1),
        "file": sha256, "file_name": f"berita-acara-{ulp}-versi-{version_id}.pdf",
    }  # fmt: skip


def bound_pdfs(parts: Iterable[tuple[str, bytes]], path: Path, *, title: str) -> int:
    """Write PDFs one behind another with a bookmark each, their own below it; return the pages."""
    book = PdfWriter()
    book.add_metadata({"/Title": title, "/Creator": "rbmgeo"})
    for name, content in parts:
        begin = len(book.pages)
        part = PdfReader(io.BytesIO(content))
        book.append(part, import_outline=False)
        over = book.add_outline_item(title=name, page_number=begin, is_open=False)
        for below, at in _bookmarks(part):
            book.add_outline_item(title=below, page_number=begin + at, parent=over)
    with path.open("wb") as held:
        book.write(held)
    return len(book.pages)


def _bookmarks(part: PdfReader) -> Iterator[tuple[str, int]]:
    """Return the bookmarks below the first of a part (the first is the part itself)."""
    for one in part.outline:
        for entry in one if isinstance(one, list) else []:
            if not isinstance(entry, list):
                at = part.get_destination_page_number(entry)
                yield str(entry.title), int(at or 0)
