"""A run over many units: snapshots out, pieces to an engine, results in, a ledger of it all.

Largest units first. What is in the ledger as kept is not done again; a unit that fails as often
as is allowed is set aside, whatever its fault is, and the others go on. Only what is everybody's
(the database is away, the disk is full) ends the run; the same name goes on later.
"""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2.extensions import TransactionRollbackError
from sqlalchemy.exc import InterfaceError, OperationalError

from rbmgeo.db.models.unit_run import UnitState
from rbmgeo.db.queries import unit_runs, units
from rbmgeo.db.session import Database
from rbmgeo.errors import BrokenFile, Conflict, NotAllowed, NothingToDo, UsageError
from rbmgeo.intake.unit_files import (
    HALF,
    read_result,
    result_facts,
    snapshot_sha256,
    write_snapshot,
)
from rbmgeo.jobs.engines.engine import Done, Engine, told
from rbmgeo.unit.process import UnitParams
from rbmgeo.workflows.region import freshen_figures
from rbmgeo.workflows.snapshots import unit_snapshot
from rbmgeo.workflows.unit_piece import Piece, PieceDone, do_piece
from rbmgeo.workflows.unit_results import keep_result

Progress = Callable[[str, int, int], None]
ATTEMPTS = 3
#: A unit whose data change so often while it is worked on is set aside: not at this hour.
READ_ANEW = 5
_LOG = logging.getLogger(__name__)


