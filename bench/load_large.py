"""A million customers under load: 50 connections of wrk at the pages as `rbmgeo serve` starts them.

Run by `make bench-load` or `python -m bench.load_large --home FOLDER` (which keeps the unit for the
next time, as `bench.map` does: the same folder serves both). ``--units 20`` asks one unit of twenty
that stand side by side in one database (those of `bench.scale`, whose folder it takes) and opens the
pages of the region as well. Everybody asks with the session of a
real log-in; who asks and whether they may is looked up as always. What is printed, beside its target:

- answers a second for cells of zoom 13 from the cache, and drawn anew each time (cache off);
- answers a second for the data of one RBM (its feature of the OGC API), and its page for a person;
- tiles of zoom 16 with the same rows and columns, beside tipg in the same run, in turns;
- five minutes of all of it mixed: memory of all processes after the first and at the end, and the
  connections to the database before, within and after.

An answer that is not 2xx, a redirect to the log-in too, misses the target. Without wrk (Debian:
wrk) or tipg (see `bench.map`) the bench says so and leaves that part out. ``ms`` are those of the
processors, pages and database, an answer: they say the same whoever else uses the machine.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from bench import map_tipg, wrk
from bench.database import filled_database
from bench.join import ULP
from bench.load import family, memory_mb, processor_ms, server
from bench.map import BASE, backends, filled, logged_in, show, tiles_of
from rbmgeo.cli.serve import free_port, pages_command
from rbmgeo.db.server import web_url
from rbmgeo.settings import Settings

CONNECTIONS, SECONDS, ROUNDS, WORKERS = 50, 8.0, 3, 2
CACHED, COLD, RBM, TIMES, GROWTH = 1500, 150, 250, 1.0, 1.05
CELLS_ZOOM, SAMPLE, SOAK_S, PAGE_S = 13, 300, 300, 1.0


def measured(
    words: str, at: str, paths: list[str], cookie: str, pid: int, database: Any, *, target: float
) -> None:
    """Print answers a second of some addresses."""
    wrk.asked(at, paths, cookie=cookie, connections=CONNECTIONS, seconds=3)  # warms
    pids = [*family(pid), *backends(database)]
    before = processor_ms(pids)
    run = wrk.asked(at, paths, cookie=cookie, connections=CONNECTIONS, seconds=SECONDS)
    ms = (processor_ms(pids) - before) / max(run.answers, 1)
    show(f"{words}: {ms:.2f} ms, p99 {run.p99_ms:.0f} ms, {run.mean_bytes / 1000:.1f} kB",
         f"{run.per_second:.0f}/s", f">= {target:.0f}" if target else "", run.per_second >= target)  # fmt: skip
    _all_good(words, run)


def _all_good(words: str, run: wrk.Run) -> None:
    if run.bad or run.broken:
        show(f"{words}: not 2xx ({run.status}), broken", f"{run.bad}, {run.broken}", "= 0", False)


def beside_tipg(url: str, database: Any, at: str, cookie: str, ours: int, folder: Path) -> None:
    """Print tiles of zoom 16 a second, ours and theirs in turns."""
    if map_tipg.python() is None:
        map_tipg.left_out()
        return
    map_tipg.prepared(database)
    tiles = random.Random(16).sample(every := tiles_of(database, 16), min(SAMPLE, len(every)))
    port = free_port("127.0.0.1", 8900)
    ways = {
        "ours": (at, [f"{BASE}/tiles/16/{x}/{y}.mvt?lapisan=customer" for x, y in tiles], cookie),
        "tipg": (f"http://127.0.0.1:{port}", [map_tipg.address(x, y) for x, y in tiles], ""),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    with map_tipg.served(url, folder, WORKERS, port=port) as (_, pid):
        used: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(ROUNDS + 1):
            for name, (path, addresses, told) in ways.items():
                pids = [*family(ours), *family(pid), *backends(database)]
                before = processor_ms(pids)
                run = wrk.asked(path, addresses, cookie=told, connections=CONNECTIONS, seconds=SECONDS / 2)  # fmt: skip
                if turn:
                    found[name].append(run.per_second)
                    used[name].append((processor_ms(pids) - before) / max(run.answers, 1))
                    _all_good(f"z16 {name}", run)
    n = {name: statistics.median(rates) for name, rates in found.items()}
    ms = {name: statistics.median(each) for name, each in used.items()}
    times = n["ours"] / n["tipg"]
    show(f"z16, ours {n['ours']:.0f}/s ({ms['ours']:.2f} ms), tipg {n['tipg']:.0f}/s ({ms['tipg']:.2f} ms)",
         f"{times:.2f} times", f">= {TIMES}", times >= TIMES)  # fmt: skip


def soak(at: str, paths: list[str], cookie: str, pid: int, database: Any, seconds: int) -> None:
    """Ask for everything mixed; print memory after a fifth and at the end, and connections."""

    def connections() -> int:
        with database.reading() as session:
            return int(session.scalar(text(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rbmgeo web'"
            )) or 0)  # fmt: skip

    def part(seconds: float) -> wrk.Run:
        run = wrk.asked(at, paths, cookie=cookie, connections=CONNECTIONS, seconds=seconds)
        _all_good("soak", run)
        return run

    before = connections()
    answers, held, memory = 0, [], []
    for _ in range(5):
        answers += part(seconds / 5).answers
        held.append(connections())
        memory.append(memory_mb(pid))
    time.sleep(10)
    idle = connections()
    grown = memory[-1] / memory[0]
    show(f"soak {seconds} s, {answers} answers: {memory[0]:.0f} MB after a fifth, {memory[-1]:.0f} at the end",
         f"{(grown - 1) * 100:+.1f} %", f"<= {(GROWTH - 1) * 100:.0f} %", grown <= GROWTH)  # fmt: skip
    show(f"connections before {before}, at most {max(held)}, 10 s idle", str(idle), f"<= {max(held)}",
         idle <= held[0] and held[-1] <= held[0])  # fmt: skip


def main() -> None:
    """Fill the unit, serve it, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--home", default="", help="keep the unit in this folder for the next time")
    parser.add_argument("--units", type=int, default=1, help="so many share the customers")
    parser.add_argument("--soak", type=int, default=SOAK_S, help="seconds; 0 leaves it out")
    asked = parser.parse_args()
    if not wrk.there():
        return
    print(f"{asked.customers} customers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    unit = filled(asked.customers, asked.home) if asked.units == 1 else _several(asked)
    with tempfile.TemporaryDirectory() as folder, unit as (url, database):
        _served(url, database, Path(folder), asked.soak, region=asked.units > 1)
    print(f"load at the end {os.getloadavg()[0]:.1f}", flush=True)


@contextmanager
def _several(asked: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """Offer a database of units side by side, their figures kept, with the one that is asked."""
    os.environ.setdefault("UNITS", str(asked.units))
    os.environ.setdefault("SIZE", str(asked.customers // asked.units))
    from bench import map_unit, scale
    from rbmgeo.db.queries import units
    from rbmgeo.workflows.region import freshen_units

    with filled_database(asked.home, "rbmgeo_scale", scale.fill) as (url, database):
        with database.reading() as session:
            known = [u.ulp for u in units.units(session)]
        if ULP not in known:
            map_unit.fill(database, asked.customers // asked.units)
        began = time.perf_counter()
        made = freshen_units(database, sorted({*known, ULP}))
        print(
            f"{len({*known, ULP})} units; figures of {made} computed in {time.perf_counter() - began:.1f} s"
        )
        yield url, database


def region_pages(at: str, database: Any) -> None:
    """Print the seconds of the pages of all units, first and again, for who may look at all."""
    asker = urllib.request.build_opener()
    asker.addheaders = [("Cookie", logged_in(at, "admin"))]
    with database.reading() as session:
        up3 = session.scalar(text("SELECT min(up3) FROM ulp"))
    for path in ("/wilayah", f"/wilayah/up3/{quote(up3)}", "/wilayah/peta"):
        took = []
        for _ in range(4):
            began = time.perf_counter()
            with asker.open(f"{at}{path}") as answer:
                size = len(answer.read())
            took.append(time.perf_counter() - began)
        again = statistics.median(took[1:])
        show(f"{path}: again {again:.2f} s, {size / 1000:.0f} kB", f"{took[0]:.2f} s", f"<= {PAGE_S:.0f}",
             took[0] <= PAGE_S)  # fmt: skip


def _served(url: str, database: Any, folder: Path, soak_s: int, *, region: bool) -> None:
    cells = tiles_of(database, CELLS_ZOOM)
    zoom = random.Random(CELLS_ZOOM).sample(cells, min(SAMPLE, len(cells)))
    cell_paths = [f"{BASE}/tiles/{CELLS_ZOOM}/{x}/{y}.mvt" for x, y in zoom]
    with database.reading() as session:
        codes = list(session.scalars(text(
            "SELECT DISTINCT rbm FROM rbm_list WHERE ulp = :u AND rbm IS NOT NULL ORDER BY rbm LIMIT 199"
        ), {"u": ULP}))  # fmt: skip
    rbm_paths = [f"/api/ogc/{ULP}/collections/rbm/items/{c}" for c in codes]
    pages = [f"{BASE.rpartition('/')[0]}/rbm/{c}" for c in codes[:50]]

    def with_server(cache: bool, do: Callable[[str, str, int], None]) -> None:
        port, sock = free_port("127.0.0.1", 8700), f"{folder}/{'warm' if cache else 'cold'}.sock"
        environment = {**os.environ, "RBMGEO_DATABASE_URL": url, "RBMGEO_WEB_DATABASE_URL": web_url(Settings(database_url=""), url), "RBMGEO_HOME": str(folder),
                       "PYTHONPATH": str(Path.cwd()), **({} if cache else {"RBMGEO_TILE_CACHE_BYTES": "0"})}  # fmt: skip
        with server(pages_command([f"unix:{sock}", f"127.0.0.1:{port}"], WORKERS), environment, sock,
                    folder / "pages.log") as pid:  # fmt: skip
            at = f"http://127.0.0.1:{port}"
            cookie = logged_in(at)
            wrk.asked(at, [BASE], cookie=cookie, connections=1, seconds=5)  # has the map written
            do(at, cookie, pid)

    def cold(at: str, cookie: str, pid: int) -> None:
        measured(f"cells z{CELLS_ZOOM} drawn anew", at, cell_paths, cookie, pid, database, target=COLD)  # fmt: skip
        beside_tipg(url, database, at, cookie, pid, folder)

    def warm(at: str, cookie: str, pid: int) -> None:
        measured(f"cells z{CELLS_ZOOM} from the cache", at, cell_paths, cookie, pid, database, target=CACHED)  # fmt: skip
        measured("data of an RBM", at, rbm_paths, cookie, pid, database, target=RBM)
        measured("page of an RBM's map", at, pages, cookie, pid, database, target=0)
        if region:
            region_pages(at, database)
        if soak_s:
            mixed = [*cell_paths[:100], *rbm_paths[:100], *pages[:4]]
            random.Random(1).shuffle(mixed)
            soak(at, mixed, cookie, pid, database, soak_s)

    with_server(False, cold)
    with_server(True, warm)


if __name__ == "__main__":
    main()
