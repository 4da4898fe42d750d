"""Numbers as papers write them, in both languages: points and commas, a true minus, months in words."""

from decimal import Decimal
from typing import Any

from rbmgeo.labels.spelled import MONTHS

NONE = "–"
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def figure(value: Any, lang: str = "id", digits: int = 0) -> str:
    """Write a number; nothing known is a dash.

    >>> figure(1234.5, "id", 1), figure(-3), figure(None)
    ('1.234,5', '−3', '–')
    """
    if value is None or value != value:
        return NONE
    told = f"{Decimal(str(value)):,.{digits}f}".replace("-", "−")
    return told.translate(str.maketrans(",.", ".,")) if lang == "id" else told


def exact(value: Any, lang: str = "id") -> str:
    """Write a decimal number with all digits it has.

    >>> exact("1234.50"), exact("1234.5", "en")
    ('1.234,5', '1,234.5')
    """
    if value is None or value != value:
        return NONE
    digits = max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent))
    return figure(value, lang, digits)


def share(value: float | None, lang: str = "id", digits: int = 1) -> str:
    """Write a share of 1 as a percentage."""
    if value is None or value != value:
        return NONE
    return f"{figure(round(100 * value, digits), lang, digits)} %"


def day(iso: str, lang: str = "id") -> str:
    """Write a day (YYYY-MM-DD) in words.

    >>> day("2024-12-03"), day("2024-12-03", "en")
    ('3 Desember 2024', '3 December 2024')
    """
    year, number, on = iso.split("-")
    return f"{int(on)} {month(year + number, lang)}"


def month(blth: str, lang: str = "id") -> str:
    """Write a billing month in words.

    >>> month("202412"), month("202412", "en")
    ('Desember 2024', 'December 2024')
    """
    names = MONTHS if lang == "id" else _ENGLISH
    return f"{names[int(blth[4:]) - 1]} {blth[:4]}"
