"""Findings, judged: of 100 houses that the surveyor visits, how many are truly wrong.

`make bench-matching` prints one row a cell beside the nearest gardu and the vote of ten from
the same run; FULL=1 runs the whole grid. A cell is a town, a tier, a mix of errors, a rate
and the error of positions, averaged over seeds. T1 has points and gardu, T1+ the reading order
as well, T2 also the lines, T2M monthly meters at the gardu too (made from the true customers'
load, 7 % lost, give or take 3). Real towns are small and read from the shared data; the invented
town is this project's own and large. `above_90` counts right records above 0.9.

FULL=1 keeps every row in `.rbmgeo/bench`: the same command goes on where it stopped, and
MINUTES=30 stops it before the next cell; TOWNS=town,invented and TIERS=T1+,T2 choose. LARGE=100000
measures time and memory instead (bench/matching_large.py).

What was tried, and where the information seems to end (utility town, 60/20/20, 5 %, T1):

* One by one, wrong records are found: 90 % of them stand among the first 0.9 n. What yield at
  90 % recall loses, it loses by whole blocks: a block booked on a gardu whose own customers stand
  beside it has 0.7 to 0.95 of its votes for the wrong gardu, none for the right one, and looks like
  the quarter of customers who truly hang on a gardu farther than the nearest. One such
  block more or less, of two a seed, moves yield by 0.1 to 0.3; the detector's own draws alone
  move the mean of five seeds by 0.01 (AUPRC), 0.07 (yield), 0.14 (block recall). Smaller
  differences than these say nothing.
* The reading order hurt by being learned by heart: with 0.3 of the evidence shown to each split it
  no longer does (yield 0.468 without, 0.497 with it, after pass 1; 0.888 AUPRC both). Weighed by
  nearness, since streets follow each other by chance; steps of 1 and 3 are left out.
* Whole branches left out of the votes: AUPRC +0.02 on the French networks, none on the town. The
  nearest 6, 12, 20 of one record left out, those beyond a run of the reading order: within noise.
* The nearest gardu heard apart (1 log-odds per usual reach): French +0.015 AUPRC and 0.05 yield,
  town +0.003. What is learned trusts neighbours too much in thin networks: on planted errors it
  has 0.965 there, on real ones 0.83, nearest 0.90 on both, so that its own planting cannot
  warn of it: a guard chosen by planted errors would never fall back.
* Truths drawn anew for each planting in place of one cleaned state, the mean of both passes:
  within noise. Two runs with other draws, averaged: AUPRC +0.004, and steadier.
* A bolder minimum cut: +0.03 of blocks' members (`BlockParams`).
"""

import itertools
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from bench.kept import Kept, digest
from bench.scores import after_answers, scores
from bench.towns import Case, Town, case, invented, towns
from rbmgeo.matching.detector.balance import Balance
from rbmgeo.matching.detector.detect import doubts
from rbmgeo.matching.detector.scene import scene
from rbmgeo.matching.detector.spans import Spans
from rbmgeo.matching.detector.stack import stack
from rbmgeo.matching.neighbours import nearest_customers

BENCH = Path(__file__).parent
MATCHING = BENCH.parent / "rbmgeo/matching"

TIERS = ("nearest", "vote", "T1", "T1+", "T2", "T2M")
LEARNED = ("T1", "T1+", "T2")
COLUMNS = ["auprc", "p_at_k", "yield_80", "yield_90", "block_recall", "patches", "right_first",
           "error_before", "error_after", "auprc_after", "above_90", "seconds"]  # fmt: skip
#: What the short table leaves to FULL=1: the order withheld, and the meters.
QUICK = ("nearest", "vote", "T1+", "T2")
#: Each measures on one thread of its own; `seconds` are those of the processor.
WORKERS = min(2, os.cpu_count() or 1)
MIXES = ("neighbour", "random", "block", "60/20/20", "30/10/60")


@dataclass(frozen=True)
class Cell:
    """One line of the table: a town, what is wrong in it, and who judges it on which seeds.

    ``stale``: the share of the moved blocks whose lines still carry the gardu on record.
    """

    town: Town
    mix: str = "60/20/20"
    rate: float = 0.05
    gps_m: float = 10.0
    seeds: int = 5
    stale: float = 0.0
    tiers: tuple[str, ...] = TIERS

    @property
    def name(self) -> str:
        """Say what the cell is."""
        stale = f", old tags on {self.stale:.0%} of the blocks' lines" if self.stale else ""
        return (
            f"{self.town.name}: {len(self.town.pole)} customers, {len(self.town.site)} gardu, "
            f"errors {self.rate:.0%} {self.mix}, positions {self.gps_m:.0f} m, "
            f"{self.seeds} seeds{stale}"
        )


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
    lines = Spans(start, end, np.concatenate([c.tag, every]), c.xy) if by >= "T2" else None
    seen = scene(
        c.xy, town.site, walk=c.walk if order else None, rbm=c.rbm if order else None,
        kva=town.kva, load=town.load, spans=lines,
    )  # fmt: skip
    doubt = doubts(seen, c.recorded, stack(seen, c.recorded), metered(c) if by == "T2M" else None)
    return doubt.p, doubt.other


