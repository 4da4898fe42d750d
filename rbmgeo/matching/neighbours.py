"""Nearest customers and what they say: votes for a gardu, one's own label left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other customers of each of n customers.

    ``near`` (n x k) holds row numbers, ``away_m`` their distances; where there are fewer
    than k others, the row number is n and the distance infinite. Rows must be sorted by
    idpel: equal distances are taken in that order, whatever the order of the file was.
    """

    near: Ints
    away_m: Floats


def nearest_customers(xy: Floats, k: int) -> Neighbours:
    """Find the k nearest other customers of each point (n x 2, metres)."""
    n = len(xy)
    wide = min(n, k + 1 + 8)  # room to drop oneself and to settle ties by row
    away, near = cKDTree(xy).query(xy, k=max(wide, 1))
    away, near = away.reshape(n, -1).astype(float), near.reshape(n, -1).astype(np.int64)
    away[near == np.arange(n)[:, None]] = np.inf
    order = np.lexsort((near, np.round(away, 6)), axis=1)
    near, away = (
        np.take_along_axis(near, order, 1)[:, :k],
        np.take_along_axis(away, order, 1)[:, :k],
    )
    near = np.where(np.isfinite(away), near, n)
    if near.shape[1] < k:
        missing = k - near.shape[1]
        near = np.pad(near, ((0, 0), (0, missing)), constant_values=n)
        away = np.pad(away, ((0, 0), (0, missing)), constant_values=np.inf)
    return Neighbours(near, away)


def votes(
    neighbours: Neighbours, label: Ints, labels: int, *, k: int, scale_m: float | None = None
) -> sparse.csr_matrix:
    """Return each customer's votes for each label (n x labels), rows summing to 1 (or 0).

    ``label`` is -1 where a customer has none; with ``scale_m`` nearer neighbours weigh more
    (Gaussian), else each of the k counts one.
    """
    n = len(label)
    near, away = neighbours.near[:, :k], neighbours.away_m[:, :k]
    padded = np.append(label, -1)
    said = padded[near]
    weight = np.ones_like(away) if scale_m is None else np.exp(-0.5 * (away / scale_m) ** 2) + 1e-9
    weight = np.where((said >= 0) & np.isfinite(away), weight, 0.0)
    rows = np.repeat(np.arange(n), near.shape[1])
    there = weight.ravel() > 0
    matrix = sparse.csr_matrix(
        (weight.ravel()[there], (rows[there], said.ravel()[there])), shape=(n, labels)
    )
    total = np.asarray(matrix.sum(axis=1)).ravel()
    scale = np.divide(1.0, total, out=np.zeros(n), where=total > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ matrix)


def value_at(matrix: sparse.csr_matrix, column: Ints) -> Floats:
    """Return one value per row, 0 where the column is -1."""
    rows = np.arange(matrix.shape[0])
    found = np.asarray(matrix[rows, np.maximum(column, 0)]).ravel()
    return np.where(column >= 0, found, 0.0)
