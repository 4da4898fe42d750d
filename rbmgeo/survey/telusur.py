"""SOP IV.4 "survey ke lokasi pelanggan (gardu)": the poles of one gardu in the order of its lines.

A surveyor stands at the gardu, chooses a jurusan and walks outwards, pole by pole. What is
drawn leads: spans of low-voltage line, else poles by distance, else houses by distance.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.frames import JTR, TIANG
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.survey.branches import Branch, branches

Floats = npt.NDArray[np.float64]

#: What the order of a walk was taken from.
BY_LINE, BY_POLE, BY_HOUSE = "jtr", "tiang", "rumah"
#: So far from its house a pole is looked for that no list names; a drop is at most about 40 m
#: and a position is wrong by some metres (R-IM-69).
NEAR_M = 60.0
STOPS = ["jurusan", "derived", "order", "tiang", "x", "y", "along_m", "depth", "shared"]
HOUSES = ["stop", "member", "way"]


@dataclass(frozen=True)
class Walk:
    """One gardu to walk along.

    ``stops``: one row per pole and jurusan (index 0, 1, ...; columns `STOPS`), in walking
    order: ``derived`` where the jurusan was read off the drawing, ``along_m`` metres along the
    line, ``depth`` branchings passed, ``shared`` the other gardu whose lines pass the pole.
    Without lines ``along_m`` is the straight distance; without poles a stop is one house.
    ``houses``: every member and neighbour once (index idpel; columns `HOUSES`): ``stop`` is -1
    where nothing says where it hangs, ``way`` how its stop was found (tiang, dekat, rumah, "").
    ``basis``: `BY_LINE`, `BY_POLE` or `BY_HOUSE`.
    """

    basis: str
    stops: pd.DataFrame
    houses: pd.DataFrame


def walk_of_gardu(
    gardu: str,
    houses: gpd.GeoDataFrame,
    spans: gpd.GeoDataFrame,
    poles: gpd.GeoDataFrame,
    *,
    site: tuple[float, float] | None = None,
    lv_node: str | None = None,
    near_m: float = NEAR_M,
) -> Walk:
    """Put the poles of one gardu in walking order, and every house at its pole.

    Parameters
    ----------
    houses
        Members and possible neighbours, metres, index idpel: ``member`` (recorded on this
        gardu), ``proposed`` (a finding names this gardu), ``tiang``, ``jurusan``, geometry.
    spans
        `JTR` around the gardu, those of other gardu too; only those tagged with it are walked.
    poles
        `TIANG` around the gardu.
    site, lv_node
        Where the gardu stands, in metres, and its node of the low-voltage network.

    Members are all kept. A neighbour is kept where it stands at one of the poles (by record,
    else by place), or where a finding names this gardu: then without a stop if it stands at
    another pole. Who merely lives near is left out.
    """
    JTR.check(spans)
    TIANG.check(poles)
    require_metres(houses)
    houses = houses.sort_index()
    own = spans[spans["gardu"] == gardu].sort_index()
    places = {
        str(t): (float(x), float(y))
        for t, (x, y) in zip(poles.index, coordinates(poles.geometry), strict=True)
        if np.isfinite(x)
    }
    found = branches(own, places, site=site, lv_node=lv_node)
    start = site or _middle(houses)
    if found:
        stops, basis = _along_lines(found, _sharing(gardu, spans)), BY_LINE
    else:
        at = _poles_of(houses, places, near_m)
        basis = BY_POLE if at else BY_HOUSE
        stops = _by_distance(at, start) if at else _houses_by_distance(houses, start)
    hung = (
        _each_its_own(houses, stops) if basis == BY_HOUSE else _hang(houses, stops, places, near_m)
    )
    member = houses["member"].astype(bool)
    stays = member | houses["proposed"].astype(bool) | hung["at_pole"]
    if basis != BY_HOUSE:
        # A finding is no place: whom it names stands at another pole, and is asked one by one.
        hung.loc[~member & ~hung["at_pole"], ["stop", "way"]] = (-1, "")
    kept = hung.assign(member=member).loc[stays, HOUSES]
    if basis == BY_HOUSE:
        stops, kept = _renumbered(stops, kept)
    return Walk(basis, stops.drop(columns="idpel", errors="ignore"), kept)


def _along_lines(found: list[Branch], sharing: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    rows = [
        (b.jurusan, b.derived, n, s.tiang, s.x, s.y, round(s.along_m, 1), s.depth,
         sharing.get(s.tiang or "", ()))
        for b in found
        for n, s in enumerate(b.stops, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=STOPS)


def _sharing(gardu: str, spans: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return which other gardu's lines end at each pole."""
    others = spans[spans["gardu"].notna() & (spans["gardu"] != gardu)]
    ends = pd.concat([others[[c, "gardu"]].set_axis(["t", "g"], axis=1) for c in ("tiang_1", "tiang_2")])  # fmt: skip
    ends = ends.dropna().drop_duplicates().sort_values(["t", "g"])
    return {str(t): tuple(part["g"]) for t, part in ends.groupby("t")}


def _middle(houses: gpd.GeoDataFrame) -> tuple[float, float] | None:
    """Return the middle of the members, for a gardu without a place."""
    xy = coordinates(houses.geometry[houses["member"].astype(bool)])
    xy = xy[np.isfinite(xy[:, 0])]
    return (float(np.median(xy[:, 0])), float(np.median(xy[:, 1]))) if len(xy) else None


