"""SOP IV.4: a whole plan, chosen by the corrections that it promises per metre walked."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.geo import coordinates
from rbmgeo.network.walking import Walker
from rbmgeo.routes.order import OrderParams, order, path_length_m
from rbmgeo.survey.stops import pole_stops
from rbmgeo.survey.tasks import LARGEST, PlanParams, choose_visits, split_lists

#: Prices of a metre that are tried, as multiples of what the most certain houses bring a metre.
PRICES = (0.12, 0.25, 0.5, 1.0, 2.0)
#: Times that a plan is made smaller until its days fit.
FITTED = 8


@dataclass(frozen=True)
class Ground:
    """What a plan is made from: `choose_visits` says what each is.

    ``poles``: recorded pole by idpel. ``count``: lists wanted.
    """

    findings: pd.DataFrame
    points: gpd.GeoSeries
    settled: "set[str]"
    reported: "set[str]"
    first: "set[str]"
    poles: pd.Series
    count: int


@dataclass(frozen=True)
class Plan:
    """The visits of a plan and what each list promises.

    ``visits``: index idpel; ``list`` (0 ...), ``stop`` (1 ... in walking order), ``control``,
    ``double``, ``patch``, ``question``, ``p``. ``lists``: index list; ``houses``,
    ``expected`` (corrections: the sum of p), ``walk_m``, ``minutes``, ``estimated`` (some of
    the walk is guessed).
    """

    visits: pd.DataFrame
    lists: pd.DataFrame

    @property
    def expected(self) -> float:
        """Corrections that the whole plan promises."""
        return float(self.lists["expected"].sum())

    @property
    def walk_m(self) -> float:
        """Metres on foot, all lists together."""
        return float(self.lists["walk_m"].sum())

    def per_km(self) -> float | None:
        """Corrections promised per kilometre walked, None where nobody walks."""
        return self.expected / self.walk_m * 1000 if self.walk_m else None

    def rate(self, params: PlanParams) -> float:
        """Corrections promised per metre, the time at the houses counted as metres."""
        spent = float(self.lists["minutes"].sum()) * 60 * params.m_per_s
        return self.expected / spent if spent else 0.0


def by_certainty(ground: Ground, walker: Walker, params: PlanParams) -> Plan:
    """Return the plan of the most certain houses, however far apart they are."""
    return _fitting(ground, walker, params, price=0.0)


def by_walk(ground: Ground, walker: Walker, params: PlanParams) -> tuple[Plan, Plan]:
    """Return the plan that promises most per metre, and beside it that of `by_certainty`.

    The lists of several prices of a metre are laid and walked; the one with the best rate
    stays that keeps ``params.keep`` of what the most certain houses promise in as many visits.
    It is measured on the streets; where it is no better there, the most certain houses stay.
    """
    straight = Walker(None, detour=walker.detour)
    certain = by_certainty(ground, walker, params)
    if certain.visits.empty:
        return certain, certain
    least = params.keep * _promised(certain)
    base = certain.rate(params)
    best, found = certain, base
    roughly = _fitting(ground, straight, params, price=0.0).rate(params)
    tried = []
    stops = _stops_of(ground)
    for times in PRICES:
        made = _fitting(ground, straight, params, price=times * base, stops=stops)
        if _promised(made) < least:
            break  # A dearer metre keeps still less.
        if made.rate(params) > roughly:
            tried.append((made.rate(params), times))
    # The two best as the crow flies are walked on the streets.
    for _, times in sorted(tried, reverse=True)[:2]:
        made = _fitting(ground, walker, params, price=times * base, stops=stops)
        if made.rate(params) > found and _promised(made) >= least:
            best, found = made, made.rate(params)
    return best, certain


def _promised(plan: Plan) -> float:
    """Return corrections a visit: plans of other sizes can be compared."""
    return plan.expected / max(len(plan.visits), 1)


def _fitting(
    ground: Ground, walker: Walker, params: PlanParams, *, price: float,
    stops: pd.Series | None = None,
) -> Plan:  # fmt: skip
    """Lay the lists; where a day is too long, ask for fewer visits until all days fit.

    The controls stay a share of the visits, drawn at random: none is left out for being far.
    """
    made = _laid(ground, walker, params, price, stops)
    for _ in range(FITTED):
        share = _fits(made, params)
        if share >= 1 or len(made.visits) < 2:
            return made
        fewer = max(1, min(int(params.visits * max(share, 0.5)), params.visits - 1))
        params = replace(params, visits=fewer)
        made = _laid(ground, walker, params, price, stops)
    return _cut(made, ground, walker, params)


def _fits(plan: Plan, params: PlanParams) -> float:
    """Return which part of the longest day fits its limits; 1 or more: all days do."""
    parts = [np.inf]
    if params.walk_m:
        parts.append(params.walk_m / max(float(plan.lists["walk_m"].max()), 1e-9))
    if params.minutes:
        parts.append(params.minutes / max(float(plan.lists["minutes"].max()), 1e-9))
    return float(min(parts))


def _cut(plan: Plan, ground: Ground, walker: Walker, params: PlanParams) -> Plan:
    """Shorten the lists that are still too long: from their end, controls stay."""
    visits = plan.visits
    while _fits(plan, params) < 1:
        rows = plan.lists
        over = rows.index[
            (bool(params.walk_m) & (rows["walk_m"] > params.walk_m))
            | (bool(params.minutes) & (rows["minutes"] > params.minutes))
        ]
        loose = visits[visits["list"].isin(over) & ~visits["control"]]
        if loose.empty:  # Only controls are left there, and these are drawn, not chosen.
            return plan
        last = loose.sort_values("stop").groupby("list").tail(max(1, len(loose) // 20)).index
        visits = visits.drop(index=last)
        plan = _walked(visits, ground, walker, params)
        visits = plan.visits
    return plan


def _laid(
    ground: Ground, walker: Walker, params: PlanParams, price: float, stops: pd.Series | None
) -> Plan:
    """Choose, part into lists, order each."""
    chosen = choose_visits(
        ground.findings, ground.points, ground.settled, params, reported=ground.reported,
        first=ground.first, stops=stops, price=price,
        detour=walker.detour,
    )  # fmt: skip
    if chosen.empty:
        none = pd.DataFrame(columns=["houses", "expected", "walk_m", "minutes", "estimated"])
        return Plan(chosen.assign(list=0, stop=0), none)
    chosen["list"] = split_lists(chosen, ground.points, ground.count)
    return _walked(chosen, ground, walker, params)


def _stops_of(ground: Ground) -> pd.Series:
    """Return the number of the pole of the houses that could be chosen."""
    rows = ground.findings["p"].fillna(0).nlargest(LARGEST).index
    return pole_stops(gpd.GeoSeries(ground.points.reindex(rows)), ground.poles)


def _walked(chosen: pd.DataFrame, ground: Ground, walker: Walker, params: PlanParams) -> Plan:
    out, lists = chosen.copy(), {}
    out["stop"] = 0
    for number, rows in out.groupby("list"):
        names, walk_m, guessed = walk_list(sorted(rows.index), ground.points, ground.poles, walker)
        out.loc[names, "stop"] = range(1, len(names) + 1)
        lists[int(str(number))] = {
            "houses": len(rows), "expected": float(rows["p"].fillna(0).sum()), "walk_m": walk_m,
            "minutes": _minutes(rows, walk_m, params), "estimated": guessed,
        }  # fmt: skip
    return Plan(out, pd.DataFrame.from_dict(lists, orient="index").rename_axis("list"))


def _minutes(rows: pd.DataFrame, walk_m: float, params: PlanParams) -> float:
    """Return a day's minutes: on foot, one question a patch or house, a look at every house."""
    asked = int(rows["patch"].isna().sum()) + int(rows["patch"].nunique())
    seconds = asked * params.visit_s + len(rows) * params.look_s
    return (walk_m / params.m_per_s + seconds) / 60


