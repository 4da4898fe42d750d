"""The attention list (DLPD) computed again beside AP2T's own, as a work list (R-EN-01 to R-EN-05).

Nothing is made up: who was not read gets no finding, a code of AP2T that is not known stays as it
is told, and kWh at stake are left empty where nothing says what would have been right.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.energy.per_gardu import HOURS
from rbmgeo.energy.stands import Dlpd

LOW_HOURS = 40
#: A register has at least so many digits.
DIGITS = 5
#: AP2T's codes that were seen, by their letter (domain.md 1.7).
AP2T_CODES = {
    "C": Dlpd.DI_BAWAH_40, "J": Dlpd.PECAHAN, "K": Dlpd.NOL, "L": Dlpd.STAND_MUNDUR,
    "M": Dlpd.MAXIMUM, "N": Dlpd.NORMAL,
}  # fmt: skip


class Agreement(StrEnum):
    """How our finding stands to AP2T's."""

    SAME = "sama"
    OTHER = "lain_jenis"
    ONLY_OURS = "hanya_kita"
    ONLY_AP2T = "hanya_ap2t"
    NO_CODE = "tanpa_kode"
    UNKNOWN_CODE = "kode_tak_dikenal"


#: Columns that `attention_list` takes, floats but for the texts.
TAKEN = [
    "told_kwh", "previous_stand_kwh", "stand_kwh", "removed_stand_kwh", "installed_stand_kwh",
    "multiplier", "daya_va", "before_kwh", "dlpd_code",
]  # fmt: skip


def attention_list(
    readings: pd.DataFrame, *, rise: float = 0.5, fall: float = 0.5, low_hours: float = LOW_HOURS
) -> pd.DataFrame:
    """Find again what is odd about each reading of a month (R-EN-04, first match wins).

    Parameters
    ----------
    readings
        One row per postpaid customer and line, `TAKEN` (floats, missing where not told):
        ``told_kwh`` as the list gives it, ``before_kwh`` of the month before.

    Returns
    -------
    DataFrame
        The rows with ``stands_kwh`` (R-EN-01; missing where a stand is), ``kwh`` (as told, else
        by the stands; missing where nothing was read), ``differs`` (told and stands are two
        numbers), ``hours``, ``ours`` (`Dlpd`, "" where nothing was read), ``rollover_kwh``
        (R-EN-05, missing where not plausible), ``ap2t`` (`Dlpd` of its letter, "" where it has
        none), ``agreement`` (`Agreement`, "" where neither says anything) and ``stake_kwh``.
    """
    get = {name: readings[name].to_numpy(float) for name in TAKEN if name != "dlpd_code"}
    factor = np.where(np.isnan(get["multiplier"]), 1.0, get["multiplier"])
    changed = ~np.isnan(get["removed_stand_kwh"])
    stands = _by_stands(get, factor, changed)
    used = np.where(np.isnan(get["told_kwh"]), stands, get["told_kwh"])
    va = np.where(get["daya_va"] > 0, get["daya_va"], np.nan)
    hours = used * 1000 / va
    back = ~changed & (get["stand_kwh"] < get["previous_stand_kwh"])
    ours = _first_rule(used, get["before_kwh"], hours, back, changed, rise, fall, low_hours)
    rollover = np.where(back, _rolled(get, factor, va), np.nan)
    told = readings["dlpd_code"].astype("str").str.strip().str.upper()
    ap2t = told.str.extract(r"^([A-Z])(?:\s|$)", expand=False).map(AP2T_CODES).fillna("")
    out = readings.assign(
        stands_kwh=stands, kwh=used,
        differs=~np.isnan(get["told_kwh"]) & (np.abs(stands - get["told_kwh"]) > 0.005),
        hours=np.round(hours, 1), ours=ours, rollover_kwh=rollover, ap2t=ap2t.astype("str"),
    )  # fmt: skip
    said = told.notna() & told.ne("")
    out["agreement"] = _agreement(out["ours"], out["ap2t"], said.to_numpy(bool))
    out["stake_kwh"] = _at_stake(out, get, va, low_hours).round(2)
    return out


def by_stake(found: pd.DataFrame) -> pd.DataFrame:
    """Return what somebody has to look at, the most kWh at stake first, unknown ones last."""
    # One comparison a value: a set of values is asked for far more slowly in a large month.
    odd = found["ours"].ne("") & found["ours"].ne(Dlpd.NORMAL)
    odd |= found["ap2t"].ne("") & found["ap2t"].ne(Dlpd.NORMAL)
    work = found[odd | (found["agreement"] == Agreement.UNKNOWN_CODE)]
    return work.sort_values(
        ["stake_kwh", "idpel", "line"], ascending=[False, True, True], na_position="last"
    )


