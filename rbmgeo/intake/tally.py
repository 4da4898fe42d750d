"""What all pieces of one table come to: counts that add up, equal problems as one line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from rbmgeo.intake.check import Checked
from rbmgeo.intake.kwh import kwh_told
from rbmgeo.labels.rules import words


class Told(Protocol):
    """What a tally is told to: the result of one table of one file."""

    read: int
    good: int
    rejected: int
    skipped: int
    warnings: dict[str, int]
    problems: list[dict[str, object]]


@dataclass
class Tally:
    """Counts of one table: read = good + rejected + skipped, piece by piece."""

    read: int = 0
    good: int = 0
    rejected: int = 0
    skipped: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    problems: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    months: set[str] = field(default_factory=set)
    kwh_rejected: Decimal | None = None
    kwh_skipped: Decimal | None = None
    kwh_told: Decimal | None = None

    def add(self, piece: Checked) -> None:
        """Count one piece."""
        self.read += piece.read
        self.good += piece.good
        self.rejected += len(piece.rejects)
        self.skipped += piece.skipped
        for rule, count in piece.warnings.items():
            self.warnings[rule] = self.warnings.get(rule, 0) + count
        if "blth" in piece.rows:
            self.months |= set(piece.rows["blth"].dropna().unique())
        refused = [Decimal(v) for v in piece.rejects["kwh"] if isinstance(v, str)]
        if refused:
            self.kwh_rejected = (self.kwh_rejected or Decimal(0)) + sum(refused, Decimal(0))
        self.kwh_skipped = _plus(self.kwh_skipped, piece.kwh_skipped)
        self.kwh_told = _plus(self.kwh_told, kwh_told(piece.rows))
        self._add_problems(piece)

    @property
    def kwh_file(self) -> Decimal | None:
        """The kWh of every row that was read: good, refused and skipped; None without any."""
        return _plus(_plus(self.kwh_told, self.kwh_rejected), self.kwh_skipped)

    @classmethod
    def of(cls, tallies: Iterable["Tally"]) -> "Tally":
        """Return the counts, months and kWh of several tables that are one list."""
        whole = cls()
        for one in tallies:
            whole.read, whole.good = whole.read + one.read, whole.good + one.good
            whole.rejected += one.rejected
            whole.skipped += one.skipped
            whole.months |= one.months
            whole.kwh_rejected = _plus(whole.kwh_rejected, one.kwh_rejected)
            whole.kwh_skipped = _plus(whole.kwh_skipped, one.kwh_skipped)
            whole.kwh_told = _plus(whole.kwh_told, one.kwh_told)
        return whole

    def skip(self, rows: int) -> None:
        """Count rows that are structure and no record: section rows, the header once more."""
        if rows:
            self.read += rows
            self.skipped += rows
            self.warnings["SECTION_ROW"] = self.warnings.get("SECTION_ROW", 0) + rows

    def _add_problems(self, piece: Checked) -> None:
        for (rule, column), group in piece.rejects.groupby(["rule", "column"], sort=True):
            first = group.iloc[0]
            line = self.problems.setdefault(
                (str(rule), str(column)),
                {"rule": str(rule), "column": str(column), "count": 0, "row": None},
            )
            line["count"] += len(group)
            if line["row"] is None or first["row_no"] < line["row"]:
                line |= {"row": int(first["row_no"]), "value": str(first["value"])[:60]}

    @property
    def only_month(self) -> str | None:
        """The month of the rows, None where they have several or none."""
        return str(next(iter(self.months))) if len(self.months) == 1 else None

    def tell(self, result: Told) -> None:
        """Write counts, warnings and problems into the result of a table."""
        result.read, result.good = self.read, self.good
        result.rejected, result.skipped = self.rejected, self.skipped
        result.warnings = dict(self.warnings)
        result.problems = [
            {**self.problems[k], "id": words(k[0], "id"), "en": words(k[0], "en")}
            for k in sorted(self.problems)
        ]


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one if other is None else (one or Decimal(0)) + other
