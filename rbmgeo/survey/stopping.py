"""When a gardu is surveyed enough, and where to look after an error was found (R-SA-20, R-SB-03)."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.frames import among
from rbmgeo.sampling.hypergeometric import more_to_see, most_left

#: Poles so far apart are neighbours: a span of low-voltage line is about 40 to 50 m.
NEIGHBOUR_M = 60.0
#: No house hangs so far from its pole, a series of drops included (R-MA-06).
POLE_REACH_M = 150.0
ENOUGH, MORE, AROUND, WHOLE = "cukup", "lanjut", "sekitar", "seluruh"
SAME_POLE, NEAR_POLE, WHOLE_GARDU = "tiang_sama", "tiang_dekat", "gardu_utuh"


def stopping(
    told: pd.DataFrame, customers: pd.DataFrame, *, share: float = 0.05, risk: float = 0.10
) -> pd.DataFrame:
    """Say of every gardu whether enough of its houses were seen.

    A gardu's lot are the houses recorded on it when they were seen, and those recorded on it now
    that nobody saw. It is enough when ``share`` of the lot or more could be wrong and unseen
    with a chance of ``risk`` at most. The houses count as if drawn at random; where the most
    doubtful are seen first the bound is on the safe side.

    Parameters
    ----------
    told
        One row a house that was seen: ``idpel``, ``wrong``, ``recorded`` (its gardu then), and
        ``confirmed`` (True for an error that counts, R-SB-02; all count where it is missing).
    customers
        Index idpel; ``gardu`` recorded now.

    Returns
    -------
    DataFrame
        Index gardu, sorted; ``customers``, ``surveyed``, ``wrong``, ``confirmed``,
        ``left_most`` (upper bound of errors left), ``more`` (houses still to see) and ``next``:
        ``cukup``, ``lanjut``, ``sekitar`` (after one confirmed error: its surroundings) or
        ``seluruh`` (after two: the whole gardu).
    """
    seen = _counted(told)
    unseen = customers.loc[~among(customers.index, seen["idpel"]), "gardu"].dropna()
    by = seen.groupby("recorded").agg(
        surveyed=("wrong", "size"), wrong=("wrong", "sum"), confirmed=("confirmed", "sum")
    )
    out = by.join(unseen.value_counts().rename("rest"), how="outer").fillna(0).astype(int)
    out = out.sort_index().rename_axis("gardu")
    out["customers"] = out["surveyed"] + out["rest"]
    counts = out[["customers", "surveyed", "wrong"]].to_numpy().tolist()
    rows = [_judged(lot, sample, found, share, risk) for lot, sample, found in counts]
    out[["left_most", "more"]] = np.array(rows, dtype=int).reshape(-1, 2)
    out["next"] = np.select(
        [
            (out["rest"] > 0) & (out["confirmed"] >= 2),
            (out["rest"] > 0) & (out["confirmed"] == 1),
            out["more"] > 0,
        ],
        [WHOLE, AROUND, MORE],
        default=ENOUGH,
    )
    return out[["customers", "surveyed", "wrong", "confirmed", "left_most", "more", "next"]]


def after_errors(told: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the houses that the next plan should take first (R-SB-03).

    After the first confirmed error of a gardu the houses on the same pole and on the poles
    beside it, whatever gardu they are recorded on; after the second the whole gardu.

    Parameters
    ----------
    told
        As `stopping` takes it.
    customers
        Index idpel; ``gardu`` recorded now, ``tiang`` (missing where unknown), ``x``, ``y`` in
        metres (NaN where there is no position).

    Returns
    -------
    DataFrame
        Index idpel, the most urgent first: ``error`` (the gardu whose error leads there) and
        ``why``: ``tiang_sama``, ``tiang_dekat`` or ``gardu_utuh``. Nobody who was seen.
    """
    seen = _counted(told)
    errors = seen[seen["confirmed"].astype(bool)]
    count = errors.groupby("recorded").size()
    fresh = customers[~among(customers.index, seen["idpel"])]
    parts = [_around(errors, customers, fresh)]
    whole = fresh[among(fresh["gardu"], count.index[count >= 2])].sort_index()
    parts.append(pd.DataFrame({"error": whole["gardu"], "why": WHOLE_GARDU}, index=whole.index))
    found = pd.concat([p for p in parts if len(p)]) if any(map(len, parts)) else parts[0]
    return found[~found.index.duplicated()].rename_axis("idpel")


