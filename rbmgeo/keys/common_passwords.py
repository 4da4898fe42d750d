"""Passwords that everybody thinks of first, made from well-known facts; no list is copied.

Source: rules of our own over plain facts - the rows of a keyboard, counting, the months, years,
Indonesian cities, forenames and islands, everyday words of both languages, and the words of the
work here (ASVS 5.0 6.2.4 and 6.2.11: the words of this list are the documented ones). Free to
ship with the product. Compared without capitals and with usual swaps of signs (0 for o) undone.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Said on the log-in page of a sample: nobody else may have it.
PUBLISHED = "contoh-rekaan"
#: The words of the work (ASVS 6.2.11): product, employer, its records and units.
WORK = _split(
    "pln rbm rbmgeo gardu penyulang idpel urut stand pdpj cater ap2t ulp up3 uid jtr jtm tarif daya meter kwh listrik "
    "rutebaca bacameter pelanggan tunggakan segel trafo tiang surveyor perencana pengawas petugas administrator "
    "admin plnpersero plnmobile prabayar pascabayar token kilowatt rumah contohrekaan"
)
#: Everyday words that lists of leaked passwords are full of, whoever made them.
WORDS = _split(
    "password passw0rd sandi katasandi rahasia masuk login welcome selamat bismillah alhamdulillah indonesia merdeka garuda "
    "pancasila bhinneka nusantara sayang cinta cintaku sayangku iloveyou bandung jakarta surabaya semarang medan makassar "
    "denpasar bali jogja yogyakarta malang pasuruan pandaan sidoarjo gresik madura bogor depok bekasi tangerang palembang "
    "lampung padang pekanbaru batam pontianak banjarmasin balikpapan samarinda manado ambon jayapura kupang mataram "
    "sumatera kalimantan sulawesi papua jawa budi agus siti dewi sri wahyu rizky rizki putri putra andi ahmad muhammad "
    "nur ayu eka dwi tri adi indah ratna yanti bambang joko slamet hendra fitri lestari kartini soekarno suharto jokowi "
    "persib persija arema persebaya manchester liverpool chelsea barcelona realmadrid football soccer baseball basketball "
    "master monkey dragon shadow sunshine princess superman batman spiderman pokemon naruto doraemon starwars "
    "hello letmein qwerty azerty abcdef secret changeme default system server windows computer internet google facebook "
    "instagram whatsapp telegram samsung xiaomi android iphone linux oracle guest user test testing demo root super "
    "administrator manager supervisor operator office kantor kantorku rumahku keluarga mamaku ayah ibunda bapak mama papa "
    "anakku sekolah sekolahku kampus kuliah senin selasa rabu kamis jumat sabtu minggu januari februari maret april juni "
    "juli agustus september oktober november desember monday tuesday wednesday thursday friday saturday sunday january "
    "february march august october december summer winter spring autumn merah putih merahputih biru hijau kuning hitam "
    "purple orange yellow silver golden diamond banana apple cookie chocolate coffee kopi kopihitam nasigoreng bakso "
    "mobil motor honda yamaha suzuki toyota ferrari mercedes harley mustang corvette"
)
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol", "0p")
_ENDS = (
    "", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "321", "111", "000", "007", "01", "11", "22",
    "21", "69", "88", "99", "77", "789", "100", "!", "!!", "!@#", "@", "@1", "@12", "@123", "@1234", "#1", "#123", "1!",
    "123!", "123#", ".", "*", "?", "_", "_1", "_123", "-123", "abc", "ku", "kita", "jaya", "hebat", "oke", "satu", "bisa",
)  # fmt: skip
_YEARS = tuple(str(y) for y in range(1945, 2036))
_AROUND = "0123456789 !@#$%^&*()-_=+.,?/"
#: Signs that stand for letters.
_SWAPS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})  # fmt: skip


def plain(password: str) -> str:
    """Return a password as it is compared: small letters, no space around."""
    return password.strip().casefold()


def unswapped(password: str) -> str:
    """Return a password with the signs that stand for letters written as those."""
    return plain(password).translate(_SWAPS)


@cache
def common_passwords() -> frozenset[str]:
    """Return the list, in small letters; made once, about seventy thousand."""
    made: set[str] = set()
    for word in {*WORDS, *WORK}:
        made.update(word + end for end in (*_ENDS, *_YEARS))
        made.update((word * 2, word * 3, word[::-1], word + word[::-1]))
        made.update(year + word for year in _YEARS)
    made.add(PUBLISHED)
    made.update(_walks())
    return frozenset(plain(m) for m in made)


def is_common(password: str) -> bool:
    """Say whether a password is on the list, or one of its words between figures and signs.

    So is one that only repeats a short piece, or is a day (17081945).
    """
    known, bare = common_passwords(), {*WORDS, *WORK}
    told = plain(password)
    inner = told.strip(_AROUND)
    if not inner and len(told) < 20:
        return True
    return (
        not known.isdisjoint((told, unswapped(told)))
        or not bare.isdisjoint((inner, unswapped(inner), unswapped(told).strip(_AROUND)))
        or _is_simple(told)
    )


def _is_simple(password: str) -> bool:
    """Say whether a short piece only repeats (ababab, 11111111)."""
    told = plain(password)
    return any(
        told == (told[:n] * len(told))[: len(told)] for n in range(1, min(5, len(told) // 2 + 1))
    )


def _walks() -> Iterator[str]:
    """Yield runs along the keyboard, there, back and again, and one column after another."""
    for row in _ROWS:
        for way in (row, row[::-1]):
            ring = way * 4
            for begin in range(len(way)):
                yield from (ring[begin : begin + n] for n in range(6, 21))
    for one, two in product(_ROWS[:4], repeat=2):
        yield from (one[:a] + two[:b] for a in range(3, 11) for b in range(3, 11))
    for begin in range(len(_COLUMNS)):
        for end in range(begin + 2, len(_COLUMNS) + 1):
            joined = "".join(_COLUMNS[begin:end])
            yield from (joined, joined[::-1], joined + joined)
