"""Coordinate errors of real life, told apart; nothing is repaired, a place is never made up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import shapely

from rbmgeo.geo import degrees_xy
from rbmgeo.intake.raw import RawTable, Source

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Eastings and northings in a UTM zone of Indonesia, in metres.
EASTING, NORTHING_SOUTH, NORTHING_NORTH = (160e3, 840e3), (8.7e6, 10e6), (0.0, 730e3)
#: Steps of a column that was dragged down: equal ones, as many as never come by chance.
FEW, MANY = 5, 40
SMALL, LARGE = 1.5e-5, 0.5  # degrees: what one unit of the last place comes to; whole degrees
SAME = 12  # rows with one value to the fifth decimal, while the other axis goes on
NOISE = 2e-9


def in_metres(lat: Floats, lon: Floats) -> Mask:
    """Mark pairs that are metres of a UTM zone under headings of degrees, in either order.

    South of the equator its northing gives a pair away. North of it the two could be degrees
    that lost their point: there most pairs of the table must agree.
    """
    south = _pair(lat, lon, NORTHING_SOUTH) | _pair(lon, lat, NORTHING_SOUTH)
    north = _pair(lat, lon, NORTHING_NORTH) | _pair(lon, lat, NORTHING_NORTH)
    told = np.isfinite(lat) & np.isfinite(lon)
    if told.any() and (south | north)[told].mean() > 0.5:
        return south | north
    return south


def _pair(northing: Floats, easting: Floats, band: tuple[float, float]) -> Mask:
    inside = (northing >= band[0]) & (northing <= band[1]) & (np.abs(northing) > 180)
    return inside & (easting >= EASTING[0]) & (easting <= EASTING[1])


def from_metres(lat: Floats, lon: Floats, srid: int) -> tuple[Floats, Floats]:
    """Return latitude and longitude of eastings and northings in a declared system.

    Which is which: a northing of the south is larger than any easting; else by header.
    """
    turned = (lon > 1e6) & (lat < 1e6)
    east, north = np.where(turned, lat, lon), np.where(turned, lon, lat)
    x, y = degrees_xy(east, north, srid)
    return y, x


def lost_decimals(lat: Floats, lon: Floats) -> Mask:
    """Mark pairs whose numbers lost their decimal sign: -765123 for -7.65123.

    At least one is a whole number beyond any degree; with the sign put back somewhere both
    would lie in Indonesia. Where it belongs nobody can know: 11269 and 112690 are one place
    only by luck.
    """
    lat_fits, lat_lost = _shifted(lat, -11.5, 6.5)
    lon_fits, lon_lost = _shifted(lon, 94.0, 142.0)
    lat_too, lat_turned = _shifted(lon, -11.5, 6.5)
    lon_too, lon_turned = _shifted(lat, 94.0, 142.0)
    straight = lat_fits & lon_fits & (lat_lost | lon_lost)
    return straight | (lat_too & lon_too & (lat_turned | lon_turned))


def _shifted(value: Floats, low: float, high: float) -> tuple[Mask, Mask]:
    """Say which values lie in a range as they are or with a decimal sign put in; which need one."""
    whole = np.isfinite(value) & (np.abs(value) > 180) & (np.round(value) == value)
    needs = np.zeros(len(value), dtype=bool)
    for places in range(1, 16):
        moved = value / 10.0**places
        needs |= whole & (moved >= low) & (moved <= high) & (np.abs(moved) >= 1)
    return ((value >= low) & (value <= high)) | needs, needs


def dragged(lat: Floats, lon: Floats) -> Mask:
    """Mark rows, in the file's order, of which a column was dragged down a spreadsheet.

    One axis goes on by equal steps: by a unit of its last place or by whole degrees (five
    steps are no chance), by any other step (forty); or it stands still to the fifth decimal
    while the other moves. Where both stand still it is one point that many share (R-IM-12).
    """
    return _runs(lat, lon) | _runs(lon, lat)


def _runs(axis: Floats, other: Floats) -> Mask:
    marked = np.zeros(len(axis), dtype=bool)
    if len(axis) <= FEW:
        return marked
    step = np.diff(axis)
    still = np.abs(step) <= NOISE
    known = np.isfinite(step)
    going = known & ~still
    # A run is of equal steps; it begins where a step is not the one before.
    equal = np.abs(np.diff(step)) <= NOISE
    begins = np.append(True, ~(equal & known[1:] & known[:-1]))
    run = np.cumsum(begins) - 1
    length = np.bincount(run)[run]
    size = np.abs(step)
    tick = going & ((size <= SMALL) | (size >= LARGE)) & (length >= FEW)
    any_step = going & (length >= MANY)
    fine = np.round(axis, 4) != axis
    moved = np.append(0, np.cumsum(np.abs(np.diff(other)) > NOISE))
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(step))
    changes = (moved[last] - moved[first])[run]
    copied = known & still & fine[1:] & (length >= SAME) & (changes * 2 > length)
    hit = tick | any_step | copied
    marked[:-1] |= hit
    marked[1:] |= hit
    return marked


@dataclass
class Dragged:
    """Rows of a source that were dragged, found while its pieces pass by in the file's order."""

    rows: set[int] = field(default_factory=set)
    _lat: list[float] = field(default_factory=list)
    _lon: list[float] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)

    def see(self, numbers: Floats, lat: Floats, lon: Floats) -> None:
        """Look at the next rows; what a run needs of those before is kept."""
        all_numbers = np.append(self._numbers, numbers).astype(np.int64)
        all_lat, all_lon = np.append(self._lat, lat), np.append(self._lon, lon)
        self.rows |= set(all_numbers[dragged(all_lat, all_lon)].tolist())
        self._numbers = all_numbers[-MANY - 1 :].tolist()
        self._lat, self._lon = all_lat[-MANY - 1 :].tolist(), all_lon[-MANY - 1 :].tolist()


def watched(source: Source, told: Callable[[RawTable], tuple[Floats, Floats] | None], found: Dragged) -> Source:  # fmt: skip
    """Return a source whose dragged rows are found as it is read."""

    def pieces() -> Iterator[RawTable]:
        found.rows.clear()
        for piece in source.pieces():
            pair = told(piece)
            if pair is not None:
                found.see(piece.rows.index.to_numpy(float), *pair)
            yield piece

    return replace(source, pieces=pieces)


def of_points(geometry: "npt.NDArray[np.object_]") -> tuple[Floats, Floats]:
    """Return latitude and longitude of a layer's points."""
    return shapely.get_y(geometry), shapely.get_x(geometry)
