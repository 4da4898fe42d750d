"""Which of a customer's positions is in use, and how good it is (R-LO-01, R-IM-08, R-IM-12)."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from rbmgeo.geo import WGS84, metres_xy, to_metres, utm_srid
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import CoordinateQuality

#: Sources by rank: what a survey approved, the network GIS, readers' medians, all else.
RANK = {"survey": 0, "gis": 1, "reader": 2}
#: Longest step of a dragged position, in 1e-7 degrees: 1.5 m along a meridian.
DRAGGED_STEP = 135
Q = CoordinateQuality


@dataclass(frozen=True)
class Places:
    """The position in use of every customer with a told one, and the unit's zone."""

    frame: pd.DataFrame
    srid: int | None


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

    Returns
    -------
    Places
        Index idpel: ``lon``, ``lat`` (NaN where none may be used), ``point_source``,
        ``coordinate_quality`` and ``spread_m`` (radius that holds half of its points).
    """
    # Customers as numbers: grouping a million texts takes seconds, numbers a tenth of it.
    who, idpels = pd.factorize(points["idpel"], sort=True)
    told = points.drop(columns="idpel").reset_index(drop=True).assign(who=who)
    has = told["lon"].notna()
    if has.any() and srid is None:
        srid = utm_srid(float(told["lon"].median()), float(told["lat"].median()))
    if srid is None:
        frame = _only_quality(told)
    else:
        told["x"], told["y"] = metres_xy(told["lon"], told["lat"], srid)
        told["quality"] = told["quality"].where(~_shared(told, settings), Q.TITIK_BERSAMA.value)
        far = _far(told, settings) if boundary is None else _outside(told, settings, boundary, srid)
        told["quality"] = told["quality"].where(~far, Q.DI_LUAR_UNIT.value)
        usable = has & _good(told)
        chosen = _chosen(told[usable])
        rest = _only_quality(told[~told["who"].isin(chosen.index)])
        frame = pd.concat([chosen, rest]).sort_index()
    return Places(frame.set_axis(pd.Index(idpels.take(frame.index.to_numpy()), name="idpel")), srid)


def moved_places(places: Places, told: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `Places.frame` that differ from what is in use now.

    ``told`` as given to `places_in_use`, with ``now_source``, ``now_quality``, ``now_lon`` and
    ``now_lat`` of each row's customer.
    """
    who, _ = pd.factorize(told["idpel"], sort=True)  # as in the index of the frame
    first = np.empty(len(places.frame), dtype=np.int64)
    first[who[::-1]] = np.arange(len(who))[::-1]
    differs = np.zeros(len(first), dtype=bool)
    for old, new in (("now_lon", "lon"), ("now_lat", "lat"), ("now_source", "point_source"),
                     ("now_quality", "coordinate_quality")):  # fmt: skip
        before = told[old].take(first).reset_index(drop=True)
        after = places.frame[new].reset_index(drop=True)
        same = before.eq(after).fillna(False).astype(bool) | (before.isna() & after.isna())
        differs |= ~same.to_numpy(dtype=bool)
    return places.frame[differs]


