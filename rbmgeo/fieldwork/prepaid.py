"""SOP III: a prepaid check: only against an order, with what must be seen at it (R-PR)."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rbmgeo.fieldwork.postpaid import unknown_photo
from rbmgeo.fieldwork.record import (
    LBKB,
    NO_STAND,
    Known,
    Record,
    Refusal,
    common_refusals,
    other_service,
)

#: What may be noted of a prepaid meter (domain 1.4, "Prepaid check"): these are numbers ...
NUMBERS = ("kwh_kumulatif", "jumlah_terminal", "cosphi", "tegangan", "arus", "power_limit")
#: ... these further codes of the same list ...
CODES = ("kdbaca2", "kdbaca3")
#: ... and these words.
WORDS = (
    "indikator_display", "keypad", "lcd", "tutup_meter", "tarif_index", "kondisi_segel", "relay",
    "indikator_temper", "status_temper",
)  # fmt: skip
CHECKS = (*NUMBERS, *CODES, *WORDS)
WORD_MOST = 60


def refusals(it: Record, known: Known, *, now: datetime) -> list[Refusal]:
    """Return why a prepaid check is not taken in; empty where it is (R-PR-01).

    Where a code says that nobody could get at the meter, remaining token and photo are not
    asked for: a closed house is an outcome of the order too.
    """
    out = common_refusals(it, now)
    if not it.order_no:
        out.append(_order("isi nomor order PLN", "give the number of PLN's order"))
    elif it.order_no not in known.orders:
        out.append(_order("order ini tidak ada untuk pelanggan itu; impor order pra bayarnya dulu",
                          "there is no such order for that customer; import the prepaid orders"))  # fmt: skip
    reached = it.lbkb_code not in NO_STAND
    token = it.sisa_token_kwh
    if (reached and token is None) or (
        token is not None and not (token.is_finite() and token >= 0)
    ):
        out.append(Refusal("sisa_token_kwh", "R-PR-01", "isi sisa token dalam kWh, 0 atau lebih",
                           "give the remaining token in kWh, 0 or more"))  # fmt: skip
    if reached and not it.photo_sha256:
        out.append(Refusal("photo", "R-PR-01", "foto sisa token diperlukan",
                           "a photo of the remaining token is needed"))  # fmt: skip
    if it.photo_sha256 and it.photo_sha256 not in known.photos:
        out.append(unknown_photo("R-PR-01"))
    if it.lon is None or it.lat is None or it.accuracy_m is None:
        out.append(Refusal("lon", "R-PR-01", "isi koordinat dengan akurasinya (lon, lat, accuracy_m)",
                           "give coordinates with their accuracy (lon, lat, accuracy_m)"))  # fmt: skip
    if it.stand_kwh is not None:
        out.append(Refusal("stand_kwh", "R-PR-02", "stand hanya untuk pasca bayar (pasca)",
                           "a stand is for postpaid (pasca) only"))  # fmt: skip
    return out + check_refusals(it.checks)


def check_refusals(checks: dict[str, Any]) -> list[Refusal]:
    """Return what is wrong with the noted checks: names off the list, values of another kind.

    >>> [r.column for r in check_refusals({"tegangan": "220", "warna": "biru", "arus": "x"})]
    ['warna', 'arus']
    """
    out = []
    for name, value in checks.items():
        if name not in CHECKS:
            out.append(Refusal(name, "R-PR-01", f"pemeriksaan salah satu dari: {', '.join(CHECKS)}",
                               f"a check is one of: {', '.join(CHECKS)}"))  # fmt: skip
        elif name in NUMBERS and not _number(str(value)):
            out.append(Refusal(name, "R-PR-01", f"{name} adalah angka", f"{name} is a number"))
        elif name in CODES and str(value) not in LBKB:
            out.append(
                Refusal(name, "R-PR-01", f"{name} adalah kode LBKB", f"{name} is an LBKB code")
            )
        elif len(str(value)) > WORD_MOST:
            out.append(Refusal(name, "R-PR-01", f"{name} paling panjang {WORD_MOST} huruf",
                               f"{name} has at most {WORD_MOST} letters"))  # fmt: skip
    return out


def marks(it: Record, known: Known) -> tuple[str, ...]:
    """Return what is odd about a check that is kept (R-PR-02)."""
    return other_service(it, known)


def _order(indonesian: str, english: str) -> Refusal:
    return Refusal("order_no", "R-PR-01", indonesian, english)


def _number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
