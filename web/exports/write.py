"""The table of a page that was asked, page by page of its list, written into one file."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from werkzeug.wrappers import Response

from rbmgeo.cells import Row, Title
from rbmgeo.errors import NothingToDo
from rbmgeo.reports.table_file import FILES, TableFile, writing
from rbmgeo.sheets.listing import ListingFile
from web.exports.html import Read, read_table, value_of, values, words
from web.exports.told import Told, export, exporting
from web.language import ZONES, day, month, tr

#: Endings -> types on the web.
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
#: What an address says of the list's page and of the file: no filter of the table.
OWN = ("hal", "unduh", "tabel")

#: Rows between two words about how far a file is.
PIECE = 4_000
Progress = Callable[[int, int], None]


def write_table(path: Path, kind: str, told: Told, progress: Progress | None = None) -> int:
    """Write the table of the page that was asked, whole, into a file; return its rows.

    Raises `NothingToDo` where the page shows no such table now.
    """
    export(told)
    try:
        return _written(path, kind, told, progress)
    finally:
        export(None)


def _written(path: Path, kind: str, told: Told, progress: Progress | None) -> int:
    first = _page(told)
    if first is None:
        raise NothingToDo(
            f"the page shows no table {told.name!r} now; open it and look",
            f"halaman ini sekarang tidak memuat tabel {told.name!r}; buka dan lihat",
        )
    title = _title(first.name)
    made = ListingFile(path, title, first.columns) if kind == "pdf" else FILES[kind](path, title, first.columns)  # fmt: skip
    count, read = 0, first
    with writing(made, path) as file:  # type: ignore[arg-type]
        if told.given is not None:
            told.off = True  # values are told as they are: a word among them needs no mark
            return _given(file, told.given(), told.rows, progress)
        while True:
            count += len(read.rows)
            rows: Any = words(read, told) if kind == "pdf" else values(read, told)
            file.rows(rows)
            if progress:
                progress(count, max(told.rows, count))
            if told.page >= told.pages:
                break
            told.page += 1
            told.kept.clear()
            following = _page(told, first.keep)
            if following is None:
                break
            read = following
        if read.sums is not None:
            file.sums(_sums(read, told, kind))
    return count


def _given(file: TableFile, rows: Iterable[Row], total: int, progress: Progress | None) -> int:
    """Write the rows that the page gave as values; return how many."""
    count, left = 0, iter(rows)
    while some := list(islice(left, PIECE)):
        file.rows(some)
        count += len(some)
        if progress:
            progress(count, max(total, count))
    return count


def _sums(read: Read, told: Told, kind: str) -> list[Any]:
    assert read.sums is not None
    if kind == "pdf":
        return [told.words(t) for t in read.sums]
    return [
        value_of(t, told, number=c.number) for t, c in zip(read.sums, read.columns, strict=True)
    ]


def _page(told: Told, keep: list[int] | None = None) -> Read | None:
    """Ask the page once; its own view answers, under its own rule."""
    assert request.endpoint is not None
    view = current_app.view_functions[request.endpoint]
    answer = current_app.ensure_sync(view)(**(request.view_args or {}))
    if (
        isinstance(answer, Response)
        and answer.status_code == 200
        and answer.mimetype == "text/html"
    ):
        answer = answer.get_data(as_text=True)
    return read_table(answer, told, keep=keep) if isinstance(answer, str) else None


def _title(name: str) -> Title:
    told = exporting()
    assert told is not None
    called = told.words(name)
    export(None)  # words are wanted here, no marks
    try:
        unit, lines = "", []
        if g.get("unit"):
            unit = f"ULP {g.ulp} {g.unit.name}" if g.unit.name != g.ulp else f"ULP {g.ulp}"
            lines.append(month(g.blth))
        filters = [f"{k} {v}" for k, v in request.args.items(multi=True) if k not in OWN and v]
        if filters:
            lines.append(f"{tr('Pilihan', 'Choice')}: {', '.join(filters)}")
        zone = g.unit.time_zone if g.get("unit") else "Asia/Jakarta"
        now = datetime.now(UTC).astimezone(ZoneInfo(zone))
        clock = f"{now:%H.%M} {ZONES.get(zone, '')}".strip()
        printed = tr("Dibuat {d} pukul {t}", "Made {d} at {t}", d=day(now.date()), t=clock)
        page = str(tr("halaman {page} dari", "page {page} of"))
        sample = bool(g.get("unit") and g.unit.sample)
        return Title(called, unit, tuple(lines), str(printed), page, sample)
    finally:
        export(told)
