"""Which of a customer's positions is in use, and how good it is (R-LO-01, R-IM-08, R-IM-12)."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from rbmgeo.frames import numbered
from rbmgeo.geo import WGS84, metres_xy, to_metres, utm_srid
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import CoordinateQuality

#: Sources by rank: what a survey approved, the network GIS, readers' medians, all else.
RANK = {"survey": 0, "gis": 1, "reader": 2}
#: Longest step of a dragged position, in 1e-7 degrees: 1.5 m along a meridian.
DRAGGED_STEP = 135
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Q = CoordinateQuality
#: Qualities by name, and the number of each.
QUALITIES = sorted(q.value for q in Q)
CODE = {q: QUALITIES.index(q.value) for q in Q}


@dataclass(frozen=True)
class Places:
    """The position in use of every customer with a told one, and the unit's zone.

    Attributes
    ----------
    idpels
        The customers, in order; ``weighed`` has a row for each.
    weighed
        ``lon``, ``lat`` (NaN where none may be used), ``spread_m`` (radius that holds half of
        the points), ``source`` (number in ``sources``, -1 for none) and ``quality`` (number in
        `QUALITIES`).
    told_first
        The number of the first row told of each customer.
    """

    idpels: pd.Index
    weighed: pd.DataFrame
    sources: list[str]
    told_first: "npt.NDArray[np.int64]"
    srid: int | None

    @property
    def frame(self) -> pd.DataFrame:
        """Index idpel: ``lon``, ``lat``, ``point_source``, ``spread_m``, ``coordinate_quality``."""
        return self.of(np.ones(len(self.idpels), dtype=bool))

    def of(self, customers: Marks) -> pd.DataFrame:
        """Return the rows of `frame` of marked customers."""
        rows = self.weighed[customers]
        return pd.DataFrame(
            {
                "lon": rows["lon"].to_numpy(),
                "lat": rows["lat"].to_numpy(),
                "point_source": _names(self.sources, rows["source"]),
                "spread_m": rows["spread_m"].to_numpy(),
                "coordinate_quality": _names(QUALITIES, rows["quality"]),
            },
            index=pd.Index(self.idpels[customers], name="idpel"),
        )


def places_in_use(
    points: pd.DataFrame, settings: UnitSettings, srid: int | None, *, boundary: Any = None
) -> Places:
    """Choose one position per customer.

    Parameters
    ----------
    points
        One row per told position: ``idpel``, ``source``, ``quality``, ``position``,
        ``month`` (YYYYMM or missing), ``lon``, ``lat`` (NaN where no place).
    srid
        The unit's UTM zone; decided from the middle of its positions where it has none.
    boundary
        The unit's outline in degrees, where it has one; else its own points tell what is far.
    """
    # Customers, sources and qualities as numbers: a million texts take seconds and memory.
    who, idpels = numbered(points["idpel"])
    told, sources = _weighed(points, who)
    has = told["lon"].notna().to_numpy()
    if has.any() and srid is None:
        srid = utm_srid(float(told["lon"].median()), float(told["lat"].median()))
    if srid is None:
        frame = _only_quality(told)
    else:
        told.loc[_shared(told, settings), "quality"] = CODE[Q.TITIK_BERSAMA]
        x, y = metres_xy(told["lon"], told["lat"], srid)
        good = _good(told) & has
        beyond = settings.boundary_buffer_m
        far = (
            _far(x, y, good, beyond) if boundary is None else _outside(x, y, boundary, srid, beyond)
        )
        told.loc[far & good, "quality"] = CODE[Q.DI_LUAR_UNIT]
        chosen = _chosen(told, good & ~far, x, y, _ranks(sources))
        rest = _only_quality(told[~np.isin(told["who"], chosen.index)])
        frame = pd.concat([chosen, rest]).sort_index()
    first = np.empty(len(idpels), dtype=np.int64)
    first[who[::-1]] = np.arange(len(who))[::-1]
    return Places(idpels, frame, sources, first, srid)


def _weighed(points: pd.DataFrame, who: "npt.NDArray[np.int64]") -> tuple[pd.DataFrame, list[str]]:
    """Return positions with source, quality and month as numbers, and the sources' names.

    Both numbers follow the names in order; a month that is not told is -1.
    """
    source, names = _coded(points["source"])
    quality, told = _coded(points["quality"])
    frame = pd.DataFrame(
        {
            "who": who,
            "lon": points["lon"].to_numpy(float, na_value=np.nan),
            "lat": points["lat"].to_numpy(float, na_value=np.nan),
            "source": source.astype(np.int16),
            "quality": np.array([CODE[Q(q)] for q in told], dtype=np.int8)[quality],
            "month": _coded(points["month"])[0],
            "reader": np.isin(source, [n for n, name in enumerate(names) if name == "reader"]),
        }
    )
    survey = np.isin(source, [n for n, name in enumerate(names) if name == "survey"])
    frame["house"] = points["position"].eq("house").to_numpy() & ~survey & frame["lon"].notna()
    return frame, names


def _coded(texts: pd.Series) -> "tuple[npt.NDArray[np.int32], list[str]]":
    """Return a number for each of few texts, by their order, and the texts; missing is -1."""
    told = texts.astype("category").cat
    names = sorted(map(str, told.categories))
    codes = told.set_categories(names).cat.codes.to_numpy().astype(np.int32)
    return codes, names


def _names(names: list[str], numbers: pd.Series) -> Any:
    """Return the names of numbers; missing where the number is -1."""
    known = pd.array([*names], dtype="str")
    return known.take(numbers.to_numpy(np.int64), allow_fill=True)


def moved_places(places: Places, told: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `Places.frame` that differ from what is in use now.

    ``told`` as given to `places_in_use`, with ``now_source``, ``now_quality``, ``now_lon`` and
    ``now_lat`` of each row's customer.
    """
    before, now = told.take(places.told_first), places.weighed
    differs = _other(before["now_source"], now["source"], places.sources)
    differs |= _other(before["now_quality"], now["quality"], QUALITIES)
    for name in ("lon", "lat"):
        old, new = before[f"now_{name}"].to_numpy(float, na_value=np.nan), now[name].to_numpy()
        differs |= (old != new) & ~(np.isnan(old) & np.isnan(new))
    return places.of(differs)


