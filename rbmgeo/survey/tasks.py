"""SOP IV.4: which houses to visit, by whom, on which day."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.geo import coordinates

#: Houses that one surveyor manages on foot in a day, where the planner names no days.
VISITS_A_DAY = 70
#: More on one list is a typing error: no one walks to a thousand houses in a day.
LIST_MAX = 1000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlanParams:
    """What a planner asks for; ``days`` 0 means as many as `VISITS_A_DAY` makes."""

    visits: int
    surveyors: int = 2
    days: int = 1
    control_share: float = 0.1
    limit: float = 0.5
    seed: int = 1

    def lists(self) -> int:
        """Return how many lists the visits are spread over; raises `UsageError`."""
        if min(self.visits, self.surveyors) < 1 or self.days < 0:
            raise UsageError(
                f"{self.visits} visits by {self.surveyors} surveyors in {self.days} days cannot "
                "be planned; all are at least 1",
                f"{self.visits} kunjungan oleh {self.surveyors} surveyor dalam {self.days} hari "
                "tidak bisa direncanakan; semuanya paling sedikit 1",
            )
        days = self.days or -(-self.visits // (self.surveyors * VISITS_A_DAY))
        if self.visits > self.surveyors * days * LIST_MAX:
            raise UsageError(
                f"{self.visits} visits are more than {LIST_MAX} a list; name more surveyors or days",
                f"{self.visits} kunjungan lebih dari {LIST_MAX} per daftar; tambah surveyor atau hari",
            )
        return self.surveyors * days


def choose_visits(
    findings: pd.DataFrame,
    points: gpd.GeoSeries,
    settled: "set[str]",
    params: PlanParams,
    *,
    reported: "frozenset[str] | set[str]" = frozenset(),
) -> pd.DataFrame:
    """Choose houses: the most doubtful first, and a random share of undoubted controls.

    ``findings``: `FINDINGS`, index idpel. ``points``: metres, index idpel. ``settled``:
    customers whose last answer stands (R-MA-10); they are not asked again. ``reported``:
    those that readers or their place call strangers on their RBM (R-MA-08, R-MA-09).

    Returns
    -------
    DataFrame
        Index idpel, columns ``control``, ``patch``, ``question``; never more than
        ``params.visits``. Doubts come first by p, then other findings and reports, then the rest;
        ties by idpel. Controls have a point and no finding; the same seed draws the same. Where
    nothing is doubted at all, every house is a control: nobody is worth a visit before others.
    """
    rows = findings.loc[~findings.index.isin(list(settled))]
    doubted, sound = rows["p"].ge(params.limit), rows["kind"].eq("ok")
    sound &= ~rows.index.isin(list(reported))
    grade = np.select([doubted.to_numpy(), ~sound.to_numpy()], [0, 1], 2)
    ranked = rows.assign(_grade=grade, _p=-rows["p"].fillna(0), _idpel=rows.index).sort_values(
        ["_grade", "_p", "_idpel"]
    )
    placed = ~np.isnan(coordinates(points.reindex(ranked.index))[:, 0])
    calm = (ranked["_grade"] == 2).to_numpy()
    pool = sorted(ranked.index[calm & placed])
    share = params.control_share if (~calm).any() else 1.0
    wanted = min(round(params.visits * share), len(pool))
    drawn = np.random.default_rng(params.seed).choice(len(pool), size=wanted, replace=False)
    controls = {pool[k] for k in drawn}
    leads = [i for i in ranked.index if i not in controls][: params.visits - wanted]
    if not (~calm).any():
        leads = []
    chosen = ranked.loc[[*leads, *sorted(controls)], ["patch", "question"]]
    out = chosen.assign(control=chosen.index.isin(list(controls)))
    out["question"] = out["question"].where(out["question"].notna(), "question.pole")
    return out


def split_lists(chosen: pd.DataFrame, points: gpd.GeoSeries, lists: int) -> pd.Series:
    """Part the visits into ``lists`` neighbourhoods of about the same size.

    The houses of a patch stay together: it is one walk and one question. Houses without a
    point follow the houses of their patch, else the last list.

    Returns
    -------
    Series
        Number of the list, 0 ... lists - 1, index as ``chosen``; neighbours are close numbers.
    """
    together = chosen["patch"].where(chosen["patch"].notna(), chosen.index.to_series())
    xy = pd.DataFrame(coordinates(points.reindex(chosen.index)), index=chosen.index)
    units = xy.groupby(together.to_numpy()).agg("mean")
    units["houses"] = together.value_counts()
    there = units[units[0].notna()].sort_index()
    number = pd.Series(lists - 1, index=units.index)
    number[there.index] = _halved(there[[0, 1]].to_numpy(), there["houses"].to_numpy(float), lists)
    return together.map(number).astype("int64")


def _halved(xy: Floats, houses: Floats, lists: int) -> "npt.NDArray[np.int64]":
    """Cut along the longer side, again and again, so that each part has its share of houses.

    Where a large patch lies amid the longer side, the other side may cut more evenly.
    """
    out = np.zeros(len(xy), dtype=np.int64)
    if lists == 1 or len(xy) == 0:
        return out
    left = lists // 2
    longer = int(np.ptp(xy, axis=0).argmax())
    cuts = [_cut(xy, houses, side, left / lists) for side in (longer, 1 - longer)]
    first, second = min(cuts, key=lambda c: round(_off(houses, c[0], left / lists), 1))
    out[first] = _halved(xy[first], houses[first], left)
    out[second] = left + _halved(xy[second], houses[second], lists - left)
    return out


def _cut(
    xy: Floats, houses: Floats, side: int, share: float
) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
    """Part the rows along one side so that about ``share`` of the houses lie in the first part."""
    rows = np.lexsort((np.arange(len(xy)), xy[:, 1 - side], xy[:, side]))
    middle = np.cumsum(houses[rows]) - houses[rows] / 2
    cut = int(np.searchsorted(middle, houses.sum() * share))
    return rows[:cut], rows[cut:]


def _off(houses: Floats, first: "npt.NDArray[np.int64]", share: float) -> float:
    """Return how far a cut is from the share wanted; tenths matter, less does not."""
    return abs(float(houses[first].sum() / houses.sum()) - share)
