"""Which of a customer's positions is in use, and how good it is (R-LO-01, R-IM-08, R-IM-12)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rbmgeo.geo import metres_xy, utm_srid
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


def places_in_use(points: pd.DataFrame, settings: UnitSettings, srid: int | None) -> Places:
    """Choose one position per customer.

    Parameters
    ----------
    points
        One row per told position: ``idpel``, ``source``, ``quality``, ``position``,
        ``month`` (YYYYMM or missing), ``lon``, ``lat`` (NaN where no place).
    srid
        The unit's UTM zone; decided from the middle of its positions where it has none.

    Returns
    -------
    Places
        Index idpel: ``lon``, ``lat`` (NaN where none may be used), ``point_source``,
        ``coordinate_quality`` and ``spread_m`` (radius that holds half of its points).
    """
    told = points.reset_index(drop=True).copy()
    has = told["lon"].notna()
    if has.any() and srid is None:
        srid = utm_srid(float(told["lon"].median()), float(told["lat"].median()))
    if srid is None:
        return Places(_only_quality(told), None)
    told["x"], told["y"] = metres_xy(told["lon"], told["lat"], srid)
    told["quality"] = told["quality"].where(~_shared(told, settings), Q.TITIK_BERSAMA.value)
    told["quality"] = told["quality"].where(~_far(told, settings), Q.DI_LUAR_UNIT.value)
    usable = has & told["quality"].isin([Q.OK.value, Q.KASAR.value])
    chosen = _chosen(told[usable])
    rest = _only_quality(told[~told["idpel"].isin(chosen.index)])
    return Places(pd.concat([chosen, rest]).sort_index(), srid)


def _shared(told: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Mark positions that too many customers share: an office, not their houses (R-IM-12).

    One position dragged down a spreadsheet is the same, though its last digit counts on.
    """
    spot = told["lon"].round(7).astype("str") + " " + told["lat"].round(7).astype("str")
    people = told.groupby(spot)["idpel"].transform("nunique")
    houses = told["position"].eq("house") & ~told["source"].eq("survey")
    many = (people > settings.shared_point_customers) | _dragged(told, settings)
    return houses & told["lon"].notna() & many


def _dragged(told: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Mark positions that follow each other in equal steps too short for houses.

    They lie on one parallel, meridian or diagonal, since the last digit of one or of both
    numbers counts on; no two house fronts are that near, so no row of real houses is meant.
    """
    spots = pd.DataFrame(
        {"x": (told["lon"] * 1e7).round(), "y": (told["lat"] * 1e7).round(), "idpel": told["idpel"]}
    ).dropna()
    marked = pd.Series(False, index=told.index)
    for line, along in (
        (spots["y"], spots["x"]),
        (spots["x"], spots["y"]),
        (spots["x"] - spots["y"], spots["x"]),
        (spots["x"] + spots["y"], spots["x"]),
    ):
        some = pd.DataFrame({"line": line, "along": along, "idpel": spots["idpel"]})
        some = some.sort_values(["line", "along", "idpel"])
        step = some.groupby("line")["along"].diff()
        # A step belongs to the position it leads to; the one it starts from comes with it.
        near = step.between(1, DRAGGED_STEP)
        run = (~near | (step != step.shift())).cumsum().where(near)
        steps = run.groupby(run).transform("size")
        long = (steps >= settings.shared_point_customers).fillna(False)
        marked[some.index[long | long.shift(-1, fill_value=False)]] = True
    return marked


def _far(told: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Mark positions far from the unit's own (R-IM-08, without a boundary).

    The middle is the median of x and of y; the limit four times the distance within which
    three quarters of the unit lie, and the buffer of the rule beyond it.
    """
    good = told["quality"].isin([Q.OK.value, Q.KASAR.value])
    if not good.any():
        return pd.Series(False, index=told.index)
    middle_x, middle_y = told.loc[good, "x"].median(), told.loc[good, "y"].median()
    away_m = pd.Series(np.hypot(told["x"] - middle_x, told["y"] - middle_y), index=told.index)
    limit_m = 4 * away_m[good].quantile(0.75) + settings.boundary_buffer_m
    return (away_m > limit_m) & good


def _chosen(usable: pd.DataFrame) -> pd.DataFrame:
    if usable.empty:
        return _only_quality(usable)
    rank = usable["source"].map(RANK).fillna(3).astype(int)
    months = usable.groupby(["idpel", "source"])["month"].transform("nunique")
    # One month of a reader may be his motorcycle's place: two months outrank a single point.
    rank = rank.where(~((usable["source"] == "reader") & (months < 2)), 4)
    usable = usable.assign(rank=rank)
    best = usable[usable["rank"] == usable.groupby("idpel")["rank"].transform("min")]
    groups = best.groupby("idpel")
    out = groups.agg(
        lon=("lon", "median"), lat=("lat", "median"), x=("x", "median"), y=("y", "median"),
        point_source=("source", "min"),
    )  # fmt: skip
    coarse = (best["quality"] == Q.OK.value).groupby(best["idpel"]).any()
    away = np.hypot(
        best["x"] - out["x"].reindex(best["idpel"]).to_numpy(),
        best["y"] - out["y"].reindex(best["idpel"]).to_numpy(),
    )
    out["spread_m"] = away.groupby(best["idpel"]).median()
    out["coordinate_quality"] = np.where(coarse, Q.OK.value, Q.KASAR.value)
    return out.drop(columns=["x", "y"])


def _only_quality(told: pd.DataFrame) -> pd.DataFrame:
    """Return customers none of whose positions may be used, with the rule that spoke."""
    worst = told.sort_values(["idpel", "quality"]).drop_duplicates("idpel").set_index("idpel")
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
