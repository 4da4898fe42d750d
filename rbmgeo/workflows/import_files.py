"""SOP IV.1, its ground: take files in, one transaction each, every row accounted for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.failures import said_plainly
from rbmgeo.db.queries import batches, imports, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.faults import fault_point
from rbmgeo.intake import check as checking
from rbmgeo.intake.check import Checked
from rbmgeo.intake.fill import filled
from rbmgeo.intake.folder import files_of
from rbmgeo.intake.guess import month_of
from rbmgeo.intake.pieces import ROWS, Ahead, together
from rbmgeo.intake.profiles import Profile, choose, fits
from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers import Asked, fingerprint, open_file
from rbmgeo.intake.rules import area_box
from rbmgeo.intake.tables import warn_places
from rbmgeo.intake.tally import Tally
from rbmgeo.labels.rules import words
from rbmgeo.terms import FileKind
from rbmgeo.workflows.import_kinds import Keeper, touched
from rbmgeo.workflows.placing import place_customers

Progress = Callable[[str, int, int], None]
#: The mapping of each table, by path and sheet; tables that are not in it are not loaded.
Plan = Mapping[tuple[str, str], Profile]

#: Rows from which on the planner's figures are refreshed.
MANY = 1000
#: The network before the customers who hang on it, lists before what is read of them.
ORDER = [
    FileKind.BOUNDARY, FileKind.GARDU, FileKind.TIANG, FileKind.JTR, FileKind.DROPS, FileKind.STREETS,
    FileKind.CALENDAR, FileKind.DPM, FileKind.CUSTOMERS, FileKind.PDPJ, FileKind.TOKEN,
    FileKind.POINTS, FileKind.READER_LOG, FileKind.RECEIVABLES, FileKind.PREPAID_ORDERS,
    FileKind.GARDU_METER,
]  # fmt: skip


@dataclass
class FileResult:
    """What became of one table of one file: read = good + rejected + skipped.

    ``unread``: headers of columns that the profile does not know.
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


@dataclass(frozen=True)
class FileJob:
    """One table of a file and how it is read; ``set_aside`` counts its structural rows."""

    path: Path
    sha256: str
    source: Source
    profile: Profile
    other_layers: int
    set_aside: Callable[[], int]

    @property
    def label(self) -> str:
        """What the table is called among the batches of its file."""
        kind = str(self.profile.kind)
        return f"{kind}:{self.source.sheet}" if self.source.sheet else kind


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
) -> ImportSummary:
    """Import files and folders; each table of a file is loaded in a transaction of its own.

    Strict (default): a table with one bad row is not loaded at all. ``accept_good`` loads
    the good rows and keeps the bad ones with their cells. ``rejects``, where given, is called
    with every piece of refused rows. ``today`` dates a move between gardu that the list
    itself does not date. Folders are searched for files whose profile is known; a folder named
    ``truth`` is never read. A file larger than memory is read and loaded in pieces, and while
    one file is written the next one is read and judged. ``asked`` is what the files do not say
    themselves (delimiter, encoding, srid, layer); ``locale`` (id, en) and ``area`` (indonesia,
    world, or west,south,east,north) stand above the profile's. ``own`` are mappings that were
    confirmed before; ``plan``, where given, names the mapping of each table.

    Raises
    ------
    ImportRefused
        If a file cannot be read at all; nothing of it is loaded.
    UsageError
        If it is not clear which unit the files belong to.
    """
    tell = progress or (lambda step, done, total: None)
    options = _Options(accept_good, who, today or date.today(), rejects, tell)  # noqa: DTZ011
    files = files_of(paths)
    jobs = file_jobs(
        files, profile=profile, kind=kind, own=own, plan=plan, tell=tell,
        asked=_asked(database, files, ulp, area, asked), said={"locale": locale, "area": area},
    )  # fmt: skip
    with said_plainly(database), database.writing() as session:
        unit_code = ulp or _unit_of(session, jobs)
        new_unit = units.ensure_unit(session, ulp=unit_code)
    placing = _Placing(unit_code)
    results = _load_files(database, jobs, options, placing)
    if not placing.done:
        with said_plainly(database), database.writing() as session:
            placing.place(session)
    return ImportSummary(ulp=unit_code, files=results, new_unit=new_unit)


def _load_files(
    database: Database, jobs: list[FileJob], options: _Options, placing: "_Placing"
) -> list[FileResult]:
    """Load one table after another; the next one is read and judged while one is written."""
    with database.reading() as session:
        known = imports.known_files(session, ulp=placing.ulp)
    pieces = [Ahead(checked_pieces(job, placing.ulp)) for job in jobs]
    results = []
    try:
        for number, job in enumerate(jobs):
            options.tell("memuat / loading", number, len(jobs))
            following = jobs[number + 1 : number + 2]
            if following and (following[0].sha256, following[0].label) not in known:
                pieces[number + 1].begin()
            last = not following
            results.append(_load_file(database, job, pieces[number], options, placing, place=last))
            pieces[number].close()
    finally:
        for one in pieces:
            one.close()
    options.tell("memuat / loading", len(jobs), len(jobs))
    return results


