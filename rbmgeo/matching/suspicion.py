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

from rbmgeo.frames import places, reindexed
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.candidates import (
    CandidateParams,
    Candidates,
    Pairs,
    candidate_pairs,
    ranked,
    top_votes,
    with_sites,
)
from rbmgeo.matching.neighbours import (
    Neighbourhood,
    Neighbours,
    nearest_customers,
    value_at,
    votes,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Fitted once by logistic regression on errors injected into the French networks and the
#: small town of the shared data (5 % of records, neighbour/random/block 60/20/20, position
#: error 10 m, 6 seeds each); see bench/fit_suspicion.py. Order as `FEATURES`.
FEATURES = ("vote_10", "vote_25", "vote_other", "transport", "transport_other", "distance")
WEIGHTS = (-0.462, -0.065, 0.01, -0.482, -0.079, 1.409)
INTERCEPT = -3.37


@dataclass(frozen=True)
class SuspicionParams(CandidateParams):
    """How far one looks, and how the looks are weighed."""

    weights: tuple[float, ...] = field(default=WEIGHTS)
    intercept: float = INTERCEPT


@dataclass(frozen=True)
class Suspicion:
    """What was found: one row per customer, and every candidate looked at.

    ``frame`` has index idpel; columns ``p``, ``proposed_gardu`` and the evidence: ``vote``
    and ``vote_other`` (share of the 10 nearest), ``distance_m``, ``proposed_distance_m``,
    ``transport``.
    """

    frame: pd.DataFrame
    candidates: Candidates


def suspicion(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: SuspicionParams | None = None,
    *,
    hood: Neighbourhood | None = None,
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
        these are three or more: one alone would vouch for itself.
    hood
        The neighbours of these customers, if they were looked for before.

    Returns
    -------
    Suspicion
        Rows sorted by idpel; the same input in any order gives the same values.
    """
    params = params or SuspicionParams()
    require_metres(points)
    points = points.sort_index()
    recorded = reindexed(recorded, points.index)
    scene = _scene(points, recorded, gardu, params, hood)
    pairs = _pairs(scene, params)
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
    return Suspicion(frame, ranked(pairs, points.index, scene.codes, params.kept))


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
    found, _ = _features(scene, _pairs(scene, params), params)
    return found.set_index(points.index)[list(FEATURES)]


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


def _scene(
    points: gpd.GeoSeries,
    recorded: pd.Series,
    gardu: gpd.GeoDataFrame,
    params: SuspicionParams,
    hood: Neighbourhood | None = None,
) -> _Scene:
    xy = coordinates(points)
    codes, site_xy = with_sites(points, recorded, gardu)
    label = places(recorded, codes)
    capacity = np.bincount(label[label >= 0], minlength=len(codes)).astype(float)
    neighbours = None if hood is None else hood.of(points.index, params.neighbours)
    neighbours = neighbours or nearest_customers(xy, params.neighbours)
    return _Scene(
        xy=xy, label=label, codes=codes, site=site_xy,
        capacity=capacity,
        neighbours=neighbours,
        near_votes=votes(neighbours, label, len(codes), k=10),
        wide_votes=votes(neighbours, label, len(codes), k=params.neighbours, scale_m=params.kernel_m),
    )  # fmt: skip


def _pairs(scene: _Scene, params: SuspicionParams) -> Pairs:
    voted = top_votes(scene.wide_votes, params.voted_gardu)
    return candidate_pairs(scene.xy, scene.site, voted, scene.capacity, params)


def _features(scene: _Scene, pairs: Pairs, params: SuspicionParams) -> tuple[pd.DataFrame, Ints]:
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
