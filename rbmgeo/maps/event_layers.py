"""What the map of a gardu event shows: who is chosen, both gardu, their lines; plain data only."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.labels import text
from rbmgeo.maps.layers import SAID, Box, streets_as_data

#: How a customer is drawn; the later lies above the earlier.
STATES = ("event_elsewhere", "event_old", "event_new", "event_chosen")
#: Degrees kept free around what is drawn, about 60 m.
EDGE = 0.0006
#: A customer further than this many times the usual way from the middle does not set the frame.
FAR = 2.0


def frame_of(people: pd.DataFrame, sites: pd.DataFrame) -> Box | None:
    """Return (west, south, east, north) around most people and the gardu, None without a place.

    ``people`` and ``sites`` have ``lon`` and ``lat``. A house with a wrong position must not
    stretch the frame over the whole unit, so the few that lie far off do not count.
    """
    there = people[["lon", "lat"]].astype(float).dropna().to_numpy()
    if len(there) >= 10:
        away = np.hypot(*((there - np.median(there, axis=0)).T))
        there = there[away <= FAR * np.quantile(away, 0.9)]
    there = np.vstack([there, sites[["lon", "lat"]].astype(float).dropna().to_numpy()])
    if not len(there):
        return None
    (west, south), (east, north) = there.min(axis=0) - EDGE, there.max(axis=0) + EDGE
    return float(west), float(south), float(east), float(north)


def event_layers(
    people: pd.DataFrame,
    sites: pd.DataFrame,
    streets: gpd.GeoDataFrame,
    spans: gpd.GeoDataFrame,
    *,
    old: str,
    new: str,
    undrawn: int = 0,
    lang: str,
) -> dict[str, Any]:
    """Return the map of an event in the form that ``map.js`` draws.

    Parameters
    ----------
    people
        One row per customer: ``public_id``, ``lon``, ``lat`` (missing without a point: counted,
        never put somewhere), ``gardu`` as recorded and ``chosen``.
    sites
        ``gardu``, ``lon``, ``lat`` of the old and the new gardu where they are known.
    undrawn
        Customers of other gardu that were too many to draw; the legend names their number.
    """
    people = people.assign(state=_states(people, old, new)).sort_values("state", kind="stable")
    there = people.dropna(subset=["lon", "lat"])
    points = [
        {"x": round(float(r.lon), 6), "y": round(float(r.lat), 6), "s": STATES[r.state],
         "id": r.public_id, "n": None}
        for r in _rows(there)
    ]  # fmt: skip
    words = {name: text(f"map.{name}", lang) for name in SAID}
    words |= {f"point-{s}": text(f"map.{s}", lang, old=old, new=new) for s in STATES}
    gardu = [
        {"x": round(float(r.lon), 6), "y": round(float(r.lat), 6), "code": r.gardu,
         "s": "old" if r.gardu == old else "new",
         "t": text("map.gardu_old" if r.gardu == old else "map.gardu_new", lang)}
        for r in _rows(sites.dropna(subset=["lon", "lat"]))
    ]  # fmt: skip
    kinds = ["old" if g == old else "new" if g == new else "" for g in spans["gardu"]]
    lines = [
        {"c": [[round(x, 6), round(y, 6)] for x, y, *_ in line.coords], "own": False, "s": kind}
        for line, kind in zip(spans.geometry, kinds, strict=True)
    ]
    without = len(people) - len(there)
    counts = there["state"].value_counts()
    legend = [
        {"k": f"point-{s}", "words": words[f"point-{s}"], "n": int(counts[i])}
        for i, s in reversed(list(enumerate(STATES))) if i in counts
    ]  # fmt: skip
    legend += [
        {"k": f"gardu-{g['s']}", "words": f"{g['code']} ({g['t']})", "n": None} for g in gardu
    ]
    legend += [
        {"k": f"jtr-{kind}" if kind else "jtr", "n": None, "words": text(
            f"map.jtr_{kind}" if kind else "map.jtr_other", lang, old=old, new=new)}
        for kind in ("old", "new", "") if kind in kinds
    ]  # fmt: skip
    rest = (("street", None, len(streets)), ("without", without, without), ("undrawn", undrawn, undrawn))  # fmt: skip
    legend += [{"k": k, "words": text(f"map.{k}", lang), "n": n} for k, n, shown in rest if shown]
    return {"points": points, "walk": [], "gardu": gardu, "jtr": lines, "legend": legend,
            "streets": streets_as_data(streets), "without": without, "words": words}  # fmt: skip


def _states(people: pd.DataFrame, old: str, new: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Return the place in `STATES` of every customer; who is chosen is drawn as chosen."""
    gardu = people["gardu"]
    chosen = people["chosen"].to_numpy(bool)
    return np.select([chosen, gardu.eq(new).to_numpy(bool), gardu.eq(old).to_numpy(bool)], [3, 2, 1], 0)  # fmt: skip


def _rows(frame: pd.DataFrame) -> Any:
    return frame.itertuples()
