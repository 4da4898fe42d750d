"""Units rolled up: figures of many units side by side and summed, what is not known named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

#: What is summed over units, in the order of the pages. Energy is a Decimal, all others counts.
MEASURES = (
    "customers", "compared", "agreeing", "open", "settled", "planned", "visited", "read",
    "unread", "kwh", "late",
)  # fmt: skip
#: Of one month; the others are of the newest lists.
OF_MONTH = frozenset({"read", "unread", "kwh", "late"})
Value = int | Decimal | None


@dataclass(frozen=True)
class UnitRow:
    """One unit in a month: ``values`` by `MEASURES`, None where nothing is known.

    ``handed_on``: day of the newest hand-off; ``newest``: its newest month with data.
    ``stale``: its data changed since the figures were kept, or none were kept yet.
    """

    ulp: str
    name: str
    up3: str | None
    uid: str | None
    values: dict[str, Value]
    newest: str | None = None
    handed_on: date | None = None
    kept_at: Any = None
    stale: bool = False
    sample: bool = False

    @property
    def alignment(self) -> float | None:
        """Return the share of compared customers on which both lists agree."""
        return _share(self.values["agreeing"], self.values["compared"])


@dataclass(frozen=True)
class Total:
    """A sum over units: of so many of them (``known``); who is ``missing`` is named, never zero."""

    value: Value
    known: int
    of: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The units of one UP3 or UID (``code`` None: units that name none) and their sums."""

    code: str | None
    units: tuple[UnitRow, ...]
    totals: dict[str, Total]

    @property
    def alignment(self) -> float | None:
        """Return the share over all compared customers, of the units that are compared."""
        return _share(self.totals["agreeing"].value, self.totals["compared"].value)


def unit_values(content: dict[str, Any] | None, blth: str, on: date) -> dict[str, Value]:
    """Return a unit's kept figures as `MEASURES` of one month, seen on a day.

    ``content``: as `rbmgeo.workflows.region` keeps it; None where nothing is kept. A month that
    the unit does not have is missing, not zero (R-EN-07).
    """
    found: dict[str, Value] = dict.fromkeys(MEASURES)
    if content is None:
        return found
    found.update({n: content.get(n) for n in MEASURES if n not in OF_MONTH})
    month = content.get("months", {}).get(blth)
    if month is not None:
        found["read"], found["unread"] = month["read"], month["unread"]
        found["kwh"] = None if month["kwh"] is None else Decimal(month["kwh"])
        found["late"] = late_rbms(month["waits"], month["tolerance_days"], on)
    return found


def late_rbms(waits: Iterable[Sequence[Any]] | None, tolerance_days: int, on: date) -> int | None:
    """Count the RBM that are not read to the end and were due before a day (R-SA-01).

    ``waits``: pairs of planned date (ISO) and number of RBM; None where no reading is known.
    """
    if waits is None:
        return None
    return sum(int(n) for day, n in waits if (on - date.fromisoformat(day)).days > tolerance_days)


def summed(rows: Sequence[UnitRow]) -> dict[str, Total]:
    """Return the sum of each measure: exactly that of the units that know it."""
    out = {}
    for name in MEASURES:
        known = [row.values[name] for row in rows if row.values[name] is not None]
        zero: int | Decimal = Decimal(0) if name == "kwh" else 0
        value = sum(known, zero) if known else None  # type: ignore[arg-type]
        missing = tuple(sorted(row.ulp for row in rows if row.values[name] is None))
        out[name] = Total(value, len(known), len(rows), missing)
    return out


def grouped(rows: Iterable[UnitRow], by: str) -> list[Group]:
    """Return the units by ``up3`` or ``uid``, codes in order, those without one last."""
    if by not in ("up3", "uid"):
        raise ValueError(f"by is {by!r}, expected up3 or uid")
    found: dict[str | None, list[UnitRow]] = {}
    for row in sorted(rows, key=lambda r: r.ulp):
        found.setdefault(getattr(row, by), []).append(row)
    codes = sorted(found, key=lambda c: (c is None, c or ""))
    return [Group(c, tuple(found[c]), summed(found[c])) for c in codes]


def ordered(rows: Iterable[UnitRow], by: str, *, up: bool = False) -> list[UnitRow]:
    """Return units by a measure, ``alignment`` or ``place`` (UID, UP3, unit); unknown ones last.

    Most first unless ``up``; ties by code, so that no order of rows shows.
    """
    rows = sorted(
        rows, key=lambda r: (r.uid is None, r.uid or "", r.up3 is None, r.up3 or "", r.ulp)
    )
    if by == "place":
        return rows
    rows.sort(key=lambda r: r.ulp)
    known = [r for r in rows if _of(r, by) is not None]
    known.sort(key=lambda r: _of(r, by), reverse=not up)  # type: ignore[arg-type, return-value]
    return [*known, *(r for r in rows if _of(r, by) is None)]


def _of(row: UnitRow, by: str) -> Value | float:
    return row.alignment if by == "alignment" else row.values[by]


def _share(part: Value, whole: Value) -> float | None:
    return float(part) / float(whole) if part is not None and whole else None
