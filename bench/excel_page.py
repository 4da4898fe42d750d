"""A whole table of the application as Excel: from the question to the database to the file."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.database import bench_database
from bench.join import ULP
from bench.whole_unit import NEWEST, fill


def measured(customers: int) -> None:
    """Fill a unit and have every customer of the page Lembar pertama written, as a job does."""
    from rbmgeo.db.queries import people
    from rbmgeo.db.session import Database

    with bench_database() as url:
        database = Database(url, pool_size=2)
        with database.writing() as session:
            for step in fill(session, customers):
                print(f"  {step}", file=sys.stderr)
            people.add_user(session, login="rencana", password="sandi-uji-panjang", grants=[(ULP, "perencana")])  # fmt: skip
        database.close()
        for kind in ("xlsx", "csv"):
            _one(url, kind)


def _one(url: str, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t"
        order: dict[str, Any] = {
            "database": url, "home": folder, "kind": kind, "who": "rencana", "file": str(path),
            "path": f"/{ULP}/{NEWEST}/lembar-pertama/pelanggan", "query": {}, "name": "pelanggan",
            "lang": "id",
        }  # fmt: skip
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "web.exports.job"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(order) + "\n")
        child.stdin.flush()
        first, rows, peak, base = 0.0, 0, 0.0, 0.0
        for line in child.stdout:
            told = json.loads(line)
            peak = max(peak, _memory(child.pid))
            if not first:
                first, base = time.perf_counter(), peak
            rows = told.get("rows", told.get("done", rows))
            if "fault" in told:
                raise SystemExit(told["fault"])
        child.wait()
        ended = time.perf_counter()
        print(
            f"  page to {kind}: {rows:,} rows in {ended - began:.1f} s, of them {first - began:.1f} s until "
            f"the first 4,000 (start of the program, the lists read); {peak:.0f} MB in all, "
            f"{peak - base:.0f} MB more at the end than after the first rows; {path.stat().st_size / 1e6:.1f} MB"
        )


def _memory(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(t.split()[1]) / 1024 for t in told if t.startswith("VmHWM")), 0.0)
