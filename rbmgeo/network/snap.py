"""Where customers stand on the street model: on which street, which side, how far off."""

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from rbmgeo.geo import coordinates, require_metres
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Branches of the tree at each fork: half the time of ten, measured on the streets of a town.
_BRANCHES = 3
#: A point this near to the middle of a street (metres) is on neither side.
ON_THE_LINE = 0.01
#: A part of the network with less than this share of the largest part's metres is apart.
SMALL_SHARE = 0.1


class Unreachable(StrEnum):
    """Why no way on foot leads to a customer, so that distances to him are estimated."""

    NO_POINT = "no_point"
    FAR = "far"
    APART = "apart"


@dataclass(frozen=True)
class Snapped:
    """Where customers stand on a network: edge, metres along it from its start, metres off it.

    ``side``: 1 left and -1 right of the edge as it is drawn, 0 on it.
    """

    edge: Ints
    along_m: Floats
    off_m: Floats
    side: Ints


class Snapper:
    """Puts points on the nearest edge of one network (not empty); ties to the lower edge."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._tree = shapely.STRtree(network.shapes, _BRANCHES)
        self._along = _Along.of(network.shapes)

    def snap(self, points: gpd.GeoSeries) -> Snapped:
        """Snap points (metres, none missing)."""
        geometry = points.to_numpy()
        who, edge = self._tree.query_nearest(geometry, all_matches=True)
        order = np.lexsort((edge, who))
        _, first = np.unique(who[order], return_index=True)
        edge = edge[order][first].astype(np.int64)
        shape = self.network.shapes[edge]
        along = np.asarray(shapely.line_locate_point(shape, geometry))
        off = np.asarray(shapely.distance(shape, geometry))
        side = self._side(edge, along, coordinates(points))
        return Snapped(edge, along, off, np.where(off < ON_THE_LINE, 0, side))

    def _side(self, edge: Ints, along: Floats, xy: Floats) -> Ints:
        """Return 1 where a point is left of the line's direction at its foot, -1 where right."""
        length = self.network.length_m[edge]
        step = np.minimum(0.5, length / 2)
        way = self._along.at(edge, np.minimum(along + step, length)) - self._along.at(
            edge, np.maximum(along - step, 0)
        )
        off = xy - self._along.at(edge, along)
        return np.sign(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0]).astype(np.int64)


@dataclass(frozen=True)
class _Along:
    """Corners of all lines behind each other, and the metres to each from the first of all."""

    xy: Floats
    metres: Floats
    first: Ints
    last: Ints

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_]) -> "_Along":
        xy, line = shapely.get_coordinates(shapes, return_index=True)
        step = np.hypot(*np.diff(xy, axis=0).T) * (line[1:] == line[:-1])
        number = np.arange(len(shapes))
        first, end = (np.searchsorted(line, number, side=s) for s in ("left", "right"))
        return cls(xy, np.r_[0.0, np.cumsum(step)], first, end - 1)

    def at(self, line: Ints, along: Floats) -> Floats:
        """Return the places (x, y) so many metres along lines."""
        far = self.metres[self.first[line]] + along
        k = np.searchsorted(self.metres, far, side="right") - 1
        k = np.clip(k, self.first[line], np.maximum(self.last[line] - 1, self.first[line]))
        then = np.minimum(k + 1, self.last[line])
        step = self.metres[then] - self.metres[k]
        share = np.clip((far - self.metres[k]) / np.where(step > 0, step, 1.0), 0, 1)
        return np.asarray(self.xy[k] + share[:, None] * (self.xy[then] - self.xy[k]))


def placed(
    network: Network, points: gpd.GeoSeries, *, limit_m: float, snapper: Snapper | None = None
) -> pd.DataFrame:
    """Return where every customer stands, and why some cannot be reached on foot.

    A row per point, its index kept: ``edge``, ``road``, ``side``, ``along_m``, ``off_m`` (all
    missing without a point) and ``reason``: "" or an `Unreachable`. ``limit_m``: farther off
    any street than this, nobody knows the way to the house.
    """
    require_metres(points)
    out = pd.DataFrame(
        {"edge": pd.NA, "road": None, "side": pd.NA, "along_m": np.nan, "off_m": np.nan,
         "reason": Unreachable.NO_POINT.value},
        index=points.index,
    ).astype({"edge": "Int64", "side": "Int64", "road": "object", "reason": "object"})  # fmt: skip
    placed = ~np.isnan(coordinates(points)[:, 0])
    if not placed.any():
        return out
    if not len(network.edges):
        out.loc[placed, "reason"] = Unreachable.FAR.value
        return out
    at = (snapper or Snapper(network)).snap(points[placed])
    apart = small_parts(network)[at.edge]
    reason = np.where(apart, Unreachable.APART.value, "").astype(object)
    reason[at.off_m > limit_m] = Unreachable.FAR.value
    told = {"edge": at.edge, "road": network.road[at.edge], "side": at.side,
            "along_m": at.along_m, "off_m": at.off_m, "reason": reason}  # fmt: skip
    for name, values in told.items():
        out.loc[placed, name] = values
    return out


def small_parts(network: Network) -> npt.NDArray[np.bool_]:
    """Return which edges lie in a small part of the network, apart from the rest."""
    part = network.parts()[network.edges[:, 0]]
    metres = np.bincount(part, network.length_m)
    return np.asarray((metres < SMALL_SHARE * metres[0])[part])
