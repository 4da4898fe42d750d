"""How long each kind of data is kept: settings with careful values, and what would go on a day.

UU 27/2022 (PDP) says that personal data are erased or destroyed at the end of their retention
period; it names no number of months for a utility. So every number here is a setting, to be fixed
by PLN; without one photos stay.
"""

from dataclasses import dataclass
from datetime import date, datetime

ACCESS_MONTHS, LOGIN_DAYS = 24, 30


@dataclass(frozen=True)
class Retention:
    """Months and days that data are kept; None keeps without end."""

    photo_months: int | None = None
    access_months: int = ACCESS_MONTHS
    login_days: int = LOGIN_DAYS

    def __post_init__(self) -> None:
        if self.photo_months is not None and self.photo_months < 3:
            raise ValueError(f"photo_months is {self.photo_months}, expected 3 or more, or none")
        if self.access_months < 12:
            raise ValueError(f"access_months is {self.access_months}, expected 12 or more")
        if self.login_days < 1:
            raise ValueError(f"login_days is {self.login_days}, expected 1 or more")


def last_month_to_go(months: int, today: date) -> str:
    """Return the newest billing month (YYYYMM) whose photos are kept long enough.

    A photo of a month is kept for so many whole months after that month.

    >>> last_month_to_go(12, date(2026, 11, 27))
    '202510'
    """
    count = today.year * 12 + today.month - 1 - months - 1
    return f"{count // 12:04d}{count % 12 + 1:02d}"


def access_parts_to_go(parts: list[tuple[str, datetime]], months: int, now: datetime) -> list[str]:
    """Return the months of the access log that are old enough: all of it lies so many months back."""
    count = now.year * 12 + now.month - 1 - months
    limit = now.replace(year=count // 12, month=count % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)  # fmt: skip
    return [name for name, ends in parts if ends <= limit]
