"""SOP IV.6: gardu that were changed and are not verified yet, and where each verification stands."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import survey, units
from rbmgeo.db.queries import verification as kept
from rbmgeo.matching.calibrate import Rate, true_rate
from rbmgeo.sampling.hypergeometric import chance_to_accept
from rbmgeo.settings import UnitSettings
from rbmgeo.survey.doubles import WrongRate, pairs, wrong_rate
from rbmgeo.terms import CheckState, GarduCheck
from rbmgeo.verification.changed import to_verify
from rbmgeo.verification.houses import JUDGED, active_places, looks_by_house, officers
from rbmgeo.verification.plan import CheckPlan, plan_of
from rbmgeo.verification.result import Result, Sample

OPEN, CHANGED = "berjalan", "berubah"


@dataclass(frozen=True)
class Check:
    """One verification: its first draw, those that follow, every house and what was decided.

    ``items``: columns of `queries.verification.items` and ``state``, ``counts`` (of the sample,
    or of the gardu's own houses around an error), ``key`` (the answer that decided). ``step``:
    the last word, missing while it is open. ``zone``: of the unit, whose days are told.
    """

    root_id: int
    gardu: str
    draws: list[dict[str, Any]]
    items: pd.DataFrame
    answers: pd.DataFrame
    result: Result
    step: dict[str, Any] | None
    zone: str = "UTC"

    @property
    def state(self) -> str:
        """``berjalan``, or what a person made of it."""
        return OPEN if self.step is None else str(self.step["step"])

    @property
    def told(self) -> dict[str, Any]:
        """What it says: as it was when it was closed, else as it is now."""
        return dict(self.step["result"]) if self.step else facts_of(self)

    @property
    def uncalled(self) -> pd.DataFrame:
        """Houses of the reserve that stand in for others and are on no survey list yet."""
        return self.items[self.items["counts"] & ~self.items["listed"].astype(bool)]

    @property
    def waiting(self) -> list[str]:
        """Houses where one person saw another gardu, and nobody looked again."""
        mine = self.items["counts"] & self.items["state"].eq(CheckState.BEDA_MENUNGGU)
        return [str(i) for i in self.items.loc[mine, "idpel"]]


@dataclass(frozen=True)
class Overview:
    """The gardu to verify, those under way, and what was decided.

    ``changed``: `to_verify` with ``customers`` and ``size`` (missing where nobody hangs there
    any more), ``check`` and ``state`` of its newest verification (missing without).
    """

    changed: pd.DataFrame
    open: list[Check]
    closed: list[dict[str, Any]]
    settings: UnitSettings


@dataclass(frozen=True)
class Standing:
    """What is known of one gardu: the newest verification, its state, what it says, who decided.

    ``state``: as `Check.state`, or ``berubah``: accepted, and changed again since.
    """

    root_id: int
    state: str
    told: dict[str, Any]
    step: dict[str, Any] | None


@dataclass(frozen=True)
class Care:
    """How often checks are wrong, and what the checked houses say once that is allowed for.

    ``seen`` houses of samples, ``other`` of which one look called another gardu.
    """

    doubles: WrongRate
    seen: int
    other: int
    true: Rate


def overview(session: Session, ulp: str) -> Overview:
    """Return which gardu to verify, and where the verifications stand."""
    settings = units.unit_settings(session, ulp=ulp)
    roots = kept.roots(session, ulp=ulp)
    changed = changed_gardu(session, ulp, roots)
    count = kept.lots(session, ulp=ulp, gardu=changed.index.tolist())
    changed["customers"] = pd.Series(count, dtype="Int64").reindex(changed.index)
    sizes = [None if pd.isna(n) else _plan(settings, int(n)).size for n in changed["customers"]]
    changed["size"] = pd.Series(sizes, index=changed.index, dtype="Int64")
    goes_on = _goes_on(roots)
    numbers = roots.loc[goes_on, "verification_id"].astype(int).tolist()
    open_ = load(session, ulp, numbers, roots)
    newest = roots.drop_duplicates("gardu").set_index("gardu")
    changed["check"] = newest["verification_id"].reindex(changed.index).astype("Int64")
    words = newest["step"].where(~_goes_on(newest), OPEN)
    changed["state"] = words.reindex(changed.index)
    return Overview(changed, open_, _records(roots[~goes_on]), settings)


def changed_gardu(session: Session, ulp: str, roots: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return `to_verify` of a unit."""
    roots = kept.roots(session, ulp=ulp) if roots is None else roots
    accepted = roots[roots["step"].eq(GarduCheck.DITERIMA)].drop_duplicates("gardu")
    verified = pd.DataFrame(
        {"at": accepted["drawn_at"].to_numpy(),
         "corrected": [r.get("corrected", []) for r in accepted["result"]]},
        index=pd.Index(accepted["gardu"], name="gardu"),
    )  # fmt: skip
    return to_verify(kept.changes(session, ulp=ulp), verified)


def load(
    session: Session, ulp: str, root_ids: list[int], roots: pd.DataFrame | None = None
) -> list[Check]:
    """Return some verifications with their houses judged, in the order asked.

    ``roots``: `queries.verification.roots`, where it was read already.
    """
    if not root_ids:
        return []
    draws: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in kept.draws(session, ulp=ulp, root_ids=root_ids):
        draws[int(one["root"])].append(one)
    every = [d for of in draws.values() for d in of]
    items = kept.items(session, ulp=ulp, draw_ids=[int(d["verification_id"]) for d in every])
    since = min(d["drawn_at"] for d in every)
    told = kept.answers(session, ulp=ulp, idpels=items["idpel"].unique().tolist(), since=since)
    told["came"] = pd.to_datetime(told["received_at"], utc=True)
    known = (kept.roots(session, ulp=ulp) if roots is None else roots).set_index("verification_id")
    parts = {int(str(n)): part for n, part in items.groupby("verification_id")}
    at = told.groupby("idpel").indices
    zone = units.unit(session, ulp=ulp).time_zone
    out = []
    for n in root_ids:
        mine = [parts[int(d["verification_id"])] for d in draws[n]]
        rows = [r for part in mine for i in part["idpel"] for r in at.get(i, ())]
        # As they came from the database: the oldest first.
        out.append(_check(n, draws[n], mine, told.iloc[sorted(rows)], known.loc[n], zone))
    return out


def one(session: Session, ulp: str, verification_id: int) -> Check:
    """Return one verification by any of its draws; raises `NotThere`."""
    root = kept.root_of(session, ulp=ulp, verification_id=verification_id)
    return load(session, ulp, [root])[0]


def facts_of(check: Check) -> dict[str, Any]:
    """Return what a verification says, as plain data: what is kept with a decision and told."""
    result, last = check.result, check.result.last
    seen = check.items[check.items["counts"] & check.items["state"].isin(list(JUDGED))]
    mine = check.answers[check.answers["idpel"].isin(seen["idpel"])]
    at = pd.to_datetime(mine["at"], utc=True).dt.tz_convert(check.zone)
    wrong = check.items["counts"] & check.items["state"].eq(CheckState.BEDA_PASTI)
    plan, risk = last.plan, float(check.draws[-1]["content"].get("risk", 0.1))
    return {
        "samples": len(result.samples), "size": plan.size, "lot": plan.lot,
        "tolerated": plan.tolerated, "chance": round(plan.chance, 6), "whole": plan.whole,
        "seen": last.seen, "wrong": result.last_wrong, "seen_all": result.seen,
        "confirmed": result.confirmed, "waiting": result.waiting, "replaced": result.replaced,
        "left_most": result.left_most(risk), "risk": risk, "next": result.next,
        "corrected": sorted(str(i) for i in check.items.loc[wrong, "idpel"]),
        "officers": officers(mine, seen["idpel"]),
        "first_on": None if at.empty else at.min().date().isoformat(),
        "last_on": None if at.empty else at.max().date().isoformat(),
        "seen_chance": round(chance_to_accept(plan.lot, plan.tolerated, last.seen), 6),
    }  # fmt: skip


def standing(session: Session, ulp: str, gardu: list[str]) -> dict[str, Standing]:
    """Return where the verification of some gardu stands; who was never drawn is left out.

    What was given up says nothing: the verification before it counts.
    """
    roots = kept.roots(session, ulp=ulp)
    mine = roots[roots["gardu"].isin(gardu) & roots["step"].ne(GarduCheck.BATAL)]
    mine = mine.drop_duplicates("gardu")
    if mine.empty:
        return {}
    changed = set(changed_gardu(session, ulp, roots).index)
    out = {}
    for it in load(session, ulp, mine["verification_id"].astype(int).tolist(), roots):
        anew = it.state == GarduCheck.DITERIMA and it.gardu in changed
        out[it.gardu] = Standing(it.root_id, CHANGED if anew else it.state, it.told, it.step)
    return out


def care(session: Session, ulp: str) -> Care:
    """Say how careful the checks are: by houses that two people saw, over all verifications."""
    doubles = wrong_rate(pairs(survey.answered_promises(session, ulp=ulp))["agree"])
    roots = kept.roots(session, ulp=ulp)
    first: list[bool] = []
    for check in load(session, ulp, roots["verification_id"].astype(int).tolist(), roots):
        mine = check.items[check.items["counts"] & check.items["part"].ne("sekitar")]
        judged = mine[mine["state"].isin([*JUDGED, CheckState.BEDA_MENUNGGU])]
        first += judged["state"].ne(CheckState.COCOK).tolist()
    wrong = pd.Series(first, dtype=bool).to_numpy()
    return Care(doubles, len(first), int(wrong.sum()), true_rate(wrong, wrong_answers=doubles.rate))


def _check(
    root: int, draws: list[dict[str, Any]], items: list[pd.DataFrame], told: pd.DataFrame, last: Any,
    zone: str,
) -> Check:  # fmt: skip
    step = None
    if not pd.isna(last["step"]) and last["step"] != GarduCheck.URUNG:
        step = {k: last[k] for k in ("step", "result", "step_run", "reason", "done_by", "done_at")}
        step["step_run"] = None if pd.isna(last["step_run"]) else int(last["step_run"])
    samples, parts = [], []
    for one, houses in zip(draws, items, strict=True):
        mine, sample = _judged(one, houses, told, None if step is None else step["done_at"])
        samples.append(sample)
        parts.append(mine)
    whole = pd.concat(parts, ignore_index=True)
    answers = told[told["idpel"].isin(whole["idpel"])]
    return Check(
        root, str(draws[0]["gardu"]), draws, whole, answers, Result(tuple(samples)), step, zone
    )


def _judged(
    one: dict[str, Any], mine: pd.DataFrame, told: pd.DataFrame, until: Any
) -> tuple[pd.DataFrame, Sample]:
    """Judge the houses of one draw by what was answered since it, and before it was closed."""
    of_it = told["came"] >= one["drawn_at"]
    if until is not None:
        of_it &= told["came"] <= until
    found = looks_by_house(mine, told[of_it])
    states = [found[str(i)][0] for i in mine["idpel"]]
    keys = [found[str(i)][1] for i in mine["idpel"]]
    key = pd.Series([k.key if k else None for k in keys], index=mine.index, dtype=object)
    mine = mine.assign(state=states, key=key)
    around = mine["part"].eq("sekitar")
    places = mine.loc[~around, "place"].astype(int)
    drawn = dict(zip(places, mine.loc[~around, "state"], strict=True))
    plan = CheckPlan(
        one["lot"], one["tolerated"], one["size"], one["chance"], one["size"] >= one["lot"]
    )
    # An error on a pole beside it that hangs on another gardu is not this gardu's.
    own = around & mine["gardu"].eq(one["gardu"])
    sample = Sample(plan, drawn, tuple(mine.loc[own, "state"]))
    active = mine["place"].isin(active_places(drawn, plan.size)) & ~around
    return mine.assign(counts=active | own), sample


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _goes_on(roots: pd.DataFrame) -> pd.Series:
    return roots["step"].isna() | roots["step"].eq(GarduCheck.URUNG)


def _plan(settings: UnitSettings, lot: int) -> CheckPlan:
    return plan_of(lot, share=settings.verify_share, risk=settings.verify_risk)
