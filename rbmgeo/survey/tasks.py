"""SOP IV.4: which houses to visit, by whom, on which day."""

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.geo import coordinates
from rbmgeo.survey.worth import Stops, worthwhile

#: Houses that one surveyor manages on foot in a day, where the planner names no days.
VISITS_A_DAY = 70
#: More on one list is a typing error: no one walks to a thousand houses in a day.
LIST_MAX = 1000
#: The last grade: no finding, no report; controls are drawn among these.
CALM = 3
#: Houses among which a choice by distance is made; the others are less certain than all these.
POOL = 3000
#: Beyond so many houses at once the most certain are taken: a table of all ways would not fit.
LARGEST = 8000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlanParams:
    """What a planner asks for; ``days`` 0 means as many as `VISITS_A_DAY` makes.

    ``walk_m`` and ``minutes``: the most that one surveyor walks, and works, in a day (0: no
    limit). ``visit_s``: seconds to ask at one house and look at its pole, asked once in a
    patch; ``look_s`` to note one house. ``keep``: of the corrections that the most certain
    houses promise, at least so much is kept for a shorter walk. ``first``: visited before
    others, whatever their p.
    """

    visits: int
    surveyors: int = 2
    days: int = 1
    control_share: float = 0.1
    limit: float = 0.5
    seed: int = 1
    walk_m: float = 0.0
    minutes: float = 0.0
    visit_s: float = 240.0
    look_s: float = 45.0
    m_per_s: float = 1.07
    keep: float = 0.95

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

    def doubles(self, controls: int) -> int:
        """Return how many of so many controls are visited by a second person (R-SB-02)."""
        if controls < 5 or self.surveyors < 2:
            return 0
        return max(1, round(controls / 10))


def choose_visits(
    findings: pd.DataFrame,
    points: gpd.GeoSeries,
    settled: "set[str]",
    params: PlanParams,
    *,
    reported: "frozenset[str] | set[str]" = frozenset(),
    first: "frozenset[str] | set[str]" = frozenset(),
    stops: pd.Series | None = None,
    price: float = 0.0,
    detour: float = 1.3,
) -> pd.DataFrame:
    """Choose houses: the most doubtful first, and a random share of undoubted controls.

    ``findings``: `FINDINGS`, index idpel. ``points``: metres, index idpel. ``settled``:
    customers whose last answer stands (R-MA-10); they are not asked again. ``reported``:
    those that readers or their place call strangers on their RBM (R-MA-08, R-MA-09).
    ``first``: those to visit before any other. ``stops``: `pole_stops`. ``price``:
    corrections that a metre of walking must bring; at 0 distance does not matter.

    Returns
    -------
    DataFrame
        Index idpel, columns ``control``, ``double`` (a control that a second person visits as
        well), ``patch``, ``question``, ``p``; with the doubles counted twice never more than
        ``params.visits``. After ``first`` come doubts, then other findings and reports, then
        the rest; within each by p, or by p less the price of the walk; ties by idpel.
        Controls have a point and no finding and are drawn without regard to distance; the
        same seed draws the same. Where nothing is doubted at all, every house is a control:
        nobody is worth a visit before others.
    """
    rows = findings.loc[~findings.index.isin(list(settled))]
    grade = _grades(rows, params.limit, reported, first)
    ranked = rows.assign(_grade=grade, _p=-rows["p"].fillna(0), _idpel=rows.index).sort_values(
        ["_grade", "_p", "_idpel"]
    )
    doubted = bool((ranked["_grade"] < CALM).any())
    drawn, doubles = _drawn(ranked, points, params, doubted)
    wanted = params.visits - len(drawn) - len(doubles) if doubted else 0
    left = ranked[~ranked.index.isin(drawn)]
    if price > 0:
        leads = _worth_walking(left, points, stops, drawn, wanted, params, price, detour)
    else:
        leads = list(left.index[:wanted])
    chosen = ranked.loc[[*leads, *sorted(drawn)], ["patch", "question", "p"]]
    out = chosen.assign(control=chosen.index.isin(drawn), double=chosen.index.isin(doubles))
    out["question"] = out["question"].where(out["question"].notna(), "question.pole")
    return out


