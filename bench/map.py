"""The map of a unit of a million customers: in a browser, tile by tile, and beside tipg.

Run by `make bench-map` (`SIZE=50000` for a smaller unit) or `python -m bench.map [--customers N]
[--home FOLDER]`, which keeps the unit for the next time. The unit is invented (`bench.map_unit`);
the pages are served as `rbmgeo serve` does it, two processes, with our cache of tiles off, over a
local socket. What is printed, beside its target:

- seconds until the first paint and until every first tile is drawn, in Chromium, each time with an
  empty browser: the whole unit, and a place at zoom 17;
- milliseconds and bytes of a tile at every zoom, asked one at a time by somebody logged in;
- the customers in the cells of all tiles of every zoom, beside the table's (read by GDAL);
- milliseconds to build the map of an RBM of 600;
- tiles of zoom 16 a second, beside tipg (MIT licence) with the same rows and columns.

tipg is no part of the product: where `BENCH_TIPG` names a Python that has it, or `.bench-tipg` does
(`python3 -m venv .bench-tipg && .bench-tipg/bin/pip install tipg uvicorn uvloop httptools`), it is
asked; else the bench says so. It gets a table of its own with one row a customer, the geometry
stored and indexed; ours looks up who asks and whether they may, and is asked for that layer alone,
and for the whole tile with streets, lines and gardu besides. Both have two processes, the same connections at once, no
compression, and are warm.
"""

import argparse
import os
import random
import re
import statistics
import tempfile
import time
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from bench import map_tipg
from bench.database import filled_database
from bench.join import ULP
from bench.load import Asker, Rate, family, processor_ms, rate, server
from bench.map_seen import seen, warmed
from bench.map_unit import PASSWORD, fill
from bench.whole_unit import NEWEST
from rbmgeo.cli.serve import free_port, pages_command
from rbmgeo.db.server import web_url
from rbmgeo.settings import Settings

HALF = 20037508.342789244
BASE = f"/{ULP}/{NEWEST}/peta/unit"
#: Targets: seconds in the browser, milliseconds and bytes of a tile, milliseconds of an RBM, times tipg.
PAINT_S, FIRST_TILES_S, FAR_MS, NEAR_MS, LARGEST, RBM_MS, TIMES = (
    1.0,
    2.0,
    60,
    15,
    100_000,
    100,
    1.5,
)
WORKERS, CONNECTIONS, SECONDS, ROUNDS = 2, 16, 15.0, 5
#: Tiles asked of one zoom at most.
SAMPLE = 400


def show(words: str, found: str, target: str, good: bool) -> None:
    """Print one figure beside its target."""
    print(f"{words:<52}{found:>24}  {target:<12}{'' if good else 'MISSED'}", flush=True)


def filled(customers: int, home: str) -> AbstractContextManager[tuple[str, Any]]:
    """Offer the address and the database of the unit."""
    return filled_database(home, f"map_{customers}", lambda database: fill(database, customers))


def logged_in(address: str, who: str = "perencana") -> str:
    """Return the cookie of a planner, or of the administrator."""
    jar = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(jar)
    page = opener.open(f"{address}/masuk").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"nama": who, "sandi": PASSWORD, "csrf_token": token[1] if token else ""}
    opener.open(f"{address}/masuk", urlencode(form).encode())
    return "; ".join(f"{c.name}={c.value}" for c in jar.cookiejar)


def tiles_of(database: Any, zoom: int) -> list[tuple[int, int]]:
    """Return the tiles of a zoom in which a customer lies."""
    side = 2 * HALF / 2**zoom
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT DISTINCT floor((ST_X(geom_3857) + :h) / :s)::int AS x, "
                "floor((:h - ST_Y(geom_3857)) / :s)::int AS y FROM customer "
                "WHERE ulp = :u AND geom IS NOT NULL ORDER BY x, y"
            ),
            {"h": HALF, "s": side, "u": ULP},
        )
        return [(row.x, row.y) for row in rows]