def walk_list(
    names: "list[str]", points: gpd.GeoSeries, poles: pd.Series, walker: Walker
) -> tuple["list[str]", float, bool]:
    """Order one list on foot so that the houses of a pole are visited together.

    Returns the idpels first to last, the metres walked from house to house, and whether some
    of them are guessed. Houses without a point stand behind the others of their pole, or last.
    """
    where = gpd.GeoSeries(points.reindex(names))
    has = ~np.isnan(coordinates(where)[:, 0])
    stop = pole_stops(where, poles)
    placed = [i for i, there in zip(names, has, strict=True) if there]
    if not placed:
        return list(names), 0.0, True
    walk = walker.walk(gpd.GeoSeries(where.loc[placed]))
    row = {idpel: k for k, idpel in enumerate(placed)}
    groups = [
        np.array([row[i] for i in rows]) for _, rows in stop.loc[placed].groupby(stop.loc[placed]).groups.items()
    ]  # fmt: skip
    lead = np.array([g[0] for g in groups])
    ways = order(walk.matrix_m[np.ix_(lead, lead)], params=OrderParams())
    path: list[int] = []
    for k in ways:
        path += _through(groups[k], path[-1] if path else None, walk.matrix_m)
    steps = np.array(path)
    guessed = bool(walk.estimated[steps[:-1], steps[1:]].any()) or not bool(has.all())
    out = [placed[k] for k in path]
    return _blind_behind(out, names, stop), path_length_m(walk.matrix_m, steps), guessed


