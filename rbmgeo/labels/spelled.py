"""Numbers and dates in Indonesian words, as a berita acara writes them."""

from datetime import date

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
         "sepuluh", "sebelas")  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
          "Oktober", "November", "Desember")  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def spelled(n: int) -> str:
    """Return a whole number from 0 to 999.999.999 in words.

    >>> spelled(2024)
    'dua ribu dua puluh empat'
    >>> spelled(1100)
    'seribu seratus'
    """
    if not 0 <= n < 1_000_000_000:
        raise ValueError(f"{n} is not from 0 to 999,999,999")
    if n < 12:
        return _ONES[n]
    if n < 20:
        return f"{_ONES[n - 10]} belas"
    for size, word in ((1_000_000, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh")):
        if n >= size:
            many, rest = divmod(n, size)
            # One thousand and one hundred are words of their own; one million is not.
            head = f"se{word}" if many == 1 and size < 1_000_000 else f"{spelled(many)} {word}"
            return f"{head} {spelled(rest)}" if rest else head
    raise AssertionError(n)


def day_in_words(on: date) -> str:
    """Return a date as a deed writes it.

    >>> day_in_words(date(2024, 12, 23))
    'Senin, tanggal dua puluh tiga bulan Desember tahun dua ribu dua puluh empat (23-12-2024)'
    """
    return (
        f"{DAYS[on.weekday()]}, tanggal {spelled(on.day)} bulan {MONTHS[on.month - 1]} tahun "
        f"{spelled(on.year)} ({on:%d-%m-%Y})"
    )
