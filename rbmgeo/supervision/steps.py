"""From one reading to the next: how long, how far, how fast (R-SA-05)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: A log that tells minutes only leaves up to so much of a gap unsaid.
MINUTE_S = 60.0


@dataclass(frozen=True)
class Steps:
    """A step per reading, from the same officer's reading before on the same day; NaN for the first.

    ``seconds`` and ``metres`` between both, ``accuracy_m`` the worse of the two, ``unsaid_s``
    what the log's clock leaves open.
    """

    seconds: Floats
    metres: Floats
    accuracy_m: Floats
    unsaid_s: Floats

    def fast(self, speed_m_per_s: float, metres: float, accuracy_m: float) -> Bools:
        """Mark steps faster than that although far and surely placed; the clock has the benefit."""
        seconds = np.maximum(self.seconds + self.unsaid_s, 1.0)
        sure = (self.accuracy_m <= accuracy_m) & (self.metres > metres)
        return np.asarray(sure & (self.metres / seconds > speed_m_per_s))

    def stays(self, seconds: float, metres: float) -> Bools:
        """Mark steps that took long although the next house was near."""
        return np.asarray((self.seconds > seconds) & (self.metres <= metres))


def steps(reads: pd.DataFrame) -> Steps:
    """Return the steps of readings in the order of their time.

    ``reads`` as `rbmgeo.supervision.consistency.facts` takes them, sorted by RBM, month, officer
    and time. Accuracy that was not told counts as none at all.
    """
    at = reads["read_at"]
    before = reads.shift()
    same = (
        (reads["rbm"] == before["rbm"]) & (reads["blth"] == before["blth"])
        & (reads["officer"].fillna("") == before["officer"].fillna(""))
        & (at.dt.normalize() == at.shift().dt.normalize())
    ).to_numpy()  # fmt: skip
    seconds = np.where(same, (at - at.shift()).dt.total_seconds(), np.nan)
    metres = np.where(same, np.hypot(reads["x"].diff(), reads["y"].diff()), np.nan)
    accuracy = reads["accuracy_m"].fillna(np.inf).to_numpy(float)
    worse = np.maximum(accuracy, np.r_[np.inf, accuracy[:-1]])
    whole = (at.dt.second == 0) | at.isna()
    minutes = whole.groupby([reads["rbm"], reads["blth"]]).transform("all")
    return Steps(seconds, metres, worse, np.where(minutes, MINUTE_S, 0.0))
