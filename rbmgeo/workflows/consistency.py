"""SOP opening "sampling terkait konsistensi jadwal baca meter per RBM": twelve months of every RBM."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import consistency as kept
from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.supervision.consistency import facts, interval_days
from rbmgeo.supervision.questions import Ask, questions
from rbmgeo.workflows.month_kept import consistency_kept, year_up_to
from rbmgeo.workflows.supervision_settings import params_of

VERDICTS = ("dijelaskan", "ditindaklanjuti")
NOTE_MOST = 500


@dataclass(frozen=True)
class Consistency:
    """Twelve months of readings.

    ``facts``: index (rbm, blth), as `rbmgeo.supervision.consistency.facts` gives them;
    ``questions``: a row per question with what a person said of it (``verdict``, ``note``,
    ``answered_by``, ``answered_at``; missing: open); ``months`` in their order.
    """

    ulp: str
    months: tuple[str, ...]
    facts: pd.DataFrame
    questions: pd.DataFrame

    def heat(self) -> pd.DataFrame:
        """Return open questions by RBM and month; missing where nothing was read."""
        open_ = self.questions[self.questions["verdict"].isna()]
        count = open_.groupby(["rbm", "blth"]).size()
        return count.reindex(self.facts.index, fill_value=0).unstack("blth").reindex(columns=list(self.months))  # fmt: skip


def consistency(session: Session, ulp: str, blth: str) -> Consistency:
    """Return what the readers' logs of twelve months say of every RBM, up to ``blth``.

    Raises
    ------
    NothingToDo
        If no log of these months tells who stood where and when.
    """
    unit = units.unit(session, ulp=ulp)
    months = year_up_to(blth)
    span = {"first": months[0], "last": blth}
    reads = kept.reads(session, ulp=ulp, time_zone=unit.time_zone, srid=unit.utm_srid, **span)
    if reads.empty:
        raise _no_log()
    params = params_of(units.unit_settings(session, ulp=ulp))
    return _asked(
        session, ulp, months, facts(reads, kept.planned(session, ulp=ulp, **span), params)
    )


def kept_consistency(
    session: Session, ulp: str, blth: str, *, without: Collection[str] = ()
) -> Consistency:
    """Return the same of the months that are kept (`rbmgeo.workflows.month_kept`).

    ``without``: months whose data changed since they were kept; they are left out, and nothing
    is asked about the interval after them. Raises `NothingToDo` as `consistency` does.
    """
    months = year_up_to(blth)
    found = consistency_kept(session, ulp, [m for m in months if m not in without])
    if found.empty:
        raise _no_log()
    return _asked(session, ulp, months, found.assign(interval_days=interval_days(found["day"])))


def _asked(session: Session, ulp: str, months: list[str], found: pd.DataFrame) -> Consistency:
    """Ask what the facts give reason to, and join what people answered."""
    params = params_of(units.unit_settings(session, ulp=ulp))
    asked = questions(found, params)
    said = kept.answers(session, ulp=ulp)
    asked = asked.merge(said, on=["rbm", "blth", "ask"], how="left")
    return Consistency(ulp, tuple(months), found, asked)


def _no_log() -> NothingToDo:
    return NothingToDo(
        "there is no reader's log of these months; import the log of the reading app",
        "belum ada log pembaca untuk bulan-bulan ini; impor log aplikasi baca meter",
    )


def answer(
    session: Session, ulp: str, *, rbm: str, blth: str, ask: str, verdict: str, note: str, who: str
) -> None:
    """Keep what a person says of a question; a later word stands for an earlier one.

    Raises
    ------
    UsageError
        If it is none of `VERDICTS`, or says nothing.
    """
    said = note.strip()[:NOTE_MOST]
    if verdict not in VERDICTS or ask not in set(Ask):
        raise UsageError("choose what became of the question", "pilih apa jadinya pertanyaan ini")
    if not said:
        raise UsageError("write what was found out", "tulis apa yang didapat")
    kept.add_answer(session, ulp=ulp, rbm=rbm, blth=blth, ask=ask, verdict=verdict, note=said, answered_by=who)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="reading question",
                after={"rbm": rbm, "blth": blth, "ask": ask, "verdict": verdict})  # fmt: skip
