"""Long work: asked for, begun, on its way, done; the queue is procrastinate's."""

import json
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from rbmgeo.db.models import Job
from rbmgeo.errors import NotThere

QUEUE = "rbmgeo"
TASK = "rbmgeo.run"
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
OPEN = (WAITING, RUNNING)


def ask(session: Session, *, ulp: str, task: str, args: dict[str, Any], who: str) -> int:
    """Keep a job and put it in the queue in the same transaction; return its id.

    Jobs of one unit follow each other: they read and replace the same tables.
    """
    job = Job(ulp=ulp, task=task, args=args, asked_by=who)
    session.add(job)
    session.flush()
    job.queue_id = session.scalar(
        text(
            """
            SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
                :queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL
            )::procrastinate_job_to_defer_v1]))
            """
        ),
        {
            "queue": QUEUE,
            "task": TASK,
            "lock": f"ulp {ulp}",
            "args": json.dumps({"ulp": ulp, "job_id": job.job_id}),
        },
    )
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


def begin(session: Session, *, ulp: str, job_id: int) -> bool:
    """Take a waiting job up; False if it was cancelled or is not waiting any more."""
    done = session.execute(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id, Job.state == WAITING, ~Job.cancel)
        .values(state=RUNNING, started_at=func.now())
        .returning(Job.job_id)
    )
    return done.first() is not None


def progress(session: Session, *, ulp: str, job_id: int, step: str, done: int, total: int) -> bool:
    """Write how far a job is; return whether someone asked to cancel it."""
    found = session.execute(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id)
        .values(step=step, done=done, total=total)
        .returning(Job.cancel)
    )
    return bool(found.scalar())


def finish(
    session: Session,
    *,
    ulp: str,
    job_id: int,
    state: str,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Close a job with what came of it."""
    session.execute(
        update(Job)
        .where(Job.ulp == ulp, Job.job_id == job_id)
        .values(state=state, result=result, error=error, finished_at=func.now())
    )


def cancel(session: Session, *, ulp: str, job_id: int) -> str:
    """Ask a job to stop; a waiting one stops at once. Return its state."""
    found = job(session, ulp=ulp, job_id=job_id)
    if found.state == WAITING:
        finish(session, ulp=ulp, job_id=job_id, state=CANCELLED)
        return CANCELLED
    if found.state == RUNNING:
        session.execute(update(Job).where(Job.ulp == ulp, Job.job_id == job_id).values(cancel=True))
    return found.state


def close_orphans(session: Session) -> int:
    """Mark as failed what a worker left when it was killed; return how many.

    Its entry in the queue still holds the unit's lock: it goes back to waiting, where the
    next worker finds its job closed and throws it away. Only the one worker may call this.
    """
    session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL "
            "WHERE queue_name = :queue AND status = 'doing'"
        ),
        {"queue": QUEUE},
    )
    done = session.execute(
        update(Job)
        .where(Job.state == RUNNING)
        .values(state=FAILED, error="worker", finished_at=func.now())
        .returning(Job.job_id)
    )
    return len(done.all())
