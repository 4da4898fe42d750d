"""What visits become in their job: survey answers, readings, deliveries; one file a job.

A job takes some visits of its own and returns why it cannot take which of them yet. It raises
nothing for what the field may send; the visits are kept either way.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.db.queries import visits
from rbmgeo.fieldwork.job_form import refusals
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob
from rbmgeo.workflows.visit_jobs import informasi, pasca, pra, putus, sambung, survei

#: A visit and whom it is about (idpel).
About = tuple[Visit, str]
#: ``take(session, ulp, visits, who=, now=)`` -> refusals by the visit's place in ``visits``.
Job = Callable[..., dict[int, list[Refusal]]]

#: Arrears first: who orders cuts meanwhile waits for them, and never they for him.
JOBS: dict[FieldJob, Job] = {
    FieldJob.PUTUS: putus.take,
    FieldJob.SAMBUNG: sambung.take,
    FieldJob.SURVEI: survei.take,
    FieldJob.PASCA: pasca.take,
    FieldJob.PRA: pra.take,
    FieldJob.INFORMASI: informasi.take,
}
TAKEN, WAITING = "masuk", "menunggu"


def apply(
    session: Session, ulp: str, sent: Sequence[tuple[Visit, str | None]], *, who: str, now: datetime
) -> None:
    """Give each visit to its job, and say of each what became of it."""
    found: list[list[Refusal]] = [_unfit(it, idpel) for it, idpel in sent]
    for name, take in JOBS.items():
        places = [k for k, (it, _) in enumerate(sent) if it.job == name and not found[k]]
        mine = [(sent[k][0], sent[k][1] or "") for k in places]
        if mine:
            for at, refused in take(session, ulp, mine, who=who, now=now).items():
                found[places[at]] = refused
    for (it, _), refused in zip(sent, found, strict=True):
        told = [asdict(r) for r in refused]
        visits.add_effect(
            session, ulp=ulp, it=it, state=WAITING if refused else TAKEN, refusals=told
        )


def _unfit(it: Visit, idpel: str | None) -> list[Refusal]:
    """Return why no job can take a visit yet."""
    form = FORMS.get(it.job)
    if form is None or it.job not in JOBS:
        return [Refusal("job", "SOP", "pekerjaan ini belum dikenal", "this job is not known yet")]
    if idpel is None:
        return [Refusal("customer", "R-CH-03", "bukan pelanggan unit ini; putuskan dulu",
                        "no customer of this unit; decide about it first")]  # fmt: skip
    return refusals(form, it)