def _other(before: pd.Series, numbers: pd.Series, names: list[str]) -> Marks:
    """Mark the texts that are not the names of the numbers beside them; -1 is missing."""
    told = before.astype("category").cat
    gone = [name for name in told.categories if name not in names]
    return np.asarray(
        told.set_categories([*names, *gone]).cat.codes.to_numpy() != numbers.to_numpy()
    )


def _shared(told: pd.DataFrame, settings: UnitSettings) -> Marks:
    """Mark positions that too many customers share: an office, not their houses (R-IM-12).

    One position dragged down a spreadsheet is the same, though its last digit counts on.
    """
    house = told["house"].to_numpy()
    lat, lon = (
        _steps(told[n].to_numpy()[house], limit) for n, limit in (("lat", 90), ("lon", 180))
    )
    spots, spot, rows = np.unique(_on_line(lat, lon), return_inverse=True, return_counts=True)
    del lat, lon
    many = rows > settings.shared_point_customers
    crowded = many[spot]
    pairs = np.stack([spot[crowded], told["who"].to_numpy()[house][crowded]])
    people = np.bincount(np.unique(pairs, axis=1)[0], minlength=len(spots))
    many &= people > settings.shared_point_customers
    marked = np.zeros(len(told), dtype=bool)
    marked[house] = (many | _dragged(spots, settings.shared_point_customers))[spot]
    return marked


#: Bits that a longitude in steps takes; a latitude takes one fewer.
_BITS = 32


def _steps(degrees: Floats, limit: int) -> "npt.NDArray[np.uint32]":
    """Return degrees in steps of 1e-7 (a centimetre), counted from ``-limit``."""
    return ((np.clip(degrees, -limit, limit) + limit) * 1e7).round().astype(np.uint32)


def _on_line(line: Any, along: Any, bits: int = _BITS) -> "npt.NDArray[np.uint64]":
    """Put a line and the place along it into one number: one sort orders both."""
    one = line.astype(np.uint64) << np.uint64(bits)
    one |= along
    return np.asarray(one)


def _dragged(spots: "npt.NDArray[np.uint64]", fewest: int) -> Marks:
    """Mark spots that follow each other in equal steps too short for houses.

    They lie on one parallel, meridian or diagonal, since the last digit of one or of both
    numbers counts on; no two house fronts are that near, so no row of real houses is meant.
    ``spots`` holds each spot once, its parallel and the place along it: one that several people
    share is one step of the row, and they all stand in it.
    """
    lat = (spots >> np.uint64(_BITS)).astype(np.uint32)
    lon = (spots & np.uint64((1 << _BITS) - 1)).astype(np.uint32)
    half_turn = np.uint64(1_800_000_000)
    marked = _even(lat, lon, _BITS, fewest)
    marked |= _even(lon, lat, _BITS - 1, fewest)
    marked |= _even(lon + half_turn - lat, lat, _BITS - 1, fewest)
    marked |= _even(lon + np.uint64(0) + lat, lat, _BITS - 1, fewest)
    return marked


