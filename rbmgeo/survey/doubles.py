"""Controls that two people visited: how often they disagree, and so how often an answer is wrong."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from rbmgeo.matching.calibrate import WRONG_ANSWERS
from rbmgeo.survey.outcomes import NAMING, SAME_SURVEY_DAYS
from rbmgeo.terms import SurveyOutcome

#: So many pairs are needed before the unit's own rate replaces the assumed one: with none of 30
#: disagreeing the rate is below 6 % (95 %).
ENOUGH_PAIRS = 30
#: Beyond it two answers say no more than two throws of a coin.
_MOST = 0.45


@dataclass(frozen=True)
class WrongRate:
    """The share of answers that are wrong, with its 95 % interval.

    ``measured`` is False while fewer than `ENOUGH_PAIRS` controls were visited twice: ``rate``
    is then the assumed one, and ``low`` to ``high`` what the few pairs allow.
    """

    rate: float
    low: float
    high: float
    pairs: int
    disagreeing: int
    measured: bool


def pairs(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the controls of which two people told the gardu in one survey.

    Parameters
    ----------
    answers
        One row an answer, oldest first: idpel, outcome, ``gardu``, ``recorded``, ``control``,
        ``officer`` and answered_at (may be missing), ``second_look``. Who could not tell, and
        who looked because others disagreed, makes no pair: neither is a draw of its own.

    Returns
    -------
    DataFrame
        Index idpel, sorted; ``first``, ``second`` (officers) and ``agree``.
    """
    told = answers[
        answers["control"].astype(bool)
        & ~answers["second_look"].astype(bool)
        & answers["outcome"].isin([str(o) for o in NAMING])
        & answers["officer"].notna()
    ]
    same = told["outcome"].eq(SurveyOutcome.COCOK) | (told["gardu"] == told["recorded"])
    found = told["gardu"].where(~same, told["recorded"])
    told = told.assign(found=found, who=told["officer"].astype("str").str.strip().str.casefold())
    told = told.dropna(subset=["found"]).drop_duplicates(["idpel", "who"])
    nth = told.groupby("idpel").cumcount()
    one, two = told[nth == 0].set_index("idpel"), told[nth == 1].set_index("idpel")
    both = one.merge(two, left_index=True, right_index=True, suffixes=("_1", "_2")).sort_index()
    moments = [pd.to_datetime(both[f"answered_at_{n}"], utc=True) for n in (1, 2)]
    apart = (moments[1] - moments[0]).abs().dt.days
    both = both[(apart.isna() | (apart < SAME_SURVEY_DAYS)).to_numpy()]
    return pd.DataFrame(
        {"first": both["officer_1"], "second": both["officer_2"],
         "agree": both["found_1"] == both["found_2"]}, index=both.index,
    )  # fmt: skip


def wrong_rate(
    agree: "pd.Series | list[bool]", *, assumed: float = WRONG_ANSWERS, enough: int = ENOUGH_PAIRS
) -> WrongRate:
    """Return how often an answer is wrong, from how often two disagree.

    Two independent answers, each wrong with e, disagree with d = 2 e (1 - e); so
    e = (1 - sqrt(1 - 2 d)) / 2, and Wilson's interval of d is turned the same way. With e 5 %
    they disagree in 9.5 of 100.
    """
    count = len(agree)
    apart = count - int(np.sum(agree))
    if not count:
        return WrongRate(assumed, 0.0, _MOST, 0, 0, False)
    told = binomtest(apart, count).proportion_ci(method="wilson")
    low, rate, high = (_wrong(d) for d in (told.low, apart / count, told.high))
    measured = count >= enough
    return WrongRate(rate if measured else assumed, low, high, count, apart, measured)


def _wrong(disagree: float) -> float:
    return min((1 - float(np.sqrt(max(0.0, 1 - 2 * disagree)))) / 2, _MOST)
