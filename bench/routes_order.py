"""How short the walks are that ordering finds, and in how many processor seconds, beside others.

Every solver gets the same matrices; every length is recomputed from the matrix. Kediri: the
odd RBM (the search was tuned on the even ones), open paths with free ends. TSPLIB: closed,
against proven optima. Leuven1: each route of the published solution ordered apart, the depot
first. A peer that is not installed is said to be so; a slow one runs on some of the cases and
stands beside the product on the same ones. FULL=1 runs all on all, BY=fast only those peers
whose name holds this.
"""

import os
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.routes_ground import DATA, Case, kediri, leuven, tsplib
from bench.routes_peers import PEERS, installed, ordered
from rbmgeo.routes.order import OrderParams, order, path_length_m

OURS = "rbmgeo"


def timed(call: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    """Return what a call gives and the processor seconds it takes."""
    began = time.process_time()
    return call(), time.process_time() - began


def measured(cases: list[Case], *, full: bool, params: OrderParams | None = None) -> pd.DataFrame:
    """Return one row per case and solver: ``case``, ``by``, ``length``, ``cpu``, ``known``."""
    rows = []
    chosen = [name for name in PEERS if os.environ.get("BY", name) in name and installed(name)]
    solvers = {name: PEERS[name][1:] for name in chosen}
    for number, c in enumerate(cases):

        def row(by: str, tour: np.ndarray, cpu: float, c: Case = c) -> dict[str, object]:
            assert sorted(tour.tolist()) == list(range(len(c.matrix)))
            length = path_length_m(c.matrix, tour, closed=c.closed)
            return {"case": c.name, "by": by, "length": length, "cpu": cpu, "known": c.known}  # fmt: skip

        start = 0 if c.closed else None
        tour, cpu = timed(
            lambda c=c, start=start: order(c.matrix, start=start, closed=c.closed, params=params)
        )
        rows.append(row(OURS, tour, cpu))
        for by, (solve, share) in solvers.items():
            # LKH needs minutes for hundreds of stops; where the optimum is proven it tells nothing.
            if by == "LKH" and c.known is not None and len(c.matrix) > 100:
                continue
            if full or number % round(1 / share) == 0:
                tour, cpu = timed(lambda c=c, s=solve: ordered(s, c.matrix, closed=c.closed))
                rows.append(row(by, tour, cpu))
    return pd.DataFrame(rows)


def compared(rows: pd.DataFrame) -> pd.DataFrame:
    """Return per solver its total over ours on the cases both ran, and its gap to the best of all.

    ``gap``: over the best of everything run (and the length known where one is), in per cent.
    """
    length = rows.pivot(index="case", columns="by", values="length")
    cpu = rows.pivot(index="case", columns="by", values="cpu")
    best = length.min(axis=1)
    known = rows.drop_duplicates("case").set_index("case")["known"].astype(float)
    best = np.fmin(best, known.reindex(best.index))
    out = {}
    for by in [OURS, *(name for name in PEERS if name in length)]:
        there = length[by].notna()
        gap = (length.loc[there, by] / best[there] - 1) * 100
        out[by] = {
            "cases": int(there.sum()), "cpu each": cpu.loc[there, by].mean(),
            "ours / its length": length.loc[there, OURS].sum() / length.loc[there, by].sum(),
            "its / our cpu": cpu.loc[there, by].sum() / cpu.loc[there, OURS].sum(),
            "mean gap %": gap.mean(), "p95": gap.quantile(0.95), "max": gap.max(),
        }  # fmt: skip
    return pd.DataFrame.from_dict(out, orient="index")


def main() -> None:
    """Print the tables."""
    full = bool(os.environ.get("FULL"))
    params = OrderParams(rounds=int(os.environ.get("ROUNDS", OrderParams().rounds)))
    for name, (package, _, _) in PEERS.items():
        if not installed(name):
            print(f"{name}: not installed ({package})")
    if not DATA.is_dir():
        print("shared data: not there")
        return
    order(np.abs(np.subtract.outer(np.arange(40.0), np.arange(40.0))))  # loads the machine code
    matrices, built = kediri()
    spent = sum(timed(lambda m=m: order(m, params=params))[1] for m in matrices)
    people = sum(map(len, matrices))
    print(f"\nKediri: {people} made customers on {len(matrices)} RBM; processor seconds: walks "
          f"{built:.1f}, order {spent:.1f} ({spent / len(matrices):.4f} an RBM)")  # fmt: skip
    said(f"matrix + order of {people:,} customers, CPU s", built + spent, 10)
    odd = [Case(f"{k:03d}", m) for k, m in enumerate(matrices) if k % 2]
    table = told("Kediri, odd RBM, open", odd, full, params)
    for name, most in (("fast-tsp 0.2 s", 1.002), ("LKH", 1.004)):
        if name in table.index:
            said(f"length over that of {name}", table.at[name, "ours / its length"], most)
    if "LKH" in table.index:
        said("CPU over that of LKH", 1 / table.at["LKH", "its / our cpu"], 1 / 50)
    said("per RBM over the best of all run, p95, %", table.at[OURS, "p95"], 0.5)
    said("the same, max", table.at[OURS, "max"], 2)
    for title, cases in (("TSPLIB, closed, against the optimum", tsplib()),
                         ("Leuven1, each published route, closed", leuven())):  # fmt: skip
        table = told(title, cases, full, params)
        said("over the shortest known, max, %", table.at[OURS, "max"], 1)


def told(title: str, cases: list[Case], full: bool, params: OrderParams) -> pd.DataFrame:
    """Print the figures of some cases and return those of every solver."""
    rows = measured(cases, full=full or len(cases) < 10, params=params)
    table = compared(rows)
    print(f"\n{title}")
    print(table.round(5).to_string(), flush=True)
    if len(cases) < 10:
        own = rows[rows["by"] == OURS].set_index("case")
        over = (own["length"] / own["known"] - 1) * 100
        print(pd.DataFrame({"over optimum %": over.round(3), "cpu": own["cpu"].round(4)}).T.to_string())  # fmt: skip
    return table


def said(what: str, figure: float, most: float) -> None:
    """Print a figure beside its target."""
    word = "holds" if figure <= most else "MISSED"
    print(f"  {word:6s} {what}: {figure:.5g} (target {most:.5g})", flush=True)


if __name__ == "__main__":
    main()
