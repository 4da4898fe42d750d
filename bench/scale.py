"""The work on many units: a million customers in twenty of them, growth of one, and what PLN's ninety would take.

`make bench-scale` fills twenty invented units of 50,000 customers, does them inline, by processes
and on a local Dask cluster of two workers, compares the hashes, and prints processor seconds,
memory and bytes. `UNITS=4 SIZE=5000` makes it small; `HOME_AT=folder` keeps the units for the
next time; `ENGINES=processes` runs one engine alone; `GROWTH=` leaves the growth out.
"""

import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bench.database import filled_database
from bench.load import memory_mb

UNITS, SIZE = int(os.environ.get("UNITS", 20)), int(os.environ.get("SIZE", 50_000))
ENGINES = [e for e in os.environ.get("ENGINES", "inline,processes,dask").split(",") if e]
GROWTH = [int(n) for n in os.environ.get("GROWTH", "10000,50000,150000").split(",") if n]
#: About so many customers PLN has.
EVERYBODY = 90_000_000
WORKERS = 2


def main() -> None:
    """Print one block a question."""
    with filled_database(os.environ.get("HOME_AT", ""), "rbmgeo_scale", fill) as (_, database):
        bytes_in_database(database)
        work = Path(tempfile.mkdtemp(prefix="rbmgeo-scale-"))
        try:
            told = [engine(database, name, work) for name in ENGINES]
            compare(told)
            if told:
                everybody(told[-1], work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    if GROWTH:
        growth()


def codes() -> list[str]:
    """Return the units."""
    return [f"{60001 + k}" for k in range(UNITS)]


def fill(database: Any) -> None:
    """Write every unit with one month, side by side on the ground, sizes from 60 to 140 %."""
    for number, ulp in enumerate(codes()):
        size = round(SIZE * (0.6 + 0.8 * (number * 7 % UNITS) / max(UNITS - 1, 1)))
        one_unit(database, ulp, size, number)
        print(f"  unit {ulp}: {size:,} customers written", flush=True)
    with database.writing() as session:
        from rbmgeo.db.queries import people

        people.add_user(session, login="bench", password="bench-rekaan-1", display_name="Bench",
                        grants=[("*", "admin")])  # fmt: skip


def one_unit(database: Any, ulp: str, size: int, number: int = 0) -> None:
    """Write one unit."""
    from sqlalchemy import text

    from bench.whole_unit import NEWEST, lists, network
    from rbmgeo.db.queries import units

    rng = np.random.default_rng(number + 1)
    with database.writing() as session:
        units.ensure_unit(session, ulp=ulp, name=f"Rekaan {number + 1}")
        units.set_unit(session, ulp=ulp, utm_srid=32749, up3=f"UP3-{number // 5 + 1}")
        at_m = (12_000.0 * (number % 5), 12_000.0 * (number // 5))
        houses = network(session, rng, size, ulp=ulp, at_m=at_m)
        lists(session, rng, houses, ulp=ulp, blths=[NEWEST], logs=False)
        session.execute(text("ANALYZE"))


def engine(database: Any, name: str, work: Path) -> dict[str, Any]:
    """Do every unit by one engine; print and return what it took."""
    from rbmgeo.jobs.engines import engine_of
    from rbmgeo.jobs.many_units import Order, run_units

    began, busy = time.perf_counter(), _busy()
    doer = engine_of(name, workers=WORKERS)
    ready = time.perf_counter() - began
    try:
        with _most_memory() as most:
            done = run_units(
                database, codes(), Order(f"{name}-{time.time_ns()}", work / name, who="bench"), doer
            )
    finally:
        doer.close()
    wall, cpu = time.perf_counter() - began, _busy() - busy
    print(f"\n{name}: {len(done.kept)} units, {len(done.set_aside)} set aside, wall {wall / 60:.1f} min "
          f"({ready:.1f} s until it was ready), processor {cpu:.0f} s in all, {done.cpu_s:.0f} s of it in units "
          f"(others: snapshots, keeping, engine), peak of one unit {done.peak_mb:,.0f} MB, of all processes together "
          f"{max(most):,.0f} MB (target 8,192; the database's apart)", flush=True)  # fmt: skip
    return {"name": name, "done": done, "wall": wall, "cpu": cpu}


@contextmanager
def _most_memory() -> Iterator[list[float]]:
    """Look every second at the memory of this process and all that came from it, MB."""
    seen, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(1.0):
            seen.append(memory_mb(os.getpid()))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield seen
    finally:
        done.set()
        looking.join()


def _busy() -> float:
    """Return processor seconds of this process and of those it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(r.ru_utime + r.ru_stime for r in both)


def compare(told: list[dict[str, Any]]) -> None:
    """Print whether all engines gave the same, and how well two workers were used."""
    if len(told) < 2:
        return
    first = told[0]["done"].kept
    for one in told[1:]:
        same = one["done"].kept == first and len(first) == UNITS
        print(
            f"  {'holds' if same else 'FAILS'}  {one['name']}: the same {len(first)} hashes as {told[0]['name']}"
        )
    alone = next((t for t in told if t["name"] == "inline"), None)
    for one in told:
        if alone is None or one is alone:
            continue
        share = alone["done"].cpu_s / (WORKERS * one["wall"])
        print(f"  {one['name']}: units' processor seconds inline over {WORKERS} x wall: {share:.2f} "
              f"(target 0.85); the same units took {one['done'].cpu_s / alone['done'].cpu_s:.3f} times as many "
              "processor seconds as inline (engine's share: target 1.05)")  # fmt: skip


def everybody(one: dict[str, Any], work: Path) -> None:
    """Print processor seconds by step, bytes of snapshots, and what ninety million would take."""
    done = one["done"]
    customers = sum(
        round(SIZE * (0.6 + 0.8 * (n * 7 % UNITS) / max(UNITS - 1, 1))) for n in range(UNITS)
    )
    print(f"\nprocessor seconds for 1,000,000 customers, by step ({one['name']}):")
    for step, seconds in sorted(done.steps_s.items(), key=lambda kv: -kv[1]):
        print(f"  {seconds / customers * 1e6:8.0f}  {step}")
    whole = done.cpu_s / customers * 1e6
    print(f"  {whole:8.0f}  in all (files read and written included)")
    size = sum(p.stat().st_size for p in work.glob(f"{one['name']}/*/snapshot/*"))
    out = sum(p.stat().st_size for p in work.glob(f"{one['name']}/*/result/*"))
    print(
        f"bytes a customer as GeoParquet: snapshot {size / customers:.0f}, result {out / customers:.0f}"
    )
    hours = whole * EVERYBODY / 1e6 / 3600
    print(f"90 million customers: {hours:.0f} processor hours once ({hours / 32:.1f} h on 32 processors at the share "
          f"above), snapshots {size / customers * EVERYBODY / 1e9:.0f} GB, results {out / customers * EVERYBODY / 1e9:.0f} GB. "
          "Assumed: units of this size and shape, one month, every unit whole; real towns differ.")  # fmt: skip


def bytes_in_database(database: Any) -> None:
    """Print bytes a customer in PostGIS, by table."""
    from sqlalchemy import text

    with database.reading() as session:
        count = session.scalar(text("SELECT count(*) FROM customer"))
        rows = session.execute(text(
            "SELECT relname, pg_total_relation_size(oid) AS size FROM pg_class WHERE relkind IN ('r', 'p', 'm') "
            "AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT 8")).all()  # fmt: skip
        whole = session.scalar(text("SELECT pg_database_size(current_database())"))
    print(
        f"{count:,} customers in {UNITS} units; the database: {whole / count:.0f} bytes a customer"
    )
    for name, size in rows:
        print(f"  {size / count:8.0f}  {name}")


def growth() -> None:
    """Print time and memory a customer for one unit of several sizes, each in a process of its own."""
    print("\none unit, growing (snapshot in memory, all steps, one thread):")
    first: tuple[float, float] | None = None
    for size in GROWTH:
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            seconds, peak, steps = alone.submit(_grown, size).result()
        each = seconds / size * 1e3, (peak) / size * 1e3
        first = first or each
        by = ", ".join(f"{k} {v:.1f}" for k, v in steps.items())
        print(f"  {size:>8,}: {seconds:6.1f} processor s, {peak:6,.0f} MB above what an empty process holds; a thousand: "
              f"{each[0]:.3f} s ({each[0] / first[0]:.2f}), {each[1]:.1f} MB ({each[1] / first[1]:.2f}; target 1.3); {by}",
              flush=True)  # fmt: skip


def _grown(size: int) -> tuple[float, float, dict[str, float]]:
    from bench.database import bench_database
    from rbmgeo.db.session import Database
    from rbmgeo.intake.unit_files import read_snapshot, write_snapshot
    from rbmgeo.jobs.engines import ready
    from rbmgeo.unit.process import process_unit
    from rbmgeo.workflows.snapshots import unit_snapshot

    assert ready.READY
    with bench_database() as url:
        database = Database(url)
        one_unit(database, "60001", size)
        with tempfile.TemporaryDirectory() as folder:
            write_snapshot(Path(folder) / "s", unit_snapshot(database, "60001"))
            database.close()
            with ProcessPoolExecutor(1, get_context("forkserver")) as alone:
                return alone.submit(
                    _measured, str(Path(folder) / "s"), read_snapshot, process_unit
                ).result()


def _measured(folder: str, read: Any, process: Any) -> tuple[float, float, dict[str, float]]:
    from rbmgeo.jobs.engines import ready

    assert ready.READY
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    result = process("60001", read(Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - began, peak - before, result.cpu_s


if __name__ == "__main__":
    main()
