"""SOP II: a postpaid reading: what it must hold, its kWh, what is odd about it (R-PO, R-EN)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from rbmgeo.energy.stands import Dlpd, dlpd, kwh, rollover_kwh
from rbmgeo.fieldwork.record import (
    CLOSED,
    METER_CHANGED,
    NO_STAND,
    SELF_READ,
    Known,
    Record,
    Refusal,
    common_refusals,
    other_service,
)

#: Months whose mean stands in for a stand that is not there (R-PO-04).
ESTIMATE_MONTHS = 3
#: A register has at least so many digits.
DIGITS = 5


def refusals(it: Record, known: Known, *, now: datetime) -> list[Refusal]:
    """Return why a postpaid reading is not taken in; empty where it is (R-PO-01)."""
    out = common_refusals(it, now)
    if it.stand_kwh is None and it.lbkb_code not in NO_STAND:
        told = " ".join(sorted(NO_STAND))
        out.append(Refusal(
            "stand_kwh", "R-PO-01", f"isi stand, atau kode tanpa akses ({told})",
            f"give a stand, or a code of no access ({told})"))  # fmt: skip
    if it.stand_kwh is not None and not (it.stand_kwh.is_finite() and it.stand_kwh >= 0):
        out.append(Refusal("stand_kwh", "R-PO-01", "stand adalah angka 0 atau lebih",
                           "a stand is a number, 0 or more"))  # fmt: skip
    if it.photo_sha256 and it.photo_sha256 not in known.photos:
        out.append(unknown_photo("R-PO-01"))
    if it.sisa_token_kwh is not None or it.order_no or it.checks:
        out.append(Refusal(
            "service", "R-PR-02", "sisa token, order, dan pemeriksaan hanya untuk pra bayar (pra)",
            "remaining token, order and checks are for prepaid (pra) only"))  # fmt: skip
    return out


def unknown_photo(rule: str) -> Refusal:
    """Return the refusal of a photo that the store does not have of this customer."""
    return Refusal(
        "photo", rule, "foto ini belum ada untuk pelanggan itu; impor zip fotonya dulu",
        "this photo is not there for that customer; import its zip first",
    )  # fmt: skip


def used_kwh(it: Record, known: Known) -> Decimal | None:
    """Return the kWh of a reading; None where a person must look first (R-EN-01, R-EN-07).

    That is without a stand, without one before it, where the register went backwards, and
    where the meter was changed (stands taken off and put on are not told here).
    """
    if it.stand_kwh is None or known.previous_stand_kwh is None or it.lbkb_code == METER_CHANGED:
        return None
    used = kwh(known.previous_stand_kwh, it.stand_kwh, known.multiplier)
    return used if used >= 0 else None


def taksasi_kwh(it: Record, known: Known) -> Decimal | None:
    """Return the estimate: the mean of the three months before, None unless all were read.

    Only where no stand was read; it is marked and never counted as read (R-PO-04).
    """
    if it.stand_kwh is not None:
        return None
    return estimate(known.before_kwh)


def estimate(before: Sequence[Decimal | None]) -> Decimal | None:
    """Return the mean of three months, to a hundredth of a kWh.

    >>> estimate([Decimal(90), Decimal(100), Decimal(110)])
    Decimal('100.00')
    >>> estimate([Decimal(90), None, Decimal(110)]) is None
    True
    """
    months = [v for v in before[:ESTIMATE_MONTHS] if v is not None]
    if len(months) < ESTIMATE_MONTHS:
        return None
    mean = sum(months, Decimal(0)) / ESTIMATE_MONTHS
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


def marks(
    it: Record, known: Known, *, day: int, self_read_days: tuple[int, int] = (23, 27)
) -> tuple[str, ...]:
    """Return what is odd about a reading that is kept, keys of ``mark.*`` in the labels.

    ``day`` is the day of the month in the unit's own time. Nothing here refuses: the reading
    stays as it came, a person sees its marks.
    """
    out = list(other_service(it, known))
    if not it.photo_sha256:
        out.append("tanpa_foto")
    if it.lbkb_code == CLOSED:
        out.append("tul_ii_04")
    if it.stand_kwh is None:
        return (*out, "taksasi") if taksasi_kwh(it, known) is not None else tuple(out)
    if it.lbkb_code in NO_STAND:
        out.append("stand_tanpa_akses")
    first, last = self_read_days
    if it.lbkb_code == SELF_READ:
        out.append("swabaca" if first <= day <= last else "swabaca_di_luar_jendela")
    if known.imported_stand_kwh is not None and known.imported_stand_kwh != it.stand_kwh:
        out.append("lain_dari_impor")
    return (*out, *_plausible(it, known))


def _plausible(it: Record, known: Known) -> tuple[str, ...]:
    assert it.stand_kwh is not None
    if known.previous_stand_kwh is None:
        return ("tanpa_stand_lalu",)
    if it.lbkb_code == METER_CHANGED:
        return ("ganti_meter",)
    if it.stand_kwh < known.previous_stand_kwh:
        digits = max(DIGITS, len(str(int(known.previous_stand_kwh))))
        passed = rollover_kwh(
            known.previous_stand_kwh, it.stand_kwh, digits=digits, daya_va=known.daya_va,
            multiplier=known.multiplier,
        )  # fmt: skip
        return ("stand_mundur",) if passed is None else ("stand_mundur", "mungkin_lewat_nol")
    before = known.before_kwh[0] if known.before_kwh else None
    said = dlpd(used_kwh(it, known), before, daya_va=known.daya_va)
    return () if said in (None, Dlpd.NORMAL) else (str(said),)
