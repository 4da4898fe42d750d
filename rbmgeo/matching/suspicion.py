"""P(the recorded gardu is wrong) from neighbours' votes and capacity-constrained transport.

The nearest gardu is the true one for three customers of four only (findings on a real
utility), so distance alone accuses the innocent. Three looks are weighed against each other,
each with the customer's own record left out where it could speak for itself:

- votes of the nearest customers for their own gardu;
- entropic transport (Sinkhorn): customers go to near gardu, each gardu takes as many as are
  recorded on it, so that a large gardu reaches farther than a small one;
- distance to the recorded gardu against the distance to the best other one.

A logistic formula joins them; a later, learned detector may replace it behind this function.
"""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.neighbours import Neighbours, nearest_customers, value_at, votes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Fitted once by logistic regression on errors injected into the French networks and the
#: small town of the shared data (5 % of records, neighbour/random/block 60/20/20, position
#: error 10 m, 6 seeds each); see bench/fit_suspicion.py. Order as `FEATURES`.
FEATURES = ("vote_10", "vote_25", "vote_other", "transport", "transport_other", "distance")
WEIGHTS = (-0.462, -0.065, 0.01, -0.482, -0.079, 1.409)
INTERCEPT = -3.37
#: So many customers place a gardu whose own position nobody knows.
AMID = 3


@dataclass(frozen=True)
class SuspicionParams:
    """How far one looks, and how the looks are weighed."""

    neighbours: int = 25
    nearest_gardu: int = 8
    voted_gardu: int = 3
    kernel_m: float = 40.0
    rounds: int = 30
    weights: tuple[float, ...] = field(default=WEIGHTS)
    intercept: float = INTERCEPT

    def __post_init__(self) -> None:
        if min(self.neighbours, self.nearest_gardu, self.voted_gardu, self.rounds) < 1:
            raise ValueError("neighbours, gardu and rounds are counted from 1")
        if self.kernel_m <= 0:
            raise ValueError(f"kernel_m is {self.kernel_m}, expected metres above 0")


@dataclass(frozen=True)
class Suspicion:
    """What was found: one row per customer, and every candidate looked at.

    ``frame`` has index idpel; columns ``p``, ``proposed_gardu`` and the evidence: ``vote``
    and ``vote_other`` (share of the 10 nearest), ``distance_m``, ``proposed_distance_m``,
    ``transport``. ``candidates``: ``idpel``, ``gardu``, ``rank``, ``distance_m``.
    """

    frame: pd.DataFrame
    candidates: pd.DataFrame


def suspicion(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: SuspicionParams | None = None,
) -> Suspicion:
    """Suspect the record of every customer that has a point.

    Parameters
    ----------
    points
        Positions in metres, index idpel, none missing.
    recorded
        The recorded gardu of the same customers.
    gardu
        `GARDU`; one without a position is taken to stand amid its recorded customers, if
        these are `AMID` or more: one alone would vouch for itself.

    Returns
    -------
    Suspicion
        Rows sorted by idpel; the same input in any order gives the same values.
    """
    params = params or SuspicionParams()
    require_metres(points)
    points = points.sort_index()
    recorded = recorded.reindex(points.index)
    scene = _scene(points, recorded, gardu, params)
    pairs = _candidates(scene, params)
    found, other = _features(scene, pairs, params)
    found.index = points.index
    score = found[list(FEATURES)].to_numpy() @ np.array(params.weights) + params.intercept
    frame = pd.DataFrame(
        {
            "p": np.round(1 / (1 + np.exp(-score)), 6),
            "proposed_gardu": pd.Series(scene.codes[other], index=points.index, dtype="str").where(other >= 0),
            "vote": found["share_10"], "vote_other": found["share_other"],
            "distance_m": found["distance_m"], "proposed_distance_m": found["other_m"],
            "transport": found["posterior"],
        },
        index=points.index,
    )  # fmt: skip
    return Suspicion(frame, _candidate_table(scene, pairs, points.index))


def candidates(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: SuspicionParams | None = None,
) -> pd.DataFrame:
    """Return the candidates of `suspicion` alone: nobody is doubted."""
    params = params or SuspicionParams()
    require_metres(points)
    points = points.sort_index()
    scene = _scene(points, recorded.reindex(points.index), gardu, params)
    return _candidate_table(scene, _candidates(scene, params), points.index)


