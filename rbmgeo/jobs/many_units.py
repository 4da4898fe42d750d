"""A run over many units: snapshots out, pieces to an engine, results in, a ledger of it all.

Largest units first. What is in the ledger as kept is not done again; a unit that fails as often
as is allowed is set aside, and the others go on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rbmgeo.db.models.unit_run import UnitState
from rbmgeo.db.queries import unit_runs, units
from rbmgeo.db.session import Database
from rbmgeo.errors import BrokenFile, Conflict, NotAllowed, NothingToDo, RbmgeoError
from rbmgeo.intake.unit_files import read_result, result_facts, snapshot_sha256, write_snapshot
from rbmgeo.jobs.engines.engine import Done, Engine
from rbmgeo.unit.process import UnitParams
from rbmgeo.workflows.snapshots import unit_snapshot
from rbmgeo.workflows.unit_piece import Piece, PieceDone, do_piece
from rbmgeo.workflows.unit_results import keep_result

Progress = Callable[[str, int, int], None]
ATTEMPTS = 3


@dataclass
class RunDone:
    """What a run came to: units by what became of them, hashes, and what they took.

    ``known``: kept by an earlier start of the same run.
    """

    run: str
    engine: str
    kept: dict[str, str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
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
    """What a run is asked to do; ``folder``: where snapshots and results lie, for every worker."""

    run: str
    folder: Path
    params: UnitParams = field(default_factory=UnitParams)
    attempts: int = ATTEMPTS
    who: str = ""


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
    """
    tell = progress or (lambda step, done, total: None)
    with _alone(database, order.run):
        work = _Work(database, order, engine)
        todo = work.todo(ulps)
        tell("unit", len(work.done.known), len(ulps))
        for finished in _through(todo, engine, work):
            work.take(finished)
            tell(
                "unit",
                len(work.done.known) + len(work.done.kept) + len(work.done.set_aside),
                len(ulps),
            )
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

    def todo(self, ulps: list[str]) -> list[str]:
        """Return what is not kept, largest first; what was left running is said to be left."""
        with self.database.writing() as session:
            self.sizes = unit_runs.sizes(session, ulps=ulps)
            kept = unit_runs.kept(session, run=self.order.run)
            unit_runs.leave(session, run=self.order.run)
        if not self.sizes:
            raise NothingToDo("none of the units has a customer; import their files first",
                              "tidak satu pun unit punya pelanggan; impor berkasnya dulu")  # fmt: skip
        self.done.known = sorted(kept & set(ulps))
        mine = [u for u in self.sizes if u not in kept]
        return sorted(mine, key=lambda u: (-self.sizes[u], u))

    def begin(self, ulp: str) -> bool:
        """Begin a unit; say whether an engine has it now, and not what lies there done already."""
        folder = self.order.folder / ulp
        try:
            sha256, fault = self._snapshot(ulp, folder / "snapshot"), ""
        except RbmgeoError as error:
            sha256, fault = "", str(error)
        with self.database.writing() as session:
            attempt = unit_runs.begin(
                session, ulp=ulp, run=self.order.run, engine=self.engine.name,
                customers=self.sizes[ulp], snapshot_sha256=sha256,
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
        error = done.error or self._keep(done.value, piece, attempt)
        if not error:
            self.done.kept[done.key] = done.value.result_sha256
            self.done.took(done.value)
            return
        with self.database.writing() as session:
            last = attempt >= self.order.attempts
            unit_runs.end(
                session, ulp=done.key, run=self.order.run, attempt=attempt, error=error,
                state=UnitState.SET_ASIDE if last else UnitState.FAILED,
            )  # fmt: skip
        if last:
            self.done.set_aside[done.key] = error
        else:
            self.again.append(done.key)

    def _keep(self, done: PieceDone, piece: Piece, attempt: int) -> str:
        """Put results and ledger into the database together; return what went wrong."""
        try:
            result = read_result(Path(piece.folder) / "result")
            with self.database.writing() as session:
                keep_result(session, result, who=self.order.who)
                unit_runs.end(
                    session, ulp=piece.ulp, run=self.order.run, attempt=attempt,
                    state=UnitState.KEPT, result_sha256=done.result_sha256, cpu_s=done.cpu_s,
                    peak_mb=done.peak_mb,
                )  # fmt: skip
        except (BrokenFile, Conflict) as error:
            return str(error)
        return ""

    def _snapshot(self, ulp: str, folder: Path) -> str:
        """Return the hash of the unit's snapshot as it is now; write it where there is none."""
        with self.database.reading() as session:
            mark = units.mark(session, ulp=ulp)
        there = snapshot_sha256(folder)
        if there is not None and there[1] == mark:
            return there[0]
        return write_snapshot(folder, unit_snapshot(self.database, ulp))

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
