"""Figures of the main job on an invented unit of 20,000 customers, seed 1: time and memory.

Run by `make bench` (`python -m bench.spine [--customers N]`). The database is a PostGIS of
its own in a folder that is thrown away, or the empty one of RBMGEO_BENCH_DATABASE_URL. Every
step runs in a process of its own, so that its peak of memory is its own; seconds are by the
wall from the call of the workflow to its commit, without the start of Python. Beside them
stand processor seconds of the program: on a machine that others use they vary less.

Two units are made, both by the sample's own command: one whose files are all imported, and
one with fewer prepaid customers, which is read on about 60 RBM and whose routes are ordered.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.database import bench_database

ALL, ROUTED = "51354", "51356"
#: step -> seconds that the product promises on 20,000 customers; memory for every step.
TARGETS = {"import": 5.0, "match without detection": 3.0, "order": 20.0}
PEAK_MB = 1024


def sample(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Write the files of a unit; no database."""
    from rbmgeo.sample import SampleParams
    from rbmgeo.sample.make import make_sample

    # With a fifth prepaid, 20,000 customers fill about 60 RBM of 260.
    prepaid = 0.2 if ulp == ROUTED else 0.4
    params = SampleParams(ulp=ulp, customers=customers, seed=1, prepaid=prepaid)
    made = make_sample(folder / ulp, params)
    return {"customers": made.customers, "rbm": made.rbm, "gardu": made.gardu}


def import_lists(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Import both lists of the unit, newest month, with its network, streets and points."""
    newest = sorted(folder.glob(f"{ulp}/dpm/*.csv"))[-1]
    return _import(database, [newest, folder / ulp / "pdpj", folder / ulp / "gis"], ulp)


def import_months(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Import the calendar and the eleven earlier monthly lists with their readings."""
    earlier = sorted(folder.glob(f"{ulp}/dpm/*.csv"))[:-1]
    return _import(database, [folder / ulp / "kalender", *earlier], ulp)


def import_others(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Import tokens, three months of reader logs, six months of bills, prepaid orders."""
    names = ("token", "reader_log", "piutang", "prabayar")
    return _import(database, [folder / ulp / name for name in names], ulp)


def _import(database: Any, paths: list[Path], ulp: str) -> dict[str, Any]:
    from rbmgeo.workflows.import_files import import_files

    ticks: dict[str, list[float]] = {}
    done = import_files(
        database,
        paths,
        ulp=ulp,
        accept_good=True,
        progress=lambda step, *_: ticks.setdefault(step, []).append(time.perf_counter()),
    )
    checking, loading = ticks.values()
    kinds: dict[str, float] = {}
    for file, start, end in zip(done.files, loading, loading[1:], strict=False):
        kinds[file.kind] = kinds.get(file.kind, 0.0) + end - start
    parts = {"check": checking[-1] - checking[0], **{f"load {k}": s for k, s in kinds.items()}}
    return {
        "files": len(done.files),
        "rows": sum(f.read for f in done.files),
        "rejected": sum(f.rejected for f in done.files),
        "parts": {k: round(s, 2) for k, s in parts.items()},
    }


def match(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Compare both lists and keep classes and candidates."""
    from rbmgeo.workflows.match import match_ulp

    with database.writing() as session:
        done = match_ulp(session, ulp, detect_errors=False)
    return {"customers": done.customers, "classes": done.classes}


def design(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Write a draft of routes from whole gardu."""
    from rbmgeo.workflows.routes import design_ulp

    with database.writing() as session:
        return dict(design_ulp(session, ulp).summary)


def order(database: Any, folder: Path, ulp: str, customers: int) -> dict[str, Any]:
    """Order every RBM of the draft on the street network."""
    from rbmgeo.workflows.routes import order_version

    with database.writing() as session:
        return dict(order_version(session, ulp).summary)


STEPS: list[tuple[str, str, Callable[[Any, Path, str, int], dict[str, Any]]]] = [
    ("write the files", ALL, sample),
    ("write the files, 60 RBM", ROUTED, sample),
    ("import", ALL, import_lists),
    ("import: eleven earlier months", ALL, import_months),
    ("import: token, logs, bills, orders", ALL, import_others),
    ("import, 60 RBM", ROUTED, import_lists),
    ("match without detection", ALL, match),
    ("design", ROUTED, design),
    ("order", ROUTED, order),
]


def run_step(number: int, url: str, folder: Path, customers: int) -> None:
    """Run one step in this process and print what it took, as JSON."""
    # Libraries are loaded before the clock starts: a server has them loaded too.
    import rbmgeo.sample.make
    import rbmgeo.workflows.import_files
    import rbmgeo.workflows.match
    import rbmgeo.workflows.routes  # noqa: F401
    from rbmgeo.db.session import Database

    _, ulp, work = STEPS[number]
    database = Database(url)
    before, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    facts = work(database, folder, ulp, customers)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": after.ru_maxrss / 1024, "facts": facts}))


def main() -> None:
    """Run every step and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--step", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step is not None:
        run_step(asked.step, asked.url, asked.folder, asked.customers)
        return
    print(
        f"{asked.customers} customers, seed 1; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{'step':<40}{'seconds':>9}{'cpu s':>8}{'target':>8}{'peak MB':>9}{'target':>8}")
    with bench_database() as url, tempfile.TemporaryDirectory(prefix="rbmgeo-bench-") as folder:
        for number, (name, _, _) in enumerate(STEPS):
            command = [sys.executable, "-m", "bench.spine", "--step", str(number), "--url", url,
                       "--folder", folder, "--customers", str(asked.customers)]  # fmt: skip
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            _show(name, json.loads(told))


def _show(name: str, took: dict[str, Any]) -> None:
    target = f"{TARGETS[name]:.0f}" if name in TARGETS else ""
    print(
        f"{name:<40}{took['wall']:>9.2f}{took['cpu']:>8.2f}{target:>8}{took['peak']:>9.0f}"
        f"{PEAK_MB:>8}",
        flush=True,
    )
    for key, value in took["facts"].items():
        print(f"    {key}: {value}", flush=True)


if __name__ == "__main__":
    main()
