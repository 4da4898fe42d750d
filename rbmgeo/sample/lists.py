"""Today's RBM, twelve months of stands and tokens: what the apps know of the customers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rbmgeo.sample.params import MONTHS

LETTERS = "ABCDEFGHIJ"
PER_RBM = 260
READ_DAYS = tuple(range(16, 26))


@dataclass(frozen=True)
class Stands:
    """idpel x month: ``before`` and ``after`` (missing: not read), ``removed``/``installed``."""

    before: pd.DataFrame
    after: pd.DataFrame
    removed: pd.DataFrame
    installed: pd.DataFrame
    kwh: pd.DataFrame


def todays_rbms(rng: np.random.Generator, people: pd.DataFrame, ulp: str) -> pd.DataFrame:
    """Put vendor-read customers on RBM: whole streets, a good order inside each, poor jumps.

    Returns index idpel: ``rbm``, ``hari``, ``urut``, ``sisipan``, ``officer``, ``kddk``.
    """
    read = people[~people["prepaid"] & ~people["pln"]]
    street = read.groupby("edge").agg(x=("x", "mean"), y=("y", "mean"), n=("x", "size"))
    group = _halved(street, max(1, round(len(read) / PER_RBM)))
    # Streets follow each other as they were added over the years, not as one would walk.
    order = pd.Series(rng.permutation(len(street)), index=street.index)
    rows = pd.DataFrame(
        {"group": group.reindex(read["edge"]).to_numpy(), "order": order.reindex(read["edge"]).to_numpy(),
         "along": read["along"].to_numpy(), "idpel": read.index}
    )  # fmt: skip
    rows = rows.sort_values(["group", "order", "along", "idpel"])
    place = rows.groupby("group").cumcount() + 1
    # New houses of the last years went in as insertions after their neighbour (R-RO-03).
    added = (rng.random(len(rows)) < 0.02) & (place > 1).to_numpy()
    since = added & ~np.roll(added, 1)
    rows["sisipan"] = since.astype(int)
    rows["urut"] = place - pd.Series(since, rows.index).groupby(rows["group"]).cumsum()
    codes = {g: _code(i) for i, g in enumerate(sorted(rows["group"].unique()))}
    rows["letters"] = rows["group"].map(codes)
    rows["hari"] = rows["letters"].str[2]
    rows["rbm"] = ulp + rows["letters"]
    rows["officer"] = "P-" + (
        rows["group"].rank(method="dense").astype(int) // len(LETTERS) + 1
    ).astype(str).str.zfill(2)
    rows["kddk"] = (
        "JPAA"
        + rows["letters"]
        + rows["urut"].astype(str).str.zfill(3)
        + rows["sisipan"].astype(str).str.zfill(2)
    )
    return rows.set_index("idpel")[["rbm", "hari", "urut", "sisipan", "officer", "kddk"]]


def _code(i: int) -> str:
    day, pair = LETTERS[i % len(LETTERS)], i // len(LETTERS)
    return f"{chr(66 + pair // 26 % 24)}{chr(65 + pair % 26)}{day}"


def _halved(street: pd.DataFrame, parts: int) -> pd.Series:
    """Cut streets in halves of equal customers across the longer side, until ``parts``."""
    group = pd.Series(0, index=street.index)
    todo, number = [(street.index, parts)], 0
    while todo:
        index, pieces = todo.pop()
        if pieces <= 1 or len(index) < 2:
            group[index] = number
            number += 1
            continue
        here = street.loc[index]
        axis = "x" if np.ptp(here["x"]) >= np.ptp(here["y"]) else "y"
        here = here.sort_values([axis], kind="stable")
        share = pieces // 2 / pieces
        cut = int((here["n"].cumsum() <= here["n"].sum() * share).sum())
        cut = min(max(cut, 1), len(here) - 1)
        todo += [(here.index[cut:], pieces - pieces // 2), (here.index[:cut], pieces // 2)]
    return group


def monthly_kwh(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Return idpel x month of kWh as used: skewed, with 4-5 % zeros (closed houses)."""
    n = len(people)
    hours = np.exp(rng.normal(np.log(95), 0.55, n)).clip(12, 520)
    base = people["daya"].to_numpy() / 1000 * hours
    season = 1 + 0.06 * np.sin((np.arange(12) - 2) / 12 * 2 * np.pi)
    used = base[:, None] * season * np.exp(rng.normal(0, 0.14, (n, 12)))
    # Counted, not drawn: chance alone would leave the 4-5 % in a small unit.
    closed = rng.permutation(n) < round(0.024 * n)
    chance = np.where(closed[:, None], 2 - rng.random((n, 12)), rng.random((n, 12)))
    shown = round(0.024 * n) * 12
    most_likely = np.argsort(-chance, axis=None, kind="stable")
    flat = np.zeros(n * 12, bool)
    flat[most_likely[: round(0.95 * shown)]] = True
    flat[most_likely[shown : shown + round(0.0225 * (12 * n - shown))]] = True
    zero = flat.reshape(n, 12)
    used = np.where(zero, 0, np.maximum(np.round(used), 1))
    most = people["daya"].to_numpy()[:, None] / 1000 * 700
    return pd.DataFrame(np.minimum(used, most), index=people.index, columns=list(MONTHS))


def stands(rng: np.random.Generator, kwh: pd.DataFrame) -> Stands:
    """Turn use into stands; a few are not read, a few meters are changed."""
    n = len(kwh)
    start = rng.integers(200, 60_000, n).astype(float)
    read = rng.random((n, 12)) > 0.015
    change = (rng.random((n, 12)) < 0.002) & read
    before, after = np.full((n, 12), np.nan), np.full((n, 12), np.nan)
    removed, installed = np.full((n, 12), np.nan), np.full((n, 12), np.nan)
    used = kwh.to_numpy()
    told = np.full((n, 12), np.nan)
    now, waiting = start.copy(), np.zeros(n)
    for m in range(12):
        waiting += used[:, m]
        seen, swap = read[:, m], change[:, m]
        before[:, m] = now
        half = np.floor(waiting / 2)
        end = np.where(swap, waiting - half, now + waiting)
        after[seen, m] = end[seen]
        removed[swap, m], installed[swap, m] = (now + half)[swap], 0
        told[seen, m] = waiting[seen]
        now = np.where(seen, end, now)
        waiting = np.where(seen, 0, waiting)
    frames = [
        pd.DataFrame(v, kwh.index, kwh.columns) for v in (before, after, removed, installed, told)
    ]
    return Stands(*frames)
