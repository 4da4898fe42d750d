"""Learn on planted errors what a wrong record looks like, then look for it in the real ones.

Self-injection stacking: no label of anybody is needed. Pass 0 plants errors into the raw
records, learns, and finds the plainly wrong. Pass 1 sets those aside, plants again and learns
"this candidate is the true gardu". Pass 2 learns once more, with what pass 1 believes of the
neighbours as further evidence. Every customer is judged by a model that never saw its square.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from rbmgeo.matching.detector.evidence import Records, candidates, pulls, records
from rbmgeo.matching.detector.features import Singles, features
from rbmgeo.matching.detector.learner import Learner, LearnerParams
from rbmgeo.matching.detector.plant import Mix, planted
from rbmgeo.matching.detector.scene import Scene
from rbmgeo.matching.detector.soft import Belief, Soft, soft_features

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Fewer or more wrong records than this are not believed of any unit.
RATES = (0.001, 0.3)
_AT_ONCE = 20_000
_FLOOR = 1e-6


@dataclass(frozen=True)
class StackParams:
    """How much is learned, and from what; the seed settles every draw.

    ``first_rows``, ``then_rows``: customers to learn from in pass 0 and in passes 1 and 2;
    errors are planted as often as that takes, within ``worlds``, yet no customer is shown more
    than ``often`` times. ``train_most``: of a large
    unit, whole squares of ``square_m`` with so many customers teach for all. Of the unchanged
    records ``kept`` are shown. After pass 0 a record doubted above ``wrong_from`` is replaced
    by its best candidate, and one within ``unsure`` teaches nothing. A unit without lines of
    up to ``once_from`` customers is gone through ``times`` times and the beliefs are averaged:
    which errors were planted where is luck, and weighs the more the smaller the unit is and the
    less is known.
    """

    seed: int = 1
    folds: int = 3
    mixes: tuple[Mix, ...] = (Mix(0.08, 0.5, 0.2, 0.3), Mix(0.08, 0.4, 0.15, 0.45))
    first_rows: int = 4_000
    then_rows: int = 10_000
    often: int = 2
    worlds: tuple[int, int] = (1, 24)
    train_most: int = 16_000
    square_m: float = 300.0
    kept: float = 0.4
    times: int = 2
    once_from: int = 20_000
    wrong_from: float = 0.5
    unsure: tuple[float, float] = (0.2, 0.6)
    learner: LearnerParams = field(default_factory=LearnerParams)


@dataclass(frozen=True)
class _Course:
    """What all passes share: the place, the squares as folds, who teaches, and the draws."""

    scene: Scene
    fold: Ints
    teachers: Bools
    wide: Bools
    seeds: Iterator[int]
    params: StackParams


@dataclass(frozen=True)
class _World:
    """Records as they are or with errors planted, and what follows from them."""

    label: Ints
    state: Records

    @classmethod
    def of(cls, scene: Scene, label: Ints, pull: Floats) -> "_World":
        return cls(label, records(scene, label, pull))


def stack(
    scene: Scene, label: Ints, params: StackParams | None = None, asked: Bools | None = None
) -> Belief:
    """Say of every customer how likely each candidate gardu is its own; see the module.

    ``label`` (n): number of the recorded gardu, -1 without. Rows must be in the order of
    idpel: the same records in any order of files then give the same answer. ``asked`` (n):
    whom to judge, everybody if None; of the others the record is believed.
    """
    params = params or StackParams()
    asked = np.ones(scene.customers, dtype=bool) if asked is None else asked
    again = scene.spans is None and scene.customers <= params.once_from
    times = params.times if again else 1
    told = [_once(scene, label, replace(params, seed=params.seed + k), asked) for k in range(times)]
    if times == 1:
        return _at_true_rate(told[0], params)
    there = told[0].cand >= 0
    share = np.exp(np.mean([np.log(one.share + _FLOOR) for one in told], axis=0)) * there
    total = np.maximum(share.sum(axis=1, keepdims=True), _FLOOR)
    return _at_true_rate(Belief(told[0].cand, share / total), params)


def _once(scene: Scene, label: Ints, params: StackParams, asked: Bools) -> Belief:
    """Go through the passes once, with the draws of one seed."""
    fold, teachers = _squares(scene, label, params)
    seeds = iter(np.random.default_rng(params.seed).integers(2**31, size=256).tolist())
    course = _Course(scene, fold, teachers, _with_neighbours(scene, teachers), seeds, params)

    pull = _pulls(scene, label)
    worlds = _worlds(course, label, teachers, pull, params.first_rows)
    raw = _learned(course, label, worlds, teachers)
    belief = _judged(course, _World.of(scene, label, pull), raw, course.wide)
    other, doubt = belief.best_other(), 1 - belief.of_recorded()
    cleaned = np.where((doubt > params.wrong_from) & (other >= 0), other, label)
    pull = _pulls(scene, cleaned)
    teaching = teachers & ~((doubt > params.unsure[0]) & (doubt <= params.unsure[1]))
    worlds = _worlds(course, cleaned, teaching, pull, params.then_rows)
    first = _learned(course, cleaned, worlds, teaching)
    wide = _with_neighbours(scene, asked)
    # The records stay as they are from pass to pass; what speaks for whom is measured once.
    real = _World.of(scene, label, pull)
    hard: list[Singles] | None = [] if np.array_equal(wide, asked) else None
    before = _judged(course, real, first, wide, hard=hard)
    beliefs = [_judged(course, w, first, course.wide, elsewhere=before) for w in worlds]
    second = _learned(course, cleaned, worlds, teaching, beliefs)
    del worlds, beliefs
    return _judged(course, real, second, asked, before=before, hard=hard)


def _at_true_rate(belief: Belief, params: StackParams) -> Belief:
    """Judge by as many errors as there seem to be, not by as many as were planted.

    Expectation-maximisation on the share of wrong records (Saerens, Latinne and Decaestecker
    2002): a town without errors must not look like the planted ones.
    """
    known = (belief.cand[:, 0] >= 0) & (belief.share[:, 0] < 1)
    if not known.any():
        return belief
    planted_rate = float(np.mean([mix.rate for mix in params.mixes]))
    right = np.clip(belief.share[:, 0], 1e-9, 1 - 1e-9)
    odds = right / (1 - right) * planted_rate / (1 - planted_rate)
    rate = planted_rate
    for _ in range(200):
        then = float(np.mean((1 / (1 + odds * (1 - rate) / rate))[known]))
        then = float(np.clip(then, *RATES))
        if abs(then - rate) < 1e-6:
            break
        rate = then
    share = belief.share.copy()
    share[:, 0] *= planted_rate / (1 - planted_rate) * (1 - rate) / rate
    return Belief(belief.cand, share / share.sum(axis=1, keepdims=True))


def _pulls(scene: Scene, label: Ints) -> Floats:
    return pulls(scene, np.bincount(label[label >= 0], minlength=scene.gardu).astype(float))


def _squares(scene: Scene, label: Ints, params: StackParams) -> tuple[Ints, Bools]:
    """Return each customer's fold, by squares, and who teaches in a large unit."""
    cell = np.floor((scene.xy - scene.xy.min(axis=0)) / params.square_m).astype(np.int64)
    names, number = np.unique(cell[:, 0] * 1_000_003 + cell[:, 1], return_inverse=True)
    drawn = np.random.default_rng(params.seed).permutation(len(names))
    size = np.bincount(number)
    order = np.argsort(drawn)
    teaches = np.zeros(len(names), dtype=bool)
    teaches[order[np.cumsum(size[order]) <= max(params.train_most, size[order[0]])]] = True
    return (drawn[number] % params.folds).astype(np.int64), teaches[number] & (label >= 0)


