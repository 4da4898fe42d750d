"""SOP IV.1, its ground: take lists in, one transaction each, every row accounted for."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.failures import said_plainly
from rbmgeo.db.queries import batches, imports, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.faults import fault_point
from rbmgeo.intake.check import Checked
from rbmgeo.intake.folder import files_of
from rbmgeo.intake.photo_store import Photos, PhotoStore
from rbmgeo.intake.pieces import ROWS, Ahead
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.readers import Asked
from rbmgeo.intake.tally import Tally
from rbmgeo.labels.rules import words
from rbmgeo.settings import Settings
from rbmgeo.terms import FileKind
from rbmgeo.workflows.arrears import follow_payments
from rbmgeo.workflows.import_jobs import (
    FileJob,
    OneList,
    Plan,
    Progress,
    checked_pieces,
    completed,
    file_jobs,
    lists_of,
    unit_of,
)
from rbmgeo.workflows.import_kinds import Keeper, made_ahead, touched
from rbmgeo.workflows.placing import place_customers

#: Rows from which on the planner's figures are refreshed.
MANY = 1000


@dataclass
class FileResult:
    """What became of one table of one file: read = good + rejected + skipped.

    ``unread``: headers of columns that the profile does not know. ``list_no``: tables with the
    same number are one list, one batch.
    """

    file: str
    sheet: str
    kind: str
    profile: str
    read: int = 0
    good: int = 0
    rejected: int = 0
    skipped: int = 0
    unchanged: int = 0
    batch: int | None = None
    known: bool = False
    loaded: bool = True
    warnings: dict[str, int] = field(default_factory=dict)
    declared: dict[str, object] = field(default_factory=dict)
    problems: list[dict[str, object]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    list_no: int = 0

    @classmethod
    def of(cls, job: FileJob, list_no: int) -> "FileResult":
        """Return the result of a table of which nothing was read yet."""
        return cls(
            list_no=list_no,
            file=job.source.file, sheet=job.source.sheet, kind=str(job.profile.kind),
            profile=job.profile.family or job.profile.name, declared=job.profile.declared,
        )  # fmt: skip


@dataclass
class ImportSummary:
    """What became of all files; ``complete`` is False where a strict file was turned away."""

    ulp: str
    files: list[FileResult]
    new_unit: bool = False

    @property
    def complete(self) -> bool:
        """True if every file was loaded, or known already."""
        return all(f.loaded for f in self.files)

    def as_dict(self) -> dict[str, object]:
        """Return the one object of ``--json``."""
        total = {
            n: sum(getattr(f, n) for f in self.files)
            for n in ("read", "good", "rejected", "skipped", "unchanged")
        }
        batches = [f.batch for f in self.files if f.batch is not None]
        return {"ulp": self.ulp, **total, "batch": batches[-1] if batches else None,
                "files": [asdict(f) for f in self.files]}  # fmt: skip


@dataclass(frozen=True)
class _Options:
    accept_good: bool
    who: str
    today: date
    rejects: Callable[[pd.DataFrame], None] | None
    tell: Progress
    home: Path


def import_files(
    database: Database,
    paths: Sequence[Path],
    *,
    ulp: str = "",
    profile: str = "",
    kind: str = "",
    accept_good: bool = False,
    who: str = "",
    today: date | None = None,
    rejects: Callable[[pd.DataFrame], None] | None = None,
    progress: Progress | None = None,
    asked: Asked | None = None,
    locale: str = "",
    area: str = "",
    own: Sequence[Profile] = (),
    plan: Plan | None = None,
    home: Path | None = None,
) -> ImportSummary:
    """Import files and folders; each list is loaded in a transaction of its own.

    A list is one table of a file, or the tables of several files or sheets that each tell
    another RBM (`OneList`). Strict (default): a list with one bad row is not loaded at all. ``accept_good`` loads
    the good rows and keeps the bad ones with their cells. ``rejects``, where given, is called
    with every piece of refused rows. ``today`` dates a move between gardu that the list
    itself does not date. Folders are searched for files whose profile is known; a folder named
    ``truth`` is never read. A file larger than memory is read and loaded in pieces, and while
    one file is written the next one is read and judged. ``asked`` is what the files do not say
    themselves (delimiter, encoding, srid, layer); ``locale`` (id, en) and ``area`` (indonesia,
    world, or west,south,east,north) stand above the profile's. ``own`` are mappings that were
    confirmed before; ``plan``, where given, names the mapping of each table. Photos go to a
    folder of the ``home`` (that of the settings, if none is given).

    Raises
    ------
    ImportRefused
        If a file cannot be read at all; nothing of it is loaded.
    UsageError
        If it is not clear which unit the files belong to.
    """
    tell = progress or (lambda step, done, total: None)
    options = _Options(
        accept_good, who, today or date.today(), rejects, tell, home or Settings().home  # noqa: DTZ011
    )  # fmt: skip
    files = files_of(paths)
    jobs = file_jobs(
        files, profile=profile, kind=kind, own=own, plan=plan, tell=tell,
        asked=completed(database, files, ulp, area, asked), said={"locale": locale, "area": area},
    )  # fmt: skip
    with said_plainly(database), database.writing() as session:
        unit_code = ulp or unit_of(session, jobs)
        new_unit = units.ensure_unit(session, ulp=unit_code)
    placing = _Placing(unit_code)
    results = _load_lists(database, lists_of(jobs), options, placing)
    if not placing.done:
        with said_plainly(database), database.writing() as session:
            placing.place(session)
    return ImportSummary(ulp=unit_code, files=results, new_unit=new_unit)


def _load_lists(
    database: Database, lists: list[OneList], options: _Options, placing: "_Placing"
) -> list[FileResult]:
    """Load one list after another; the next one is read and judged while one is written."""
    with database.reading() as session:
        known = imports.known_files(session, ulp=placing.ulp)
        unit = units.unit(session, ulp=placing.ulp)
        session.expunge_all()
    new = [one.without(known) for one in lists]
    pieces = [
        Ahead(made_ahead(checked_pieces(n or one, placing.ulp), unit))
        for n, one in zip(new, lists, strict=True)
    ]
    results: list[FileResult] = []
    try:
        for number, one in enumerate(lists):
            options.tell("memuat / loading", number, len(lists))
            if any(new[number + 1 : number + 2]):
                pieces[number + 1].begin()
            last = number + 1 == len(lists)
            told = {job.known_as: FileResult.of(job, number) for job in one.jobs}
            _load_list(
                database, one, new[number], pieces[number], told, options, placing, place=last
            )
            results += told.values()
            pieces[number].close()
    finally:
        for made in pieces:
            made.close()
    options.tell("memuat / loading", len(lists), len(lists))
    return results


class _Placing:
    """Customers are placed once, with the last file and in its transaction.

    So one file is there wholly, places and all, or not at all. Where the last one is turned
    away or known, it is done on its own.
    """

    def __init__(self, ulp: str) -> None:
        self.ulp, self.done = ulp, False
        self.tables: set[str] = set()
        self.places_are_known = True

    def loaded(self, kind: FileKind, good: int, *, placed: bool) -> None:
        """Note what a file changed; ``placed``: its customers were written with their places."""
        self.places_are_known &= placed
        if good > MANY:
            self.tables |= {*touched(kind), "import_before"}

    def place(self, session: Session) -> None:
        """Refresh the planner's figures, then choose every position in use anew."""
        imports.analyze(session, sorted(self.tables))
        if not self.places_are_known:
            place_customers(session, self.ulp)


