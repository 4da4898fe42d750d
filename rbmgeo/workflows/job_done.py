"""What came of the orders of a job, list by list and house by house."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import visit_jobs, visits
from rbmgeo.errors import NotThere
from rbmgeo.fieldwork.job_form import Field, JobForm
from rbmgeo.fieldwork.jobs import FORMS, informasi
from rbmgeo.fieldwork.progress import with_closes
from rbmgeo.fieldwork.receive import states
from rbmgeo.fieldwork.totals import totals
from rbmgeo.terms import FieldJob

#: What an order without a record came to; information has an outcome of its own for it.
NOT_YET = "belum"


@dataclass(frozen=True)
class JobDone:
    """The lists of a job and what came of each.

    ``lists``: index ``list_id``, newest first; columns of `queries.visit_jobs.lists_of_job` and
    of `fieldwork.totals.totals`; the sum of its outcomes is ``orders`` (R-IN-03).
    """

    form: JobForm
    outcomes: tuple[str, ...]
    lists: pd.DataFrame

    @property
    def sums(self) -> dict[str, int]:
        """Return the columns' sums over all lists."""
        return {n: int(self.lists[n].sum()) for n in (*self.outcomes, "orders", "conflict", "taken_back")}  # fmt: skip


def job_done(session: Session, ulp: str, job: str) -> JobDone:
    """Return the lists of a job with what came of them; raises `NotThere` for no such job."""
    form = form_of(job)
    outcomes, not_yet = outcomes_of(form)
    lists = visit_jobs.lists_of_job(session, ulp=ulp, job=job)
    orders = visit_jobs.orders_of_job(session, ulp=ulp, job=job)
    spoken = _spoken(session, ulp, orders)
    counted = totals(spoken.assign(list_id=orders["list_id"]), outcomes, not_yet=not_yet)
    return JobDone(form, outcomes, lists.join(counted.reindex(lists.index).fillna(0).astype(int)))


def list_done(session: Session, ulp: str, job: str, list_id: str) -> pd.DataFrame:
    """Return the orders of one list with the record that speaks for each.

    Columns of `queries.visit_jobs.orders_of_list` and ``state``, ``outcome``, ``given``,
    ``photos``, ``device_at``, ``officer``, ``lon``, ``lat``, ``accuracy_m``, ``effect``
    (masuk, menunggu), ``refusals``, ``marks``; missing without a record. Raises `NotThere`.
    """
    form_of(job)
    orders = visit_jobs.orders_of_list(session, ulp=ulp, list_id=list_id)
    if orders.empty or list_id not in visit_jobs.lists_of_job(session, ulp=ulp, job=job).index:
        raise NotThere("this list is not there", "daftar ini tidak ada")
    spoken = _spoken(session, ulp, orders)
    known = spoken.dropna(subset=["client_id"])
    keys = list(zip(known["client_id"], known["sha256"], strict=True))
    said = visit_jobs.said_by(session, ulp=ulp, visits=keys).rename(columns={"state": "effect"})
    marks = visit_jobs.reading_marks(session, ulp=ulp, client_ids=[k[0] for k in keys])
    told = said.reindex(pd.MultiIndex.from_tuples(keys, names=said.index.names) if keys else said.index)  # fmt: skip
    told = told.drop(columns="outcome").set_axis(known.index)
    out = orders.join(spoken[["state", "outcome", "client_id"]]).join(told)
    out["marks"] = [marks.get(c, []) for c in out["client_id"]]
    return out


def filled_fields(form: JobForm, rows: pd.DataFrame) -> tuple[Field, ...]:
    """Return the fields of a form that at least one record of a list fills, in its order."""
    said = rows.dropna(subset=["client_id"])
    names = {n for given in said["given"] for n, v in given.items() if v not in (None, "")}
    names |= {p["kind"] for photos in said["photos"] for p in photos}
    placed = bool(said["lon"].notna().any())
    return tuple(f for f in form.fields if f.name in names or (f.kind == "place" and placed))


def form_of(job: str) -> JobForm:
    """Return the form of a job; raises `NotThere`."""
    if job not in set(FieldJob) or FieldJob(job) not in FORMS:
        raise NotThere(f"there is no job {job!r}", f"tidak ada pekerjaan {job!r}")
    return FORMS[FieldJob(job)]


def outcomes_of(form: JobForm) -> tuple[tuple[str, ...], str]:
    """Return the outcomes that are counted, and which of them stands for no record."""
    codes = tuple(o.code for o in form.outcomes)
    if form.job == FieldJob.INFORMASI:
        return codes, informasi.NOT_YET
    return (*codes, NOT_YET), NOT_YET


def _spoken(session: Session, ulp: str, orders: pd.DataFrame) -> pd.DataFrame:
    said = visits.records(session, ulp=ulp, order_ids=list(orders.index))
    found = states(orders, with_closes(said, FORMS))
    outcome = said.set_index(["client_id", "sha256"])["outcome"]
    outcome = outcome[~outcome.index.duplicated()]
    keys = pd.MultiIndex.from_frame(found[["client_id", "sha256"]])
    found["outcome"] = outcome.reindex(keys).to_numpy() if len(outcome) else None
    return found
