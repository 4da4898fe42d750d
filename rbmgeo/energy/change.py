"""Why the kWh of a gardu rose or fell between two months: moves, use and missing readings.

The parts sum to the difference exactly (Decimal): a move is no saving, and a reading that is
missing is not zero use (R-EN-07), so each stands by its own name.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pandas as pd

from rbmgeo.energy.per_gardu import NO_GARDU

ZERO = Decimal(0)


class Cause(StrEnum):
    """Why kWh of one month are not those of another."""

    USE = "use"
    MOVED_AWAY = "moved_away"
    MOVED_HERE = "moved_here"
    NEW = "new"
    GONE = "gone"
    NOT_READ = "not_read"
    READ_AGAIN = "read_again"


@dataclass(frozen=True)
class Part:
    """One cause: kWh that it brought or took, of how many lines, and the other gardu of a move."""

    cause: Cause
    kwh: Decimal
    customers: int
    gardu: str = ""


@dataclass(frozen=True)
class Change:
    """What a gardu had before and after, and the parts of the difference, the largest first."""

    before_kwh: Decimal
    after_kwh: Decimal
    parts: tuple[Part, ...]

    @property
    def kwh(self) -> Decimal:
        """The difference; the parts come to the same sum."""
        return self.after_kwh - self.before_kwh


def explained(before: pd.DataFrame, after: pd.DataFrame, gardu: str) -> Change:
    """Take the difference of a gardu's kWh between two months apart.

    Parameters
    ----------
    before, after
        One row per idpel and line (the index) that either month knows: ``gardu`` (missing
        without one) and ``kwh`` (Decimal, tokens included, None where nothing was read). Those
        of other gardu may be there: who moves is looked up among them.

    Returns
    -------
    Change
        Its parts leave out nobody that was on the gardu in either month.
    """
    had, has = (
        m[["gardu", "kwh"]].add_suffix(w) for m, w in ((before, "_before"), (after, "_after"))
    )
    both = had.join(has, how="outer")
    there = (both["gardu_before"] == gardu) | (both["gardu_after"] == gardu)
    known_before, known_after = set(before.index), set(after.index)
    sums: dict[tuple[Cause, str], list[Decimal]] = {}
    for row in both[there].itertuples():
        cause, kwh, other = _cause(row, gardu, row.Index in known_before, row.Index in known_after)
        if kwh is not None:
            sums.setdefault((cause, other), []).append(kwh)
    parts = [Part(c, sum(kwhs, ZERO), len(kwhs), other) for (c, other), kwhs in sums.items()]
    parts.sort(key=lambda p: (-abs(p.kwh), p.cause, p.gardu))
    return Change(_total(before, gardu), _total(after, gardu), tuple(parts))


def _cause(row: object, gardu: str, was: bool, is_there: bool) -> tuple[Cause, Decimal | None, str]:
    had, has = _known(row.kwh_before), _known(row.kwh_after)  # type: ignore[attr-defined]
    here_before = row.gardu_before == gardu  # type: ignore[attr-defined]
    here_after = row.gardu_after == gardu  # type: ignore[attr-defined]
    if here_before and here_after:
        if had is None:
            return Cause.READ_AGAIN, has, ""
        if has is None:
            return Cause.NOT_READ, -had, ""
        return Cause.USE, has - had, ""
    if here_before:
        lost = None if had is None else -had
        if not is_there:
            return Cause.GONE, lost, ""
        return Cause.MOVED_AWAY, lost, _named(row.gardu_after)  # type: ignore[attr-defined]
    if not was:
        return Cause.NEW, has, ""
    return Cause.MOVED_HERE, has, _named(row.gardu_before)  # type: ignore[attr-defined]


def _total(rows: pd.DataFrame, gardu: str) -> Decimal:
    return sum(
        (k for k in map(_known, rows.loc[rows["gardu"] == gardu, "kwh"]) if k is not None), ZERO
    )


def _known(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) and not value.is_nan() else None


def _named(gardu: object) -> str:
    return gardu if isinstance(gardu, str) else NO_GARDU