def _shared(told: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Mark positions that too many customers share: an office, not their houses (R-IM-12).

    One position dragged down a spreadsheet is the same, though its last digit counts on.
    """
    houses = told["position"].eq("house") & ~told["source"].eq("survey") & told["lon"].notna()
    spot = told.loc[houses, ["lon", "lat"]].round(7)
    crowded = (
        spot.groupby(["lon", "lat"])["lon"].transform("size") > settings.shared_point_customers
    )
    some = spot[crowded].assign(who=told["who"])
    people = some.groupby(["lon", "lat"])["who"].transform("nunique")
    shared = people.index[people > settings.shared_point_customers]
    dragged = told.index[houses][_dragged(told[houses], settings)]
    return pd.Series(told.index.isin(shared.union(dragged)), index=told.index)


def _dragged(told: pd.DataFrame, settings: UnitSettings) -> "npt.NDArray[np.bool_]":
    """Mark positions that follow each other in equal steps too short for houses.

    They lie on one parallel, meridian or diagonal, since the last digit of one or of both
    numbers counts on; no two house fronts are that near, so no row of real houses is meant.
    """
    x = (told["lon"].to_numpy(float) * 1e7).round().astype(np.int64)
    y = (told["lat"].to_numpy(float) * 1e7).round().astype(np.int64)
    who = told["who"].to_numpy()
    marked = np.zeros(len(told), dtype=bool)
    for line, along in ((y, x), (x, y), (x - y, x), (x + y, x)):
        order = np.lexsort((who, along, line))
        step = np.diff(along[order])
        near = (np.diff(line[order]) == 0) & (step >= 1) & (step <= DRAGGED_STEP)
        if not near.any():
            continue
        # A run is of equal steps; one step belongs to the two positions that it joins.
        begins = np.append(True, ~near[1:] | ~near[:-1] | (step[1:] != step[:-1]))
        run = np.cumsum(begins) - 1
        long = near & (np.bincount(run, near)[run] >= settings.shared_point_customers)
        marked[order[:-1][long]] = True
        marked[order[1:][long]] = True
    return marked


def _good(told: pd.DataFrame) -> pd.Series:
    # Two comparisons: `isin` looks at a million texts one by one.
    return told["quality"].eq(Q.OK.value) | told["quality"].eq(Q.KASAR.value)


def _far(told: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Mark positions far from the unit's own (R-IM-08, without a boundary).

    The middle is the median of x and of y; the limit four times the distance within which
    three quarters of the unit lie, and the buffer of the rule beyond it.
    """
    good = _good(told)
    if not good.any():
        return pd.Series(False, index=told.index)
    middle_x, middle_y = told.loc[good, "x"].median(), told.loc[good, "y"].median()
    away_m = pd.Series(np.hypot(told["x"] - middle_x, told["y"] - middle_y), index=told.index)
    limit_m = 4 * away_m[good].quantile(0.75) + settings.boundary_buffer_m
    return (away_m > limit_m) & good


def _outside(told: pd.DataFrame, settings: UnitSettings, boundary: Any, srid: int) -> pd.Series:
    """Mark positions outside the unit's outline and the buffer around it (R-IM-08)."""
    good = _good(told) & told["x"].notna()
    outline = to_metres(gpd.GeoSeries([boundary], crs=WGS84), srid).iloc[0]
    around = outline.buffer(settings.boundary_buffer_m)
    shapely.prepare(around)
    return ~pd.Series(shapely.contains_xy(around, told["x"], told["y"]), told.index) & good


def _chosen(usable: pd.DataFrame) -> pd.DataFrame:
    """Return, by customer, the middle of its best-ranking positions; most have one only."""
    if usable.empty:
        return _only_quality(usable)
    several = usable["who"].duplicated(keep=False)
    once = usable[~several].set_index("who")
    alone = once[["lon", "lat"]].assign(
        point_source=once["source"], spread_m=0.0, coordinate_quality=once["quality"]
    )
    return pd.concat([alone, _middle(_best(usable[several]))]).sort_index()


def _best(usable: pd.DataFrame) -> pd.DataFrame:
    place, sources = pd.factorize(usable["source"])
    ranks = np.array([RANK.get(s, 3) for s in sources], dtype=int)
    rank = pd.Series(ranks[place], index=usable.index)
    # One month of a reader may be his motorcycle's place: two months outrank a single point.
    read = usable.loc[usable["source"] == "reader"]
    months = read.groupby("who")["month"].transform("nunique")
    rank[months.index[months < 2]] = 4
    return usable[rank == rank.groupby(usable["who"]).transform("min")]


def _middle(best: pd.DataFrame) -> pd.DataFrame:
    out = best.groupby("who").agg(
        lon=("lon", "median"), lat=("lat", "median"), x=("x", "median"), y=("y", "median"),
        point_source=("source", "min"),
    )  # fmt: skip
    fine = out.index.isin(best.loc[best["quality"] == Q.OK.value, "who"])
    away = np.hypot(
        best["x"] - out["x"].reindex(best["who"]).to_numpy(),
        best["y"] - out["y"].reindex(best["who"]).to_numpy(),
    )
    out["spread_m"] = away.groupby(best["who"]).median()
    out["coordinate_quality"] = np.where(fine, Q.OK.value, Q.KASAR.value)
    return out.drop(columns=["x", "y"])


def _only_quality(told: pd.DataFrame) -> pd.DataFrame:
    """Return customers none of whose positions may be used, with the rule that spoke."""
    worst = told.sort_values(["who", "quality"]).drop_duplicates("who").set_index("who")
    return pd.DataFrame(
        {
            "lon": np.nan,
            "lat": np.nan,
            "point_source": pd.Series(pd.NA, worst.index, dtype="str"),
            "spread_m": np.nan,
            "coordinate_quality": worst["quality"],
        },
        index=worst.index,
    )