def each_tile(database: Any, asker: Asker) -> None:
    """Ask for tiles of every zoom one at a time; add up the cells of all of them."""
    with database.reading() as session:
        placed = session.scalar(
            text("SELECT count(*) FROM customer WHERE ulp = :u AND geom IS NOT NULL"), {"u": ULP}
        )
    sums: dict[int, int] = {}
    largest = (0, "")
    for zoom in (0, *range(4, 20)):
        every = tiles_of(database, zoom)
        # All of them are added up; a random part of them is timed.
        timed = set(random.Random(zoom).sample(every, min(SAMPLE, len(every))))
        took, total = [], 0
        asker.connect()
        for x, y in every if zoom <= 16 else sorted(timed):
            began = time.perf_counter()
            status, body = asker.get(f"{BASE}/tiles/{zoom}/{x}/{y}.mvt")
            if (x, y) in timed:
                took.append((time.perf_counter() - began) * 1000)
            assert status == 200, body[:300]
            largest = max(largest, (len(body), f"z{zoom}"))
            if zoom <= 16:
                total += people_in(body)
        took.sort()
        p95 = took[int(len(took) * 0.95)]
        most = FAR_MS if zoom < 16 else NEAR_MS
        show(f"tile z{zoom}, {len(took)} of {len(every)}: median {took[len(took) // 2]:.1f} ms, p95",
             f"{p95:.1f} ms", f"<= {most} ms", p95 <= most)  # fmt: skip
        if zoom <= 16:
            sums[zoom] = total
    show(f"largest tile ({largest[1]})", f"{largest[0] / 1000:.1f} kB", f"<= {LARGEST // 1000} kB",
         largest[0] <= LARGEST)  # fmt: skip
    wrong = {zoom: n for zoom, n in sums.items() if n != placed}
    show(f"customers in the cells and points of {len(sums)} zooms", str(wrong or placed), f"= {placed}",
         not wrong)  # fmt: skip


def people_in(body: bytes, *, whole: bool = True) -> int:
    """Count the customers in a tile's cells and points, read by GDAL.

    ``whole``: those who lie in the tile alone, not those that are drawn over its edge.
    """
    import pyogrio

    if not body:
        return 0
    total = 0
    for name in pyogrio.list_layers(body)[:, 0]:
        if name == "cell":
            cells = pyogrio.read_dataframe(body, layer=name, read_geometry=False)
            total += int(cells.filter(regex="^s[0-6]$").fillna(0).to_numpy().sum())
        if name in ("customer", "default"):
            at = pyogrio.read_dataframe(body, layer=name).geometry
            # Without its place in the pyramid GDAL gives a tile's own units, the first row on top.
            inside = (at.x >= 0) & (at.x < 4096) & (at.y > 0) & (at.y <= 4096)
            total += int(inside.sum()) if whole else len(at)
    return total


