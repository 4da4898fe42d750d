"""From stands to kWh, and what is odd about them (R-EN-01 to R-EN-05)."""

from decimal import Decimal
from enum import StrEnum


class Dlpd(StrEnum):
    """Our own reading of the attention list, first match wins; AP2T's own stands beside it."""

    MAXIMUM = "maximum"
    PECAHAN = "pecahan"
    STAND_MUNDUR = "stand_mundur"
    NAIK = "naik"
    DIV_NA = "div_na"
    TURUN = "turun"
    NOL = "nol"
    DI_BAWAH_40 = "di_bawah_40_jam"
    NORMAL = "normal"


def kwh(
    previous: Decimal,
    stand: Decimal,
    multiplier: Decimal = Decimal(1),
    *,
    removed: Decimal | None = None,
    installed: Decimal | None = None,
) -> Decimal:
    """Return the kWh between two stands, split where the meter was changed (R-EN-01).

    >>> kwh(Decimal(100), Decimal(40), removed=Decimal(180), installed=Decimal(0))
    Decimal('120')
    """
    if removed is not None:
        return ((removed - previous) + (stand - (installed or Decimal(0)))) * multiplier
    return (stand - previous) * multiplier


def rollover_kwh(
    previous: Decimal,
    stand: Decimal,
    *,
    digits: int,
    daya_va: int,
    multiplier: Decimal = Decimal(1),
) -> Decimal | None:
    """Return the kWh if the register passed zero, None where that is not plausible (R-EN-05).

    >>> rollover_kwh(Decimal(99950), Decimal(30), digits=5, daya_va=1300)
    Decimal('80')
    """
    if stand >= previous:
        return None
    used = (Decimal(10) ** digits - previous + stand) * multiplier
    return used if used <= Decimal(daya_va) * 720 / 1000 else None


def dlpd(
    used: Decimal | None,
    before: Decimal | None,
    *,
    daya_va: int,
    backwards: bool = False,
    meter_changed: bool = False,
    rise: float = 0.5,
    fall: float = 0.5,
) -> Dlpd | None:
    """Say what is odd about a month's kWh; None where nothing was read (R-EN-04, R-EN-07).

    Where the power is not known (0), nothing is said of hours.
    """
    if used is None:
        return None
    hours = float(used) * 1000 / daya_va if daya_va else float("nan")
    known = before is not None and before > 0
    change = float(used) / float(before) - 1 if known and before is not None else 0.0
    rules = (
        (hours >= 720, Dlpd.MAXIMUM),
        (meter_changed, Dlpd.PECAHAN),
        (backwards, Dlpd.STAND_MUNDUR),
        (known and change > rise, Dlpd.NAIK),
        (not known and hours > 40, Dlpd.DIV_NA),
        (known and change < -fall, Dlpd.TURUN),
        (used == 0, Dlpd.NOL),
        (0 < hours < 40, Dlpd.DI_BAWAH_40),
    )
    return next((name for holds, name in rules if holds), Dlpd.NORMAL)
