"""SOP IV.1, its ground: take files in, one transaction each, every row accounted for."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import imports, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.intake import check as checking
from rbmgeo.intake.check import Checked
from rbmgeo.intake.messages import words
from rbmgeo.intake.places import places_in_use
from rbmgeo.intake.profiles import choose, fits
from rbmgeo.intake.raw import RawTable, read_tables
from rbmgeo.intake.tables import warn_places
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import FileKind
from rbmgeo.workflows.import_kinds import keep, touched

Progress = Callable[[str, int, int], None]

#: The network before the customers who hang on it, lists before what is read of them.
ORDER = [
    FileKind.GARDU, FileKind.TIANG, FileKind.JTR, FileKind.DROPS, FileKind.STREETS,
    FileKind.CALENDAR, FileKind.DPM, FileKind.CUSTOMERS, FileKind.PDPJ, FileKind.TOKEN,
    FileKind.POINTS, FileKind.READER_LOG, FileKind.RECEIVABLES, FileKind.PREPAID_ORDERS,
    FileKind.GARDU_METER,
]  # fmt: skip


@dataclass
class FileResult:
    """What became of one table of one file: read = good + rejected + skipped."""

    file: str
    sheet: str
    kind: str
    profile: str
    read: int
    good: int
    rejected: int
    skipped: int
    batch: int | None
    known: bool = False
    loaded: bool = True
    warnings: dict[str, int] = field(default_factory=dict)
    declared: dict[str, object] = field(default_factory=dict)
    problems: list[dict[str, object]] = field(default_factory=list)


@dataclass
class ImportSummary:
    """What became of all files; ``complete`` is False where a strict file was turned away."""

    ulp: str
    files: list[FileResult]
    rejects: pd.DataFrame
    new_unit: bool = False

    @property
    def complete(self) -> bool:
        """True if every file was loaded, or known already."""
        return all(f.loaded for f in self.files)

    def as_dict(self) -> dict[str, object]:
        """Return the one object of ``--json``."""
        total = {
            n: sum(getattr(f, n) for f in self.files)
            for n in ("read", "good", "rejected", "skipped")
        }
        batches = [f.batch for f in self.files if f.batch is not None]
        return {"ulp": self.ulp, **total, "batch": batches[-1] if batches else None,
                "files": [asdict(f) for f in self.files]}  # fmt: skip


@dataclass(frozen=True)
class _Job:
    path: Path
    sha256: str
    checked: Checked


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
    progress: Progress | None = None,
) -> ImportSummary:
    """Import files and folders; each table of a file is loaded in a transaction of its own.

    Strict (default): a table with one bad row is not loaded at all. ``accept_good`` loads
    the good rows and keeps the bad ones with their cells. Folders are searched for files
    whose profile is known; a folder named ``truth`` is never read. ``today`` dates a move
    between gardu that the list itself does not date.

    Raises
    ------
    ImportRefused
        If a file cannot be read at all; nothing of it is loaded.
    UsageError
        If it is not clear which unit the files belong to.
    """
    tell = progress or (lambda step, done, total: None)
    files = _files(paths)
    jobs = []
    for number, path in enumerate(files):
        tell("memeriksa / checking", number, len(files))
        jobs += _check_file(path, profile=profile, kind=kind, ulp=ulp)
    tell("memeriksa / checking", len(files), len(files))
    jobs.sort(key=lambda j: ORDER.index(j.checked.profile.kind))
    with database.writing() as session:
        unit_code = ulp or _unit_of(session, jobs)
        new_unit = units.ensure_unit(session, ulp=unit_code)
    results, rejects = [], []
    for number, job in enumerate(jobs):
        tell("memuat / loading", number, len(jobs))
        with database.writing() as session:
            result = _load(
                session,
                unit_code,
                job,
                accept_good,
                who,
                today or date.today(),  # noqa: DTZ011
            )
        results.append(result)
        rejects.append(job.checked.rejects.assign(file=job.checked.file))
    tell("memuat / loading", len(jobs), len(jobs))
    with database.writing() as session:
        new = (j for j, r in zip(jobs, results, strict=True) if r.loaded and not r.known)
        imports.analyze(session, sorted({table for j in new for table in touched(j.checked)}))
        place_customers(session, unit_code)
    return ImportSummary(
        ulp=unit_code,
        files=results,
        rejects=pd.concat(rejects, ignore_index=True) if rejects else pd.DataFrame(),
        new_unit=new_unit,
    )


def place_customers(session: Session, ulp: str) -> None:
    """Choose the position in use of every customer anew (R-LO-01) and the unit's UTM zone."""
    unit = units.unit(session, ulp=ulp)
    settings = UnitSettings.of(unit.settings)
    told = imports.all_points(session, ulp=ulp)
    done = places_in_use(told, settings, unit.utm_srid)
    if unit.utm_srid is None and done.srid is not None:
        units.set_unit(session, ulp=ulp, utm_srid=done.srid)
    imports.set_places(session, ulp=ulp, places=done.frame)
    units.bump(session, ulp=ulp)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and "truth" not in p.parts)
            found += sorted(p for p in inside if not p.name.startswith(".") and p.suffix != ".txt")
        else:
            found.append(path)
    if not found:
        raise UsageError(
            "there is no file to import; name files or a folder that holds some",
            "tidak ada berkas untuk diimpor; sebutkan berkas atau folder yang berisi berkas",
        )
    return found