def beside_tipg(url: str, database: Any, at: str, ours: int, folder: Path, headers: str) -> None:
    """Print tiles of zoom 16 a second, ours and theirs, asked in turns: others use the machine too."""
    if map_tipg.python() is None:
        map_tipg.left_out()
        return
    map_tipg.prepared(database)
    tiles = random.Random(16).sample(every := tiles_of(database, 16), min(SAMPLE, len(every)))
    whole = [f"{BASE}/tiles/16/{x}/{y}.mvt" for x, y in tiles]
    same = [f"{one}?lapisan=customer" for one in whole]
    theirs = [map_tipg.address(x, y) for x, y in tiles]
    with map_tipg.served(url, folder, WORKERS) as (peer, pid):
        one, other = Asker(at, headers).get(same[0])[1], Asker(peer).get(theirs[0])[1]
        ways = {
            "ours": (at, same, headers),
            "tipg": (peer, theirs, ""),
            "whole": (at, whole, headers),
        }
        rounds: dict[str, list[Rate]] = {name: [] for name in ways}
        used: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(ROUNDS + 1):
            for name, (path, addresses, told) in ways.items():
                seconds = SECONDS / ROUNDS
                # Whoever is not asked does nothing: one sum of both is that of who is.
                pids = [*family(ours), *family(pid), *backends(database)]
                before = processor_ms(pids)
                got = rate(path, addresses, headers=told, connections=CONNECTIONS, seconds=seconds)
                if turn:  # the first warms
                    rounds[name].append(got)
                    used[name].append((processor_ms(pids) - before) / (got.per_second * seconds))
    n = {name: statistics.median(r.per_second for r in found) for name, found in rounds.items()}
    cost = {name: statistics.median(found) for name, found in used.items()}
    size = {name: found[0].mean_bytes for name, found in rounds.items()}
    print(f"  customers in one tile: ours {people_in(one, whole=False)}, tipg {people_in(other, whole=False)}; "
          f"mean bytes {size['ours']:.0f} and {size['tipg']:.0f}; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    for name, words in (("ours", "the same rows"), ("whole", "with streets, lines, gardu")):
        times = n[name] / n["tipg"]
        print(f"  of the processors, server and database, a tile {words}: {cost[name]:.1f} ms, "
              f"tipg {cost['tipg']:.1f} ms: {cost['tipg'] / cost[name]:.2f} times")  # fmt: skip
        show(f"z16 tiles a second, {words}: {n[name]:.0f}, tipg {n['tipg']:.0f}", f"{times:.2f} times",
             f">= {TIMES}" if name == "ours" else "", name != "ours" or times >= TIMES)  # fmt: skip


def backends(database: Any) -> list[int]:
    """Return the database's processes that answer somebody else than us."""
    with database.reading() as session:
        return [
            row[0]
            for row in session.execute(
                text(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid()"
                )
            )
        ]


def rbm_of_600(database: Any) -> None:
    """Print how long the map of an RBM of 600 takes to build: rows, drawing, shell."""
    from rbmgeo.maps import canvas
    from rbmgeo.workflows.maps import rbm_map

    took, drawn = [], None
    for _ in range(30):
        began = time.perf_counter()
        with database.reading() as session:
            drawn = rbm_map(session, ULP, f"{ULP}R0000")
        assert drawn.bounds is not None
        canvas.script(drawn.bounds)
        canvas.inside_script(drawn.data)
        took.append((time.perf_counter() - began) * 1000)
    assert drawn is not None
    took.sort()
    show(f"map of an RBM of {drawn.customers}: median {took[15]:.0f} ms, p95", f"{took[28]:.0f} ms",
         f"<= {RBM_MS} ms", took[28] <= RBM_MS)  # fmt: skip


def main() -> None:
    """Fill the unit, serve it, and print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--home", default="", help="keep the unit in this folder for the next time")
    parser.add_argument("--only", default="", help="browser, tiles, rbm or tipg")
    asked = parser.parse_args()
    began = time.perf_counter()
    print(
        f"{asked.customers} customers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(asked.customers, asked.home) as (url, database),
    ):
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        place = Path(folder)
        at, port = f"{folder}/ours.sock", free_port("127.0.0.1", 8700)
        environment = {**os.environ, "RBMGEO_DATABASE_URL": url, "RBMGEO_WEB_DATABASE_URL": web_url(Settings(database_url=""), url), "RBMGEO_HOME": folder,
                       "RBMGEO_TILE_CACHE_BYTES": "0", "PYTHONPATH": str(Path.cwd())}  # fmt: skip
        command = pages_command([f"unix:{at}", f"127.0.0.1:{port}"], WORKERS)
        with server(command, environment, at, place / "ours.log") as pid:
            address = f"http://127.0.0.1:{port}"
            cookie = logged_in(address)
            headers = f"Cookie: {cookie}\r\n"
            # Whoever looks first after the data changed has the map written.
            began = time.perf_counter()
            status, _ = Asker(at, headers).get(BASE)
            assert status == 200, status
            print(f"map written and shown in {time.perf_counter() - began:.1f} s", flush=True)
            warmed(at, BASE, headers, 8)
            with database.reading() as session:
                x, y = session.execute(
                    text("SELECT ST_X(geom), ST_Y(geom) FROM customer LIMIT 1")
                ).one()
            if asked.only in ("", "browser"):
                seen(address, BASE, cookie, f"#17/{y:.5f}/{x:.5f}", paint_s=PAINT_S, tiles_s=FIRST_TILES_S,
                     show=show)  # fmt: skip
            if asked.only in ("", "tiles"):
                each_tile(database, Asker(at, headers))
            if asked.only in ("", "rbm"):
                rbm_of_600(database)
            if asked.only in ("", "tipg"):
                beside_tipg(url, database, at, pid, place, headers)


if __name__ == "__main__":
    main()