def metered(c: Case) -> Balance:
    """Return what the meters of every gardu would say, and each customer's use, in any one unit."""
    town, many = c.town, len(c.town.site)
    used = np.asarray(town.load, dtype=float)
    lost = np.random.default_rng(many).normal(0.07, 0.03, many)
    return Balance(used, np.bincount(town.true, weights=used, minlength=many) * (1 + lost))


def cells(full: bool) -> Iterator[Cell]:
    """Yield the cells of the table, or of the whole grid."""
    if not full:
        first, *others = towns()
        yield Cell(first)
        yield from (Cell(town, tiers=QUICK) for town in others)
        yield Cell(first, "30/10/60", tiers=QUICK)
        yield Cell(first, stale=0.5, tiers=("T2",))
        yield Cell(first, rate=0.0, seeds=2, tiers=("T1+", "T2"))
        yield Cell(invented(), seeds=1, tiers=QUICK)
        return
    for town in (*towns(), invented()):
        for mix, rate, gps_m in itertools.product(MIXES, (0.02, 0.05, 0.1), (5.0, 10.0, 30.0)):
            yield Cell(town, mix, rate, gps_m)
        for stale in (0.5, 1.0):
            yield Cell(town, stale=stale, tiers=("T2", "T2M"))
        yield Cell(town, rate=0.0, tiers=LEARNED)


def row(cell: Cell, seed: int, by: str) -> dict[str, float]:
    """Measure one judge on one seed of a cell."""
    c = case(cell.town, seed=seed, mix=cell.mix, rate=cell.rate, gps_m=cell.gps_m, stale=cell.stale)
    began = time.process_time()
    p, proposed = judged(c, by)
    out = {"seconds": time.process_time() - began}
    if by.startswith("T"):
        out["above_90"] = float((p[~c.wrong] > 0.9).sum())
    if c.wrong.any():
        out |= scores(p, c, proposed)
        if by.startswith("T"):
            out |= after_answers(p, c, seed)
    return {name: round(float(value), 6) for name, value in out.items()}


def main() -> None:
    """Print the table, cell by cell."""
    full = bool(os.environ.get("FULL"))
    only, minutes = os.environ.get("TOWNS"), float(os.environ.get("MINUTES", "inf"))
    tiers = os.environ.get("TIERS", ",".join(TIERS)).split(",")
    kept = Kept("matching", digest([*MATCHING.rglob("*.py"), *BENCH.glob("*s.py")]))
    todo = [c for c in cells(full) if not only or c.town.name in only.split(",")]
    began, done = time.monotonic(), []
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        for number, cell in enumerate(todo, 1):
            if (time.monotonic() - began) / 60 > minutes:
                print(f"\n{minutes:.0f} minutes were over before cell {number} of {len(todo)}; "
                      "the same command goes on here")  # fmt: skip
                return
            rows = _rows(pool, cell, [t for t in cell.tiers if t in tiers], kept if full else None)
            if rows:
                done.append(_printed(cell, number, len(todo), rows))
    if done:
        every = pd.concat(done).groupby(["mix", "by"], sort=False)
        print(
            "\nmean of the cells\n" + every.mean(numeric_only=True).round(3).to_string(na_rep="-")
        )
    sys.stdout.flush()


def _rows(
    pool: ProcessPoolExecutor, cell: Cell, tiers: list[str], kept: Kept | None
) -> list[dict[str, Any]]:
    """Measure the judges of a cell on its seeds, but for what was measured before."""
    told = {
        (seed, by): kept.get(cell.name, cell.stale, seed, by) if kept else None
        for seed, by in itertools.product(range(cell.seeds), tiers)
    }
    todo = [pair for pair, row_ in told.items() if row_ is None]
    for (seed, by), found in zip(todo, pool.map(row, *_spread(cell, todo)), strict=True):
        told[seed, by] = found
        if kept:
            kept.keep(found, cell.name, cell.stale, seed, by)
    return [{"by": by, **(found or {})} for (_, by), found in told.items()]


def _spread(cell: Cell, pairs: list[tuple[int, str]]) -> tuple[list[Cell], list[int], list[str]]:
    return [cell] * len(pairs), [seed for seed, _ in pairs], [by for _, by in pairs]


def _printed(cell: Cell, number: int, of: int, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Print a cell's means over its seeds, and return them."""
    table = pd.DataFrame(rows).groupby("by", sort=False).mean()
    table = table.reindex(columns=[c for c in COLUMNS if c in table])
    print(f"\n{number}/{of} {cell.name}")
    print(table.round(3).to_string(na_rep="-"), flush=True)
    return table.assign(mix=cell.mix) if cell.rate and not cell.stale else table.iloc[:0]


if __name__ == "__main__":
    main()
