"""Do one job: begin, call one workflow, keep its result together with what it changed."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
from psycopg2.errors import QueryCanceled
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from rbmgeo.db.models import Job
from rbmgeo.db.queries import jobs
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import DatabaseFailed, LeaseLost, RbmgeoError
from rbmgeo.faults import fault_point
from rbmgeo.privacy import seen

_LOG = logging.getLogger(__name__)
#: Seconds between two writes of progress.
_PAUSE_S = 0.5

Progress = Callable[[str, int, int], None]
#: Close the job in the session of its work: result and state are committed together.
Close = Callable[[Session, dict[str, Any]], None]
#: What another attempt may mend: the database was away, full, or met two at once.
_PASSING = (OperationalError, InterfaceError, DatabaseFailed)


class Cancelled(Exception):
    """Someone asked this job to stop; what it had not committed is undone."""


def run_job(
    database: Database,
    *,
    ulp: str,
    job_id: int,
    tasks: dict[str, Callable[[Database, Job, Progress], dict[str, Any] | None]],
    worker: str = "",
) -> str:
    """Do one waiting job and return its last state; an error ends the job, never the worker.

    A task that returns None has closed its job itself, in the transaction of its work. The job is
    leased meanwhile; whoever lost the lease can neither commit under it nor close the job.
    """
    with database.writing() as session:
        if jobs.begin(session, ulp=ulp, job_id=job_id, worker=worker) is None:
            return jobs.job(session, ulp=ulp, job_id=job_id).state
    with database.reading() as session:
        job = jobs.job(session, ulp=ulp, job_id=job_id)
        session.expunge(job)
    fault_point("job_begun")
    try:
        with leased(database, job):
            _do(database, job, tasks)
    except LeaseLost:
        _LOG.error("the lease of job %s of unit %s was lost; nothing was kept", job_id, ulp)
    fault_point("job_closed")
    with database.reading() as session:
        return jobs.job(session, ulp=ulp, job_id=job_id).state


def _do(database: Database, job: Job, tasks: dict[str, Any]) -> None:
    """Do the work of a job that is ours and close it; raises `LeaseLost` where it is not any more."""
    tell = _Teller(database, job)
    try:
        # Whose data its file holds is noted beside the file (`rbmgeo.workflows.sheet_files`).
        with seen.gathering():
            result = tasks[job.task](database, job, tell)
        if result is not None:
            fault_point("job_worked")
            _close(database, job, jobs.DONE, result=result)
    except Cancelled:
        _close(database, job, jobs.CANCELLED)
    except LeaseLost:
        raise
    except _PASSING as error:
        if isinstance(getattr(error, "orig", None), QueryCanceled):
            _set_aside(database, job, error)
        else:
            _give_back(database, job, error)
    except RbmgeoError as error:
        _close(database, job, jobs.FAILED, error=_words(error))
    except Exception as error:
        _set_aside(database, job, error)


def _set_aside(database: Database, job: Job, error: Exception) -> None:
    """Set a job aside that the program broke on: the same again would break the same."""
    # The rows that a database error quotes are customers: the log gets only the place.
    place = "".join(traceback.format_tb(error.__traceback__)[-3:])
    name = type(error).__name__
    _LOG.error("job %s of unit %s (%s) broke: %s\n%s", job.job_id, job.ulp, job.task, name, place)
    _close(database, job, jobs.ASIDE, error="program")


def _give_back(database: Database, job: Job, error: Exception) -> None:
    words = _words(error) if isinstance(error, RbmgeoError) else "database"
    with database.writing() as session:
        state = jobs.give_back(
            session, ulp=job.ulp, job_id=job.job_id, attempt=job.attempt, error=words
        )
        log_command(
            session, who=job.asked_by, ulp=job.ulp, command=f"job {job.task} again {state}",
            after={"job": job.job_id, "attempt": job.attempt},
        )  # fmt: skip


def _words(error: RbmgeoError) -> str:
    return f"{error.indonesian}\n{error}"


@contextmanager
def leased(database: Database, job: Job) -> Iterator[None]:
    """Renew the lease of a job from a thread of its own as long as the block runs.

    Long work in numpy lets other threads run between its steps. A database that is away is asked
    again; a lease that is lost is noticed where the job tells of progress or closes.
    """
    done = threading.Event()

    def beat() -> None:
        held = True
        while held and not done.wait(jobs.HEARTBEAT_S):
            try:
                with database.writing() as session:
                    held = jobs.renew(session, ulp=job.ulp, job_id=job.job_id, attempt=job.attempt)
            except SQLAlchemyError as error:
                _LOG.warning("the lease of job %s waits: %s", job.job_id, type(error).__name__)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


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
            closing(job)(session, facts(done))
        fault_point("job_worked")

    return task


def closing(job: Job) -> Close:
    """Return what closes a job as done in the transaction of its work."""

    def close(session: Session, result: dict[str, Any]) -> None:
        jobs.finish(
            session, ulp=job.ulp, job_id=job.job_id, state=jobs.DONE, result=result,
            attempt=job.attempt,
        )  # fmt: skip
        log_command(
            session, who=job.asked_by, ulp=job.ulp, command=f"job {job.task}",
            after={"job": job.job_id},
        )  # fmt: skip
        fault_point("job_before_commit")

    return close


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

    def __init__(self, database: Database, job: Job) -> None:
        self.database, self.job = database, job
        self.last, self.step = 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.step and now - self.last < _PAUSE_S:
            return
        self.last, self.step = now, step
        with self.database.writing() as session:
            stop = jobs.progress(
                session, ulp=self.job.ulp, job_id=self.job.job_id, attempt=self.job.attempt,
                step=step, done=done, total=total,
            )  # fmt: skip
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
            session, ulp=job.ulp, job_id=job.job_id, state=state, result=result, error=error,
            attempt=job.attempt,
        )  # fmt: skip
        log_command(
            session, who=job.asked_by, ulp=job.ulp, command=f"job {job.task} {state}",
            after={"job": job.job_id},
        )  # fmt: skip
