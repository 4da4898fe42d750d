"""How far it is to walk from customer to customer: exact on the network, or said to be guessed."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from rbmgeo.geo import coordinates
from rbmgeo.network.corners import corners
from rbmgeo.network.crossing import NO_SIDES, Crossing
from rbmgeo.network.distances import distances
from rbmgeo.network.fallback import by_neighbours, straight
from rbmgeo.network.snap import Snapped, Snapper
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]

#: Ways from house to house are longer than the straight lines that a detour is told for. Walks
#: along streets are 1.10 (Kediri) and 1.32 times (Balikpapan) the walks from neighbour to
#: neighbour, 1.15 and 1.37 times those in straight lines (made customers, 65 RBM, each way ordered
#: for itself).
BY_NEIGHBOURS = 0.95


@dataclass(frozen=True)
class Walk:
    """Metres between all pairs (n x n), and which of them are guessed ("jarak perkiraan").

    Symmetric. The metres of the street, plus those a crossing counts for; off the street
    only where ``estimated``. Figures that are not estimated keep the triangle inequality,
    but for customers on the very line of a street, who are on both of its sides; estimated
    ones need not keep it.
    """

    matrix_m: Floats
    estimated: npt.NDArray[np.bool_]


class Walker:
    """Answers walking distances within groups of customers on one network.

    ``crossing``: what the other side of a street costs (None: sides do not matter; along
    low-voltage spans they never do). ``limit_m``: a customer farther off any street walks
    to it straight, times ``detour``, and his figures are estimated; so are those between
    parts of the network that do not hang together, straight times ``detour``. Without a
    network (None) all are: straight, or along ``neighbours`` from house to house, where a little
    less of a detour is left (`BY_NEIGHBOURS`).
    """

    def __init__(
        self,
        network: Network | None,
        *,
        detour: float = 1.3,
        crossing: Crossing | None = None,
        limit_m: float = np.inf,
        neighbours: bool = False,
    ) -> None:
        self.network = network if network is not None and len(network.edges) else None
        self.detour, self.limit_m, self.neighbours = detour, limit_m, neighbours
        if self.network is not None:
            sided = crossing if crossing is not None and self.network.kind == "jalan" else NO_SIDES
            self._corners = corners(self.network, sided)
            self._snapper = Snapper(self.network)

    def snap(self, points: gpd.GeoSeries) -> Snapped:
        """Put points (metres, none missing) on the nearest edge; ties to the lower edge."""
        assert self.network is not None
        return self._snapper.snap(points)

    def walk(self, points: gpd.GeoSeries) -> Walk:
        """Return the distances between all pairs of points (metres, none missing)."""
        xy = coordinates(points)
        if self.network is None or len(points) < 2:
            guess = straight(xy, detour=self.detour)
            if self.neighbours and len(points):
                guess = by_neighbours(xy, detour=max(1.0, self.detour * BY_NEIGHBOURS))
            return Walk(guess, ~np.eye(len(points), dtype=bool))
        at = self.snap(points)
        on_streets = distances(self.network, self._corners, at)
        far = at.off_m > self.limit_m
        apart = ~np.isfinite(on_streets)
        if not (far.any() or apart.any()):
            return Walk(on_streets, apart)
        guess = straight(xy, detour=self.detour)
        off = np.where(far, at.off_m * self.detour, 0.0)
        off = off[:, None] + off[None]
        # Two that are nearer to each other than to the streets walk straight.
        direct = apart | (guess < off)
        matrix = np.where(direct, guess, on_streets + off)
        np.fill_diagonal(matrix, 0)
        estimated = apart | far[:, None] | far[None]
        np.fill_diagonal(estimated, val=False)
        return Walk(matrix, estimated)
