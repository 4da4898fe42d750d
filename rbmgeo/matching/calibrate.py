"""Make p mean what it says: learn from surveyed houses, and say how sure that is (R-SB-02)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import binomtest

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Of 100 surveyors' answers so many are wrong, until a unit measured its own (R-SB-02).
WRONG_ANSWERS = 0.05
#: How far a few answers may bend what was computed: spread of slope and shift beforehand.
_SLOPE_SD, _SHIFT_SD = 0.5, 2.0
_INSIDE = 1e-5
#: What one answer may say at most: nobody is surer than that after one look.
_SURE = 0.99


@dataclass(frozen=True)
class Calibration:
    """Platt scaling: log-odds of the true p = ``slope`` * log-odds computed + ``shift``.

    ``slope`` is above 0, so the order of the customers stays. ``answers``: from how many.
    """

    slope: float = 1.0
    shift: float = 0.0
    answers: int = 0

    def applied(self, p: npt.ArrayLike) -> Floats:
        """Return the calibrated p; NaN stays NaN."""
        return odds_to_p(self.slope * log_odds(p) + self.shift)

    def of_parts(self, parts: dict[str, float]) -> dict[str, float]:
        """Return the parts of a score (in log-odds, with ``base``) that sum to it calibrated."""
        scaled = {name: round(value * self.slope, 3) for name, value in parts.items()}
        return {**scaled, "base": round(parts["base"] * self.slope + self.shift, 3)}


#: What learning on planted errors needs before any house was surveyed: real towns are odder
#: than planted errors make them, so p is too sure of itself. Slopes of 0.31-0.57 and shifts of
#: -0.6 to -2.5 were measured on the utility town, the French networks and an invented town.
UNTESTED = Calibration(0.45, -1.5)


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval, and of how many it was seen."""

    low: float
    share: float
    high: float
    seen: int


def log_odds(p: npt.ArrayLike) -> Floats:
    """Return ln(p / (1 - p)), p held inside (0, 1)."""
    inside = np.clip(np.asarray(p, dtype=float), _INSIDE, 1 - _INSIDE)
    return np.asarray(np.log(inside / (1 - inside)))


def calibration(p: Floats, wrong: Bools, *, wrong_answers: float = WRONG_ANSWERS) -> Calibration:
    """Fit slope and shift to surveyed houses.

    Parameters
    ----------
    p
        What was computed for each surveyed house before it was surveyed, uncalibrated.
    wrong
        Whether the surveyor found the record wrong.
    wrong_answers
        Share of answers that are wrong themselves: a right record is then called wrong so
        often, and the fit allows for it.

    Houses may be chosen by p: given p, being chosen says nothing of the record. Without an
    answer p stays as it is; with few it hardly moves.
    """
    p, wrong = np.asarray(p, dtype=float), np.asarray(wrong, dtype=bool)
    known = np.isfinite(p)
    p, wrong = p[known], wrong[known]
    if not len(p):
        return Calibration()
    odds, said = log_odds(p), wrong.astype(float)

    def loss(at: Floats) -> float:
        true = odds_to_p(np.exp(at[0]) * odds + at[1])
        seen = np.clip(true * (1 - wrong_answers) + (1 - true) * wrong_answers, 1e-9, 1 - 1e-9)
        fit = -(said * np.log(seen) + (1 - said) * np.log(1 - seen)).sum()
        return float(fit + 0.5 * (at[0] / _SLOPE_SD) ** 2 + 0.5 * (at[1] / _SHIFT_SD) ** 2)

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    return Calibration(round(float(np.exp(best.x[0])), 6), round(float(best.x[1]), 6), len(p))


def after_a_look(
    p: npt.ArrayLike, wrong: npt.ArrayLike = False, *, wrong_answers: float = WRONG_ANSWERS,
    limit: float = 0.5,
) -> Floats:  # fmt: skip
    """Return p of records that a surveyor looked at, by Bayes; ``wrong``: which he called wrong.

    The survey decides (R-MA-10): p of what it called right stays under ``limit``, so that it is
    no finding, p of what it called wrong above. How far says how much a second look would be
    worth: an answer that goes against all that was known may be one of the wrong ones.
    """
    p, wrong = np.asarray(p, dtype=float), np.asarray(wrong, dtype=bool)
    if_wrong = np.where(wrong, 1 - wrong_answers, wrong_answers)
    told = p * if_wrong / (p * if_wrong + (1 - p) * (1 - if_wrong))
    above, under = min(1.02 * limit, _SURE), max(0.98 * limit, 1 - _SURE)
    return np.asarray(np.where(wrong, np.clip(told, above, _SURE), np.clip(told, 1 - _SURE, under)))


def reliability(p: Floats, wrong: Bools, *, bins: int = 10) -> pd.DataFrame:
    """Compare what was promised with what was found, in groups of equal size by p.

    Returns one row a group: ``houses``, ``promised`` (mean p), ``found`` (share found wrong).
    """
    order = np.lexsort((np.arange(len(p)), p))
    rows = [part for part in np.array_split(order, min(bins, max(len(p), 1))) if len(part)]
    return pd.DataFrame(
        {
            "houses": [len(r) for r in rows],
            "promised": [float(np.mean(p[r])) for r in rows],
            "found": [float(np.mean(wrong[r])) for r in rows],
        }
    )


def expected_error(p: Floats, wrong: Bools, *, bins: int = 10) -> float:
    """Return the expected calibration error over equal-count groups."""
    table = reliability(p, wrong, bins=bins)
    away = (table["promised"] - table["found"]).abs()
    return float((away * table["houses"]).sum() / max(table["houses"].sum(), 1))


def true_rate(wrong: Bools, *, wrong_answers: float = WRONG_ANSWERS) -> Rate:
    """Return the share of wrong records behind houses drawn at random, answers' errors allowed for.

    Wilson's interval of what was seen, turned back by Rogan and Gladen (1978): with 5 % wrong
    answers a town without errors looks as if it had 5 %.
    """
    seen = len(wrong)
    if not seen:
        return Rate(0.0, float("nan"), 1.0, 0)
    told = binomtest(int(np.sum(wrong)), seen).proportion_ci(method="wilson")
    low, share, high = (
        float(np.clip((s - wrong_answers) / (1 - 2 * wrong_answers), 0, 1))
        for s in (told.low, float(np.mean(wrong)), told.high)
    )
    return Rate(low, share, high, seen)


def odds_to_p(odds: Floats) -> Floats:
    """Return p of log-odds."""
    return np.asarray(1 / (1 + np.exp(-odds)))
