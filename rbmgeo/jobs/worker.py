"""The worker beside the pages: ``python -m rbmgeo.jobs`` takes jobs from the queue."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

from procrastinate import App, PsycopgConnector
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from rbmgeo.db.queries import jobs, seats
from rbmgeo.db.queries.tiles import written
from rbmgeo.db.server import database_url
from rbmgeo.db.session import Database, Patience
from rbmgeo.errors import RbmgeoError
from rbmgeo.jobs import nightly
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.operations import logs
from rbmgeo.settings import Settings
from rbmgeo.workflows.month_kept import freshen_months
from rbmgeo.workflows.region import freshen_figures
from rbmgeo.workflows.tiles import unit_map

_LOG = logging.getLogger(__name__)
#: Seconds between two looks whether the worker in front has ended.
_STAND_BY_S = 2.0


def conninfo(url: str) -> str:
    """Return a SQLAlchemy URL as libpq reads it."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


def queue(database: Database, *, lost: Callable[[], None] = lambda: None, worker: str = "") -> App:
    """Return the procrastinate application whose one task does a job of ours.

    ``lost`` is called where the database went away within a job: what could not be closed then is
    taken again by the worker that begins anew. ``worker`` is its name in the leases.
    """
    app = App(connector=PsycopgConnector(conninfo=conninfo(database.url), min_size=1, max_size=2))

    @app.task(name=jobs.TASK, queue=jobs.QUEUE)
    def run(ulp: str, job_id: int) -> str:
        try:
            state = run_job(database, ulp=ulp, job_id=job_id, tasks=TASKS, worker=worker)
        except (OperationalError, InterfaceError):
            _LOG.error("the database went away within job %s of unit %s", job_id, ulp)
            lost()
            raise
        freshen(database, ulp)
        return state

    return app


def freshen(database: Database, ulp: str) -> None:
    """Write the unit's map and the figures of its months anew where a job changed their data.

    So nobody waits for them. The map only where somebody looked at it before; whatever goes
    wrong here is no fault of the job.
    """
    for what, write in (
        ("map", _map), ("months", freshen_months), ("figures", freshen_figures),
    ):  # fmt: skip
        try:
            write(database, ulp)
        except (RbmgeoError, SQLAlchemyError) as fault:
            _LOG.warning("the %s of unit %s wait for who looks next: %s", what, ulp, type(fault).__name__)  # fmt: skip


def _map(database: Database, ulp: str) -> None:
    with database.reading() as session:
        wanted = written(session, ulp=ulp)
    if wanted:
        unit_map(database, ulp)


def work(url: str, *, wait: bool = True, settings: Settings | None = None) -> None:
    """Take jobs until told to stop; without ``wait`` only those that are there.

    ``settings``: the backup of the night is made beside them, where they say so.
    """
    patience = Patience.of_worker(settings.worker_statement_s if settings else 0)
    database, stop = Database(url, patience=patience), threading.Event()
    try:
        with database.engine.connect() as only:
            # One worker a database, in one seat. A second stands by, and takes over when the
            # first one ends, or lets a lease run out: it then loses its seat, and knows it.
            while not seats.taken(only):
                if not wait:
                    return
                time.sleep(_STAND_BY_S)
                seats.free_if_lapsed(only)
            with database.writing() as session:
                jobs.take_over(session)
            if settings is not None:
                nightly.begin(url, settings, stop)
            lost = _end if wait else (lambda: None)
            seat = _watched(only, stop, lost) if wait else None
            try:
                queue(database, lost=lost, worker=_name()).run_worker(
                    queues=[jobs.QUEUE],
                    concurrency=1,
                    wait=wait,
                    fetch_job_polling_interval=1.0,
                    install_signal_handlers=wait,
                    delete_jobs="always",
                )
            finally:
                stop.set()
                if seat:
                    seat.join()
    finally:
        stop.set()
        database.close()


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _watched(seat: Connection, stop: threading.Event, lost: Callable[[], None]) -> threading.Thread:
    """Look every other second whether the seat is still held; call ``lost`` once it is not.

    The connection is the watching thread's alone meanwhile.
    """

    def look() -> None:
        while not stop.wait(_STAND_BY_S):
            try:
                seats.still_there(seat)
            except SQLAlchemyError:
                _LOG.error("the worker lost its seat; the next one takes over")
                lost()
                return

    thread = threading.Thread(target=look, name="seat", daemon=True)
    thread.start()
    return thread


def _end() -> None:
    """Let this worker end as if it were told to; whoever minds it starts the next."""
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Work on the database of the environment's settings."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    settings = Settings()
    logs.begin("worker", as_json=settings.log == "json")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(settings.home.absolute() / "compiled"))
    work(database_url(settings), settings=settings)
