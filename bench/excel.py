"""An Excel file of 100,000 rows and twelve columns: seconds and memory of each way to write it.

Run by `make bench-excel` (`SIZE=20000`, `PAGES=1`). Every way is a process of its own; its memory is
what the process grew by while it wrote (the peak of its resident set above that before). The rows
are invented and come in pieces of 4,000, as the pages give them. The peers are asked for the same
columns and types where they are installed; pandas has no way to write row by row, so it holds all
rows. With `PAGES` a whole table of the application is taken as well: the page Lembar pertama of a
unit of so many customers is asked by the program that jobs start, from the database to the file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

ROWS, PIECE = 100_000, 4_000
HEADS = ("IDPEL", "Jenis", "RBM", "Gardu", "Alamat", "Tarif", "VA", "kWh", "Jam nyala", "Cakupan",
         "Dibaca", "Catatan")  # fmt: skip
SECONDS, MEGABYTES = 10.0, 200.0


def pieces(rows: int) -> Iterator[list[list[object]]]:
    """Return invented rows in pieces."""
    from rbmgeo.cells import Share

    first = date(2024, 1, 1)
    for begin in range(0, rows, PIECE):
        yield [
            [f"5135400{n:05d}"[:12], "gardu diragukan", f"51354BK{chr(65 + n % 26)}", f"PD{n % 600:04d}",
             f"Jl. Kenanga {n % 97} RT {n % 9}/RW {n % 7}", "R1", 900 + 400 * (n % 3),
             Decimal(n % 100_000) / 10, (n % 720) * 0.37, Share((n % 100) / 100),
             first + timedelta(days=n % 365), None if n % 3 else "rumah di belakang masjid"]
            for n in range(begin, min(begin + PIECE, rows))
        ]  # fmt: skip


def ours(path: Path, rows: int, kind: str = "xlsx") -> None:
    """Write as the product does."""
    from rbmgeo.cells import Column, Title
    from rbmgeo.reports.table_file import FILES, writing

    title = Title("Temuan", "ULP 51354 Pandaan", ("Desember 2024",), "Dibuat 1 Des 2024")
    with writing(FILES[kind](path, title, [Column(h) for h in HEADS]), path) as file:
        for piece in pieces(rows):
            file.rows(piece)  # type: ignore[arg-type]


def ours_csv(path: Path, rows: int) -> None:
    """Write CSV as the product does."""
    ours(path, rows, "csv")


def ours_pdf(path: Path, rows: int) -> None:
    """Print as the product does."""
    from rbmgeo.cells import Column, Title
    from rbmgeo.sheets.listing import ListingFile

    file = ListingFile(path, Title("Temuan", "ULP 51354"), [Column(h) for h in HEADS])
    for piece in pieces(rows):
        file.rows([["" if c is None else str(c) for c in row] for row in piece])
    file.done()


def openpyxl_rows(path: Path, rows: int) -> None:
    """Write with openpyxl, write-only."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(HEADS))
    for piece in pieces(rows):
        for row in piece:
            sheet.append(row)
    book.save(path)


def xlsxwriter_whole(path: Path, rows: int) -> None:
    """Write with xlsxwriter's ordinary way, which keeps all cells until the end."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADS)
    at = 1
    for piece in pieces(rows):
        for row in piece:
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, value, day)
                elif value is not None:
                    sheet.write(at, column, value)
            at += 1
    book.close()


def pandas_whole(path: Path, rows: int) -> None:
    """Write with pandas over xlsxwriter."""
    import pandas as pd

    table = pd.DataFrame([r for piece in pieces(rows) for r in piece], columns=list(HEADS))
    table.to_excel(path, index=False, engine="xlsxwriter")


WAYS: dict[str, Callable[[Path, int], None]] = {
    "rbmgeo xlsx": ours, "rbmgeo csv": ours_csv, "rbmgeo pdf": ours_pdf,
    "openpyxl write-only": openpyxl_rows, "xlsxwriter, all in memory": xlsxwriter_whole,
    "pandas to_excel": pandas_whole,
}  # fmt: skip


def one(way: str, rows: int) -> dict[str, float]:
    """Write in this process and return seconds, megabytes it grew by, and those of the file."""
    WAYS[way](Path(tempfile.mkdtemp()) / "warm", 50)  # what is imported once is nobody's growth
    before = _resident()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        began, cpu = time.perf_counter(), time.process_time()
        WAYS[way](path, rows)
        return {
            "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu,
            "grew": _peak() - before, "file": path.stat().st_size / 1e6, "resident": _peak(),
        }  # fmt: skip


def _resident() -> float:
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    """Measure every way in a process of its own and print the table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--one", default="")
    asked.add_argument("--pages", action="store_true")
    args = asked.parse_args()
    if args.one:
        print(json.dumps(one(args.one, args.rows)))
        return
    print(
        f"{args.rows:,} rows, {len(HEADS)} columns{'':13} seconds    cpu  MB grown  MB whole  MB file"
    )
    for way in WAYS:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "bench.excel",
            "--one",
            way,
            "--rows",
            str(args.rows),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"  {way:34} not installed or failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        f = json.loads(done.stdout)
        print(
            f"  {way:34} {f['seconds']:7.1f} {f['cpu']:6.1f} {f['grew']:9.0f} {f['resident']:9.0f} {f['file']:8.1f}"
        )
    if args.pages:
        from bench.excel_page import measured

        measured(args.rows)


if __name__ == "__main__":
    main()