def _through(group: "np.typing.NDArray[np.int64]", come_from: int | None, matrix: "np.typing.NDArray[np.float64]") -> "list[int]":  # fmt: skip
    """Visit the houses of one stop, each time the nearest next."""
    left = [int(i) for i in group]
    out: list[int] = []
    here = come_from if come_from is not None else left[0]
    while left:
        here = min(left, key=lambda i: (matrix[here, i], i))
        left.remove(here)
        out.append(here)
    return out


def _blind_behind(out: "list[str]", names: "list[str]", stop: pd.Series) -> "list[str]":
    """Put houses without a point behind the last of their stop, else at the end."""
    there = set(out)
    number = {str(i): int(n) for i, n in zip(stop.index, stop, strict=True)}
    last = {number[i]: k for k, i in enumerate(out)}
    at: dict[int, list[str]] = {}
    for idpel in (i for i in names if i not in there):
        at.setdefault(last.get(number[idpel], len(out)), []).append(idpel)
    done: list[str] = []
    for k, idpel in enumerate(out):
        done += [idpel, *at.get(k, [])]
    return done + at.get(len(out), [])


def with_seconds(
    plan: Plan, ground: Ground, walker: Walker, params: PlanParams, surveyor: pd.Series
) -> Plan:
    """Add the second visit of every double control to a list of another surveyor, in its walk.

    ``surveyor``: by number of list. Adds the column ``second``; the index repeats for doubles.
    Where nobody else has a list, the control is visited once.
    """
    once = plan.visits.assign(second=False)
    again = second_lists(plan, ground.points, surveyor)
    if again.empty:
        return Plan(once, plan.lists)
    more = once.loc[again.index].assign(second=True, list=again)
    parts, lists = [], plan.lists.copy()
    for number, rows in pd.concat([once, more]).groupby("list"):
        if rows["second"].any():
            walked = _walked(rows, ground, walker, params)
            rows, lists.loc[number] = walked.visits, walked.lists.loc[number]
        parts.append(rows)
    return Plan(pd.concat(parts), lists.astype(plan.lists.dtypes.to_dict()))


def second_lists(plan: Plan, points: gpd.GeoSeries, surveyor: pd.Series) -> pd.Series:
    """Return on which list of another surveyor each double control is visited again.

    ``surveyor``: by number of list. The nearest list of somebody else takes it; ties to the
    lower number. Index idpel; empty where nobody else has a list.
    """
    visits = plan.visits
    xy = pd.DataFrame(coordinates(points.reindex(visits.index)), index=visits.index)
    out = {}
    for idpel in visits.index[visits["double"].astype(bool)]:
        mine = surveyor[visits.loc[idpel, "list"]]
        others = visits[visits["list"].map(surveyor) != mine]
        if others.empty:
            continue
        away = np.hypot(*(xy.loc[others.index] - xy.loc[idpel]).to_numpy().T)
        near = pd.Series(away, index=others["list"].to_numpy()).groupby(level=0).min()
        out[idpel] = int(near.index.to_numpy()[int(near.to_numpy().argmin())])
    return pd.Series(out, dtype="int64")