@dataclass
class RunDone:
    """What a run came to: units by what became of them, hashes, and what they took.

    ``known``: kept by an earlier start of the same run; ``changed``: those of them whose data are
    others by now; ``empty``: without a customer, not done.
    """

    run: str
    engine: str
    kept: dict[str, str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    set_aside: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    cpu_s: float = 0.0
    steps_s: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0

    def took(self, done: PieceDone) -> None:
        """Add what one unit took."""
        self.cpu_s += done.cpu_s
        self.peak_mb = max(self.peak_mb, done.peak_mb)
        for step, seconds in done.steps_s.items():
            self.steps_s[step] = self.steps_s.get(step, 0.0) + seconds


@dataclass(frozen=True)
class Order:
    """What a run is asked to do; ``folder``: where snapshots and results lie, for every worker.

    A unit's files go once its results are kept, unless ``keep_files``. ``attempts``: failures of
    one start after which a unit is set aside.
    """

    run: str
    folder: Path
    params: UnitParams = field(default_factory=UnitParams)
    attempts: int = ATTEMPTS
    who: str = ""
    keep_files: bool = False

    @property
    def asked(self) -> str:
        """What the ledger says of the steps."""
        return ",".join(self.params.steps) + ("" if self.params.detect_errors else " -detect")


def run_units(
    database: Database, ulps: list[str], order: Order, engine: Engine, *,
    progress: Progress | None = None,
) -> RunDone:  # fmt: skip
    """Do every unit that this run has not kept yet, largest first.

    Raises
    ------
    NothingToDo
        If none of the units has a customer.
    NotAllowed
        If somebody else runs it.
    UsageError
        If the run of this name was asked for other steps.
    """
    tell = progress or (lambda step, done, total: None)
    with _alone(database, order.run):
        work = _Work(database, order, engine)
        todo = work.todo(ulps)
        whole = len(work.done.known) + len(todo)
        tell("unit", len(work.done.known), whole)
        for finished in _through(todo, engine, work):
            work.take(finished)
            done = work.done
            tell("unit", len(done.known) + len(done.kept) + len(done.set_aside), whole)
    return work.done


def _through(todo: list[str], engine: Engine, work: "_Work") -> Iterator[Done]:
    """Keep the engine busy: one piece more than it has workers, until nothing is left."""
    waiting = list(todo)
    running = 0
    while waiting or running or work.again:
        while (waiting or work.again) and running <= engine.workers:
            if work.begin(waiting.pop(0) if waiting else work.again.pop(0)):
                running += 1
        for done in engine.wait():
            running -= 1
            yield done


class _Work:
    """One run: pieces by unit, and what became of them."""

    def __init__(self, database: Database, order: Order, engine: Engine) -> None:
        self.database, self.order, self.engine = database, order, engine
        self.done = RunDone(order.run, engine.name)
        self.again: list[str] = []
        self.sizes: dict[str, int] = {}
        self.running: dict[str, tuple[Piece, int]] = {}
        self.failed: Counter[str] = Counter()
        self.moved: Counter[str] = Counter()

    def todo(self, ulps: list[str]) -> list[str]:
        """Return what is not kept, largest first; what was left running is said to be left.

        At whose turn the last start ended comes last: it may have been the cause.
        """
        with self.database.writing() as session:
            self.sizes = unit_runs.sizes(session, ulps=ulps)
            kept = unit_runs.kept(session, run=self.order.run)
            self._same_steps(kept)
            unit_runs.leave(session, run=self.order.run)
            left = unit_runs.left(session, run=self.order.run)
            now = {u: units.mark_of_work(session, ulp=u) for u in set(kept) & set(ulps)}
        if not self.sizes:
            raise NothingToDo("none of the units has a customer; import their files first",
                              "tidak satu pun unit punya pelanggan; impor berkasnya dulu")  # fmt: skip
        self.done.known = sorted(now)
        self.done.changed = sorted(u for u, m in now.items() if kept[u].mark not in (None, m))
        self.done.empty = sorted(set(ulps) - set(self.sizes))
        mine = [u for u in self.sizes if u not in kept]
        return sorted(mine, key=lambda u: (u in left, -self.sizes[u], u))

    def _same_steps(self, kept: dict[str, unit_runs.Kept]) -> None:
        others = sorted({k.asked for k in kept.values() if k.asked not in (None, self.order.asked)})
        if others:
            raise UsageError(
                f"run {self.order.run!r} was asked for {others[0]}, now for {self.order.asked}; take another name",
                f"jalan {self.order.run!r} dulu diminta {others[0]}, sekarang {self.order.asked}; pakai nama lain",
            )

    def begin(self, ulp: str) -> bool:
        """Begin a unit; say whether an engine has it now, and not what lies there done already."""
        folder = self.order.folder / ulp
        for half in folder.glob(f"*{HALF}"):
            shutil.rmtree(half, ignore_errors=True)
        sha256 = mark = fault = ""
        try:
            sha256, mark = self._snapshot(ulp, folder / "snapshot")
        except Exception as error:
            if _of_everybody(error):
                raise
            fault = told(error)
        with self.database.writing() as session:
            attempt = unit_runs.begin(
                session, ulp=ulp, run=self.order.run, engine=self.engine.name,
                customers=self.sizes[ulp], snapshot_sha256=sha256, asked=self.order.asked, mark=mark,
            )  # fmt: skip
        self.done.attempts += 1
        piece = Piece(ulp, str(folder), sha256, self.order.params, self.sizes[ulp])
        self.running[ulp] = piece, attempt
        if fault:
            self.take(Done(ulp, error=fault))
            return False
        if (there := self._there(folder / "result", piece)) is not None:
            self.take(Done(ulp, there))
            return False
        self.engine.submit(ulp, do_piece, piece)
        return True

    def take(self, done: Done) -> None:
        """Keep what came of a unit, or have it done again, or set it aside."""
        piece, attempt = self.running.pop(done.key)
        error, counted = done.error, self.failed
        if not error:
            try:
                self._keep(done.value, piece, attempt)
            except Conflict as conflict:
                error, counted = str(conflict), self.moved
            except Exception as fault:
                if _of_everybody(fault):
                    raise
                error = told(fault)
        if error:
            counted[piece.ulp] += 1
            self._failed(piece, attempt, error)
        else:
            self.done.kept[piece.ulp] = done.value.result_sha256
            self.done.took(done.value)
            self._after(piece)

    def _failed(self, piece: Piece, attempt: int, error: str) -> None:
        """Have a unit done again from new files, or set it aside."""
        ulp = piece.ulp
        last = self.failed[ulp] >= self.order.attempts or self.moved[ulp] >= READ_ANEW
        with self.database.writing() as session:
            unit_runs.end(
                session, ulp=ulp, run=self.order.run, attempt=attempt, error=error,
                state=UnitState.SET_ASIDE if last else UnitState.FAILED,
            )  # fmt: skip
        # A file that is damaged would fail each time.
        shutil.rmtree(piece.folder, ignore_errors=True)
        if last:
            self.done.set_aside[ulp] = error
        else:
            self.again.append(ulp)

    def _after(self, piece: Piece) -> None:
        """Put a kept unit's files away, and compute what it shows in its UP3 and UID."""
        if not self.order.keep_files:
            shutil.rmtree(piece.folder, ignore_errors=True)
        try:
            freshen_figures(self.database, piece.ulp)
        except Exception as error:  # the page of the region says that they are of older data
            if _of_everybody(error):
                raise
            _LOG.warning("figures of unit %s not computed: %s", piece.ulp, told(error))

    def _keep(self, done: PieceDone, piece: Piece, attempt: int) -> None:
        """Put results and ledger into the database together.

        Raises
        ------
        BrokenFile
            If what lies there is not whole, or not what the piece gave.
        Conflict
            If the unit's data changed meanwhile.
        """
        folder = Path(piece.folder) / "result"
        there = self._there(folder, piece)
        if there is None or there.result_sha256 != done.result_sha256:
            raise BrokenFile(f"{piece.ulp}: the result is of another piece of work",
                             f"{piece.ulp}: hasilnya dari pekerjaan lain")  # fmt: skip
        result = read_result(folder)
        with self.database.writing() as session:
            keep_result(session, result, who=self.order.who)
            unit_runs.end(
                session, ulp=piece.ulp, run=self.order.run, attempt=attempt, state=UnitState.KEPT,
                result_sha256=done.result_sha256, cpu_s=done.cpu_s, peak_mb=done.peak_mb,
            )  # fmt: skip

    def _snapshot(self, ulp: str, folder: Path) -> tuple[str, str]:
        """Return hash and mark of the unit's snapshot as it is now; write it where there is none."""
        with self.database.reading() as session:
            mark = units.mark_of_work(session, ulp=ulp)
        there = snapshot_sha256(folder)
        if there is not None and there[1] == mark:
            return there
        made = unit_snapshot(self.database, ulp)
        return write_snapshot(folder, made), made.mark

    def _there(self, folder: Path, piece: Piece) -> PieceDone | None:
        """Return what a start before this one computed of the same snapshot, None where nothing."""
        told = result_facts(folder)
        asked = {"steps": list(piece.params.steps), "detect_errors": piece.params.detect_errors}
        if (
            told is None
            or told["snapshot_sha256"] != piece.snapshot_sha256
            or told["params"] != asked
        ):
            return None
        steps: dict[str, float] = told["cpu_s"]
        return PieceDone(piece.ulp, told["result_sha256"], sum(steps.values()), steps, 0.0)


def _of_everybody(error: Exception) -> bool:
    """Say whether a fault is no unit's: the database is away, the disk is full."""
    if isinstance(error, OperationalError):
        return not isinstance(error.orig, TransactionRollbackError)
    return isinstance(error, InterfaceError | OSError)


@contextmanager
def _alone(database: Database, run: str) -> Iterator[None]:
    """Hold a run for one runner; whoever is killed lets go of it."""
    with database.asking() as connection:
        if not unit_runs.one_runner(connection, run=run):
            raise NotAllowed(f"run {run!r} is being worked on by somebody else",
                             f"jalan {run!r} sedang dikerjakan proses lain")  # fmt: skip
        try:
            yield
        finally:
            unit_runs.let_go(connection, run=run)