#: Beyond the outermost positions of a unit its streets go on, in degrees: some two kilometres.
STREETS_BEYOND = 0.02


def _asked(
    database: Database, files: list[Path], ulp: str, area: str, asked: Asked | None
) -> Asked:
    """Complete what was asked: a street extract is cut to the area said, or to the unit."""
    asked = asked or Asked()
    if asked.within is not None or not any(f.name.lower().endswith(".pbf") for f in files):
        return asked
    if area and area != "world":
        return replace(asked, within=area_box(area))
    with database.reading() as session:
        known = [u.ulp for u in units.units(session)]
        unit = ulp or (known[0] if len(known) == 1 else "")
        found = imports.extent_of_unit(session, ulp=unit)
    if found is None:
        return asked
    west, south, east, north = found
    b = STREETS_BEYOND
    return replace(asked, within=(west - b, south - b, east + b, north + b))


def file_jobs(
    files: list[Path],
    *,
    profile: str = "",
    kind: str = "",
    own: Sequence[Profile] = (),
    plan: Plan | None = None,
    tell: Progress,
    asked: Asked | None = None,
    said: Mapping[str, str] | None = None,
) -> list[FileJob]:
    """Open files and say how each of their tables is read, in the order of loading."""
    jobs = []
    for number, path in enumerate(files):
        tell("memeriksa / checking", number, len(files))
        if plan is not None and not any(planned == str(path) for planned, _ in plan):
            continue
        sources, others = _wanted(open_file(path, asked), profile=profile, kind=kind, own=own)
        sha256 = fingerprint(path)
        for source in sources:
            if plan is None:
                chosen = choose(source.head, name=profile, kind=kind, own=own)
            elif (str(path), source.sheet) in plan:
                chosen = plan[str(path), source.sheet]
            else:
                continue
            srid = asked.srid if asked is not None and source.head.geometry is None else None
            chosen = chosen.with_declared(**(said or {}), srid=srid)
            made, set_aside = filled(source, chosen.filling, chosen.headers(source.head))
            jobs.append(FileJob(path, sha256, made, chosen, others, set_aside))
    tell("memeriksa / checking", len(files), len(files))
    # Of two lists of a kind the older goes first: what it says is history to the newer.
    return sorted(jobs, key=lambda j: (ORDER.index(j.profile.kind), month_of(j.source, j.profile)))


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


def _load_file(
    database: Database,
    job: FileJob,
    pieces: Ahead[Checked],
    options: _Options,
    placing: _Placing,
    *,
    place: bool,
) -> FileResult:
    """Load one table of a file in one transaction; ``place`` the customers in it as well."""
    result = FileResult(
        file=job.source.file, sheet=job.source.sheet, kind=str(job.profile.kind),
        profile=job.profile.family or job.profile.name, declared=job.profile.declared,
    )  # fmt: skip
    fault_point("after_upload")
    try:
        with said_plainly(database, job.source.file), database.writing() as session:
            if _known(session, placing.ulp, job, result):
                placing.places_are_known = False  # an import that was cut short may owe them
            else:
                placed = _load(session, placing.ulp, job, pieces, result, options)
                placing.loaded(job.profile.kind, result.good, placed=placed)
                if place:
                    placing.place(session)
                fault_point("before_commit")
        placing.done = place and not result.known
    except _TurnedAway:
        result.loaded, result.batch = False, None
    fault_point("after_commit")
    return result


class _TurnedAway(Exception):
    """A strict file has a bad row: what it wrote is undone."""


def _wanted(
    sources: list[Source], *, profile: str, kind: str, own: Sequence[Profile] = ()
) -> tuple[list[Source], int]:
    """Return the layers of a map file that hold what was asked for, and how many others it has.

    A street extract brings its nodes or houses along; who says ``--kind streets`` means the
    streets. Where nothing was asked for, or no layer holds it, every layer must be understood.
    """
    layers = (profile or kind) and all(s.head.geometry is not None for s in sources)
    fitting = [s for s in sources if layers and fits(s.head, name=profile, kind=kind, own=own)]
    return (fitting, len(sources) - len(fitting)) if fitting else (sources, 0)


def _unit_of(session: Session, jobs: list[FileJob]) -> str:
    named = {unit for job in jobs for unit in _named_units(job)}
    known = {u.ulp for u in units.units(session)}
    among = named or known
    if len(among) == 1:
        return among.pop()
    listed = ", ".join(sorted(among)[:5])
    raise UsageError(
        f"it is not clear which unit the files belong to ({listed or 'no UNITUP column'}); say --ulp CODE",
        f"belum jelas unit berkas ini ({listed or 'tidak ada kolom UNITUP'}); sebutkan --ulp KODE",
    )