def _by_stands(
    get: dict[str, npt.NDArray[np.float64]],
    factor: npt.NDArray[np.float64],
    changed: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """R-EN-01; a new meter whose first stand is not told began at zero, as in `stands.kwh`."""
    begun = np.where(np.isnan(get["installed_stand_kwh"]), 0.0, get["installed_stand_kwh"])
    plain = get["stand_kwh"] - get["previous_stand_kwh"]
    split = (get["removed_stand_kwh"] - get["previous_stand_kwh"]) + (get["stand_kwh"] - begun)
    return np.asarray(np.where(changed, split, plain) * factor, dtype=float)


def _first_rule(
    used: npt.NDArray[np.float64], before: npt.NDArray[np.float64],
    hours: npt.NDArray[np.float64], back: npt.NDArray[np.bool_], changed: npt.NDArray[np.bool_],
    rise: float, fall: float, low: float,
) -> npt.NDArray[np.str_]:  # fmt: skip
    known = before > 0
    change = np.divide(used, before, out=np.ones_like(used), where=known) - 1
    rules = [
        (np.isnan(used), ""),
        (hours >= HOURS, Dlpd.MAXIMUM),
        (changed, Dlpd.PECAHAN),
        (back, Dlpd.STAND_MUNDUR),
        (known & (change > rise), Dlpd.NAIK),
        (~known & (hours > low), Dlpd.DIV_NA),
        (known & (change < -fall), Dlpd.TURUN),
        (used == 0, Dlpd.NOL),
        ((hours > 0) & (hours < low), Dlpd.DI_BAWAH_40),
    ]
    return np.select([r for r, _ in rules], [str(n) for _, n in rules], default=str(Dlpd.NORMAL))


def _rolled(
    get: dict[str, npt.NDArray[np.float64]],
    factor: npt.NDArray[np.float64],
    va: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the kWh of a register that passed zero, missing where that is not plausible."""
    last = np.nan_to_num(get["previous_stand_kwh"])
    digits = np.maximum(DIGITS, np.floor(np.log10(np.maximum(last, 1))) + 1)
    used = (10.0**digits - get["previous_stand_kwh"] + get["stand_kwh"]) * factor
    return np.asarray(np.where(used <= va * HOURS / 1000, used, np.nan), dtype=float)


def _agreement(
    ours: pd.Series, ap2t: pd.Series, said: npt.NDArray[np.bool_]
) -> npt.NDArray[np.str_]:
    we = ~ours.isin(["", Dlpd.NORMAL]).to_numpy(bool)
    it = ~ap2t.isin(["", Dlpd.NORMAL]).to_numpy(bool)
    understood = (ap2t != "").to_numpy(bool)
    return np.select(
        [
            said & ~understood, we & ~said, we & it & (ours == ap2t).to_numpy(bool), we & it,
            we & ~it, it,
        ],
        [
            str(a) for a in (Agreement.UNKNOWN_CODE, Agreement.NO_CODE, Agreement.SAME,
                             Agreement.OTHER, Agreement.ONLY_OURS, Agreement.ONLY_AP2T)
        ],
        default="",
    )  # fmt: skip


def _at_stake(
    found: pd.DataFrame,
    get: dict[str, npt.NDArray[np.float64]],
    va: npt.NDArray[np.float64],
    low: float,
) -> pd.Series:
    """Return how many kWh the reading may be wrong by, missing where nothing tells.

    Against the month before where it is known; else what lies above the ceiling of R-EN-02 or
    below the line of R-EN-03; a register that passed zero is set against that reading of it.
    """
    used, before = found["kwh"].to_numpy(float), get["before_kwh"]
    kind = found["ours"].to_numpy(str)
    from_line = np.where(
        kind == Dlpd.MAXIMUM, used - va * HOURS / 1000,
        np.where(kind == Dlpd.DI_BAWAH_40, va * low / 1000 - used, np.nan),
    )  # fmt: skip
    expected = np.where(np.isnan(found["rollover_kwh"]), before, found["rollover_kwh"])
    stake = np.where(np.isnan(expected), from_line, np.abs(used - expected))
    return pd.Series(stake, index=found.index)
