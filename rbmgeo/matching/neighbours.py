"""Nearest customers and what they say: votes for a gardu, one's own label left out."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from rbmgeo.geo import coordinates, require_metres

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Customers looked at together: what lies between is held for so many, not for a whole unit.
PIECE = 100_000
#: So many more are looked at where distances tie, to settle them by row.
ROOM = 8


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other customers of each of n customers.

    ``near`` (n x k) holds row numbers, ``away_m`` their distances; where there are fewer
    than k others, the row number is n and the distance infinite. Rows must be sorted by
    idpel: equal distances are taken in that order, whatever the order of the file was.
    """

    near: Ints
    away_m: Floats


@dataclass(frozen=True)
class Neighbourhood:
    """The neighbours of the customers ``idpels``, looked for once and used by several."""

    idpels: "pd.Index[str]"
    found: Neighbours

    def of(self, idpels: "pd.Index[str]", k: int) -> Neighbours | None:
        """Return the k nearest of the same customers; None if it is not about the same ones."""
        if self.found.near.shape[1] < k or not self.idpels.equals(idpels):
            return None
        return Neighbours(self.found.near[:, :k], self.found.away_m[:, :k])


def neighbourhood(points: gpd.GeoSeries, k: int, *, threads: int = 1) -> Neighbourhood:
    """Look for the k nearest of customers that all have a point (metres, sorted by idpel)."""
    require_metres(points)
    return Neighbourhood(points.index, nearest_customers(coordinates(points), k, threads=threads))


def nearest_customers(xy: Floats, k: int, *, threads: int = 1) -> Neighbours:
    """Find the k nearest other customers of each point (n x 2, metres).

    How many ``threads`` look changes nothing in what is found.
    """
    n = len(xy)
    near = np.full((n, k), n, dtype=np.int64)
    away = np.full((n, k), np.inf)
    if n > 1:
        tree = cKDTree(xy)
        # In the order of the tree, whoever is asked next stands close by, and so does his part of it.
        for start in range(0, n, PIECE):
            rows = tree.indices[start : start + PIECE]
            near[rows], away[rows] = _nearest(tree, xy, rows, k, threads)
    return Neighbours(near, away)


def _nearest(tree: cKDTree, xy: Floats, rows: Ints, k: int, threads: int) -> tuple[Ints, Floats]:
    """Look for oneself, k others and one more, who tells whether the last place is disputed."""
    away, near = tree.query(xy[rows], k=k + 2, workers=threads)
    told = np.round(away, 6)
    tied = ((told[:, 1:] == told[:, :-1]) & np.isfinite(told[:, 1:])).any(axis=1)
    near, away = near[:, 1:-1].astype(np.int64), away[:, 1:-1]
    if tied.any():
        near[tied], away[tied] = _settled(tree, xy, rows[tied], k)
    return near, away


def _settled(tree: cKDTree, xy: Floats, rows: Ints, k: int) -> tuple[Ints, Floats]:
    """Look for the k nearest where distances tie, or somebody else stands where one stands."""
    away, near = tree.query(xy[rows], k=k + 1 + ROOM)
    away[near == rows[:, None]] = np.inf
    order = np.lexsort((near, np.round(away, 6)), axis=1)[:, :k]
    near, away = np.take_along_axis(near, order, 1), np.take_along_axis(away, order, 1)
    return np.where(np.isfinite(away), near, len(xy)), away


def votes(
    neighbours: Neighbours, label: Ints, labels: int, *, k: int, scale_m: float | None = None
) -> sparse.csr_matrix:
    """Return votes for each label (a row of ``neighbours`` x labels), rows summing to 1 (or 0).

    ``label`` is that of every customer, -1 where one has none; with ``scale_m`` nearer
    neighbours weigh more (Gaussian), else each of the k counts one.
    """
    near, away = neighbours.near[:, :k], neighbours.away_m[:, :k]
    n = len(near)
    said = np.append(label, -1)[near]
    weight = np.ones_like(away) if scale_m is None else np.exp(-0.5 * (away / scale_m) ** 2) + 1e-9
    there = (said >= 0) & np.isfinite(away)
    rows = np.append(0, np.cumsum(there.sum(axis=1)))
    matrix = sparse.csr_matrix((weight[there], said[there], rows), shape=(n, labels))
    matrix.sum_duplicates()
    total = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, total, out=np.zeros(n), where=total > 0)
    matrix.data *= np.repeat(scale, np.diff(matrix.indptr))
    return matrix


def value_at(matrix: sparse.csr_matrix, column: Ints) -> Floats:
    """Return one value per row, 0 where the column is -1."""
    rows = np.arange(matrix.shape[0])
    found = np.asarray(matrix[rows, np.maximum(column, 0)]).ravel()
    return np.where(column >= 0, found, 0.0)
