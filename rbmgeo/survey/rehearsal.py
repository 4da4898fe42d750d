"""The closed loop played through on records whose errors are known: doubt, visit, learn, again.

A rehearsal answers "of so many visits, how many find an error?" before anybody walks. It is a
simulation: errors are planted, the surveyor is a die. It says nothing of a unit's own errors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.calibrate import calibration
from rbmgeo.matching.candidates import with_sites
from rbmgeo.matching.detector.detect import CUSTOMERS_LEAST, GARDU_LEAST, Context, detect
from rbmgeo.matching.detector.plant import Mix, planted
from rbmgeo.matching.detector.scene import scene
from rbmgeo.matching.detector.stack import StackParams
from rbmgeo.matching.neighbours import nearest_customers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Ways to choose whom to visit: ours, and three simpler ones.
WAYS = ("detector", "nearest", "vote", "chance")
#: Customers whose vote is asked, and gardu among which a mistaken surveyor chooses.
VOTERS, MISTAKEN_AMONG = 10, 3

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class RehearsalParams:
    """How it is played: ``rounds`` of ``visits``, of ours ``controls`` drawn at random.

    A surveyor names a wrong gardu in ``wrong_answers`` of the houses and cannot trace
    ``cannot_trace`` of them. The seed settles every draw; ``stack`` how much is learned.
    """

    rounds: int = 5
    visits: int = 100
    controls: int = 10
    wrong_answers: float = 0.05
    cannot_trace: float = 0.05
    seed: int = 1
    #: Learned once a round: what is shown is the way of the rounds, not the last per cent.
    stack: StackParams = field(default_factory=lambda: StackParams(times=1))

    def __post_init__(self) -> None:
        if self.rounds < 1 or not 0 <= self.controls < self.visits:
            raise UsageError(
                f"{self.rounds} rounds of {self.visits} visits with {self.controls} controls "
                "cannot be played; at least one round, fewer controls than visits",
                f"{self.rounds} putaran {self.visits} kunjungan dengan {self.controls} kontrol "
                "tidak bisa dimainkan; paling sedikit satu putaran, kontrol kurang dari kunjungan",
            )


@dataclass(frozen=True)
class Stage:
    """Where it is played; rows in the order of idpel.

    ``points``: houses in metres. ``gardu``: as `detect` takes them. ``codes`` (m): gardu by
    number, ``site`` (m x 2) where each stands. ``true`` and ``recorded`` (n): numbers of gardu;
    where they differ an error was planted.
    """

    points: gpd.GeoSeries
    gardu: gpd.GeoDataFrame
    codes: npt.NDArray[np.object_]
    site: Floats
    true: Ints
    recorded: Ints
    context: Context = field(default_factory=Context)

    @property
    def errors(self) -> int:
        """Return how many records are wrong."""
        return int((self.true != self.recorded).sum())


@dataclass(frozen=True)
class Rehearsal:
    """What came of it.

    ``found``: index ``visit`` from 1, one column each of `WAYS`: errors found so far (the
    house could be traced, and the surveyor named its true gardu). ``rounds``: index ``round``
    from 1, ``promised`` (the sum of our p over the traced houses) and ``found`` wrong by the
    surveyor. ``answers``: one row per traced house of ours, ``p`` as promised, ``wrong`` as
    answered, ``control``.
    """

    errors: int
    customers: int
    found: pd.DataFrame
    rounds: pd.DataFrame
    answers: pd.DataFrame


def staged(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    context: Context | None = None,
    *,
    mix: Mix | None = None,
    seed: int = 1,
) -> Stage:
    """Take records for true and plant errors into them.

    ``points`` in metres, ``recorded`` gardu by idpel; who lacks either plays no part.

    Raises
    ------
    NothingToDo
        If there is too little to learn from.
    """
    require_metres(points)
    points = points.sort_index()
    recorded = recorded.reindex(points.index)
    there = recorded.notna().to_numpy() & ~np.isnan(coordinates(points)[:, 0])
    points, recorded = points[there], recorded[there]
    codes, site = with_sites(points, recorded, gardu)
    placed = int((~np.isnan(site[:, 0])).sum())
    if len(points) < CUSTOMERS_LEAST or placed < GARDU_LEAST:
        raise NothingToDo(
            f"{len(points)} customers with a point and a record on {placed} gardu are too few to "
            f"rehearse a survey; {CUSTOMERS_LEAST} and {GARDU_LEAST} are needed: import more points",
            f"{len(points)} pelanggan bertitik dan bercatatan pada {placed} gardu terlalu sedikit "
            f"untuk simulasi survei; perlu {CUSTOMERS_LEAST} dan {GARDU_LEAST}: impor titik lagi",
        )
    true = pd.Index(codes).get_indexer(pd.Index(recorded)).astype(np.int64)
    seen = scene(coordinates(points), site)
    wrong = planted(seen, true, np.ones(len(true), dtype=bool), mix or Mix(0.05), seed)
    return Stage(points, gardu, codes, site, true, wrong, context or Context())


def part_of(points: gpd.GeoSeries, recorded: pd.Series, most: int, seed: int) -> "pd.Index[str]":
    """Return at most so many customers: all of the gardu around a house drawn by the seed.

    Learning takes minutes for a whole town; whole gardu side by side are as hard as the town.
    """
    points = points.sort_index()
    known = recorded.reindex(points.index)
    there = known.notna().to_numpy() & ~np.isnan(coordinates(points)[:, 0])
    points, known = points[there], known[there]
    if len(points) <= most:
        everybody: pd.Index[str] = points.index
        return everybody
    xy = pd.DataFrame(coordinates(points), index=points.index)
    start = xy.iloc[np.random.default_rng(seed).integers(len(xy))].to_numpy()
    middle = xy.groupby(known).median()
    away = pd.Series(np.hypot(*(middle.to_numpy() - start).T), index=middle.index)
    near = away.sort_values(kind="stable").index
    size = known.value_counts()[near].cumsum()
    taken = near[(size <= most).to_numpy()]
    chosen: pd.Index[str] = points.index[known.isin(taken).to_numpy()]
    return chosen


def rehearsed(stage: Stage, params: RehearsalParams, tell: Tell | None = None) -> Rehearsal:
    """Play every way on one stage; each looks again at the mended records before a round."""
    if params.rounds * params.visits > len(stage.true):
        raise NothingToDo(
            f"{params.rounds * params.visits} visits are more than the {len(stage.true)} houses",
            f"{params.rounds * params.visits} kunjungan lebih dari {len(stage.true)} rumah yang ada",
        )
    xy = coordinates(stage.points)
    near = _near(stage.site, xy)
    found, ours = {}, None
    for number, way in enumerate(WAYS):
        rng = np.random.default_rng([params.seed, number])
        doubt = _doubts(way, stage, xy, rng, params)
        controls = params.controls if way == "detector" else 0
        played = _played(stage, near, doubt, controls, params, rng, tell)
        found[way] = played[0]
        ours = ours if ours is not None else played
    assert ours is not None
    index = pd.RangeIndex(1, params.rounds * params.visits + 1, name="visit")
    answers = ours[1]
    by = answers.groupby("round")
    rounds = pd.DataFrame({"promised": by["p"].sum(), "found": by["wrong"].sum().astype(int)})
    return Rehearsal(stage.errors, len(xy), pd.DataFrame(found, index=index), rounds, answers)


def _near(site: Floats, xy: Floats) -> Ints:
    """Return the numbers of the nearest gardu of each house, the nearest first."""
    placed = np.flatnonzero(~np.isnan(site[:, 0]))
    _, there = cKDTree(site[placed]).query(xy, k=min(MISTAKEN_AMONG, len(placed)))
    return np.asarray(placed[np.asarray(there).reshape(len(xy), -1)])


def _doubts(
    way: str, stage: Stage, xy: Floats, rng: np.random.Generator, params: RehearsalParams
) -> Callable[[Ints], Floats]:
    """Return what ranks houses by their records as they are now; the larger the more doubtful."""
    nearest_m = cKDTree(stage.site[~np.isnan(stage.site[:, 0])]).query(xy)[0]
    voters = nearest_customers(xy, VOTERS).near

    def by_detector(records: Ints) -> Floats:
        told = pd.Series(stage.codes[records], index=stage.points.index)
        doubt = detect(stage.points, told, stage.gardu, stage.context, params.stack)
        return np.asarray(doubt.frame["p"].fillna(0), dtype=float)

    def by_nearest(records: Ints) -> Floats:
        return np.asarray(np.nan_to_num(np.hypot(*(xy - stage.site[records]).T) - nearest_m))

    def by_vote(records: Ints) -> Floats:
        # Where there are fewer than ten others, nobody stands for the missing ones.
        said = np.append(records, -1)[voters]
        return np.asarray(1 - (said == records[:, None]).mean(axis=1))

    def by_chance(records: Ints) -> Floats:
        return rng.random(len(records))

    return dict(zip(WAYS, (by_detector, by_nearest, by_vote, by_chance), strict=True))[way]


def _played(
    stage: Stage, near: Ints, doubt: Callable[[Ints], Floats], controls: int,
    params: RehearsalParams, rng: np.random.Generator, tell: Tell | None,
) -> tuple[Ints, pd.DataFrame]:  # fmt: skip
    """Play the rounds of one way; return errors found after each visit, and every answer."""
    records, asked = stage.recorded.copy(), np.zeros(len(near), dtype=bool)
    hits: list[Bools] = []
    answers = pd.DataFrame(columns=["round", "raw_p", "p", "wrong", "control"])
    for number in range(1, params.rounds + 1):
        if tell is not None and controls:
            tell("memainkan putaran / playing rounds", number - 1, params.rounds)
        p = doubt(records)
        houses = np.concatenate(list(_chosen(p, asked, params.visits, controls, rng)))
        traced, named = _answers(houses, stage.true, near, params, rng)
        wrong = named != records[houses]
        # The order in which a round is walked is nobody's merit.
        walked = rng.permutation(len(houses))
        hits.append((traced & wrong & (named == stage.true[houses]))[walked])
        if controls:
            fitted = calibration(answers["raw_p"].to_numpy(float), answers["wrong"].to_numpy(bool))
            drawn = np.arange(len(houses)) >= len(houses) - controls
            rows = pd.DataFrame(
                {"round": number, "raw_p": p[houses], "p": fitted.applied(p[houses]),
                 "wrong": wrong, "control": drawn}
            )[traced]  # fmt: skip
            answers = rows if answers.empty else pd.concat([answers, rows], ignore_index=True)
        records[houses[traced]] = named[traced]  # as if a second person had approved each
        asked[houses] = True
    return np.cumsum(np.concatenate(hits)), answers


def _chosen(
    p: Floats, asked: Bools, visits: int, controls: int, rng: np.random.Generator
) -> Iterator[Ints]:
    """Give the most doubtful that nobody asked yet, ties by idpel, then controls among the rest."""
    rank = np.lexsort((np.arange(len(p)), -p))
    leads = rank[~asked[rank]][: visits - controls]
    yield leads
    rest = np.setdiff1d(np.flatnonzero(~asked), leads)
    yield rng.choice(rest, controls, replace=False)


def _answers(
    houses: Ints, true: Ints, near: Ints, params: RehearsalParams, rng: np.random.Generator
) -> tuple[Bools, Ints]:
    """Return which houses could be traced, and the gardu that the surveyor names there."""
    traced = rng.random(len(houses)) >= params.cannot_trace
    named = true[houses].copy()
    mistaken = np.flatnonzero(rng.random(len(houses)) < params.wrong_answers)
    named[mistaken] = near[houses[mistaken], rng.integers(near.shape[1], size=len(mistaken))]
    return traced, named