def _load_list(
    database: Database,
    one: OneList,
    new: OneList | None,
    pieces: Ahead[Checked],
    results: dict[tuple[str, str], FileResult],
    options: _Options,
    placing: _Placing,
    *,
    place: bool,
) -> None:
    """Load one list in one transaction; ``place`` the customers in it as well.

    ``new`` is what of it was not known when ``pieces`` were begun.
    """
    fault_point("after_upload")
    loaded = False
    made: Ahead[Checked] | None = None
    try:
        with said_plainly(database, one.name), database.writing() as session:
            still_new = _not_known(session, placing.ulp, one, results)
            if still_new is None:
                placing.places_are_known = False  # an import that was cut short may owe them
            else:
                if still_new != new:  # somebody was faster
                    unit = units.unit(session, ulp=placing.ulp)
                    made = Ahead(made_ahead(checked_pieces(still_new, placing.ulp), unit))
                placed = _load(session, placing.ulp, still_new, made or pieces, results, options)
                good = sum(r.good for r in results.values())
                placing.loaded(one.profile.kind, good, placed=placed)
                if place:
                    placing.place(session)
                fault_point("before_commit")
                loaded = True
        placing.done = place and loaded
    except _TurnedAway:
        for result in results.values():
            if not result.known:
                result.loaded, result.batch = False, None
    finally:
        if made is not None:
            made.close()
    fault_point("after_commit")


class _TurnedAway(Exception):
    """A strict list has a bad row: what it wrote is undone."""


def _not_known(
    session: Session, ulp: str, one: OneList, results: dict[tuple[str, str], FileResult]
) -> OneList | None:
    """Return what of a list was never taken in; the results of the rest name their batch."""
    imports.lock_unit(session, ulp=ulp)
    known = imports.known_files(session, ulp=ulp)
    for known_as, result in results.items():
        if known_as in known:
            there = known[known_as]
            result.known, result.batch = True, there.batch_id
            result.read = result.skipped = there.read
    return one.without(known)


