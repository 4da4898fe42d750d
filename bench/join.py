"""What joining both lists and naming candidate gardu costs, beside the database doing it all.

Run by `make bench-join` (100,000 customers), `make bench-join SIZE=1000000` (the target there is
30 s) or `python -m bench.join --customers N ...`; all customers are of one unit. It is invented:
customers around gardu of some 90 each, 3 % in one list only, 5 % with another gardu recorded,
seed 1. Ours is the product's own step, `rbmgeo match` without detection: it reads both lists,
gives every customer of the union its class, finds each one's candidate gardu in a tree of
positions, and writes both by COPY in one transaction. The peer is PostGIS alone: a full outer
join, and the three nearest gardu of each customer by `<->` on the index, both written to
tables; it gives no class but "in both, in one", and looks at no neighbour.
"""

import argparse
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.database import bench_database

ULP = "51354"
TARGET_SECONDS = {100_000: 5.0, 1_000_000: 30.0}
#: Metres in a degree near Pandaan, roughly: the shape of the town is invented anyway.
DEGREE_M = 111_000.0


def fill(session: Session, customers: int) -> None:
    """Write a unit with both lists, straight into the tables."""
    from rbmgeo.db.bulk import copy_rows
    from rbmgeo.db.queries import units

    rng = np.random.default_rng(1)
    gardu = max(customers // 90, 2)
    side_m = 250.0 * np.sqrt(gardu)
    site = rng.uniform(0, side_m, (gardu, 2))
    of = rng.integers(0, gardu, customers)
    xy = site[of] + rng.normal(0, 70, (customers, 2))
    codes = np.array([f"PD{k:05d}" for k in range(gardu)])
    idpel = np.array([f"51354{k:07d}" for k in range(customers)])
    recorded = np.where(rng.random(customers) < 0.05, (of + 1) % gardu, of)
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    copy_rows(session, "gardu", pd.DataFrame(
        {"ulp": ULP, "gardu": codes, "raw_code": codes, "without_master": False, "geom": _wkb(site)}))  # fmt: skip
    copy_rows(session, "customer", pd.DataFrame(
        {"ulp": ULP, "idpel": idpel, "daya_va": 900, "coordinate_quality": "ok", "geom": _wkb(xy)}))  # fmt: skip
    some = rng.random(customers) > 0.015
    place = np.lexsort((xy[:, 1], xy[:, 0] // 200))
    listed = pd.DataFrame({"ulp": ULP, "blth": "202601", "idpel": idpel[place], "line": "",
                           "source": "dpm", "rbm": [f"R{k // 330:05d}" for k in range(customers)],
                           "urut": [k % 330 + 1 for k in range(customers)]})  # fmt: skip
    copy_rows(session, "rbm_list", listed[some])
    told = rng.random(customers) > 0.015
    copy_rows(session, "pdpj", pd.DataFrame(
        {"ulp": ULP, "idpel": idpel, "line": "", "valid_from": "1900-01-01", "gardu": codes[recorded],
         "raw_gardu": codes[recorded], "source": "pdpj", "conflict": False, "active": True})[told])  # fmt: skip


def _wkb(xy: np.ndarray) -> np.ndarray:
    lonlat = np.array([112.69, -7.65]) + xy / DEGREE_M
    return shapely.to_wkb(shapely.points(lonlat), hex=True, include_srid=True)


def ours(url: str) -> tuple[float, float, float]:
    """Match without detection in a process of its own.

    Return seconds by the wall and of the processor in Python, and the most memory in MB.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_ours, url).result()


def _ours(url: str) -> tuple[float, float, float]:
    from rbmgeo.db.session import Database
    from rbmgeo.workflows.match import match_ulp

    database = Database(url)
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    with database.writing() as session:
        match_ulp(session, ULP, detect_errors=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    database.close()
    return wall, used, after.ru_maxrss / 1024


def all_in_sql(database: Any) -> tuple[float, float]:
    """Join and look for the nearest gardu in PostGIS; return the seconds of each."""
    with database.writing() as session:
        began = time.perf_counter()
        session.execute(text(
            "CREATE TABLE peer_join AS SELECT idpel, r.rbm, p.gardu, r.idpel IS NULL AS no_rbm "
            "FROM (SELECT idpel, rbm FROM rbm_list WHERE ulp = :u) r "
            "FULL JOIN (SELECT idpel, gardu FROM pdpj WHERE ulp = :u AND valid_to IS NULL) p "
            "USING (idpel)"), {"u": ULP})  # fmt: skip
        joined = time.perf_counter()
        session.execute(text(
            "CREATE TABLE peer_candidates AS SELECT c.idpel, g.gardu, g.away FROM customer c "
            "CROSS JOIN LATERAL (SELECT gardu, g.geom <-> c.geom AS away FROM gardu g "
            "WHERE g.ulp = :u ORDER BY g.geom <-> c.geom LIMIT 3) g WHERE c.ulp = :u"),
            {"u": ULP})  # fmt: skip
        return joined - began, time.perf_counter() - joined


def main() -> None:
    """Print one line a size and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000])
    asked = parser.parse_args()
    from rbmgeo.db.session import Database

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'customers':>10}  {'way':<44}{'seconds':>9}{'target':>8}")
    for customers in asked.customers:
        with bench_database() as url:
            database = Database(url)
            with database.writing() as session:
                fill(session, customers)
            with database.writing() as session:
                session.execute(text("ANALYZE"))
            wall, cpu, peak_mb = ours(url)
            target = TARGET_SECONDS.get(customers)
            print(f"{customers:>10}  {'ours: classes and candidates, written':<44}{wall:>9.2f}"
                  f"{target or '':>8}   ({cpu:.1f} s of processor and {peak_mb:.0f} MB at most in Python)", flush=True)  # fmt: skip
            join, near = all_in_sql(database)
            print(f"{customers:>10}  {'all in SQL: join':<44}{join:>9.2f}")
            print(
                f"{customers:>10}  {'all in SQL: three nearest by <->':<44}{near:>9.2f}", flush=True
            )
            database.close()


if __name__ == "__main__":
    main()
