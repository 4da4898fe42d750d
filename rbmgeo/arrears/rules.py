"""What a unit set for arrears, and the days that SOP VI counts (R-AR-01, R-AR-05, R-AR-08)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True)
class ArrearsRules:
    """Thresholds of one unit; the defaults are those of the SOP and of the rule named behind.

    ``off``: the unit's holidays, which count only where ``working_days`` is set. A number of
    sheets is one of unpaid months that are past their due day.
    """

    due_day: int = 20  # R-AR-01
    due_after_months: int = 0  # months between the month of a bill and that of its due day
    cut_sheets: int = 1  # R-AR-08: from so many sheets on a customer may be cut off
    other_sheets: int = 2  # R-AR-06: from so many on, never cut, another company's
    removal_sheets: int = 3  # R-AR-07
    removal_days: int = 60  # R-AR-07
    reconnect_days: int = 1  # R-AR-05, H+1
    report_days: int = 1  # R-AR-05, H+1
    working_days: bool = False  # the SOP does not say which days; calendar days by default
    paid_codes: frozenset[str] = frozenset({"LUNAS"})
    off: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not 1 <= self.due_day <= 28:
            raise ValueError(f"due_day is {self.due_day}, expected 1 to 28")
        if not 1 <= self.cut_sheets < self.other_sheets:
            raise ValueError(
                f"cut_sheets is {self.cut_sheets}, expected 1 or more and fewer than "
                f"other_sheets ({self.other_sheets}): nobody could be cut off otherwise"
            )
        if self.removal_sheets < self.cut_sheets:
            raise ValueError("removal_sheets is fewer than cut_sheets")
        if min(self.removal_days, self.reconnect_days, self.report_days) < 0:
            raise ValueError("days are 0 or more")

    def reconnect_by(self, settled_on: date) -> date:
        """Return the last day on which a customer who paid then is reconnected in time."""
        return due_after(settled_on, self.reconnect_days, working=self.working_days, off=self.off)

    def report_by(self, work_on: date) -> date:
        """Return the last day on which work of a day is reported in time."""
        return due_after(work_on, self.report_days, working=self.working_days, off=self.off)

    def bill_due_on(self, blth: str) -> date:
        """Return the day until which the bill of a month may be paid.

        >>> ArrearsRules().bill_due_on("202412")
        datetime.date(2024, 12, 20)
        >>> ArrearsRules(due_after_months=1).bill_due_on("202412")
        datetime.date(2025, 1, 20)
        """
        count = int(blth[:4]) * 12 + int(blth[4:]) - 1 + self.due_after_months
        return date(count // 12, count % 12 + 1, self.due_day)


def due_after(start: date, days: int, *, working: bool, off: frozenset[date]) -> date:
    """Return the day so many days after another; of working days where that is asked for.

    >>> due_after(date(2026, 11, 27), 1, working=True, off=frozenset())  # a Friday
    datetime.date(2026, 11, 30)
    """
    if not working:
        return start + timedelta(days=days)
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY or day in off:
            day += timedelta(days=1)
    return day
