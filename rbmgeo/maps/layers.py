"""What a map shows, as plain data: no drawing, no database, no text that is run anywhere."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from rbmgeo.labels import text

#: kWh of one month that part the five classes; fixed, so that months can be compared.
BREAKS = (5_000, 10_000, 20_000, 40_000)
#: Class of the matching -> how a customer is drawn.
STATES = {
    "cocok": "ok", "selaras": "ok", "tidak_dibaca_vendor": "ok", "beda_gardu": "doubt",
    "perlu_survei": "look", "hanya_rbm": "rbm_only", "hanya_pdpj": "pdpj_only", "ganda": "twice",
}  # fmt: skip
#: The states in the order of their numbers in tiles and cells (function rbmgeo_map_state).
STATE_NAMES = (*dict.fromkeys(STATES.values()), "unmatched")
MAIN = {"motorway", "trunk", "primary", "secondary"}
MIDDLE = {"tertiary", "unclassified"}

#: What the drawing itself says: buttons, stops, states.
SAID = (
    "zoom_in",
    "zoom_out",
    "whole",
    "beyond",
    "place",
    "start",
    "end",
    "missing",
    "customers",
    "mark",
    "mark_high",
)

Box = tuple[float, float, float, float]


def box_of(*tables: pd.DataFrame) -> Box | None:
    """Return (west, south, east, north) of the places in some tables, None without any."""
    places = pd.concat([t[["lon", "lat"]] for t in tables]).astype(float).dropna()
    if places.empty:
        return None
    return (
        float(places["lon"].min()), float(places["lat"].min()),
        float(places["lon"].max()), float(places["lat"].max()),
    )  # fmt: skip


def state_of(row: Any, limit: float) -> str:
    """Name how a customer is drawn: a doubt from ``limit`` on, else its class."""
    return state_of_match(row.match, row.kind, row.p, limit)


def state_of_match(match: Any, kind: Any, p: Any, limit: float) -> str:
    """Name how a customer of a class and finding (each None where there is none) is drawn."""
    if isinstance(kind, str) and kind != "ok" and p is not None and p >= limit:
        return "doubt"
    return STATES.get(match, "unmatched") if isinstance(match, str) else "unmatched"


def customer_map(
    points: pd.DataFrame,
    gardu: pd.DataFrame,
    streets: gpd.GeoDataFrame,
    spans: gpd.GeoDataFrame,
    *,
    own_gardu: str = "",
    limit: float,
    lang: str,
) -> dict[str, Any]:
    """Return one RBM or gardu: its customers, their walk, gardu, spans and streets.

    ``points``: one row per customer in walking order (columns of
    `rbmgeo.db.queries.map_data.rbm_points`); those without a place are counted, never put
    somewhere. ``gardu``: gardu, lon, lat of those to show. The legend counts every customer.
    """
    there = points.dropna(subset=["lon", "lat"])
    states = [state_of(row, limit) for row in _rows(there)]
    walked = bool(there["urut"].notna().any())
    drawn = [
        {"x": round(float(r.lon), 6), "y": round(float(r.lat), 6), "s": s, "id": r.public_id,
         "n": _place(r)}
        for r, s in zip(_rows(there), states, strict=True)
    ]  # fmt: skip
    counts = pd.Series(states, dtype="str").value_counts()
    legend = [
        {"k": f"point-{s}", "words": text(f"map.{s}", lang), "n": int(counts[s])}
        for s in STATE_NAMES if s in counts
    ]  # fmt: skip
    without = len(points) - len(there)
    more = [("walk", None, walked), ("gardu", len(gardu), len(gardu)), ("jtr", None, len(spans)),
            ("street", None, len(streets)), ("without", without, without)]  # fmt: skip
    legend += [{"k": k, "words": text(f"map.{k}", lang), "n": n} for k, n, shown in more if shown]
    return {
        "points": drawn,
        "walk": [[p["x"], p["y"]] for p in drawn] if walked else [],
        "gardu": [_gardu(r) for r in _rows(gardu.dropna(subset=["lon", "lat"]))],
        "jtr": [{"c": c, "own": o == own_gardu} for o, c in zip(spans["gardu"], _lines(spans), strict=True)],
        "streets": streets_as_data(streets), "legend": legend, "without": without, "words": _words(lang),
    }  # fmt: skip


def energy_map(
    gardu: pd.DataFrame,
    streets: gpd.GeoDataFrame,
    *,
    months: int,
    lang: str,
    number: Callable[[Any], str] = str,
) -> dict[str, Any]:
    """Return every gardu as a circle whose area goes with its kWh and whose colour is a class.

    ``gardu``: gardu, lon, lat, ``kwh`` (Decimal; missing where nothing is known, which is
    not zero) and ``mark``. Classes are those of one month times the months shown.
    """
    breaks = [b * months for b in BREAKS]
    there = gardu.dropna(subset=["lon", "lat"])
    drawn = []
    for r in _rows(there):
        known = isinstance(r.kwh, Decimal)
        grade = 1 + sum(r.kwh > b for b in breaks) if known else 0
        drawn.append({**_gardu(r), "v": float(r.kwh) if known else None, "k": grade,
                      "mark": r.mark if isinstance(r.mark, str) else "",
                      "t": f"{number(r.kwh)} kWh" if known else text("map.no_data", lang)})  # fmt: skip
    counts = pd.Series([d["k"] for d in drawn], dtype="int64").value_counts()
    edges = [0, *breaks]
    legend = [
        {"k": f"seq-{n}", "n": int(counts.get(n, 0)), "words": text(
            "map.class" if n < 5 else "map.class_last", lang,
            low=number(edges[n - 1]), high=number(edges[n]) if n < 5 else "")}
        for n in range(1, 6)
    ]  # fmt: skip
    without = len(gardu) - len(there)
    over = sum(d["mark"] == "mustahil" for d in drawn)
    high = sum(d["mark"] not in ("", "mustahil") for d in drawn)
    rest = (("no_data", int(counts.get(0, 0))), ("mark", over), ("mark_high", high), ("without", without))  # fmt: skip
    for key, n in rest:
        if n:
            legend.append({"k": key, "words": text(f"map.{key}", lang), "n": n})
    return {"points": [], "walk": [], "jtr": [], "gardu": drawn, "streets": streets_as_data(streets),
            "legend": legend, "without": without, "words": _words(lang)}  # fmt: skip


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples()


def _words(lang: str) -> dict[str, str]:
    return {
        **{name: text(f"map.{name}", lang) for name in SAID},
        **{f"point-{s}": text(f"map.{s}", lang) for s in (*STATES.values(), "unmatched")},
    }


def _place(row: Any) -> str | None:
    if row.urut != row.urut or row.urut is None:
        return None
    return f"{int(row.urut)}.{int(row.sisipan)}" if row.sisipan else str(int(row.urut))


def _gardu(row: Any) -> dict[str, Any]:
    return {"x": round(float(row.lon), 6), "y": round(float(row.lat), 6), "code": row.gardu}


def _lines(of: gpd.GeoDataFrame) -> list[list[list[float]]]:
    """Return the corners of each line, all at once: a map draws thousands."""
    shapes = of.geometry.to_numpy()
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    ends = np.searchsorted(line, np.arange(len(shapes) + 1))
    corners = xy.round(6).tolist()
    return [corners[a:b] for a, b in pairwise(ends)]


def streets_as_data(streets: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return street lines with their grade: 2 main, 1 middle, 0 the others."""
    kinds = [2 if h in MAIN else 1 if h in MIDDLE else 0 for h in streets["highway"]]
    return [{"c": c, "k": k} for c, k in zip(_lines(streets), kinds, strict=True)]
