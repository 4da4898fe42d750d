"""SOP IV.1: what an import would do, without doing it; the wizard's third stop."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rbmgeo.db.queries import imports
from rbmgeo.db.session import Database
from rbmgeo.intake.tally import Tally
from rbmgeo.workflows.import_files import (
    FileJob,
    FileResult,
    Plan,
    Progress,
    checked_pieces,
    file_jobs,
)


@dataclass
class CheckSummary:
    """What every table would come to; ``problems`` are equal faults of all tables as one line.

    read = good + rejected + skipped, for each table and for all.
    """

    ulp: str
    files: list[FileResult]
    problems: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> dict[str, int]:
        """The sums over all tables."""
        names = ("read", "good", "rejected", "skipped")
        return {n: sum(getattr(f, n) for f in self.files) for n in names}

    @property
    def strict(self) -> int:
        """Rows that a strict load would take: those of tables without one refused row."""
        return sum(f.good for f in self.files if not f.rejected)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"ulp": self.ulp, **self.total, "strict": self.strict, "problems": self.problems,
                "warnings": self.warnings, "files": [asdict(f) for f in self.files],
                "other_unit": other_units(self.files)}  # fmt: skip


def check_files(
    database: Database,
    paths: Sequence[Path],
    *,
    ulp: str,
    plan: Plan,
    rejects: Callable[[pd.DataFrame], None] | None = None,
    progress: Progress | None = None,
) -> CheckSummary:
    """Convert and judge every row of planned tables; the database is only read.

    ``rejects``, where given, is called with every piece of refused rows. A file that was taken
    in before is known, and all its rows are skipped ones.
    """
    tell = progress or (lambda step, done, total: None)
    jobs = file_jobs(list(paths), plan=plan, tell=tell)
    files = []
    for number, job in enumerate(jobs):
        tell("memeriksa / checking", number, len(jobs))
        files.append(_checked(database, ulp, job, rejects))
    tell("memeriksa / checking", len(jobs), len(jobs))
    warnings: dict[str, int] = {}
    for file in files:
        for rule, count in file.warnings.items():
            warnings[rule] = warnings.get(rule, 0) + count
    return CheckSummary(ulp, files, one_line_each(files), warnings)


def one_line_each(files: Sequence[FileResult]) -> list[dict[str, Any]]:
    """Return equal faults of all tables as one line, those of most rows first.

    Each has ``rule``, ``count``, ``files``, an example (``file``, ``sheet``, ``row``,
    ``column``, ``value``) and the remedy in ``id`` and ``en``.
    """
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for file in files:
        for problem in file.problems:
            key = (str(problem["rule"]), str(problem["column"]).upper())
            where = {"file": file.file, "sheet": file.sheet}
            line = lines.setdefault(key, {**problem, **where, "count": 0, "files": 0})
            line["count"] += problem["count"]
            line["files"] += 1
    return sorted(lines.values(), key=lambda p: (-p["count"], p["rule"], p["column"]))


def other_units(files: Sequence[FileResult]) -> list[dict[str, Any]]:
    """Return file, unit and rows of what names another unit than the one asked for."""
    return [
        {"file": f.file, "unit": str(p["value"]).strip(), "rows": p["count"]}
        for f in files
        for p in f.problems
        if p["rule"] == "OTHER_UNIT"
    ]


def _checked(
    database: Database,
    ulp: str,
    job: FileJob,
    rejects: Callable[[pd.DataFrame], None] | None,
) -> FileResult:
    result = FileResult(
        file=job.source.file, sheet=job.source.sheet, kind=str(job.profile.kind),
        profile=job.profile.family or job.profile.name, declared=job.profile.declared,
        loaded=False,
    )  # fmt: skip
    with database.reading() as session:
        known = imports.known_batch(session, ulp=ulp, sha256=job.sha256, kind=job.label)
        if known is not None:
            result.known, result.batch = True, known.batch_id
            result.read = result.skipped = known.read
            return result
    tally = Tally()
    for piece in checked_pieces(job, ulp):
        tally.add(piece)
        if rejects is not None and len(piece.rejects):
            rejects(piece.rejects.assign(file=piece.file))
    tally.skip(job.set_aside())
    tally.tell(result)
    return result
