"""What a map of work lists shows: each house where its order stands; plain data, no text of a customer."""

from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.labels import text
from rbmgeo.maps.layers import SAID, streets_as_data
from rbmgeo.terms import OrderState

#: As they lie above each other: what is done below, what needs a decision on top.
STATES = (OrderState.BATAL, OrderState.SELESAI, OrderState.BELUM, OrderState.ULANG, OrderState.KONFLIK)  # fmt: skip


def visit_map(points: pd.DataFrame, streets: gpd.GeoDataFrame, *, walk: bool, lang: str) -> dict[str, Any]:  # fmt: skip
    """Return the map of some orders in the form that ``map.js`` draws.

    ``points``: one row an order in walking order: ``public_id``, ``stop``, ``lon``, ``lat``
    (missing without a position: counted, never put somewhere) and ``state`` (`OrderState`).
    ``walk``: they are one list, whose line is drawn and whose stops are numbered.
    """
    there = points.dropna(subset=["lon", "lat"])
    rank = {str(s): k for k, s in enumerate(STATES)}
    drawn = there.assign(rank=there["state"].map(rank)).sort_values("rank", kind="stable")
    counts = points["state"].value_counts()
    words = {name: text(f"map.{name}", lang) for name in SAID}
    words |= {name: text(f"map.order_{name}", lang) for name in ("start", "end")}
    words |= {f"point-order_{s}": text(f"map.order_{s}", lang) for s in STATES}
    legend = [
        {"k": f"point-order_{s}", "words": words[f"point-order_{s}"], "n": int(counts[str(s)])}
        for s in reversed(STATES) if str(s) in counts
    ]  # fmt: skip
    without = len(points) - len(there)
    for key, n, shown in (("walk", None, walk), ("street", None, len(streets)), ("without", without, without)):  # fmt: skip
        if shown:
            legend.append(
                {
                    "k": key,
                    "n": n,
                    "words": text("map.order_walk" if key == "walk" else f"map.{key}", lang),
                }
            )
    return {
        "points": [
            {"x": round(float(x), 6), "y": round(float(y), 6), "s": f"order_{s}", "id": i,
             "n": str(int(n)) if walk else None}
            for x, y, s, i, n in drawn[["lon", "lat", "state", "public_id", "stop"]].itertuples(index=False)
        ],
        "walk": [[round(float(x), 6), round(float(y), 6)]
                 for x, y in there[["lon", "lat"]].itertuples(index=False)] if walk else [],
        "gardu": [], "jtr": [], "streets": streets_as_data(streets), "legend": legend,
        "without": without, "words": words,
    }  # fmt: skip
