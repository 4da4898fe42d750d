"""A stand that was checked beside the one recorded: right, worth a look, or wrong (R-SA-17)."""

from dataclasses import dataclass
from enum import StrEnum

#: Stands are read in whole kWh: so much more than usual is nothing to see.
WHOLE_KWH = 1.0


class Verdict(StrEnum):
    """What a check says of a recorded stand."""

    RIGHT = "benar"
    TO_SEE = "perlu_dilihat"
    WRONG = "salah"
    SUSPENDED = "tidak_dinilai"


@dataclass(frozen=True)
class Check:
    """A recorded stand and the one found ``hours`` later on the same meter.

    ``usual_kwh_per_day``: the customer's own mean of three months, None unknown. ``changed``: the
    meter was changed, or passed zero, between both.
    """

    recorded: float
    found: float
    hours: float
    daya_va: int
    multiplier: float = 1.0
    usual_kwh_per_day: float | None = None
    changed: bool = False


def judged(check: Check, *, times_usual: float = 3.0) -> Verdict:
    """Judge a check with the direction of time: a meter only counts on, and no faster than it can.

    The ceiling is the power connected; more than ``times_usual`` of the own use is worth a look,
    not wrong. Where nothing is known of the power (0) there is no ceiling.

    >>> judged(Check(1000, 1062, 48, 1300)).value, judged(Check(1000, 1063, 48, 1300)).value
    ('benar', 'salah')
    """
    if check.hours < 0:
        raise ValueError(f"the check is {-check.hours} hours before the reading; expected after it")
    if check.changed:
        return Verdict.SUSPENDED
    used_kwh = (check.found - check.recorded) * check.multiplier
    if used_kwh < 0:
        return Verdict.WRONG
    if check.daya_va and used_kwh > check.daya_va / 1000 * check.hours + 1e-9:
        return Verdict.WRONG
    usual = check.usual_kwh_per_day
    if usual is not None and used_kwh > times_usual * usual * check.hours / 24 + WHOLE_KWH:
        return Verdict.TO_SEE
    return Verdict.RIGHT


def passed_zero(check: Check, *, digits: int = 5) -> bool:
    """Say whether the register may have passed zero between both, so that nothing can be judged.

    The kWh that would have passed are within what the power connected allows (R-EN-05).

    >>> passed_zero(Check(99950, 30, 720, 1300)), passed_zero(Check(1000, 999, 48, 1300))
    (True, False)
    """
    if check.found >= check.recorded or not check.daya_va:
        return False
    high = 10.0 ** max(digits, len(str(int(check.recorded))))
    used_kwh = (high - check.recorded + check.found) * check.multiplier
    return used_kwh <= check.daya_va / 1000 * check.hours + 1e-9


def same_digits(recorded: str, seen: str) -> bool:
    """Say whether what a checker read off the photo is the recorded stand, zeros in front apart."""
    told, read = recorded.strip(), seen.strip()
    return bool(told and read) and (told.lstrip("0") or "0") == (read.lstrip("0") or "0")
