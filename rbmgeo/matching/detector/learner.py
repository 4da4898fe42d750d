"""The learner: gradient boosted trees, one a fold, on one thread, the same from the same seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from rbmgeo.matching.detector.features import Singles, direction

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_AT_ONCE = 4_000


@dataclass(frozen=True)
class LearnerParams:
    """Size of the trees; few and shallow, since one town is all there is to learn from."""

    trees: int = 60
    leaves: int = 10
    min_leaf: int = 60
    learning_rate: float = 0.12
    columns: float = 0.3


class Learner:
    """Says of a candidate how likely it is the true gardu; asked only of folds it never saw."""

    def __init__(
        self, x: Singles, true: Bools, fold: Ints, names: list[str], folds: int, seed: int,
        params: LearnerParams,
    ) -> None:  # fmt: skip
        """Fit one model a fold on the rows of the other folds; ``x`` (r x f), NaN unknown."""
        x = x.copy()
        # The learner refuses a column without one value; a constant one it never splits.
        x[:, np.isnan(x).all(axis=0)] = 0
        self._models = []
        with threadpool_limits(1):
            for k in range(folds):
                use = fold != k
                model = HistGradientBoostingClassifier(
                    max_iter=params.trees, max_leaf_nodes=params.leaves,
                    learning_rate=params.learning_rate, min_samples_leaf=params.min_leaf,
                    l2_regularization=1.0, max_features=params.columns, early_stopping=False, random_state=seed,
                    monotonic_cst=[direction(n) for n in names],
                )  # fmt: skip
                # A fold without the one or the other cannot be learned from: all rows then.
                if len(np.unique(true[use])) < 2:
                    use = np.ones(len(true), dtype=bool)
                self._models.append(model.fit(x[use], true[use]))

    def odds(self, x: Singles, there: Bools, fold: Ints) -> Floats:
        """Return (r, c) odds for candidates ``x`` (r, c, f), 0 where there is none."""
        out = np.zeros(there.shape)
        with threadpool_limits(1):
            for k, model in enumerate(self._models):
                ask = there & (fold == k)[:, None]
                if ask.any():
                    p = np.clip(_told(model, x[ask]), 1e-6, 1 - 1e-6)
                    out[ask] = p / (1 - p)
        return out


def _told(model: HistGradientBoostingClassifier, x: Singles) -> Floats:
    """Ask of so many rows at a time: every tree walks through them all, from the near memory."""
    pieces = range(0, len(x), _AT_ONCE)
    return np.concatenate([model.predict_proba(x[i : i + _AT_ONCE])[:, 1] for i in pieces])
