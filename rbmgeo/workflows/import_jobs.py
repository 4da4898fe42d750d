"""Which tables files hold, how each is read, and which of them are one list together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from rbmgeo.db.queries import imports, units
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.intake import check as checking
from rbmgeo.intake import positions
from rbmgeo.intake.check import Checked
from rbmgeo.intake.fill import filled, is_made
from rbmgeo.intake.guess import month_of
from rbmgeo.intake.parts import as_one
from rbmgeo.intake.pieces import together
from rbmgeo.intake.profiles import Profile, choose, fits
from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers import Asked, fingerprint, open_file
from rbmgeo.intake.rules import area_box
from rbmgeo.terms import FileKind

Progress = Callable[[str, int, int], None]
#: The mapping of each table, by path and sheet; tables that are not in it are not loaded.
Plan = Mapping[tuple[str, str], Profile]

#: The network before the customers who hang on it, lists before what is read of them.
ORDER = [
    FileKind.BOUNDARY, FileKind.GARDU, FileKind.TIANG, FileKind.JTR, FileKind.DROPS, FileKind.STREETS,
    FileKind.CALENDAR, FileKind.DPM, FileKind.CUSTOMERS, FileKind.PDPJ, FileKind.TOKEN,
    FileKind.POINTS, FileKind.READER_LOG, FileKind.RECEIVABLES, FileKind.PREPAID_ORDERS,
    FileKind.GARDU_METER, FileKind.PHOTOS,
]  # fmt: skip


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
        kind, (_, _, inner) = str(self.profile.kind), self.source.file.partition("/")
        # Members of one archive are told apart by their names in it, sheets by theirs.
        return ":".join(part for part in (kind, inner, self.source.sheet) if part)

    @property
    def known_as(self) -> tuple[str, str]:
        """Content and label: what was taken in once is not taken in again."""
        return self.sha256, self.label

    @cached_property
    def month(self) -> str:
        """The one month that it is of by its first rows or its name, "" where it tells none."""
        return month_of(self.source, self.profile)


@dataclass(frozen=True)
class OneList:
    """Tables that are one list and become one batch; most often there is one table.

    Several where each is of one RBM (of a PDPJ, one gardu) and no two of the same, in the same
    columns for the same month: files or sheets that a vendor keeps one per RBM.
    """

    jobs: tuple[FileJob, ...]

    @property
    def profile(self) -> Profile:
        """How its tables are read."""
        return self.jobs[0].profile

    @cached_property
    def source(self) -> Source:
        """Its rows."""
        return as_one([job.source for job in self.jobs])

    @property
    def sha256(self) -> str:
        """What tells it from every other list: of one table the file's hash, else of them all."""
        if len(self.jobs) == 1:
            return self.jobs[0].sha256
        told = "\n".join(sorted(" ".join(job.known_as) for job in self.jobs))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def month(self) -> str:
        """The month of its first table."""
        return self.jobs[0].month

    @property
    def label(self) -> str:
        """What it is called among the batches."""
        return self.jobs[0].label if len(self.jobs) == 1 else str(self.profile.kind)

    @property
    def name(self) -> str:
        """The file's name; of several files the first one's, and how many more there are."""
        names = list(dict.fromkeys(job.source.file for job in self.jobs))
        return names[0] if len(names) == 1 else f"{names[0]} (+{len(names) - 1})"

    def without(self, known: Mapping[tuple[str, str], object]) -> "OneList | None":
        """Return what of it is not known; None where all is."""
        new = tuple(job for job in self.jobs if job.known_as not in known)
        return OneList(new) if new else None


def lists_of(jobs: Sequence[FileJob]) -> list[OneList]:
    """Return tables as lists, in the order of loading: those of one list side by side.

    Where two tables are of the same RBM, one may correct the other: each is a list of its own,
    and so is a table of which not every row was seen to be of one RBM.
    """
    first = {job.known_as: n for n, job in reversed(list(enumerate(jobs)))}
    of = [_only_part(job) if first[job.known_as] == n else "" for n, job in enumerate(jobs)]
    layouts = [(*_layout(job), bool(part)) for job, part in zip(jobs, of, strict=True)]
    told = Counter(zip(layouts, of, strict=True))
    alike: dict[object, list[FileJob]] = {}
    for number, (job, layout, part) in enumerate(zip(jobs, layouts, of, strict=True)):
        single = not part or told[layout, part] > 1
        alike.setdefault(number if single else layout, []).append(job)
    return [OneList(tuple(group)) for group in alike.values()]


def _layout(job: FileJob) -> tuple[object, ...]:
    """Return what tables of one list have in common."""
    head = job.source.head
    return (
        str(job.profile.kind), job.profile.name, tuple(sorted(job.profile.headers(head).items())),
        tuple(map(str, head.rows.columns)), head.epoch, job.month,
    )  # fmt: skip


#: Rows by which an estimate of a table's rows may be off, its titles and header among them.
_ABOUT = 20


def _only_part(job: FileJob) -> str:
    """Return the one RBM (of a PDPJ, gardu) that a table is of, "" where that was not seen.

    It was seen where a title or name says it for all rows, or where the first rows are all.
    """
    head, profile = job.source.head, job.profile
    names = ("gardu", "rbm") if profile.kind == FileKind.PDPJ else ("rbm", "gardu")
    headers = profile.headers(head)
    name = next((n for n in names if n in headers), None)
    if name is None or head.geometry is not None or headers[name] not in head.rows:
        return ""
    told = set(head.rows[headers[name]].fillna("").str.strip().str.upper()) - {""}
    said = is_made(headers[name]) and name != profile.filling.section
    whole = said or job.source.rows_about <= head.read + _ABOUT
    return told.pop() if len(told) == 1 and whole else ""


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
    return sorted(jobs, key=lambda j: (ORDER.index(j.profile.kind), j.month))


#: Beyond the outermost positions of a unit its streets go on, in degrees: some two kilometres.
STREETS_BEYOND = 0.02


def completed(
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


def unit_of(session: Session, jobs: list[FileJob]) -> str:
    """Return the unit that files name, or the only one there is; raises `UsageError`."""
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


def checked_pieces(one: OneList, ulp: str) -> Iterator[Checked]:
    """Yield every piece of a list, converted and judged."""
    source, dragged = positions.watch(one.source, one.profile)
    for table in together(source, checking.key_of(one.profile, one.source.head)):
        checked = checking.check(table, one.profile, ulp=ulp, dragged=dragged)
        checked.warnings |= positions.warn_places(checked.places)
        yield checked
