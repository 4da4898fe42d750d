"""The gardu that a customer may hang on: near ones and those its neighbours name, likeliest first."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from rbmgeo.frames import places, reindexed
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.neighbours import PIECE, Neighbourhood, Neighbours, nearest_customers, votes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.object_]

#: So many customers place a gardu whose own position nobody knows.
AMID = 3


@dataclass(frozen=True)
class CandidateParams:
    """How far one looks for the gardu of a customer, and how many of those found are kept.

    Five are what a surveyor at the house is offered, beside the recorded one.
    """

    neighbours: int = 25
    nearest_gardu: int = 8
    voted_gardu: int = 3
    kept: int = 6
    kernel_m: float = 40.0
    rounds: int = 30

    def __post_init__(self) -> None:
        counts = self.neighbours, self.nearest_gardu, self.voted_gardu, self.kept, self.rounds
        if min(counts) < 1:
            raise ValueError("neighbours, gardu and rounds are counted from 1")
        if self.kernel_m <= 0:
            raise ValueError(f"kernel_m is {self.kernel_m}, expected metres above 0")


@dataclass(frozen=True)
class Candidates:
    """Ranked gardu of n customers, one run of each, likeliest first; a run may be empty.

    Those of customer i are ``gardu[starts[i]:starts[i + 1]]``, numbers into ``codes``, and
    ``distance_m`` says how far each is (metres, to the centimetre).
    """

    idpels: "pd.Index[str]"
    codes: Codes
    starts: Ints
    gardu: Ints
    distance_m: Floats

    @classmethod
    def none(cls) -> "Candidates":
        """Return the candidates of nobody."""
        nobody = pd.Index([], name="idpel", dtype="str")
        no_code = np.empty(0, dtype=object)
        nothing = np.empty(0, dtype=np.int64)
        return cls(nobody, no_code, np.zeros(1, dtype=np.int64), nothing, np.empty(0))

    def frame(self) -> pd.DataFrame:
        """Return one row a candidate: ``idpel``, ``gardu``, ``rank`` (from 1), ``distance_m``."""
        many = np.diff(self.starts)
        rank = np.arange(len(self.gardu)) - np.repeat(self.starts[:-1], many) + 1
        return pd.DataFrame(
            {
                "idpel": self.idpels.repeat(many), "gardu": self.codes[self.gardu].astype(str),
                "rank": rank, "distance_m": self.distance_m,
            }
        )  # fmt: skip

    def pieces(self) -> "Iterator[Candidates]":
        """Return them again, so many customers at a time."""
        for first in range(0, len(self.idpels), PIECE):
            starts = self.starts[first : first + PIECE + 1]
            part = slice(starts[0], starts[-1])
            yield Candidates(
                self.idpels[first : first + PIECE], self.codes, starts - starts[0],
                self.gardu[part], self.distance_m[part],
            )  # fmt: skip


@dataclass(frozen=True)
class Pairs:
    """Candidate pairs, row by row: customer, gardu, metres between, transport posterior."""

    row: Ints
    gardu: Ints
    away_m: Floats
    posterior: Floats


def candidates(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: CandidateParams | None = None,
    *,
    hood: Neighbourhood | None = None,
) -> Candidates:
    """Name the gardu that every customer with a point may hang on; nobody is doubted.

    Parameters
    ----------
    points, recorded, gardu
        As `rbmgeo.matching.suspicion.suspicion` takes them.
    hood
        The neighbours of these customers, if they were looked for before.
    """
    params = params or CandidateParams()
    require_metres(points)
    points = points.sort_index()
    recorded = reindexed(recorded, points.index)
    codes, site = with_sites(points, recorded, gardu)
    label = places(recorded, codes)
    xy = coordinates(points)
    near = None if hood is None else hood.of(points.index, params.neighbours)
    near = near or nearest_customers(xy, params.neighbours)
    voted = most_voted(near, label, len(codes), params)
    capacity = np.bincount(label[label >= 0], minlength=len(codes)).astype(float)
    pairs = candidate_pairs(xy, site, voted, capacity, params)
    return ranked(pairs, points.index, codes, params.kept)


def with_sites(
    points: gpd.GeoSeries, recorded: pd.Series, gardu: gpd.GeoDataFrame
) -> tuple[Codes, Floats]:
    """Return every gardu code, in order, and where each stands (m x 2 metres, NaN unknown).

    A gardu without a position is taken to stand amid its recorded customers, if these are
    `AMID` or more.
    """
    codes = np.array(sorted(set(gardu.index) | set(recorded.dropna().unique())), dtype=object)
    known = pd.DataFrame(coordinates(gpd.GeoSeries(gardu["geometry"])), index=gardu.index)
    site = known.reindex(codes).to_numpy(float, copy=True)
    label = places(recorded, codes)
    count = np.bincount(label[label >= 0], minlength=len(codes))
    unknown = np.isnan(site[:, 0]) & (count >= AMID)
    about = np.append(unknown, False)[label]
    if about.any():
        amid = pd.DataFrame(coordinates(points[about])).groupby(label[about]).median()
        site[amid.index] = amid.to_numpy(float)
    return codes, site


def most_voted(
    near: Neighbours, label: Ints, gardu: int, params: CandidateParams
) -> tuple[Ints, Ints]:
    """Return (customer, gardu) of the gardu that each one's neighbours name most."""
    found = []
    for first in range(0, len(near.near), PIECE):
        some = Neighbours(near.near[first : first + PIECE], near.away_m[first : first + PIECE])
        told = votes(some, label, gardu, k=params.neighbours, scale_m=params.kernel_m)
        row, column = top_votes(told, params.voted_gardu)
        found.append((row + first, column))
    if not found:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing
    return np.concatenate([r for r, _ in found]), np.concatenate([c for _, c in found])


