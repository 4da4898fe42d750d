"""The front of plans: none of them is beaten by another in everything; three have names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.routes.design import Case, Design, outcome
from rbmgeo.routes.search import Weights, improve

Progress = Callable[[str, int, int], None]

#: From plans that leave nearly all as it is to plans that care little for today; each search
#: begins where the one before ended.
LADDER = (
    Weights(1.2, 0.5), Weights(0.5, 0.5), Weights(0.2, 0.5), Weights(0.08, 0.5),
    Weights(0.02, 0.2), Weights(0.05, 3.0), Weights(0.05, 10.0),
)  # fmt: skip


class PlanName(StrEnum):
    """What a plan of the front is chosen for."""

    LEAST = "sedikit"
    EVEN = "seimbang"
    SHORT = "pendek"


@dataclass(frozen=True)
class Plan:
    """One plan: its ``number`` on the ladder, its name if it has one, who is read where."""

    number: int
    design: Design
    name: PlanName | None = None

    @property
    def facts(self) -> dict[str, float]:
        """Return the figures of the plan."""
        return self.design.summary

    @property
    def aims(self) -> tuple[float, float, float, float]:
        """Return what a plan is measured by, less is better: cv, gardu cut, changed, km."""
        f = self.facts
        return f["cv"], f["gardu"] - f["gardu_whole"], f["changed"], f["km"]


@dataclass(frozen=True)
class Plans:
    """``today``: figures before anything moves. ``front``: every plan, fewest changes first.

    ``recommended``: the name of the plan that lies nearest to the best of each aim.
    """

    today: dict[str, float]
    front: list[Plan] = field(default_factory=list)
    recommended: PlanName | None = None

    def named(self) -> list[Plan]:
        """Return the plans with a name, in the order of their names."""
        return [p for name in PlanName for p in self.front if p.name == name]

    def plan(self, name: str) -> Plan | None:
        """Return a plan by its name or its number, None where there is none."""
        found = (p for p in self.front if name in (p.name, str(p.number)))
        return next(found, None)


def plans(
    case: Case, *, ladder: tuple[Weights, ...] = LADDER, progress: Progress | None = None
) -> Plans:
    """Search along the ladder and keep the plans that no other beats in everything.

    Deterministic: the same case has the same plans.
    """
    tell = progress or (lambda step, done, total: None)
    state = case.state()
    begin = Plan(-1, outcome(case, state))
    made: list[Plan] = []
    for number, weights in enumerate(ladder):
        tell("menyusun rencana / designing plans", number, len(ladder))
        improve(state, weights, looks=case.params.sweeps)
        made.append(Plan(number, outcome(case, state)))
    # Where nothing is to be gained the plan is to leave the routes as they are.
    front = _front(made) or [begin]
    named = _named(front)
    best = _recommended(named)
    return Plans(today(case), named, best)


def today(case: Case) -> dict[str, float]:
    """Return the figures of today's RBM: minutes by its customers, gardu whole as it reads them."""
    table, known = case.blocks.table, case.routed["rbm"].notna() & case.blocks.of.notna()
    each = table["seconds"] / table["customers"]
    # Of a unit without any RBM nothing is left, and nothing has no type.
    seconds = case.blocks.of[known].map(each).astype(float)
    minutes = seconds.groupby(case.routed["rbm"][known]).sum() / 60
    pairs = case.routed[["gardu", "rbm"]].dropna()
    whole = pairs.groupby("gardu")["rbm"].nunique() == 1
    mean = float(minutes.mean()) if len(minutes) else 0.0
    return {
        "rbm": len(minutes),
        "customers": len(case.routed),
        "minutes_max": round(float(minutes.max()), 1) if len(minutes) else 0.0,
        "minutes_mean": round(mean, 1),
        "max_over_mean": round(float(minutes.max()) / mean, 3) if mean else 0.0,
        "cv": round(float(minutes.std(ddof=0)) / mean, 4) if mean else 0.0,
        "gardu_whole": int(whole.sum()),
        "gardu": len(whole),
    }


def beaten(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Say whether ``other`` is at least as good in every aim and better in one (less is better).

    >>> beaten((0.2, 0, 5, 9.0), (0.2, 0, 4, 9.0)), beaten((0.2, 0, 5, 9.0), (0.1, 0, 6, 9.0))
    (True, False)
    """
    return one != other and all(o <= s for s, o in zip(one, other, strict=True))


def _front(made: list[Plan]) -> list[Plan]:
    kept: list[Plan] = []
    for plan in made:
        twin = any(plan.aims == k.aims for k in kept)
        if not twin and not any(beaten(plan.aims, other.aims) for other in made):
            kept.append(plan)
    return sorted(kept, key=lambda p: (p.facts["changed"], p.facts["cv"], p.number))


def _named(front: list[Plan]) -> list[Plan]:
    """Name the plan with the fewest changes, then the most even of the others, then the shortest."""
    wanted: tuple[tuple[PlanName, Callable[[Plan], float]], ...] = (
        (PlanName.LEAST, lambda p: p.facts["changed"]),
        (PlanName.EVEN, lambda p: p.facts["cv"]),
        (PlanName.SHORT, lambda p: p.facts["km"]),
    )
    names: dict[int, PlanName] = {}
    for name, aim in wanted:
        left = [p for p in front if p.number not in names]
        if left:
            names[min(left, key=lambda p: (aim(p), p.number)).number] = name
    return [Plan(p.number, p.design, names.get(p.number)) for p in front]


def _recommended(front: list[Plan]) -> PlanName | None:
    """Return the named plan nearest to the best minutes, changes and walk of the named ones.

    Each aim counts from the best (0) to the worst (1) of the front, minutes and changes in full,
    the estimated walk by half.
    """
    named = [p for p in front if p.name]
    if not named:
        return None
    aims = np.array([[p.aims[0], p.aims[2], p.aims[3]] for p in front], dtype=float)
    low, span = aims.min(axis=0), np.ptp(aims, axis=0)
    away = (aims - low) / np.where(span > 0, span, 1)
    far = dict(zip((p.number for p in front), _distance(away), strict=True))
    return min(named, key=lambda p: (far[p.number], p.number)).name


def _distance(away: npt.NDArray[np.float64]) -> list[float]:
    return [float(d) for d in np.sqrt((away**2 * np.array([1, 1, 0.5])).sum(axis=1)).round(9)]


def front_table(found: Plans) -> pd.DataFrame:
    """Return one row a plan: number, name (missing: behind "Rincian") and every figure."""
    rows = [{"number": p.number, "name": p.name, **p.facts} for p in found.front]
    return pd.DataFrame(rows)
