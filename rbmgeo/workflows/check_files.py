"""SOP IV.1: what an import would do, without doing it; the wizard's third stop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from rbmgeo.db.queries import imports
from rbmgeo.db.session import Database
from rbmgeo.intake.tally import Tally
from rbmgeo.workflows.import_files import FileResult
from rbmgeo.workflows.import_jobs import (
    OneList,
    Plan,
    Progress,
    checked_pieces,
    file_jobs,
    lists_of,
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
        """Rows that a strict load would take: those of lists without one refused row."""
        faulty = {f.list_no for f in self.files if f.rejected}
        return sum(f.good for f in self.files if f.list_no not in faulty)

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
    lists = lists_of(file_jobs(list(paths), plan=plan, tell=tell))
    with database.reading() as session:
        known = imports.known_files(session, ulp=ulp)
    files = []
    for number, one in enumerate(lists):
        tell("memeriksa / checking", number, len(lists))
        files += _checked(ulp, one, number, known, rejects)
    tell("memeriksa / checking", len(lists), len(lists))
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
    ulp: str,
    one: OneList,
    number: int,
    known: Mapping[tuple[str, str], imports.KnownFile],
    rejects: Callable[[pd.DataFrame], None] | None,
) -> list[FileResult]:
    results = {job.known_as: replace(FileResult.of(job, number), loaded=False) for job in one.jobs}
    for known_as, result in results.items():
        if known_as in known:
            result.known, result.batch = True, known[known_as].batch_id
            result.read = result.skipped = known[known_as].read
    new = one.without(known)
    if new is not None:
        tallies = [Tally() for _ in new.jobs]
        for piece in checked_pieces(new, ulp):
            for table in piece.shares:
                part, source = piece.of_table(table), new.jobs[table].source
                tallies[table].add(part)
                if rejects is not None and len(part.rejects):
                    rejects(part.rejects.assign(file=source.file, sheet=source.sheet or None))
        for job, tally in zip(new.jobs, tallies, strict=True):
            tally.skip(job.set_aside())
            tally.tell(results[job.known_as])
    return list(results.values())