def _counted(told: pd.DataFrame) -> pd.DataFrame:
    seen = told.dropna(subset=["recorded"])
    wrong = seen["wrong"].astype(bool)
    sure = seen["confirmed"].astype(bool) if "confirmed" in seen else wrong
    return seen.assign(wrong=wrong, confirmed=wrong & sure)


def _judged(
    customers: int, surveyed: int, wrong: int, share: float, risk: float
) -> tuple[int, int]:
    limit = max(1, math.ceil(round(share * customers, 9)))
    return (
        most_left(int(customers), int(surveyed), int(wrong), risk=risk),
        more_to_see(int(customers), int(surveyed), int(wrong), limit, risk=risk),
    )


def _around(errors: pd.DataFrame, customers: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Return the houses about each erring one: those of its pole, then those of poles beside it."""
    nothing = pd.DataFrame({"error": [], "why": []}, index=pd.Index([], name="idpel"), dtype="str")
    at = errors.set_index("idpel")["recorded"]
    at = at[among(at.index, customers.index)].sort_index()
    if at.empty or fresh.empty:
        return nothing
    pole = _poles(customers)
    spots = customers.assign(pole=pole).dropna(subset=["x", "y"]).groupby("pole")[["x", "y"]].mean()
    own = pole.reindex(at.index).to_numpy()
    each = np.arange(len(at))
    reached = [pd.DataFrame({"error": each, "pole": own, "why": SAME_POLE, "away": 0.0})]
    known = spots.index.get_indexer(pd.Index(own))
    if (known >= 0).any():
        reached.append(_beside(spots, each[known >= 0], known[known >= 0]))
    ways = pd.concat(reached, ignore_index=True)
    on = pd.DataFrame({"pole": pole.reindex(fresh.index), "idpel": fresh.index})
    table = ways.merge(on[among(on["pole"], ways["pole"])], on="pole")
    # A house that several errors lead to comes with the nearest of them, then the first.
    table = table.sort_values(["away", "idpel", "error"], kind="stable").drop_duplicates("idpel")
    if table.empty:
        return nothing
    return table.assign(error=at.to_numpy()[table["error"]]).set_index("idpel")[["error", "why"]]


def _beside(
    spots: pd.DataFrame, errors: "np.ndarray[Any, Any]", at: "np.ndarray[Any, Any]"
) -> pd.DataFrame:
    """Return the poles near each error's own, and how far each is; ``at`` is the own one's row."""
    places = spots.to_numpy()
    near = cKDTree(places).query_ball_point(places[at], NEIGHBOUR_M)
    many = np.array([len(n) for n in near])
    error, own = np.repeat(errors, many), np.repeat(at, many)
    other = np.concatenate([np.asarray(n, dtype=int) for n in near])
    away = np.hypot(*(places[other] - places[own]).T)
    beside = other != own
    return pd.DataFrame(
        {"error": error[beside], "pole": spots.index[other[beside]], "why": NEAR_POLE,
         "away": away[beside]}
    )  # fmt: skip


def _poles(customers: pd.DataFrame) -> pd.Series:
    """Return the pole of each house; a house without one stands for itself.

    A code whose houses lie far apart is a number within its gardu, not a pole of the unit.
    """
    itself = "rumah " + customers.index.to_series().astype("str")
    code = customers["tiang"]
    number = pd.factorize(code)[0]
    xy = customers[["x", "y"]].astype("float64").groupby(number)
    away = np.hypot(*(customers[["x", "y"]] - xy.transform("median")).to_numpy(float).T)
    apart = pd.Series(away).groupby(number).max()
    several = np.isin(number, apart.index[(apart > POLE_REACH_M) & (apart.index >= 0)])
    text = code.astype("str")
    within = customers["gardu"].astype("str") + " " + text
    return text.where(~several, within).where(code.notna(), itself)