def features(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: SuspicionParams | None = None,
) -> pd.DataFrame:
    """Return the features of `suspicion` (columns `FEATURES`), for fitting its weights."""
    params = params or SuspicionParams()
    points = points.sort_index()
    scene = _scene(points, recorded.reindex(points.index), gardu, params)
    found, _ = _features(scene, _candidates(scene, params), params)
    return found.set_index(points.index)[list(FEATURES)]


def with_sites(
    points: gpd.GeoSeries, recorded: pd.Series, gardu: gpd.GeoDataFrame
) -> tuple[npt.NDArray[np.object_], Floats]:
    """Return every gardu code, in order, and where each stands (m x 2 metres, NaN unknown).

    A gardu without a position is taken to stand amid its recorded customers, if these are
    `AMID` or more.
    """
    codes = np.array(sorted(set(gardu.index) | set(recorded.dropna())), dtype=object)
    label = pd.Index(codes).get_indexer(pd.Index(recorded))
    site = pd.DataFrame(coordinates(gpd.GeoSeries(gardu["geometry"])), index=gardu.index)
    site_xy = site.reindex(codes).to_numpy(float)
    count = np.bincount(label[label >= 0], minlength=len(codes))
    amid = pd.DataFrame(coordinates(points)).groupby(label).median()
    middle = amid.reindex(range(len(codes))).to_numpy(float)
    return codes, np.where(np.isnan(site_xy) & (count >= AMID)[:, None], middle, site_xy)


@dataclass(frozen=True)
class _Scene:
    xy: Floats
    label: Ints
    codes: npt.NDArray[np.object_]
    site: Floats
    capacity: Floats
    neighbours: Neighbours
    near_votes: sparse.csr_matrix
    wide_votes: sparse.csr_matrix


@dataclass(frozen=True)
class _Pairs:
    """Candidate pairs, row by row: customer, gardu, metres between, transport posterior."""

    row: Ints
    gardu: Ints
    away_m: Floats
    posterior: Floats


def _scene(
    points: gpd.GeoSeries, recorded: pd.Series, gardu: gpd.GeoDataFrame, params: SuspicionParams
) -> _Scene:
    xy = coordinates(points)
    codes, site_xy = with_sites(points, recorded, gardu)
    label = pd.Index(codes).get_indexer(pd.Index(recorded)).astype(np.int64)
    capacity = np.bincount(label[label >= 0], minlength=len(codes)).astype(float)
    neighbours = nearest_customers(xy, params.neighbours)
    return _Scene(
        xy=xy, label=label, codes=codes, site=site_xy,
        capacity=capacity,
        neighbours=neighbours,
        near_votes=votes(neighbours, label, len(codes), k=10),
        wide_votes=votes(neighbours, label, len(codes), k=params.neighbours, scale_m=params.kernel_m),
    )  # fmt: skip


def _candidates(scene: _Scene, params: SuspicionParams) -> _Pairs:
    """Pair customers with near and with voted gardu; never with one for being recorded."""
    n = len(scene.xy)
    placed = np.flatnonzero(~np.isnan(scene.site[:, 0]))
    if not len(placed):
        empty = np.empty(0, dtype=np.int64)
        return _Pairs(empty, empty, np.empty(0), np.empty(0))
    k = min(params.nearest_gardu, len(placed))
    _, near = cKDTree(scene.site[placed]).query(scene.xy, k=k)
    near = placed[np.asarray(near).reshape(n, -1)]
    rows = np.repeat(np.arange(n), near.shape[1])
    voted_row, voted = _top_votes(scene.wide_votes, params.voted_gardu)
    pair = np.sort(
        np.concatenate([rows, voted_row]) * len(scene.codes) + np.concatenate([near.ravel(), voted])
    )
    there = np.zeros(len(scene.codes), dtype=bool)
    there[placed] = True
    pair = pair[np.append(True, pair[1:] != pair[:-1]) & there[pair % len(scene.codes)]]
    row, column = pair // len(scene.codes), pair % len(scene.codes)
    away = np.hypot(*(scene.xy[row] - scene.site[column]).T)
    return _Pairs(row, column, away, _transport(row, column, away, scene, params))


def _top_votes(matrix: sparse.csr_matrix, top: int) -> tuple[Ints, Ints]:
    """Return (row, column) of the largest values of each row, ties to the smaller column."""
    coo = matrix.tocoo()
    order = np.lexsort((coo.col, -np.round(coo.data, 9), coo.row))
    row, column = coo.row[order].astype(np.int64), coo.col[order].astype(np.int64)
    first = np.searchsorted(row, np.arange(matrix.shape[0]))
    rank = np.arange(len(row)) - first[row]
    return row[rank < top], column[rank < top]


