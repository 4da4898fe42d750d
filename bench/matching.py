"""Findings, judged: of 100 houses that the surveyor visits, how many are truly wrong.

`make bench-matching` prints one row a cell beside the nearest gardu and the vote of ten from
the same run; FULL=1 runs the whole grid. A cell is a town, a tier, a mix of errors, a rate
and the error of positions, averaged over seeds. T1 has points and gardu, T1+ the reading order
as well, T2 also the lines, T2M monthly meters at the gardu too (made from the true customers'
load, 7 % lost, give or take 3). Real towns are small and read from the shared data; the invented
town is this project's own and large.
"""

import itertools
import os
import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from bench.scores import after_answers, scores
from bench.towns import Case, Town, case, invented, towns
from rbmgeo.matching.detector.balance import Balance
from rbmgeo.matching.detector.detect import doubts
from rbmgeo.matching.detector.scene import scene
from rbmgeo.matching.detector.spans import Spans
from rbmgeo.matching.detector.stack import stack
from rbmgeo.matching.neighbours import nearest_customers

TIERS = ("nearest", "vote", "T1", "T1+", "T2", "T2M")
COLUMNS = ["auprc", "p_at_k", "yield_80", "yield_90", "block_recall", "patches", "right_first",
           "error_before", "error_after", "auprc_after", "seconds"]  # fmt: skip


def judged(c: Case, by: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Return each customer's p (or a score) and the gardu proposed."""
    town = c.town
    if by == "nearest":
        away, near = cKDTree(town.site).query(c.xy)
        return np.hypot(*(c.xy - town.site[c.recorded]).T) - away, near
    if by == "vote":
        said = np.append(c.recorded, -1)[nearest_customers(c.xy, 10).near]
        return 1 - (said == c.recorded[:, None]).mean(axis=1), None
    order = by != "T1"
    every = np.arange(len(town.site))
    start, end = (np.vstack([ends, town.site]) for ends in (town.start, town.end))
    lines = Spans(start, end, np.concatenate([town.tag, every]), c.xy) if by >= "T2" else None
    seen = scene(
        c.xy, town.site, walk=c.walk if order else None, rbm=c.rbm if order else None,
        kva=town.kva, load=town.load, spans=lines,
    )  # fmt: skip
    belief = stack(seen, c.recorded)
    doubt = doubts(seen, c.recorded, belief, metered(c) if by == "T2M" else None)
    return doubt.p, doubt.other


def metered(c: Case) -> Balance:
    """Return what the meters of every gardu would say, and each customer's use, in any one unit."""
    town, many = c.town, len(c.town.site)
    used = np.asarray(town.load, dtype=float)
    lost = np.random.default_rng(many).normal(0.07, 0.03, many)
    return Balance(used, np.bincount(town.true, weights=used, minlength=many) * (1 + lost))


def cells(full: bool) -> Iterator[tuple[Town, str, float, float, range]]:
    """Yield town, mix, rate, position error and seeds."""
    if not full:
        for town in towns():
            yield town, "60/20/20", 0.05, 10.0, range(5)
        town = next(iter(towns()))
        yield town, "30/10/60", 0.05, 10.0, range(5)
        yield invented(), "60/20/20", 0.05, 10.0, range(2)
        return
    mixes = ("neighbour", "random", "block", "60/20/20", "30/10/60")
    for town in (*towns(), invented()):
        for mix, rate, gps_m in itertools.product(mixes, (0.02, 0.05, 0.1), (5.0, 10.0, 30.0)):
            yield town, mix, rate, gps_m, range(5)


def main() -> None:
    """Print the table, cell by cell."""
    full = bool(os.environ.get("FULL"))
    tiers = tuple(os.environ.get("TIERS", ",".join(TIERS)).split(","))
    only = os.environ.get("TOWNS")
    done = []
    for town, mix, rate, gps_m, seeds in cells(full):
        if only and town.name not in only.split(","):
            continue
        rows = []
        for seed, by in itertools.product(seeds, tiers):
            c = case(town, seed=seed, mix=mix, rate=rate, gps_m=gps_m)
            began = time.perf_counter()
            p, proposed = judged(c, by)
            seconds = time.perf_counter() - began
            row = {"by": by, **scores(p, c, proposed), "seconds": seconds}
            if by.startswith("T"):
                row |= after_answers(p, c, seed)
            rows.append(row)
        table = pd.DataFrame(rows).groupby("by", sort=False).mean()
        table = table.reindex(columns=[c for c in COLUMNS if c in table])
        print(f"\n{town.name}: {len(town.pole)} customers, {len(town.site)} gardu, errors {rate:.0%} "
              f"{mix}, positions {gps_m:.0f} m, {len(seeds)} seeds")  # fmt: skip
        print(table.round(3).to_string(na_rep="-"), flush=True)
        done.append(table.assign(town=town.name, mix=mix))
    if done:
        every = pd.concat(done).groupby([pd.Grouper(key="mix"), "by"], sort=False)
        print(
            "\nmean of the cells\n" + every.mean(numeric_only=True).round(3).to_string(na_rep="-")
        )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