def _load(
    session: Session,
    ulp: str,
    one: OneList,
    pieces: Ahead[Checked],
    results: dict[tuple[str, str], FileResult],
    options: _Options,
) -> bool:
    """Check and write a list piece by piece, in the transaction at hand.

    Returns whether its customers were written with their places.
    """
    batch = imports.add_batch(
        session, ulp=ulp, sha256=one.sha256, file_name=one.name, kind=one.label,
        profile=one.profile.name, read=0, good=0, rejected=0, skipped=0,
        imported_by=options.who or None, keeps_before=True,
    )  # fmt: skip
    imports.keep_before(session, ulp=ulp, batch_id=batch)
    fault_point("after_batch")
    photos = Photos(PhotoStore.of(options.home, ulp), [job.path for job in one.jobs])
    keeper = Keeper(session, ulp, batch, options.today, photos, one.month)
    tallies = [Tally() for _ in one.jobs]
    with keeper.begun(pieces) as readied:
        for piece in readied:
            _note_rejects(session, ulp, batch, one, piece, tallies, options)
            if options.accept_good or not any(t.rejected for t in tallies):
                keeper.keep(piece)
            if one.source.rows_about > 2 * ROWS:  # a long file says how far it is
                read = sum(t.read for t in tallies)
                about = max(one.source.rows_about, read)
                options.tell(f"memuat / loading {one.name}", read, about)
    keeper.finish()
    imports.keep_no_more(session)
    for number, (job, tally) in enumerate(zip(one.jobs, tallies, strict=True)):
        result = results[job.known_as]
        tally.skip(job.set_aside())
        tally.tell(result)
        result.batch, result.unchanged = batch, keeper.unchanged[number]
        result.warnings |= job.source.notes
        if job.other_layers:
            result.warnings["OTHER_LAYER"] = job.other_layers
        result.unread = job.profile.unread(job.source.head)
    if any(t.rejected for t in tallies) and not options.accept_good:
        raise _TurnedAway
    _close(session, ulp, batch, one, keeper, tallies, results, options)
    return keeper.placed


def _note_rejects(
    session: Session,
    ulp: str,
    batch: int,
    one: OneList,
    piece: Checked,
    tallies: list[Tally],
    options: _Options,
) -> None:
    """Count what a piece has of each table, and keep its refused rows."""
    for number in piece.shares:
        part, source = piece.of_table(number), one.jobs[number].source
        tallies[number].add(part)
        if part.rejects.empty:
            continue
        if options.rejects is not None:
            options.rejects(part.rejects.assign(file=source.file, sheet=source.sheet or None))
        if options.accept_good:
            _keep_rejects(session, ulp, part.rejects.assign(file_no=number), batch)


def _close(
    session: Session,
    ulp: str,
    batch: int,
    one: OneList,
    keeper: Keeper,
    tallies: list[Tally],
    results: dict[tuple[str, str], FileResult],
    options: _Options,
) -> None:
    """Note what a batch came to, and the tables that it took in."""
    tables = [results[job.known_as] for job in one.jobs]
    # What the list as a whole changed stands with its first table.
    tables[0].warnings |= keeper.changed
    told: Counter[str] = Counter()
    for table in tables:
        told.update(table.warnings)
    said: dict[str, object] = dict(told)
    unread = sorted({name for table in tables for name in table.unread})
    for table in tables:
        if table.unread:
            table.warnings["UNREAD_COLUMNS"] = len(table.unread)
    if unread:
        said["UNREAD_COLUMNS"] = ", ".join(unread)
    for number, (job, table) in enumerate(zip(one.jobs, tables, strict=True)):
        imports.add_file(
            session, ulp=ulp, batch_id=batch, file_no=number, sha256=job.sha256, kind=job.label,
            file_name=table.file, sheet=table.sheet or None, read=table.read, good=table.good,
            rejected=table.rejected, skipped=table.skipped,
        )  # fmt: skip
    whole = Tally.of(tallies)
    months = sorted(keeper.months)
    written = imports.batch_kwh(session, ulp=ulp, batch_id=batch, months=months)
    good, unchanged = sum(t.good for t in tables), keeper.unchanged.total()
    imports.close_batch(
        session, ulp=ulp, batch_id=batch, blth=whole.only_month or (one.month if not whole.months else None),
        read=whole.read, good=good,
        rejected=whole.rejected, skipped=whole.skipped, unchanged=unchanged, same=keeper.same,
        warnings=said, kwh_rejected=whole.kwh_rejected, kwh_skipped=whole.kwh_skipped,
        kwh_file=whole.kwh_file,
        kwh_good=keeper.kwh_same + (written or 0) if keeper.months else None,
    )  # fmt: skip
    if keeper.people:
        batches.keep_list(session, ulp=ulp, batch_id=batch, people=keeper.people)
    if one.profile.kind == FileKind.RECEIVABLES:
        # SOP VI: whoever paid is not cut off, and has power again by H+1.
        follow_payments(session, ulp, who=options.who or "-", now=datetime.now(UTC))
    log_command(
        session, who=options.who, ulp=ulp, command="import",
        after={"batch": batch, "kind": one.label, "good": good, "unchanged": unchanged},
    )  # fmt: skip


def _keep_rejects(session: Session, ulp: str, rejects: pd.DataFrame, batch_id: int) -> None:
    imports.add_rejects(
        session,
        ulp=ulp,
        batch_id=batch_id,
        rejects=rejects.drop(columns="sheet").assign(
            message_id=[words(r, "id") for r in rejects["rule"]],
            message_en=[words(r, "en") for r in rejects["rule"]],
        ),
    )
