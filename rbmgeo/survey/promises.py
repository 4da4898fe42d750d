"""What p promised before the visit, and what the surveyor found (R-SB-02)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rbmgeo.matching.calibrate import Rate, expected_error, reliability, true_rate
from rbmgeo.survey.doubles import WrongRate, wrong_rate


@dataclass(frozen=True)
class Sureness:
    """How far p can be trusted, from the houses that were surveyed.

    ``rounds``: one row a survey plan (``run_id`` 0: answers without a plan), oldest first:
    ``houses``, ``promised`` (the sum of p), ``found`` (records found wrong). ``groups``:
    `reliability` of all answers. ``controls``: the true rate among houses that nothing spoke
    against. ``doubles``: how often an answer is wrong, by the controls that two people visited,
    else as assumed (R-SB-02). ``unfound``: errors that p expects among houses not surveyed yet;
    ``unfound_low`` and ``unfound_high`` the same by the control houses where these were drawn.
    """

    answers: int
    rounds: pd.DataFrame
    groups: pd.DataFrame
    error: float
    controls: Rate
    unfound: float
    unfound_low: float
    unfound_high: float
    doubles: WrongRate


def sureness(
    told: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    limit: float,
    doubles: WrongRate | None = None,
) -> Sureness:
    """Set promises against what was found.

    Parameters
    ----------
    told
        `rbmgeo.survey.outcomes.found_wrong`, with ``promised_p``, ``control`` and ``run_id``.
    findings
        ``kind``, ``p`` and ``tier`` of the latest matching; a surveyed house has tier SV there.
    doubles
        `rbmgeo.survey.doubles.wrong_rate`; left out, the rate is the assumed one.
    """
    doubles = doubles or wrong_rate([])
    known = told.dropna(subset=["promised_p"])
    p, wrong = known["promised_p"].to_numpy(float), known["wrong"].to_numpy(bool)
    by = known.assign(run_id=known["run_id"].fillna(0).astype("int64")).groupby("run_id")
    rounds = by.agg(
        houses=("wrong", "size"), promised=("promised_p", "sum"), found=("wrong", "sum")
    )
    drawn = known[known["control"].astype(bool)]
    controls = true_rate(drawn["wrong"].to_numpy(bool), wrong_answers=doubles.rate)
    left = findings[findings["tier"] != "SV"]
    p_left = left["p"].to_numpy(float)
    # Controls are drawn among these alone; of the others only p speaks, within its own chance.
    calm = (left["kind"].eq("ok") & left["p"].lt(limit)).to_numpy()
    rest = float(np.nansum(p_left[~calm]))
    apart = 1.96 * float(np.sqrt(np.nansum(p_left[~calm] * (1 - p_left[~calm]))))
    return Sureness(
        answers=len(known), rounds=rounds.reset_index(),
        groups=reliability(p, wrong, bins=_bins(len(known))),
        error=expected_error(p, wrong, bins=_bins(len(known))) if len(known) else float("nan"),
        controls=controls, unfound=float(np.nansum(p_left)),
        unfound_low=max(rest - apart, 0.0) + controls.low * int(calm.sum()),
        unfound_high=rest + apart + controls.high * int(calm.sum()),
        doubles=doubles,
    )  # fmt: skip


def _bins(answers: int) -> int:
    """Return so many groups that each holds ten houses or more, ten at most."""
    return int(np.clip(answers // 10, 1, 10))
