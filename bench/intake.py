"""What taking in a large list costs, beside a bare COPY of the same bytes in the same run.

Run by `make bench-intake` (`python -m bench.intake [--rows N] [--sheet-rows N]`). The list is
invented: one row per customer with idpel, name, address, tarif, daya and position, seed 1.
The peers are the database alone, which looks at nothing: COPY of the very bytes into a table
of texts without a key, and into one of proper types with a primary key (what the list must
become at the least). The import applies every rule, keeps each position with its quality,
chooses the one in use and commits. Each step runs in a process of its own, so that its peak
of memory is its own; the seconds of the server are those of the backends that worked.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.database import bench_database

TIMES, SECONDS, PEAK_MB, SHEET_SECONDS = 6.0, 60.0, 700, 15.0
HEAD = "IDPEL;NAMA;ALAMAT;TARIF;DAYA;LATITUDE;LONGITUDE"
TYPES = "idpel text PRIMARY KEY, nama text, alamat text, tarif text, daya numeric, lat float8, lon float8"


def write_list(path: Path, rows: int) -> None:
    """Write an invented list of customers around Pandaan as a `;` CSV."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "\n")
        for n in range(rows):
            file.write(";".join(map(str, _row(draw, n))) + "\n")


def _row(draw: random.Random, n: int) -> tuple[object, ...]:
    tarif, daya = draw.choice(
        [("R1", 450), ("R1M", 900), ("R1", 1300), ("B1", 2200), ("R1T", 1300)]
    )
    lat, lon = -7.65 + draw.gauss(0, 0.05), 112.69 + draw.gauss(0, 0.05)
    house = f"DSN KENARI RT {n % 9 + 1} RW {n % 7 + 1} NO {n % 300}"
    return f"51354{n:07d}", f"PELANGGAN {n}", house, tarif, daya, f"{lat:.7f}", f"{lon:.7f}"


def write_sheet(path: Path, rows: int) -> None:
    """Write the same kind of list as an XLSX workbook."""
    import xlsxwriter

    draw = random.Random(1)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("PELANGGAN")
        sheet.write_row(0, 0, HEAD.split(";"))
        for n in range(rows):
            sheet.write_row(n + 1, 0, _row(draw, n))


def copy(url: str, file: Path, table: str, columns: str) -> float:
    """COPY a file into a new table; return the seconds until it is committed."""
    from sqlalchemy import create_engine

    connection = create_engine(url).raw_connection()
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE {table} ({columns})")
    connection.commit()
    begun = time.perf_counter()
    with file.open("rb") as data:
        cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')", data)
    connection.commit()
    return time.perf_counter() - begun


def take_in(url: str, file: Path, ulp: str) -> dict[str, Any]:
    """Import one file in this process and say what it took."""
    from rbmgeo.db.session import Database
    from rbmgeo.workflows.import_files import import_files

    begun, before = time.perf_counter(), _cpu()
    done = import_files(Database(url), [file], ulp=ulp, profile="generic", kind="customers")
    wall, peak = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    good = sum(f.good for f in done.files)
    return {"wall": wall, "cpu": _cpu() - before, "peak": peak / 1024, "good": good}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _apart(url: str, file: Path, ulp: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "bench.intake",
        "--take-in",
        str(file),
        "--url",
        url,
        "--ulp",
        ulp,
    ]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def main() -> None:
    """Write the lists, copy and import them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sheet-rows", type=int, default=100_000)
    parser.add_argument("--take-in", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    parser.add_argument("--ulp", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take_in:
        print(json.dumps(take_in(asked.url, asked.take_in, asked.ulp)))
        return
    print(f"{asked.rows} rows, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with bench_database() as url, tempfile.TemporaryDirectory(prefix="rbmgeo-bench-") as folder:
        file, sheet = Path(folder) / "list.csv", Path(folder) / "list.xlsx"
        write_list(file, asked.rows)
        texts = ", ".join(f"{name} text" for name in HEAD.lower().split(";"))
        heap = copy(url, file, "bare_texts", texts)
        keyed = copy(url, file, "bare_keyed", TYPES)
        done = _apart(url, file, "51354")
        print(f"{file.stat().st_size / 1e6:.0f} MB of CSV; {done['good']} rows taken in")
        print(f"{'':<38}{'seconds':>9}{'target':>8}{'peak MB':>9}{'target':>8}")
        print(f"{'bare COPY, texts without a key':<38}{heap:>9.2f}")
        print(f"{'bare COPY, types and a key':<38}{keyed:>9.2f}")
        print(
            f"{'import with every rule':<38}{done['wall']:>9.2f}{SECONDS:>8.0f}{done['peak']:>9.0f}{PEAK_MB:>8}"
        )
        print(
            f"    {done['wall'] / heap:.1f} times the bare COPY of texts, {done['wall'] / keyed:.1f} times that "
            f"with types and a key (target {TIMES:.0f}); {done['cpu']:.1f} s of processor in Python"
        )
        write_sheet(sheet, asked.sheet_rows)
        done = _apart(url, sheet, "51355")
        print(
            f"{f'XLSX of {asked.sheet_rows} rows':<38}{done['wall']:>9.2f}{SHEET_SECONDS:>8.0f}{done['peak']:>9.0f}"
        )


if __name__ == "__main__":
    main()