def _named_units(job: FileJob) -> set[str]:
    """Return the units that the first rows of a table name."""
    column = job.profile.headers(job.source.head).get("ulp")
    if column is None:
        return set()
    return set(job.source.head.rows[column].str.strip()) - {""}


def _known(session: Session, ulp: str, job: FileJob, result: FileResult) -> bool:
    """Say whether this very file was taken in before; if so the result names its batch."""
    imports.lock_unit(session, ulp=ulp)
    known = imports.known_batch(session, ulp=ulp, sha256=job.sha256, kind=job.label)
    if known is None:
        return False
    result.known, result.batch = True, known.batch_id
    result.read = result.skipped = known.read
    return True


def _load(
    session: Session,
    ulp: str,
    job: FileJob,
    pieces: Ahead[Checked],
    result: FileResult,
    options: _Options,
) -> bool:
    """Check and write a table piece by piece, in the transaction at hand.

    Returns whether its customers were written with their places.
    """
    result.batch = imports.add_batch(
        session, ulp=ulp, sha256=job.sha256, file_name=job.source.file, kind=job.label,
        profile=job.profile.name, read=0, good=0, rejected=0, skipped=0,
        imported_by=options.who or None, keeps_before=True,
    )  # fmt: skip
    imports.keep_before(session, ulp=ulp, batch_id=result.batch)
    fault_point("after_batch")
    keeper = Keeper(session, ulp, result.batch, options.today)
    tally = Tally()
    for piece in pieces:
        tally.add(piece)
        if job.source.rows_about > 2 * ROWS:  # a long file says how far it is
            about = max(job.source.rows_about, tally.read)
            options.tell(f"memuat / loading {job.source.file}", tally.read, about)
        if options.rejects is not None and len(piece.rejects):
            options.rejects(piece.rejects.assign(file=piece.file))
        strict = tally.rejected and not options.accept_good
        if not strict:
            keeper.keep(piece)
            _keep_rejects(session, ulp, piece, result.batch)
    keeper.finish()
    imports.keep_no_more(session)
    tally.skip(job.set_aside())
    tally.tell(result)
    result.unchanged = keeper.unchanged
    result.warnings |= job.source.notes
    if job.other_layers:
        result.warnings["OTHER_LAYER"] = job.other_layers
    if result.rejected and not options.accept_good:
        raise _TurnedAway
    result.warnings |= keeper.changed
    result.unread = job.profile.unread(job.source.head)
    told: dict[str, object] = dict(result.warnings)
    if result.unread:
        result.warnings["UNREAD_COLUMNS"] = len(result.unread)
        told["UNREAD_COLUMNS"] = ", ".join(result.unread)
    written = imports.batch_kwh(
        session, ulp=ulp, batch_id=result.batch, months=sorted(keeper.months)
    )
    imports.close_batch(
        session, ulp=ulp, batch_id=result.batch, blth=tally.only_month, read=result.read,
        good=result.good, rejected=result.rejected, skipped=result.skipped,
        unchanged=result.unchanged, same=keeper.same,
        warnings=told, kwh_rejected=tally.kwh_rejected,
        kwh_skipped=tally.kwh_skipped, kwh_file=tally.kwh_file,
        kwh_good=keeper.kwh_same + (written or 0) if keeper.months else None,
    )  # fmt: skip
    if keeper.people:
        batches.keep_list(session, ulp=ulp, batch_id=result.batch, people=keeper.people)
    log_command(
        session, who=options.who, ulp=ulp, command="import",
        after={"batch": result.batch, "kind": job.label, "good": result.good,
               "unchanged": result.unchanged},
    )  # fmt: skip
    return keeper.placed


def checked_pieces(job: FileJob, ulp: str) -> Iterator[Checked]:
    """Yield every piece of a table, converted and judged."""
    source, dragged = checking.watch(job.source, job.profile)
    for table in together(source, checking.key_of(job.profile, job.source.head)):
        checked = checking.check(table, job.profile, ulp=ulp, dragged=dragged)
        checked.warnings |= warn_places(checked)
        yield checked


def _keep_rejects(session: Session, ulp: str, checked: Checked, batch_id: int) -> None:
    rejects = checked.rejects
    if rejects.empty:
        return
    imports.add_rejects(
        session,
        ulp=ulp,
        batch_id=batch_id,
        rejects=rejects.assign(
            message_id=[words(r, "id") for r in rejects["rule"]],
            message_en=[words(r, "en") for r in rejects["rule"]],
        ),
    )
