"""Long work: asked for, begun, on its way, done; the queue is procrastinate's."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from rbmgeo.db.models import Job
from rbmgeo.errors import LeaseLost, NotThere, UsageError

QUEUE = "rbmgeo"
TASK = "rbmgeo.run"
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
#: Set aside: it broke, or its worker died of it as often as it may; a person decides. Dropped: they did.
ASIDE, DROPPED = "aside", "dropped"
OPEN = (WAITING, RUNNING)
#: Seconds of a lease, and between two renewals of it.
LEASE_S, HEARTBEAT_S = 60.0, 10.0
#: How often a job is begun before it is set aside, and the seconds before the second and third time.
ATTEMPTS = 3
PAUSES_S = (5.0, 25.0)


def ask(session: Session, *, ulp: str, task: str, args: dict[str, Any], who: str) -> int:
    """Keep a job and put it in the queue in the same transaction; return its id.

    Jobs of one unit follow each other: they read and replace the same tables.
    """
    job = Job(ulp=ulp, task=task, args=args, asked_by=who)
    session.add(job)
    session.flush()
    job.queue_id = _queued(session, job)
    session.flush()
    return job.job_id


def job(session: Session, *, ulp: str, job_id: int) -> Job:
    """Return one job; raises `NotThere`."""
    found = session.get(Job, (ulp, job_id))
    if found is None:
        raise NotThere(
            f"job {job_id} is not in unit {ulp}; see the list of jobs",
            f"pekerjaan {job_id} tidak ada di unit {ulp}; lihat daftar pekerjaan",
        )
    return found


def jobs(session: Session, *, ulp: str, limit: int = 50) -> list[Job]:
    """Return the newest jobs of a unit."""
    return list(
        session.scalars(select(Job).where(Job.ulp == ulp).order_by(Job.job_id.desc()).limit(limit))
    )


def running(session: Session, *, ulp: str) -> Job | None:
    """Return the job that works or waits now, the oldest of them."""
    return session.scalar(
        select(Job).where(Job.ulp == ulp, Job.state.in_(OPEN)).order_by(Job.job_id).limit(1)
    )


def begin(session: Session, *, ulp: str, job_id: int, worker: str = "") -> int | None:
    """Lease a waiting job to a worker; return the mark of the lease, None where it may not.

    It may not be taken where it was cancelled, is another's, or is not waiting any more.
    """
    return session.scalar(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id, Job.state == WAITING, ~Job.cancel)
        .values(
            state=RUNNING, started_at=func.now(), attempt=Job.attempt + 1, worker=worker,
            attempts_left=Job.attempts_left - 1, leased_until=_until(),
        )
        .returning(Job.attempt)
    )  # fmt: skip


def renew(session: Session, *, ulp: str, job_id: int, attempt: int) -> bool:
    """Prolong a lease, from now on, by the database's clock; say whether it is still held."""
    done = session.execute(
        update(Job).where(*_held(ulp, job_id, attempt)).values(leased_until=_until()).returning(Job.job_id)
    )  # fmt: skip
    return done.first() is not None


def progress(
    session: Session, *, ulp: str, job_id: int, step: str, done: int, total: int,
    attempt: int | None = None,
) -> bool:  # fmt: skip
    """Write how far a job is; return whether someone asked to cancel it.

    Raises
    ------
    LeaseLost
        If the job is no longer leased under this mark: whoever works on it stops.
    """
    found = session.execute(
        update(Job)
        .where(*_held(ulp, job_id, attempt))
        .values(step=step, done=done, total=total)
        .returning(Job.cancel)
    ).first()
    if found is None:
        if attempt is not None:
            raise _lost(ulp, job_id)
        return False
    return bool(found[0])


def finish(
    session: Session,
    *,
    ulp: str,
    job_id: int,
    state: str,
    result: dict[str, Any] | None = None,
    error: str | None = None,
    attempt: int | None = None,
) -> None:
    """Close a job with what came of it; in the transaction of its work, both are kept or neither.

    Raises
    ------
    LeaseLost
        If the job is no longer leased under the mark ``attempt``: nothing may be kept of it.
    """
    closed = session.execute(
        update(Job)
        .where(*_held(ulp, job_id, attempt))
        .values(
            state=state, result=result, error=error, finished_at=func.now(), leased_until=None,
            worker=None,
        )
        .returning(Job.job_id)
    )  # fmt: skip
    if closed.first() is None and attempt is not None:
        raise _lost(ulp, job_id)


def cancel(session: Session, *, ulp: str, job_id: int) -> str:
    """Ask a job to stop; a waiting one stops at once. Return its state."""
    stopped: str | None = session.scalar(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id, Job.state == WAITING)
        .values(state=CANCELLED, finished_at=func.now())
        .returning(Job.state)
    )
    if stopped:
        return stopped
    session.execute(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id, Job.state == RUNNING)
        .values(cancel=True)
    )
    found = job(session, ulp=ulp, job_id=job_id)
    session.refresh(found)
    return found.state