def _grades(
    rows: pd.DataFrame, limit: float, reported: "Collection[str]", first: "Collection[str]"
) -> "npt.NDArray[np.int64]":
    doubted, sound = rows["p"].ge(limit), rows["kind"].eq("ok")
    sound &= ~rows.index.isin(list(reported))
    asked = rows.index.isin(list(first))
    return np.select([asked, doubted.to_numpy(), ~sound.to_numpy()], [0, 1, 2], CALM)


def _drawn(
    ranked: pd.DataFrame, points: gpd.GeoSeries, params: PlanParams, doubted: bool
) -> "tuple[list[str], list[str]]":
    """Draw the controls among all calm houses with a point, and those visited twice."""
    calm = ranked.index[(ranked["_grade"] == CALM).to_numpy()]
    placed = ~np.isnan(coordinates(points.reindex(calm))[:, 0])
    pool = sorted(calm[placed])
    share = params.control_share if doubted else 1.0
    wanted = min(round(params.visits * share), len(pool))
    if not doubted:
        wanted = min(wanted, params.visits - params.doubles(wanted))
    rng = np.random.default_rng(params.seed)
    drawn = [pool[k] for k in rng.choice(len(pool), size=wanted, replace=False)]
    # Drawn in random order: the first of them are a random part.
    return drawn, drawn[: params.doubles(wanted)]


def _worth_walking(
    left: pd.DataFrame, points: gpd.GeoSeries, stops: pd.Series | None, drawn: "list[str]",
    wanted: int, params: PlanParams, price: float, detour: float,
) -> "list[str]":  # fmt: skip
    """Choose ``wanted`` houses grade by grade; where a grade has more, by what its walk brings."""
    leads: list[str] = []
    for grade in range(CALM + 1):
        pool = left[left["_grade"] == grade]
        room = wanted - len(leads)
        if grade == 0 or len(pool) <= room:
            leads += list(pool.index[:room])
            continue
        if room <= 0:
            break
        # The best few thousand hold every house that could be worth it.
        pool = pool.iloc[: max(POOL, 2 * room)]
        there = [*drawn, *leads]
        if len(pool) + len(there) > LARGEST:
            return leads + list(pool.index[:room])
        leads += _picked(pool, there, points, stops, room, params, price, detour)
    return leads


def _picked(
    pool: pd.DataFrame, there: "list[str]", points: gpd.GeoSeries, stops: pd.Series | None,
    room: int, params: PlanParams, price: float, detour: float,
) -> "list[str]":  # fmt: skip
    """Choose ``room`` houses of a pool around the houses that are visited anyhow."""
    alone = pd.Series(pool.index, pool.index, dtype=object)
    own = alone if stops is None else stops.reindex(pool.index).astype(object).fillna(alone)
    whole = pool["patch"].where(pool["patch"].notna(), "s" + own.astype("str"))
    patches = pool["patch"].value_counts()
    # A patch that no list could hold whole is taken pole by pole.
    large = patches.index[patches > max(room // 2, 1)]
    whole = whole.where(~pool["patch"].isin(large), "s" + own.astype("str"))
    xy = pd.DataFrame(coordinates(points.reindex(pool.index)), index=pool.index)
    by = whole.to_numpy()
    at = xy.groupby(by).mean()
    houses = pd.Series(by).value_counts().reindex(at.index)
    value = pool["p"].fillna(0).groupby(by).sum().reindex(at.index)
    spread = (xy.groupby(by).max() - xy.groupby(by).min()).sum(axis=1).reindex(at.index)
    fixed = coordinates(points.reindex(there))
    work = (params.visit_s + params.look_s * houses) * params.m_per_s
    count = len(there)
    given = Stops(
        np.vstack([at.to_numpy(), fixed]), np.r_[value, np.zeros(count)],
        np.r_[houses, np.ones(count)].astype(np.int64),
        np.r_[spread * detour + work, np.zeros(count)],
        np.r_[np.zeros(len(at), bool), np.ones(count, bool)],
    )  # fmt: skip
    rounds = 12 if len(at) + count < 1500 else 4
    took = worthwhile(given, houses=room + count, price=price, detour=detour, rounds=rounds,
                      seed=params.seed)  # fmt: skip
    names = at.index[took[took < len(at)]]
    mine = list(pool.index[whole.isin(names)])
    # What no whole stop fills is filled house by house.
    return mine + [i for i in pool.index if i not in set(mine)][: room - len(mine)]


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
