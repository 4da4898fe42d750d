"""The recorded pole: who else hangs on it, and which gardu's lines it carries (R-MA-07)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Of more houses on one pole these tell enough.
MATES = 12


class Poles:
    """``mates`` (n x `MATES`) others on the customer's recorded pole, n where there is none."""

    def __init__(self, tiang: pd.Series, carried: pd.DataFrame, codes: pd.Index) -> None:
        """Take ``tiang`` by customer, in order, and ``carried`` rows (tiang, gardu)."""
        names = pd.Index(sorted(set(tiang.dropna())))
        self._pole = names.get_indexer(pd.Index(tiang)).astype(np.int64)
        self._pole[tiang.isna().to_numpy()] = -1
        pole = names.get_indexer(pd.Index(carried["tiang"])).astype(np.int64)
        gardu = codes.get_indexer(pd.Index(carried["gardu"])).astype(np.int64)
        known = (pole >= 0) & (gardu >= 0)
        self._gardu = len(codes)
        self._key = np.unique(pole[known] * self._gardu + gardu[known])
        self._known = np.isin(np.arange(len(names)), pole[known])
        self.mates = self._mates()

    def carries(self, rows: Ints, cand: Ints) -> Floats:
        """Return 1 where the pole carries the candidate (r x c), 0 not, NaN if nothing is known."""
        pole = self._pole[rows][:, None]
        key = pole * self._gardu + cand
        at = np.minimum(np.searchsorted(self._key, key), max(len(self._key) - 1, 0))
        found = self._key[at] == key if len(self._key) else np.zeros(key.shape, dtype=bool)
        told = (pole >= 0) & np.append(self._known, False)[pole] & (cand >= 0)
        return np.where(told, found.astype(float), np.nan)

    def _mates(self) -> Ints:
        n = len(self._pole)
        out = np.full((n, MATES), n, dtype=np.int64)
        order = np.lexsort((np.arange(n), self._pole))
        order = order[self._pole[order] >= 0]
        # Around the pole in a ring, so that on a crowded one everybody hears of others.
        first = np.searchsorted(self._pole[order], self._pole[order])
        size = np.searchsorted(self._pole[order], self._pole[order], side="right") - first
        at = np.arange(len(order)) - first
        for step in range(1, MATES + 1):
            there = step < size
            other = first + (at + step) % np.maximum(size, 1)
            out[order[there], step - 1] = order[other[there]]
        return out
