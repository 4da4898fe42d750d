"""SOP IV.6: draw the houses of a changed gardu, and make the survey lists of their visits."""

from dataclasses import asdict

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import survey, units, work
from rbmgeo.db.queries import verification as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.sampling.draw import Drawn, draw
from rbmgeo.settings import UnitSettings
from rbmgeo.survey.stopping import after_errors
from rbmgeo.survey.tasks import VISITS_A_DAY
from rbmgeo.terms import CheckState
from rbmgeo.verification.changed import CAUSES
from rbmgeo.verification.houses import JUDGED
from rbmgeo.verification.plan import CheckPlan, doubles, plan_of
from rbmgeo.verification.result import AROUND
from rbmgeo.workflows.job_lists import short_walk
from rbmgeo.workflows.stopping import houses_in_metres
from rbmgeo.workflows.verification import OPEN, Check, changed_gardu, load

#: The question at the door leans to no gardu.
QUESTION = "question.pole"
STEP = "verification"
_SEED_MOST = 60


def draw_gardu(session: Session, ulp: str, gardu: str, *, seed: str, who: str) -> int:
    """Draw the houses to look at from a published seed; return the number of the verification.

    The reserve follows; a share of the sample is visited by a second person as well (R-SB-02).
    The caller commits.

    Raises
    ------
    UsageError
        If the seed is none.
    NotAllowed
        If a verification of the gardu is under way.
    NothingToDo
        If nobody hangs on the gardu.
    """
    seed = _seed(seed)
    kept.lock(session, ulp=ulp)
    if any(c.state == OPEN for c in load(session, ulp, _roots(session, ulp, gardu))):
        raise NotAllowed(
            f"a verification of gardu {gardu} is under way; finish it or give it up first",
            f"verifikasi gardu {gardu} masih berjalan; selesaikan atau batalkan dulu",
        )
    lot = kept.lot(session, ulp=ulp, gardu=gardu)
    if not lot:
        raise NothingToDo(
            f"no active customer is recorded on gardu {gardu}; there is nobody to look at",
            f"tidak ada pelanggan aktif yang tercatat di gardu {gardu}; tidak ada yang dilihat",
        )
    settings = units.unit_settings(session, ulp=ulp)
    plan = plan_of(len(lot), share=settings.verify_share, risk=settings.verify_risk)
    drawn = draw(lot, plan.size, seed=seed, reserve=plan.reserve)
    houses = _houses(drawn, gardu, settings)
    changed = changed_gardu(session, ulp)
    why = {c: int(changed[c].get(gardu, 0)) for c in CAUSES}
    content: dict[str, object] = {"changed": {c: n for c, n in why.items() if n}}
    return _kept(session, ulp, gardu, plan, drawn, houses, settings, content, None, who)


def draw_further(session: Session, ulp: str, check: Check, *, seed: str, who: str) -> int:
    """After the first confirmed error: the poles around it, and a fresh sample (R-SB-03).

    The fresh sample is drawn from the gardu's houses that neither were drawn before nor stand
    around the error; where all stand there, they are the sample. Raises `NotAllowed` where that
    is not what comes next.
    """
    seed = _seed(seed)
    if check.state != OPEN or check.result.next != AROUND:
        raise NotAllowed(
            "a further sample is drawn after the first confirmed error, and once",
            "sampel lanjutan diundi sesudah kesalahan pasti yang pertama, dan satu kali",
        )
    if seed == check.draws[0]["seed"]:
        raise UsageError("the fresh sample needs a seed of its own", "sampel baru perlu benih sendiri")  # fmt: skip
    settings = units.unit_settings(session, ulp=ulp)
    around = around_errors(session, ulp, check)
    known = set(check.items.loc[check.items["counts"], "idpel"])
    left = [i for i in kept.lot(session, ulp=ulp, gardu=check.gardu) if i not in known]
    rest = [i for i in left if i not in around.index]
    if not rest:
        rest, around = left, around[~around.index.isin(left)]
    if not rest:
        raise NothingToDo(
            f"every house of gardu {check.gardu} was looked at; decide by what was seen",
            f"semua rumah gardu {check.gardu} sudah dilihat; putuskan dari yang terlihat",
        )
    plan = plan_of(len(rest), share=settings.verify_share, risk=settings.verify_risk)
    drawn = draw(rest, plan.size, seed=seed, reserve=plan.reserve)
    houses = _houses(drawn, check.gardu, settings)
    beside = pd.DataFrame({"idpel": around.index, "gardu": around["gardu"].to_numpy(),
                           "part": "sekitar", "second": False})  # fmt: skip
    beside["place"] = range(len(houses) + 1, len(houses) + len(beside) + 1)
    houses = pd.concat([houses, beside], ignore_index=True)
    return _kept(session, ulp, check.gardu, plan, drawn, houses, settings, {}, check.root_id, who)


def around_errors(session: Session, ulp: str, check: Check) -> pd.DataFrame:
    """Return the houses on and beside the poles of the errors: index idpel; ``gardu`` recorded."""
    mine = check.items[check.items["counts"] & check.items["state"].isin(list(JUDGED))]
    wrong = mine["state"].eq(CheckState.BEDA_PASTI)
    told = pd.DataFrame(
        {"idpel": mine["idpel"], "wrong": wrong, "recorded": mine["gardu"], "confirmed": wrong}
    )
    customers = houses_in_metres(session, ulp)
    found = after_errors(told, customers)
    return pd.DataFrame({"gardu": customers["gardu"].reindex(found.index)}, index=found.index)