def _poles_of(
    houses: gpd.GeoDataFrame, places: dict[str, tuple[float, float]], near_m: float
) -> dict[str, tuple[float, float] | None]:
    """Return the poles at which members stand: those of the record, else the nearest one."""
    members = houses[houses["member"].astype(bool)]
    at: dict[str, tuple[float, float] | None] = {
        str(t): places.get(str(t)) for t in members["tiang"].dropna()
    }
    names = list(places)
    if names:
        bare = members[members["tiang"].isna()]
        nearest, _ = _nearest(coordinates(bare.geometry), np.array(list(places.values())), near_m)
        at |= {names[n]: places[names[n]] for n in nearest if n >= 0}
    return at


def _by_distance(
    at: dict[str, tuple[float, float] | None], start: tuple[float, float] | None
) -> pd.DataFrame:
    x = [p[0] if p else np.nan for p in at.values()]
    y = [p[1] if p else np.nan for p in at.values()]
    return _sorted_stops(pd.DataFrame({"tiang": list(at), "x": x, "y": y}), "tiang", start)


def _houses_by_distance(
    houses: gpd.GeoDataFrame, start: tuple[float, float] | None
) -> pd.DataFrame:
    xy = coordinates(houses.geometry)
    rows = pd.DataFrame({"idpel": houses.index, "tiang": None, "x": xy[:, 0], "y": xy[:, 1]})
    return _sorted_stops(rows[np.isfinite(xy[:, 0])], "idpel", start)


def _sorted_stops(rows: pd.DataFrame, key: str, start: tuple[float, float] | None) -> pd.DataFrame:
    away = np.hypot(rows["x"] - start[0], rows["y"] - start[1]) if start else np.nan
    rows = rows.assign(along_m=away).sort_values(["along_m", key], ignore_index=True)
    rows["along_m"] = rows["along_m"].astype(float).round(1)
    rows = rows.assign(
        jurusan="", derived=False, order=range(1, len(rows) + 1), depth=0, shared=_nobody(len(rows))
    )
    return rows[[*STOPS, *(["idpel"] if key == "idpel" else [])]]


def _nobody(count: int) -> list[Any]:
    return [() for _ in range(count)]


def _hang(
    houses: gpd.GeoDataFrame,
    stops: pd.DataFrame,
    places: dict[str, tuple[float, float]],
    near_m: float,
) -> pd.DataFrame:
    """Find each house's stop: its recorded pole, of its jurusan where told, else the nearest."""
    by_pole: dict[str, list[int]] = {}
    for number, tiang in stops["tiang"].dropna().items():
        by_pole.setdefault(str(tiang), []).append(int(str(number)))
    xy = coordinates(houses.geometry)
    drawn = stops.index[stops["x"].notna()].to_numpy()
    nearest, away = _nearest(xy, stops.loc[drawn, ["x", "y"]].to_numpy(float), near_m)
    # Who stands nearer to a pole that is not of this gardu does not stand at one of its poles.
    others = np.array([p for t, p in places.items() if t not in by_pole]).reshape(-1, 2)
    _, away_others = _nearest(xy, others, near_m)
    rows = []
    for n, (tiang, jurusan) in enumerate(zip(houses["tiang"], houses["jurusan"], strict=True)):
        known = by_pole.get(tiang) if isinstance(tiang, str) else None
        if known:
            rows.append((_of_jurusan(known, jurusan, stops), "tiang", True))
        elif nearest[n] >= 0:
            elsewhere = isinstance(tiang, str) or away_others[n] < away[n]
            stop = int(drawn[nearest[n]])
            same = by_pole.get(str(stops.at[stop, "tiang"]), [stop])
            rows.append((_of_jurusan(same, jurusan, stops), "dekat", not elsewhere))
        else:
            rows.append((-1, "", False))
    return pd.DataFrame(rows, index=houses.index, columns=["stop", "way", "at_pole"]).astype(
        {"stop": int, "at_pole": bool}
    )


def _of_jurusan(numbers: list[int], jurusan: object, stops: pd.DataFrame) -> int:
    told = [n for n in numbers if stops.at[n, "jurusan"] == jurusan]
    return (told or numbers)[0]


def _each_its_own(houses: gpd.GeoDataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    number = pd.Index(stops["idpel"], dtype="str").get_indexer(pd.Index(houses.index, dtype="str"))
    way = np.where(number >= 0, "rumah", "")
    return pd.DataFrame({"stop": number, "way": way, "at_pole": False}, index=houses.index)


def _renumbered(stops: pd.DataFrame, kept: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the stops of houses that were left out, and count the others anew."""
    used = sorted(set(kept["stop"]) - {-1})
    new = {old: n for n, old in enumerate(used)} | {-1: -1}
    left = stops.loc[used].reset_index(drop=True)
    left["order"] = range(1, len(left) + 1)
    return left, kept.assign(stop=[new[n] for n in kept["stop"]])


def _nearest(xy: Floats, targets: Floats, limit_m: float) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the nearest target within a limit, -1 and inf where there is none."""
    number, away = np.full(len(xy), -1, dtype=np.int64), np.full(len(xy), np.inf)
    has = np.isfinite(xy).all(axis=1)
    if not len(targets) or not has.any():
        return number, away
    metres, at = cKDTree(targets).query(xy[has], distance_upper_bound=limit_m)
    near = np.isfinite(metres)
    number[has], away[has] = np.where(near, at, -1), metres
    return number, away