def top_votes(matrix: sparse.csr_matrix, top: int) -> tuple[Ints, Ints]:
    """Return (row, column) of the largest values of each row, ties to the smaller column."""
    matrix.sort_indices()
    starts = matrix.indptr.astype(np.int64)
    order, most = _likeliest(starts, matrix.data, top)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(most))
    return rows, matrix.indices[order].astype(np.int64)


def candidate_pairs(
    xy: Floats, site: Floats, voted: tuple[Ints, Ints], capacity: Floats, params: CandidateParams
) -> Pairs:
    """Pair customers with near and with voted gardu; never with one for being recorded."""
    n, m = len(xy), len(site)
    placed = np.flatnonzero(~np.isnan(site[:, 0]))
    if not len(placed) or not n:
        empty = np.empty(0, dtype=np.int64)
        return Pairs(empty, empty, np.empty(0), np.empty(0))
    k = min(params.nearest_gardu, len(placed))
    _, near = cKDTree(site[placed]).query(xy, k=k)
    near = placed[np.asarray(near).reshape(n, -1)]
    rows = np.repeat(np.arange(n), k)
    pair = np.sort(np.concatenate([rows, voted[0]]) * m + np.concatenate([near.ravel(), voted[1]]))
    there = np.zeros(m, dtype=bool)
    there[placed] = True
    pair = pair[np.append(True, pair[1:] != pair[:-1]) & there[pair % m]]
    row, column = np.divmod(pair, m)
    away = np.hypot(xy[row, 0] - site[column, 0], xy[row, 1] - site[column, 1])
    return Pairs(row, column, away, _transport(row, column, away, capacity, n, params))


def _transport(
    row: Ints, column: Ints, away: Floats, capacity: Floats, customers: int, params: CandidateParams
) -> Floats:
    """Return P(gardu | customer) of entropic transport with the recorded counts as capacity."""
    starts = np.searchsorted(row, np.arange(customers + 1))
    nearest = np.minimum.reduceat(away, starts[:-1])  # everybody has a candidate
    kernel = np.exp(-(away - nearest[row]) / params.kernel_m) + 1e-12
    plan = sparse.csr_matrix((kernel, column, starts), shape=(customers, len(capacity)))
    # An empty gardu may take somebody all the same: half a customer, not none.
    capacity = np.maximum(capacity, 0.5)
    pull = np.ones(len(capacity))
    for _ in range(params.rounds):
        taken = pull * (plan.T @ (1 / (plan @ pull)))
        pull = pull * np.where(taken > 0, capacity / np.maximum(taken, 1e-9), 1.0) ** 0.7
        pull /= np.exp(np.log(pull).mean())
    return np.asarray(kernel * pull[column] / (plan @ pull)[row], dtype=np.float64)


def ranked(pairs: Pairs, idpels: "pd.Index[str]", codes: Codes, kept: int) -> Candidates:
    """Keep so many of each customer's pairs, in the order of posterior, ties by code."""
    starts = np.searchsorted(pairs.row, np.arange(len(idpels) + 1))
    order, starts = _likeliest(starts, pairs.posterior, kept)
    return Candidates(idpels, codes, starts, pairs.gardu[order], np.round(pairs.away_m[order], 2))


def _likeliest(starts: Ints, share: Floats, top: int) -> tuple[Ints, Ints]:
    """Return where the largest shares (0 to 1) of each run stand, ties by place, and their runs.

    Run i is ``share[starts[i]:starts[i + 1]]``; of what comes back, as many as ``top``.
    """
    many = np.diff(starts)
    row = np.repeat(np.arange(len(many)), many)
    place = np.arange(len(row)) - starts[row]
    bits = int(place.max(initial=0)).bit_length()
    # One number says it all: run, how unlikely (to 1e-9), place. Numbers are sorted ten times
    # as fast as three keys.
    unlikely = 10**9 - np.rint(share * 1e9).astype(np.int64)
    told = np.sort((((row << 30) | unlikely) << bits) | place)
    taken = place < top
    told, row = told[taken], row[taken]
    return starts[row] + (told & ((1 << bits) - 1)), np.append(0, np.cumsum(np.minimum(many, top)))
