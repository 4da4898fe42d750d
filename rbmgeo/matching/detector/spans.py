"""Low-voltage lines tagged by gardu: how far each customer is from the lines of a gardu."""

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Lines are looked at as points so far apart.
SAMPLE_M = 8.0


class Spans:
    """Metres from customers to the lines of a gardu, each pair measured once.

    ``start``, ``end`` (s x 2, metres): straight pieces of line; ``gardu`` of each, -1 of
    nobody. ``customers`` (n x 2).
    """

    def __init__(self, start: Floats, end: Floats, gardu: Ints, customers: Floats) -> None:
        """Lay points along the lines, ends included."""
        known = gardu >= 0
        start, end, gardu = start[known], end[known], gardu[known]
        pieces = np.maximum(np.ceil(np.hypot(*(end - start).T) / SAMPLE_M), 1).astype(int)
        row = np.repeat(np.arange(len(start)), pieces + 1)
        step = np.arange(len(row)) - np.repeat(np.cumsum(pieces + 1) - pieces - 1, pieces + 1)
        part = (step / pieces[row])[:, None]
        xy = start[row] * (1 - part) + end[row] * part
        order = np.lexsort((xy[:, 1], xy[:, 0], gardu[row]))
        self._xy, self._gardu = xy[order], gardu[row][order]
        self._customers = customers
        self._key = np.empty(0, dtype=np.int64)
        self._metres = np.empty(0)

    def pairs_m(self, rows: Ints, cand: Ints) -> Floats:
        """Return metres for customers (r,) and candidate gardu (r, c), NaN without a line."""
        key = np.where(cand >= 0, cand * len(self._customers) + rows[:, None], -1)
        asked = np.unique(key)
        asked = asked[asked >= 0]
        new = np.setdiff1d(asked, self._key, assume_unique=True)
        if len(new):
            gardu, row = np.divmod(new, len(self._customers))
            both = np.concatenate([self._key, new])
            metres = np.concatenate([self._metres, self._measured(self._customers[row], gardu)])
            order = np.argsort(both, kind="stable")
            self._key, self._metres = both[order], metres[order]
        if not len(self._key):
            return np.full(key.shape, np.nan)
        at = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        return np.where(key >= 0, self._metres[at], np.nan)

    def _measured(self, xy: Floats, gardu: Ints) -> Floats:
        """Measure pairs whose gardu rise."""
        out = np.full(len(xy), np.nan)
        asked, first = np.unique(gardu, return_index=True)
        lows = np.searchsorted(self._gardu, asked)
        highs = np.searchsorted(self._gardu, asked, side="right")
        for begin, end, low, high in zip(
            first, np.append(first[1:], len(gardu)), lows, highs, strict=True
        ):
            if high > low:
                out[begin:end] = cKDTree(self._xy[low:high]).query(xy[begin:end])[0]
        return out