def _with_neighbours(scene: Scene, some: Bools) -> Bools:
    """Add to some customers those that their evidence is made of."""
    wide = np.append(some, False)
    wide[scene.near[some][:, :25]] = True
    wide[scene.along[some]] = True
    return wide[:-1]


def _worlds(
    course: _Course, label: Ints, teaching: Bools, pull: Floats, wanted: int
) -> list[_World]:
    """Plant errors as often as it takes to learn from so many customers."""
    params = course.params
    # The same houses seen too often teach a small town by heart.
    wanted = min(wanted, params.often * int(teaching.sum()))
    each = max(1.0, (params.kept + 0.05) * teaching.sum())
    count = int(np.clip(np.ceil(wanted / each), *params.worlds))
    mixes = [params.mixes[k % len(params.mixes)] for k in range(count)]
    drawn = (planted(course.scene, label, teaching, m, next(course.seeds)) for m in mixes)
    return [_World.of(course.scene, world, pull) for world in drawn]


def _learned(
    course: _Course, true: Ints, worlds: list[_World], teaching: Bools,
    beliefs: list[Belief] | None = None,
) -> Learner:  # fmt: skip
    """Learn from worlds with planted errors whether a candidate is the true gardu."""
    seed = next(course.seeds)
    rng = np.random.default_rng(seed)
    xs, ys, folds = [], [], []
    for k, world in enumerate(worlds):
        shown = (world.label != true) | (rng.random(len(true)) < course.params.kept)
        rows = np.flatnonzero(teaching & shown)
        cand = candidates(course.scene, world.label, rows)
        soft = Soft.of(course.scene, world.state, beliefs[k]) if beliefs else None
        x, names = _evidence(course.scene, world.state, rows, cand, soft)
        there = cand >= 0
        xs.append(x[there])
        ys.append((cand == true[rows][:, None])[there])
        folds.append(np.broadcast_to(course.fold[rows][:, None], cand.shape)[there])
    return Learner(
        np.concatenate(xs), np.concatenate(ys), np.concatenate(folds), names,
        course.params.folds, seed, course.params.learner,
    )  # fmt: skip