def call_reserve(session: Session, ulp: str, check: Check, *, who: str) -> int:
    """Put the houses of the reserve that stand in for others on a list; return how many.

    Raises `NothingToDo` where none is needed.
    """
    left = check.uncalled
    if check.state != OPEN or left.empty:
        raise NothingToDo("no house of the reserve is needed now", "belum ada cadangan yang diperlukan")  # fmt: skip
    for draw_id, part in left.groupby("verification_id"):
        run_id = next(d["run_id"] for d in check.draws if d["verification_id"] == draw_id)
        there = survey.tasks(session, ulp=ulp, run_id=run_id)
        _listed(session, ulp, run_id, part["idpel"].tolist(), day=int(there["day"].max()) + 1)
    log_command(session, who=who, ulp=ulp, command="verification reserve",
                after={"verification": check.root_id, "houses": len(left)})  # fmt: skip
    units.bump(session, ulp=ulp)
    return len(left)


def plan_whole(session: Session, ulp: str, check: Check, *, who: str) -> int:
    """Make a survey list of every house of a gardu that nobody judged yet; return its run."""
    judged = check.items.loc[check.items["counts"] & check.items["state"].isin(list(JUDGED)), "idpel"]  # fmt: skip
    known = set(judged)
    left = [i for i in kept.lot(session, ulp=ulp, gardu=check.gardu) if i not in known]
    run_id = _run(session, ulp, check.gardu, {"whole": True, "houses": len(left)}, who)
    if left:
        _listed(session, ulp, run_id, left, day=1)
    return run_id


def _kept(
    session: Session, ulp: str, gardu: str, plan: CheckPlan, drawn: Drawn, houses: pd.DataFrame,
    settings: UnitSettings, content: dict[str, object], follows: int | None, who: str,
) -> int:  # fmt: skip
    run_id = _run(session, ulp, gardu, {"seed": drawn.seed, **asdict(plan)}, who)
    _listed(session, ulp, run_id, list(drawn.sample), day=1, control=True)
    beside = houses.loc[houses["part"].eq("sekitar"), "idpel"].tolist()
    if beside:
        _listed(session, ulp, run_id, beside, day=2)
    seconds = houses.loc[houses["second"], "idpel"].tolist()
    if seconds:
        _listed(session, ulp, run_id, seconds, day=1, control=True, surveyor=2)
    told = {"share": settings.verify_share, "risk": settings.verify_risk, **content}
    number = kept.add(
        session, ulp=ulp, houses=houses, gardu=gardu, follows=follows, lot=plan.lot,
        tolerated=plan.tolerated, size=plan.size, chance=plan.chance, seed=drawn.seed,
        list_hash=drawn.list_hash, run_id=run_id, content=told, drawn_by=who or "-",
    )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command="verification draw",
        after={"verification": number, "gardu": gardu, "seed": drawn.seed,
               "list_hash": drawn.list_hash, "size": plan.size},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return number


def _houses(drawn: Drawn, gardu: str, settings: UnitSettings) -> pd.DataFrame:
    both = [*drawn.sample, *drawn.reserve]
    twice = doubles(len(drawn.sample), settings.verify_doubles)
    return pd.DataFrame({
        "place": range(1, len(both) + 1), "idpel": both, "gardu": gardu,
        "part": ["sampel"] * len(drawn.sample) + ["cadangan"] * len(drawn.reserve),
        # Drawn in random order: the first of them are a random part.
        "second": [n < twice for n in range(len(both))],
    })  # fmt: skip


def _run(session: Session, ulp: str, gardu: str, params: dict[str, object], who: str) -> int:
    return work.add_run(
        session, ulp=ulp, step=STEP, params={"gardu": gardu, **params}, summary={}, who=who
    )


def _listed(
    session: Session, ulp: str, run_id: int, idpels: list[str], *, day: int, control: bool = False,
    surveyor: int = 1,
) -> None:  # fmt: skip
    """Put houses on a surveyor's list in a short walking order, so many a day as one manages."""
    order = short_walk(session, ulp, sorted(idpels))
    at = pd.Series(range(len(order)))
    rows = pd.DataFrame(
        {"surveyor": surveyor, "day": (day + at // VISITS_A_DAY).to_numpy(),
         "stop": (at % VISITS_A_DAY + 1).to_numpy(), "control": control, "second": surveyor > 1,
         "patch": None, "question": QUESTION},
        index=pd.Index(order, name="idpel", dtype="str"),
    )  # fmt: skip
    survey.add_tasks(session, ulp=ulp, run_id=run_id, tasks=rows)


def _roots(session: Session, ulp: str, gardu: str) -> list[int]:
    found = kept.roots(session, ulp=ulp, gardu=gardu)["verification_id"]
    return [int(n) for n in found]


def _seed(seed: str) -> str:
    told = seed.strip()
    if not told or len(told) > _SEED_MOST:
        raise UsageError(
            f"name a seed of up to {_SEED_MOST} letters, and publish it before the draw",
            f"isi benih sampai {_SEED_MOST} huruf, dan umumkan sebelum diundi",
        )
    return told
