"""Billing months (YYYYMM) counted back."""


def month_before(blth: str, months: int = 1) -> str:
    """Return the month so many before one.

    >>> month_before("202501"), month_before("202503", 11)
    ('202412', '202404')
    """
    count = int(blth[:4]) * 12 + int(blth[4:]) - 1 - months
    return f"{count // 12:04d}{count % 12 + 1:02d}"