def _judged(
    course: _Course, world: _World, learner: Learner, whom: Bools, *,
    before: Belief | None = None, elsewhere: Belief | None = None,
    hard: list[Singles] | None = None,
) -> Belief:  # fmt: skip
    """Ask the learner of some customers; the shares of a customer's candidates sum to one.

    ``before``: what the pass before believes, as further evidence. Whoever is not asked
    about keeps what is believed ``elsewhere``, or his record. ``hard``: the evidence of the
    same customers in the same records, filled where it is empty.
    """
    scene = course.scene
    asked = np.flatnonzero(whom)
    if elsewhere is None:
        cand = candidates(scene, world.label, np.arange(scene.customers))
        share = np.zeros(cand.shape)
        share[:, 0] = 1.0
    else:
        cand, share = elsewhere.cand.copy(), elsewhere.share.copy()
        cand[asked] = candidates(scene, world.label, asked)
    soft = None if before is None else Soft.of(scene, world.state, before)
    for part, begin in enumerate(range(0, len(asked), _AT_ONCE)):
        rows = asked[begin : begin + _AT_ONCE]
        told = hard[part] if hard is not None and part < len(hard) else None
        if told is None:
            told, _ = features(scene, world.state, rows, cand[rows])
            if hard is not None:
                hard.append(told)
        x = told if soft is None else _with_soft(scene, soft, rows, cand[rows], told)
        odds = learner.odds(x, cand[rows] >= 0, course.fold[rows])
        # Of the unchanged records only `kept` were shown: the recorded gardu is likelier.
        odds[:, 0] /= course.params.kept
        total = odds.sum(axis=1, keepdims=True)
        share[rows] = odds / np.where(total > 0, total, 1)
    return Belief(cand, share)


def _evidence(
    scene: Scene, state: Records, rows: Ints, cand: Ints, soft: Soft | None
) -> tuple[Singles, list[str]]:
    x, names = features(scene, state, rows, cand)
    if soft is None:
        return x, names
    told, more = soft_features(scene, soft, rows, cand)
    return np.concatenate([x, told], axis=2), names + more


def _with_soft(scene: Scene, soft: Soft, rows: Ints, cand: Ints, hard: Singles) -> Singles:
    return np.concatenate([hard, soft_features(scene, soft, rows, cand)[0]], axis=2)
