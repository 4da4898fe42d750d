"""Uji petik stand, budget first: what n checks buy, and which RBM are due this month (R-SB-01)."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import stand_lots, stand_samples, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.sampling.budget import Bought, bought, plan_need
from rbmgeo.sampling.estimate import size_for
from rbmgeo.sampling.rotation import Rotation, rotation
from rbmgeo.settings import UnitSettings
from rbmgeo.supervision.stand_sample import Way
from rbmgeo.workflows.stand_lots import USABLE, sizes_of

#: Names of `UnitSettings` that sampling is set by.
NAMES = (
    "stand_photo_budget", "stand_visit_budget", "stand_rbm_least", "stand_rotation_months",
    "stand_lot_by", "stand_aql",
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """What one way of checking buys: for the unit as a whole, and shared out over officers.

    ``usable`` of ``readings`` can be checked so; ``by_rbm`` is every RBM due this month.
    """

    way: Way
    checks: int
    readings: int
    usable: int
    unit: Bought
    officers: Bought
    due: Bought


@dataclass(frozen=True)
class BudgetPage:
    """What a month's budget buys.

    ``need_rbm``, ``need_officer``: checks that lots of ISO 2859-1 take; ``need_share``: checks
    of the unit so that any share is known to plus or minus 5 % (R-SA-16). ``unread``: RBM of which
    nobody has a stand this month, so that they are in no turn.
    """

    sizes: pd.DataFrame
    offers: tuple[Offer, ...]
    rotation: Rotation
    need_rbm: int
    need_officer: int
    need_share: int
    unread: int


def budget_page(session: Session, ulp: str, blth: str, *, photos: int, visits: int) -> BudgetPage:
    """Say what a budget of a month buys; raises `NothingToDo` where nothing was read."""
    settings = units.unit_settings(session, ulp=ulp)
    sizes = sizes_of(session, ulp, blth)
    # What has no photo, or no day, cannot be checked however many checks there are.
    able = min(photos, int(sizes["photos"].sum())) + min(visits, int(sizes["dated"].sum()))
    turn = rotation_of(session, ulp, blth, sizes, settings, checks=able)
    due = set(turn.due.index)
    lots = {c: [int(n) for n in sizes.groupby(c)["stands"].sum() if n] for c in ("rbm", "officer")}
    return BudgetPage(
        sizes, tuple(
            _offer(sizes, way, checks, due)
            for way, checks in ((Way.PHOTO, photos), (Way.FIELD, visits))
        ),
        turn, plan_need(lots["rbm"], settings.stand_aql),
        plan_need(lots["officer"], settings.stand_aql),
        size_for(max(int(sizes["stands"].sum()), 1)),
        int((sizes[sizes["rbm"] != stand_lots.NO_RBM].groupby("rbm")["stands"].sum() == 0).sum()),
    )  # fmt: skip


def rotation_of(
    session: Session, ulp: str, blth: str, sizes: pd.DataFrame, settings: UnitSettings, *,
    checks: int,
) -> Rotation:  # fmt: skip
    """Say which RBM of a month are due; an RBM is seen with `stand_rbm_least` of its readings.

    An RBM of fewer readings is seen with all of them; one without any stand cannot be, this month.
    """
    mine = sizes[sizes["rbm"] != stand_lots.NO_RBM].groupby("rbm")["stands"].sum()
    mine = mine[mine > 0]
    least = mine.clip(upper=settings.stand_rbm_least)
    found = stand_lots.seen(session, ulp=ulp, blth=blth)
    enough = found[found["checks"] >= found["rbm"].map(least).fillna(settings.stand_rbm_least)]
    before = enough[enough["blth"] < blth].groupby("rbm")["blth"].max()
    return rotation(
        {str(r): before.get(r) for r in mine.index}, blth,
        checks=checks, each={str(r): int(n) for r, n in least.items()},
        began=stand_samples.began(session, ulp=ulp),
        done=frozenset(enough.loc[enough["blth"] == blth, "rbm"]),
        within=settings.stand_rotation_months,
    )  # fmt: skip


def set_sampling(session: Session, ulp: str, values: dict[str, Any], *, who: str) -> UnitSettings:
    """Keep the budget and the plan of a unit; the log says both sides. Raises `UsageError`."""
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no setting of sampling", f"{unknown[0]!r} bukan setelan uji petik")  # fmt: skip
    was = units.unit_settings(session, ulp=ulp)
    now = UnitSettings.of({**was.model_dump(), **values})
    before, told = was.model_dump(mode="json"), now.model_dump(mode="json")
    changed = {n: told[n] for n in values if told[n] != before[n]}
    if changed:
        units.set_unit(session, ulp=ulp, settings=changed)
        log_command(session, who=who, ulp=ulp, command="sampling settings",
                    before={n: before[n] for n in changed}, after=changed)  # fmt: skip
        units.bump(session, ulp=ulp)
    return now


def _offer(sizes: pd.DataFrame, way: Way, checks: int, due: set[str]) -> Offer:
    column = USABLE[way]
    officers = [int(n) for n in sizes.groupby("officer")[column].sum() if n]
    by_rbm = sizes[sizes["rbm"].isin(list(due))].groupby("rbm")[column].sum()
    whole = int(sizes[column].sum())
    return Offer(
        way, checks, int(sizes["readings"].sum()), whole, bought([whole] if whole else [], checks),
        bought(officers, checks), bought([int(n) for n in by_rbm if n], checks),
    )  # fmt: skip