def _even(line: Any, along: Any, bits: int, fewest: int) -> Marks:
    """Mark the spots of one kind of line that follow each other in ``fewest`` equal steps."""
    marked = np.zeros(len(along), dtype=bool)
    order = np.argsort(_on_line(line, along, bits))
    step = np.diff(along[order])
    near = (step <= DRAGGED_STEP) & (np.diff(line[order]) == 0)
    if near.any():
        # A run is of equal steps; one step belongs to the two spots that it joins.
        begins = np.append(True, ~near[1:] | ~near[:-1] | (step[1:] != step[:-1]))
        run = np.cumsum(begins) - 1
        long = near & (np.bincount(run, near)[run] >= fewest)
        marked[order[:-1][long]] = True
        marked[order[1:][long]] = True
    return marked


def _good(told: pd.DataFrame) -> Marks:
    quality = told["quality"].to_numpy()
    return np.asarray((quality == CODE[Q.OK]) | (quality == CODE[Q.KASAR]), dtype=bool)


def _far(x: Floats, y: Floats, good: Marks, beyond_m: float) -> Marks:
    """Mark positions far from the unit's own (R-IM-08, without a boundary).

    The middle is the median of x and of y; the limit four times the distance within which
    three quarters of the unit lie, and the buffer of the rule beyond it.
    """
    if not good.any():
        return np.zeros(len(x), dtype=bool)
    away_m = np.hypot(x - np.median(x[good]), y - np.median(y[good]))
    limit_m = 4 * float(np.quantile(away_m[good], 0.75)) + beyond_m
    return np.asarray(away_m > limit_m, dtype=bool)


def _outside(x: Floats, y: Floats, boundary: Any, srid: int, beyond_m: float) -> Marks:
    """Mark positions outside the unit's outline and the buffer around it (R-IM-08)."""
    outline = to_metres(gpd.GeoSeries([boundary], crs=WGS84), srid).iloc[0]
    around = outline.buffer(beyond_m)
    shapely.prepare(around)
    return ~np.asarray(shapely.contains_xy(around, x, y))


def _ranks(sources: list[str]) -> "npt.NDArray[np.int64]":
    return np.array([RANK.get(s, 3) for s in sources], dtype=np.int64)


def _chosen(
    told: pd.DataFrame, usable: Marks, x: Floats, y: Floats, ranks: "npt.NDArray[np.int64]"
) -> pd.DataFrame:
    """Return, by customer, the middle of its best-ranking positions; most have one only."""
    who = told["who"].to_numpy()
    several = usable & (np.bincount(who[usable], minlength=int(who.max(initial=0)) + 1)[who] > 1)
    columns = ["who", "lon", "lat", "source", "quality"]
    alone: pd.DataFrame = told.loc[usable & ~several, columns].set_index("who")
    alone = alone.assign(spread_m=0.0)
    if not several.any():
        return alone.sort_index()
    of_several = told[several].assign(x=x[several], y=y[several])
    return pd.concat([alone, _middle(_best(of_several, ranks))]).sort_index()


def _best(usable: pd.DataFrame, ranks: "npt.NDArray[np.int64]") -> pd.DataFrame:
    rank = pd.Series(ranks[usable["source"]], index=usable.index)
    # One month of a reader may be his motorcycle's place: two months outrank a single point.
    read = usable.loc[usable["reader"]]
    month = read["month"].astype(float).where(read["month"] >= 0)
    months = month.groupby(read["who"]).transform("nunique")
    rank[months.index[months < 2]] = 4
    return usable[rank == rank.groupby(usable["who"]).transform("min")]


def _middle(best: pd.DataFrame) -> pd.DataFrame:
    out = best.groupby("who").agg(
        lon=("lon", "median"), lat=("lat", "median"), x=("x", "median"), y=("y", "median"),
        source=("source", "min"),
    )  # fmt: skip
    fine = out.index.isin(best.loc[best["quality"] == CODE[Q.OK], "who"])
    away = np.hypot(
        best["x"] - out["x"].reindex(best["who"]).to_numpy(),
        best["y"] - out["y"].reindex(best["who"]).to_numpy(),
    )
    out["spread_m"] = away.groupby(best["who"]).median()
    out["quality"] = np.where(fine, CODE[Q.OK], CODE[Q.KASAR]).astype(np.int8)
    return out.drop(columns=["x", "y"])


def _only_quality(told: pd.DataFrame) -> pd.DataFrame:
    """Return customers none of whose positions may be used, with the rule that spoke."""
    worst = told.sort_values(["who", "quality"]).drop_duplicates("who").set_index("who")
    return worst[["quality"]].assign(lon=np.nan, lat=np.nan, source=np.int16(-1), spread_m=np.nan)
