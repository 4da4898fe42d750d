"""What people type, checked once; a fault is a sentence that says what would be right."""

import re
from datetime import date

from rbmgeo.errors import UsageError
from web.addresses import BlthConverter, UlpConverter
from web.exports.told import exporting


def checked_code(text: str) -> str:
    """Return the code of a unit; raises `UsageError`."""
    code = text.strip().upper()
    if not re.fullmatch(UlpConverter.regex, code):
        raise UsageError(
            f"unit code {text!r} is not 2 to 8 letters and figures; for example 51354",
            f"kode unit {text!r} bukan 2 sampai 8 huruf dan angka; contoh 51354",
        )
    return code


def checked_month(text: str | None, default: str) -> str:
    """Return a month YYYYMM; raises `UsageError`."""
    if not text:
        return default
    plain = text.replace("-", "")
    if not re.fullmatch(BlthConverter.regex, plain):
        raise UsageError(
            f"month {text!r} is not YYYYMM; for example 202412",
            f"bulan {text!r} bukan YYYYMM; contoh 202412",
        )
    return plain


def checked_day(text: str | None) -> date | None:
    """Return a date YYYY-MM-DD, None where nothing was typed; raises `UsageError`."""
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is no date; for example 2024-12-03",
            f"{text!r} bukan tanggal; contoh 2024-12-03",
        ) from None


def checked_span(first: str | None, last: str | None, default: str) -> tuple[str, str]:
    """Return the first and last month asked for; raises `UsageError`."""
    begins = checked_month(first, default)
    ends = checked_month(last, begins)
    if ends < begins:
        raise UsageError("the last month lies before the first", "bulan akhir sebelum bulan awal")
    return begins, ends


def checked_number(text: str | None, default: int, least: int, most: int) -> int:
    """Return a whole number between two; raises `UsageError`."""
    if not text:
        return default
    plain = text.strip()
    if not plain.isascii() or not plain.isdigit() or not least <= int(plain) <= most:
        raise UsageError(
            f"{text!r} is not a whole number from {least} to {most}",
            f"{text!r} bukan bilangan bulat dari {least} sampai {most}",
        )
    return int(plain)


def rows_a_page(shown: int) -> int:
    """Return how many rows a page of a list shows; as many as fit where it becomes a file."""
    told = exporting()
    return shown if told is None else told.size


def page_number(text: str | None, rows: int, size: int) -> tuple[int, int]:
    """Return the page asked for and how many there are; a page beyond is the last."""
    told = exporting()
    if told is not None:
        return told.counted(rows)
    pages = max(1, -(-rows // size))
    asked = int(text) if text and text.isascii() and text.isdigit() else 1
    return min(max(asked, 1), pages), pages


def checked_decimal(text: str | None, least: float, most: float) -> float | None:
    """Return a number between two, with point or comma; nothing typed is None."""
    plain = (text or "").strip().replace(",", ".")
    if not plain:
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{0,15})?", plain, re.ASCII) or not (
        least <= float(plain) <= most
    ):
        raise UsageError(
            f"{(text or '')[:40]!r} is not a number from {least:g} to {most:g}",
            f"{(text or '')[:40]!r} bukan angka dari {least:g} sampai {most:g}",
        )
    return float(plain)