def _transport(
    row: Ints, column: Ints, away: Floats, scene: _Scene, params: SuspicionParams
) -> Floats:
    """Return P(gardu | customer) of entropic transport with the recorded counts as capacity."""
    n, m = len(scene.xy), len(scene.codes)
    nearest = np.full(n, np.inf)
    np.minimum.at(nearest, row, away)
    kernel = np.exp(-(away - nearest[row]) / params.kernel_m) + 1e-12
    # An empty gardu may take somebody all the same: half a customer, not none.
    capacity = np.maximum(scene.capacity, 0.5)
    pull = np.ones(m)
    for _ in range(params.rounds):
        mass = kernel * pull[column]
        total = np.bincount(row, mass, minlength=n)
        share = mass / total[row]
        taken = np.bincount(column, share, minlength=m)
        pull = pull * np.where(taken > 0, capacity / np.maximum(taken, 1e-9), 1.0) ** 0.7
        pull /= np.exp(np.log(pull).mean())
    mass = kernel * pull[column]
    return np.asarray(mass / np.bincount(row, mass, minlength=n)[row], dtype=np.float64)


def _features(scene: _Scene, pairs: _Pairs, params: SuspicionParams) -> tuple[pd.DataFrame, Ints]:
    n = len(scene.xy)
    recorded = pairs.gardu == scene.label[pairs.row]
    posterior = np.bincount(pairs.row[recorded], pairs.posterior[recorded], minlength=n)
    near = np.asarray(scene.near_votes[pairs.row, pairs.gardu]).ravel()
    wide = np.asarray(scene.wide_votes[pairs.row, pairs.gardu]).ravel()
    # The proposal is the best other candidate by votes and transport together.
    merit = np.where(recorded, -1.0, 0.5 * wide + 0.2 * near + 0.3 * pairs.posterior)
    order = np.lexsort((pairs.gardu, -np.round(merit, 9), pairs.row))
    starts = np.searchsorted(pairs.row[order], np.arange(n))
    has = np.bincount(pairs.row[~recorded], minlength=n) > 0
    best = order[np.minimum(starts, max(len(order) - 1, 0))] if len(order) else np.zeros(n, int)
    other = np.where(has, pairs.gardu[best], -1) if len(order) else np.full(n, -1)
    own_m = np.hypot(*(scene.xy - scene.site[np.maximum(scene.label, 0)]).T)
    own_m = np.where(scene.label >= 0, own_m, np.nan)
    other_m = np.where(has, pairs.away_m[best], np.nan) if len(order) else np.full(n, np.nan)
    other_post = np.where(has, pairs.posterior[best], 0.0) if len(order) else np.zeros(n)
    share_10 = value_at(scene.near_votes, scene.label)
    share_wide = value_at(scene.wide_votes, scene.label)
    share_other = value_at(scene.wide_votes, other.astype(np.int64))
    ratio = np.log((own_m + 15) / (other_m + 15))
    return (
        pd.DataFrame(
            {
                "vote_10": _log_odds(share_10),
                "vote_25": _log_odds(share_wide),
                "vote_other": _log_odds(share_other),
                "transport": _log_odds(np.asarray(posterior, dtype=np.float64)),
                "transport_other": _log_odds(other_post),
                "distance": np.nan_to_num(ratio, nan=0.0),
                "share_10": share_10,
                "share_other": share_other,
                "posterior": posterior,
                "distance_m": own_m,
                "other_m": other_m,
            }
        ),
        other.astype(np.int64),
    )


def _log_odds(share: Floats, floor: float = 0.02) -> Floats:
    inside = np.clip(share, 0, 1) * (1 - 2 * floor) + floor
    return np.asarray(np.log(inside / (1 - inside)))


def _candidate_table(scene: _Scene, pairs: _Pairs, idpels: pd.Index) -> pd.DataFrame:
    order = np.lexsort((pairs.gardu, -np.round(pairs.posterior, 9), pairs.row))
    row = pairs.row[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
    return pd.DataFrame(
        {
            "idpel": idpels[row], "gardu": scene.codes[pairs.gardu[order]].astype(str),
            "rank": rank, "distance_m": np.round(pairs.away_m[order], 2),
        }
    )  # fmt: skip
