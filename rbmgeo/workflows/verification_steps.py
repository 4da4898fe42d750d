"""SOP IV.6: what people decide about a verification; every word is kept and can be taken back."""

from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import looks, observations, units
from rbmgeo.db.queries import verification as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.terms import CheckState, GarduCheck
from rbmgeo.verification.result import ACCEPT, STUCK, WHOLE
from rbmgeo.workflows.looks import believe
from rbmgeo.workflows.verification import OPEN, Check, facts_of, load, one
from rbmgeo.workflows.verification_draw import call_reserve, draw_further, plan_whole

#: What can be done with a verification, in the order of its life.
ACTS = ("lihat_kedua", "cadangan", "lanjutan", "terima", "kembali", "batal", "urung")


def act(
    session: Session, ulp: str, verification_id: int, what: str, *, who: str, seed: str = "",
    reason: str = "",
) -> int:  # fmt: skip
    """Do one of `ACTS`; return how many houses it is about. The caller commits.

    Raises
    ------
    UsageError
        If ``what`` is none of them.
    NotAllowed
        If it is not this act's turn, or ``who`` may not decide.
    """
    kept.lock(session, ulp=ulp)
    observations.lock_answers(session, ulp=ulp)
    check = one(session, ulp, verification_id)
    if what == "urung":
        return _take_back(session, ulp, check, who)
    if what not in ACTS:
        raise UsageError(f"{what!r} is none of {', '.join(ACTS)}", f"{what!r} bukan {', '.join(ACTS)}")  # fmt: skip
    if check.state != OPEN:
        raise NotAllowed(
            f"verification {check.root_id} is closed; take its last word back first",
            f"verifikasi {check.root_id} sudah ditutup; urungkan putusannya dulu",
        )
    if what == "lihat_kedua":
        return ask_second_looks(session, ulp, check, who=who)
    if what == "cadangan":
        return call_reserve(session, ulp, check, who=who)
    if what == "lanjutan":
        settle_looks(session, ulp, check, who=who)
        number = draw_further(session, ulp, check, seed=seed, who=who)
        return len(kept.items(session, ulp=ulp, draw_ids=[number]))
    return _close(session, ulp, check, GarduCheck(_CLOSES[what]), who, reason)


_CLOSES = {"terima": "diterima", "kembali": "kembali_survei", "batal": "batal"}


def ask_second_looks(session: Session, ulp: str, check: Check, *, who: str) -> int:
    """Ask for a second look, with a photo of the line, at each house that differs (R-SB-02).

    A look that was taken by the same person again decided nothing: a new one is asked for.
    Raises `NothingToDo` where no house waits.
    """
    waiting = check.waiting
    if not waiting:
        raise NothingToDo("no house waits for a second look", "tidak ada rumah yang menunggu lihat kedua")  # fmt: skip
    kept.drop_answered_looks(session, ulp=ulp, idpels=waiting, who=who)
    made = [looks.ask(session, ulp=ulp, idpel=i, who=who) for i in waiting]
    _noted(session, ulp, who, "looks", check, {"asked": sum(m is not None for m in made)})
    return len(waiting)


def settle_looks(session: Session, ulp: str, check: Check, *, who: str) -> None:
    """Believe the second looks that decided, so that proposals behind them go on or are refused.

    Raises `NotAllowed` where ``who`` answered about one of the houses (R-SB-02).
    """
    asked = looks.asked(session, ulp=ulp)
    decided = check.items[
        check.items["state"].isin([CheckState.BEDA_PASTI, CheckState.COCOK_KEDUA])
        & check.items["idpel"].isin(list(asked))
    ]
    for idpel, key in zip(decided["idpel"], decided["key"], strict=True):
        if key is not None:
            believe(session, ulp, asked[str(idpel)], key, who=who, reason="verifikasi gardu")


def _close(
    session: Session, ulp: str, check: Check, step: GarduCheck, who: str, reason: str
) -> int:
    run_id = None
    if step != GarduCheck.BATAL:
        _may(check, step)
        _another_person(check, who)
        settle_looks(session, ulp, check, who=who)
        check = load(session, ulp, [check.root_id])[0]
    if step == GarduCheck.KEMBALI_SURVEI:
        run_id = plan_whole(session, ulp, check, who=who)
    kept.add_step(
        session, ulp=ulp, verification_id=check.root_id, step=step.value, result=facts_of(check),
        run_id=run_id, reason=reason.strip()[:500] or None, done_by=who or "-",
    )  # fmt: skip
    _noted(session, ulp, who, step.value, check, {"run_id": run_id})
    return int(check.told["seen_all"])


def _may(check: Check, step: GarduCheck) -> None:
    following = check.result.next
    if step == GarduCheck.DITERIMA and following != ACCEPT:
        raise NotAllowed(
            f"gardu {check.gardu} cannot be accepted yet: houses wait for an answer or a second "
            "look, or errors were confirmed",
            f"gardu {check.gardu} belum bisa diterima: masih ada rumah yang menunggu jawaban atau "
            "lihat kedua, atau ada kesalahan pasti",
        )
    if step == GarduCheck.KEMBALI_SURVEI and following not in (WHOLE, STUCK):
        raise NotAllowed(
            f"gardu {check.gardu} goes back to the survey on the second confirmed error (R-SB-03)",
            f"gardu {check.gardu} kembali ke survei pada kesalahan pasti kedua (R-SB-03)",
        )


def _another_person(check: Check, who: str) -> None:
    told = {str(w).strip().casefold() for n in ("who", "given_by") for w in check.answers[n].dropna()}  # fmt: skip
    if not who or who.strip().casefold() in told:
        raise NotAllowed(
            "who answered about these houses does not decide about the gardu; another person does",
            "yang menjawab tentang rumah-rumah ini tidak memutuskan gardunya; orang lain yang memutuskan",
        )


def _take_back(session: Session, ulp: str, check: Check, who: str) -> int:
    if check.state == OPEN:
        raise NotAllowed("nothing was decided that could be taken back", "belum ada putusan yang bisa diurungkan")  # fmt: skip
    others = kept.roots(session, ulp=ulp, gardu=check.gardu)
    if int(others["verification_id"].max()) != check.root_id:
        raise NotAllowed(
            f"gardu {check.gardu} was drawn again since; that draw counts now",
            f"gardu {check.gardu} sudah diundi lagi sesudahnya; undian itu yang berlaku",
        )
    kept.add_step(
        session, ulp=ulp, verification_id=check.root_id, step=GarduCheck.URUNG.value, result={},
        run_id=None, reason=None, done_by=who or "-",
    )  # fmt: skip
    _noted(session, ulp, who, "urung", check, {})
    return 0


def _noted(
    session: Session, ulp: str, who: str, what: str, check: Check, more: dict[str, Any]
) -> None:
    log_command(session, who=who, ulp=ulp, command=f"verification {what}",
                after={"verification": check.root_id, "gardu": check.gardu, **more})  # fmt: skip
    units.bump(session, ulp=ulp)