def give_back(session: Session, *, ulp: str, job_id: int, attempt: int, error: str) -> str:
    """Let a job that could not end wait for its next attempt, or set it aside; return its state.

    Each pause is longer than the one before. Somebody who asked to cancel it meanwhile has their
    will. Raises `LeaseLost` where it is no longer leased under this mark.
    """
    one = session.scalar(select(Job).where(*_held(ulp, job_id, attempt)).with_for_update())
    if one is None:
        raise _lost(ulp, job_id)
    one.worker = one.leased_until = None
    if one.cancel or one.attempts_left <= 0:
        one.state = CANCELLED if one.cancel else ASIDE
        one.error, one.finished_at = error, func.now()
    else:
        one.state, one.error = WAITING, error
        one.queue_id = _queued(session, one, pause_s=PAUSES_S[-one.attempts_left])
    session.flush()
    return one.state


def take_over(session: Session) -> int:
    """Give back every job that a worker left when it died; return how many.

    Only the one worker in its seat may call this: whoever had these jobs is gone. An entry of the
    queue that was fetched and never begun goes back to waiting.
    """
    left = session.execute(
        select(Job.ulp, Job.job_id, Job.attempt, Job.queue_id)
        .where(Job.state == RUNNING)
        .order_by(Job.job_id)
    ).all()
    for ulp, job_id, attempt, queue_id in left:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": queue_id})
        give_back(session, ulp=ulp, job_id=job_id, attempt=attempt, error="worker")
    session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL "
            "WHERE queue_name = :queue AND status = 'doing'"
        ),
        {"queue": QUEUE},
    )
    return len(left)


def lapsed(session: Session) -> int:
    """Count the jobs whose worker let its lease run out, by the database's clock."""
    query = select(func.count()).where(
        Job.state == RUNNING, Job.leased_until < func.clock_timestamp()
    )
    return session.scalar(query) or 0


def uploads(session: Session) -> set[str]:
    """Return the names of the upload folders that a job of any unit still needs, or may again."""
    query = select(Job.args["folder"].astext, Job.args["token"].astext).where(
        Job.state.in_((*OPEN, ASIDE))
    )
    return {(folder or token or "").rpartition("/")[2] for folder, token in session.execute(query)}


def aside(session: Session, *, ulp: str) -> list[Job]:
    """Return the jobs of a unit that were set aside and nobody decided about, oldest first."""
    return list(
        session.scalars(select(Job).where(Job.ulp == ulp, Job.state == ASIDE).order_by(Job.job_id))
    )


def retry(session: Session, *, ulp: str, job_id: int) -> None:
    """Let a job that was set aside be tried again, as often as a new one; raises `UsageError`."""
    one = _set_aside(session, ulp, job_id)
    one.state, one.attempts_left, one.finished_at, one.cancel = WAITING, ATTEMPTS, None, False
    one.step, one.done, one.total = None, 0, 0
    one.queue_id = _queued(session, one)
    session.flush()


def drop(session: Session, *, ulp: str, job_id: int) -> None:
    """Let a job that was set aside be done with; it stays in the list. Raises `UsageError`."""
    _set_aside(session, ulp, job_id).state = DROPPED
    session.flush()


def _set_aside(session: Session, ulp: str, job_id: int) -> Job:
    query = select(Job).where(Job.ulp == ulp, Job.job_id == job_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        return job(session, ulp=ulp, job_id=job_id)
    if found.state != ASIDE:
        raise UsageError(
            f"job {job_id} is not set aside (any more); look at its page",
            f"pekerjaan {job_id} tidak (lagi) disisihkan; lihat halamannya",
        )
    return found


def _queued(session: Session, one: Job, *, pause_s: float = 0) -> int | None:
    """Put a job into the queue, to be taken after a pause; return the number of the entry."""
    number: int | None = session.scalar(
        text(
            """
            SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
                :queue, :task, 0, :lock, NULL, CAST(:args AS jsonb),
                CASE WHEN :pause > 0 THEN clock_timestamp() + :pause * interval '1 second' END
            )::procrastinate_job_to_defer_v1]))
            """
        ),
        {
            "queue": QUEUE,
            "task": TASK,
            "lock": f"ulp {one.ulp}",
            "args": json.dumps({"ulp": one.ulp, "job_id": one.job_id}),
            "pause": float(pause_s),
        },
    )
    return number


def _until() -> Any:
    return func.clock_timestamp() + timedelta(seconds=LEASE_S)


def _held(ulp: str, job_id: int, attempt: int | None) -> list[Any]:
    of = [Job.ulp == ulp, Job.job_id == job_id]
    return of if attempt is None else [*of, Job.state == RUNNING, Job.attempt == attempt]


def _lost(ulp: str, job_id: int) -> LeaseLost:
    return LeaseLost(
        f"job {job_id} of unit {ulp} is no longer this worker's; nothing of it was kept",
        f"pekerjaan {job_id} unit {ulp} bukan lagi milik pekerja ini; tidak ada yang disimpan",
    )
