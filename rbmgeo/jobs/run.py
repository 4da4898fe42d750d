"""Do one job: begin, call one workflow, keep its result together with what it changed."""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.db.models import Job
from rbmgeo.db.queries import jobs
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import RbmgeoError
from rbmgeo.privacy import seen

_LOG = logging.getLogger(__name__)
#: Seconds between two writes of progress.
_PAUSE_S = 0.5

Progress = Callable[[str, int, int], None]


class Cancelled(Exception):
    """Someone asked this job to stop; what it had not committed is undone."""


def run_job(
    database: Database,
    *,
    ulp: str,
    job_id: int,
    tasks: dict[str, Callable[[Database, Job, Progress], dict[str, Any] | None]],
) -> str:
    """Do one waiting job and return its last state; an error ends the job, never the worker.

    A task that returns None has closed its job itself, in the transaction of its work.
    """
    with database.writing() as session:
        if not jobs.begin(session, ulp=ulp, job_id=job_id):
            return jobs.job(session, ulp=ulp, job_id=job_id).state
    with database.reading() as session:
        job = jobs.job(session, ulp=ulp, job_id=job_id)
        session.expunge(job)
    tell = _Teller(database, ulp, job_id)
    try:
        # Whose data its file holds is noted beside the file (`rbmgeo.workflows.sheet_files`).
        with seen.gathering():
            result = tasks[job.task](database, job, tell)
        if result is not None:
            _close(database, job, jobs.DONE, result=result)
    except Cancelled:
        _close(database, job, jobs.CANCELLED)
    except RbmgeoError as error:
        _close(database, job, jobs.FAILED, error=f"{error.indonesian}\n{error}")
    except Exception as error:
        # The rows that a database error quotes are customers: the log gets only the place.
        place = "".join(traceback.format_tb(error.__traceback__)[-3:])
        name = type(error).__name__
        _LOG.error("job %s of unit %s (%s) broke: %s\n%s", job_id, ulp, job.task, name, place)
        _close(database, job, jobs.FAILED, error="program")
    with database.reading() as session:
        return jobs.job(session, ulp=ulp, job_id=job_id).state


def in_one_transaction(
    work: Callable[..., Any],
) -> Callable[[Database, Job, Progress], None]:
    """Make a task of a workflow ``(session, ulp, **args, who=)``: work and state commit together."""
    tells = "progress" in signature(work).parameters

    def task(database: Database, job: Job, progress: Progress) -> None:
        args = {**job.args, "progress": progress} if tells else job.args
        with database.writing() as session:
            done = work(session, job.ulp, **args, who=job.asked_by)
            progress(job.task, 1, 1)  # the last moment at which a cancel is heard
            jobs.finish(
                session, ulp=job.ulp, job_id=job.job_id, state=jobs.DONE, result=facts(done)
            )
            log_command(
                session, who=job.asked_by, ulp=job.ulp, command=f"job {job.task}",
                after={"job": job.job_id},
            )  # fmt: skip

    return task


def facts(value: Any) -> dict[str, Any]:
    """Return the plain facts of a summary: texts, numbers, short lists; tables as their length."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = {f.name: getattr(value, f.name) for f in fields(value)}
    elif isinstance(value, dict):
        pairs = value
    else:
        pairs = {"result": value}
    return {str(name): _plain(item) for name, item in pairs.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, pd.DataFrame | pd.Series | np.ndarray):
        return len(value)
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, float | np.floating):
        return None if not np.isfinite(value) else float(value)
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value) and not isinstance(value, type):
        return facts(value)
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value[:100]]
    return str(value)


class _Teller:
    """Write progress in a transaction of its own, not too often; stop if it is asked to."""

    def __init__(self, database: Database, ulp: str, job_id: int) -> None:
        self.database, self.ulp, self.job_id = database, ulp, job_id
        self.last, self.step = 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.step and now - self.last < _PAUSE_S:
            return
        self.last, self.step = now, step
        with self.database.writing() as session:
            stop = jobs.progress(
                session, ulp=self.ulp, job_id=self.job_id, step=step, done=done, total=total
            )
        if stop:
            raise Cancelled


def _close(
    database: Database,
    job: Job,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    with database.writing() as session:
        jobs.finish(
            session, ulp=job.ulp, job_id=job.job_id, state=state, result=result, error=error
        )
        log_command(
            session, who=job.asked_by, ulp=job.ulp, command=f"job {job.task} {state}",
            after={"job": job.job_id},
        )  # fmt: skip
