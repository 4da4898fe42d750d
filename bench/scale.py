"""The work on many units: a million customers in twenty of them, growth of one, and what PLN's ninety would take.

`make bench-scale` fills twenty invented units of 50,000 customers, does them inline, by processes
and on a local Dask cluster of two workers, compares the hashes, and prints processor seconds,
memory and bytes. `UNITS=4 SIZE=5000` makes it small; `HOME_AT=folder` keeps the units for the
next time; `ENGINES=processes` runs one engine alone; `ROUNDS=3` has them take turns and gives
medians; `GROWTH=` leaves the growth out.
"""

import os
import resource
import shutil
import statistics
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
#: How often each engine does it all, in turns.
ROUNDS = int(os.environ.get("ROUNDS", 1))


def main() -> None:
    """Print one block a question."""
    with filled_database(os.environ.get("HOME_AT", ""), "rbmgeo_scale", fill) as (_, database):
        bytes_in_database(database)
        work = Path(tempfile.mkdtemp(prefix="rbmgeo-scale-"))
        try:
            rounds = [
                [engine(database, name, work / str(n)) for name in ENGINES] for n in range(ROUNDS)
            ]
            compare(rounds)
            if ENGINES:
                everybody(rounds[-1][-1], work / str(ROUNDS - 1))
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

    began, busy = time.perf_counter(), _busy_s()
    doer = engine_of(name, workers=WORKERS)
    ready = time.perf_counter() - began
    order = Order(f"{name}-{time.time_ns()}", work / name, who="bench", keep_files=True)
    try:
        with _most_memory() as most:
            done = run_units(database, codes(), order, doer)
        wall, cpu = time.perf_counter() - began, _busy_s() - busy
        own_s = _nothing(doer)
    finally:
        doer.close()
    print(f"\n{name}: {len(done.kept)} units, {len(done.set_aside)} set aside, wall {wall / 60:.1f} min "
          f"({ready:.1f} s until it was ready), the machine's processors {cpu:.0f} s (database and all else with it), "
          f"{done.cpu_s:.0f} s of it in units; peak of one process {done.peak_mb:,.0f} MB, of all together "
          f"{max(most):,.0f} MB (target 8,192; the database's apart)", flush=True)  # fmt: skip
    return {"name": name, "done": done, "wall": wall, "cpu": cpu, "own": own_s}


def _nothing(doer: Any) -> float:
    """Return an engine's own seconds for one piece: of pieces that do nothing, one after the other."""
    pieces = 20
    began = time.perf_counter()
    for number in range(pieces):
        doer.submit(f"{number}", len, ())
        while not doer.wait():
            pass
    return (time.perf_counter() - began) / pieces


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


def _busy_s() -> float:
    """Return processor seconds of the whole machine since it started: say nothing of who used them."""
    told = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, soft = map(int, told[:7])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def compare(rounds: list[list[dict[str, Any]]]) -> None:
    """Print whether all engines gave the same, and how well two workers were used.

    Efficiency is that of the units' processor seconds: what they took inline over what the same
    units took by the engine, two at a time. Rounds take turns; the median speaks, for a machine
    that others use too is not always as fast.
    """
    told = [one for each in rounds for one in each]
    if len(ENGINES) < 2:
        return
    first = told[0]["done"].kept
    for name in ENGINES[1:]:
        same = len(first) == UNITS and all(t["done"].kept == first for t in told if t["name"] == name)  # fmt: skip
        print(f"  {'holds' if same else 'FAILS'}  {name}: the same {len(first)} hashes as {told[0]['name']}")  # fmt: skip
    for name in [e for e in ENGINES if e != "inline" and "inline" in ENGINES]:
        pairs = [({t["name"]: t for t in each}["inline"], {t["name"]: t for t in each}[name]) for each in rounds]  # fmt: skip
        shares = sorted(alone["done"].cpu_s / one["done"].cpu_s for alone, one in pairs)
        faster = sorted(alone["wall"] / one["wall"] for alone, one in pairs)
        large = [one["done"].cpu_s / UNITS for _, one in pairs]
        own_s = statistics.median(one["own"] for _, one in pairs)
        print(f"  {name}: efficiency on the units' processor seconds {statistics.median(shares):.2f} "
              f"({', '.join(f'{s:.2f}' for s in shares)}; target 0.85); {statistics.median(faster):.2f} times as fast as "
              f"inline by the clock; the engine's own {own_s * 1000:.0f} ms a piece are {own_s / min(large):.1%} of a "
              f"unit of {min(large):.0f} s (target 5 %)")  # fmt: skip


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
    serial = max(one["cpu"] - done.cpu_s, 0) / customers * EVERYBODY / 3600
    print(f"90 million customers: {hours:.0f} processor hours of units once ({hours / 32:.1f} h on 32 processors that are "
          f"used whole), and {serial:.0f} h of reading, keeping and the database, which one client does one unit after the "
          f"other (several clients where there are several databases); snapshots {size / customers * EVERYBODY / 1e9:.0f} GB, results {out / customers * EVERYBODY / 1e9:.0f} GB. "
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