def _check_file(path: Path, *, profile: str, kind: str, ulp: str) -> list[_Job]:
    jobs = []
    wanted, others = _wanted(read_tables(path), profile=profile, kind=kind)
    for table in wanted:
        chosen = choose(table, name=profile, kind=kind)
        checked = checking.check(table, chosen, ulp=ulp)
        checked.warnings |= warn_places(checked) | ({"OTHER_LAYER": others} if others else {})
        jobs.append(_Job(path, _sha256(path), checked))
    return jobs


def _wanted(tables: list[RawTable], *, profile: str, kind: str) -> tuple[list[RawTable], int]:
    """Return the layers of a map file that hold what was asked for, and how many others it has.

    A street extract brings its nodes or houses along; who says ``--kind streets`` means the
    streets. Where nothing was asked for, or no layer holds it, every layer must be understood.
    """
    layers = (profile or kind) and all(t.geometry is not None for t in tables)
    fitting = [t for t in tables if layers and fits(t, name=profile, kind=kind)]
    return (fitting, len(tables) - len(fitting)) if fitting else (tables, 0)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unit_of(session: Session, jobs: list[_Job]) -> str:
    named = {
        u for j in jobs if "ulp" in j.checked.rows for u in j.checked.rows["ulp"].dropna().unique()
    }
    known = {u.ulp for u in units.units(session)}
    among = named or known
    if len(among) == 1:
        return among.pop()
    listed = ", ".join(sorted(among)[:5])
    raise UsageError(
        f"it is not clear which unit the files belong to ({listed or 'no UNITUP column'}); say --ulp CODE",
        f"belum jelas unit berkas ini ({listed or 'tidak ada kolom UNITUP'}); sebutkan --ulp KODE",
    )


def _load(
    session: Session, ulp: str, job: _Job, accept_good: bool, who: str, today: date
) -> FileResult:
    checked = job.checked
    label = (
        f"{checked.profile.kind}:{checked.sheet}" if checked.sheet else str(checked.profile.kind)
    )
    result = FileResult(
        file=checked.file, sheet=checked.sheet, kind=str(checked.profile.kind),
        profile=checked.profile.family or checked.profile.name, read=checked.read,
        good=checked.good, rejected=len(checked.rejects), skipped=checked.skipped, batch=None,
        warnings=checked.warnings, declared=checked.profile.declared,
        problems=_problems(checked),
    )  # fmt: skip
    imports.lock_unit(session, ulp=ulp)
    known = imports.known_batch(session, ulp=ulp, sha256=job.sha256, kind=label)
    if known is not None:
        result.known, result.batch = True, known.batch_id
        result.good, result.rejected, result.skipped = 0, 0, checked.read
        return result
    if result.rejected and not accept_good:
        result.loaded = False
        return result
    result.batch = imports.add_batch(
        session, ulp=ulp, sha256=job.sha256, file_name=checked.file, kind=label,
        profile=checked.profile.name, blth=_month(checked), read=checked.read, good=checked.good,
        rejected=result.rejected, skipped=checked.skipped, warnings=checked.warnings,
        imported_by=who or None,
    )  # fmt: skip
    before = dict(checked.warnings)
    months = keep(session, ulp, checked, result.batch, today)
    if checked.warnings != before:
        imports.set_batch_warnings(
            session, ulp=ulp, batch_id=result.batch, warnings=checked.warnings
        )
    _keep_rejects(session, ulp, checked, result.batch, months)
    log_command(
        session, who=who, ulp=ulp, command="import",
        after={"batch": result.batch, "kind": label, "good": result.good},
    )  # fmt: skip
    return result


def _keep_rejects(
    session: Session, ulp: str, checked: Checked, batch_id: int, months: list[str]
) -> None:
    rejects = checked.rejects
    refused = [Decimal(v) for v in rejects["kwh"] if isinstance(v, str)]
    imports.set_batch_kwh(
        session, ulp=ulp, batch_id=batch_id,
        good=imports.batch_kwh(session, ulp=ulp, batch_id=batch_id, months=months),
        rejected=sum(refused, Decimal(0)) if refused else None,
    )  # fmt: skip
    imports.add_rejects(
        session,
        ulp=ulp,
        batch_id=batch_id,
        rejects=rejects.assign(
            message_id=[words(r, "id") for r in rejects["rule"]],
            message_en=[words(r, "en") for r in rejects["rule"]],
        ),
    )


def _month(checked: Checked) -> str | None:
    if "blth" not in checked.rows:
        return None
    months = checked.rows["blth"].dropna().unique()
    return str(months[0]) if len(months) == 1 else None


def _problems(checked: Checked) -> list[dict[str, object]]:
    """Group equal problems: one line with its count and the first example."""
    out: list[dict[str, object]] = []
    for (rule, column), group in checked.rejects.groupby(["rule", "column"], sort=True):
        first = group.iloc[0]
        out.append(
            {
                "rule": str(rule), "column": str(column), "count": len(group),
                "row": int(first["row_no"]), "value": str(first["value"])[:60],
                "id": words(str(rule), "id"), "en": words(str(rule), "en"),
            }
        )  # fmt: skip
    return out
