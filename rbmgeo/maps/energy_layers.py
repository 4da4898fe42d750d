"""The map of energy as plain data: every gardu's year, so that another month needs no request."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.energy.measures import Measure
from rbmgeo.labels import text
from rbmgeo.maps.layers import SAID, streets_as_data

#: What the drawing itself says beside `SAID`.
WORDS = ("no_data", "close")
_STATES = {"": "0", "tinggi": "1", "mustahil": "2"}


def energy_year(
    gardu: pd.DataFrame,
    figures: pd.DataFrame,
    totals: pd.DataFrame,
    streets: gpd.GeoDataFrame,
    *,
    months: Sequence[str],
    room_m: float | None,
    lang: str,
) -> dict[str, Any]:
    """Return every gardu and its months, what they sum to, and the streets below them.

    ``gardu``: by code, ``lon``, ``lat``, ``rating_kva``; ``figures``: by (blth, gardu) as
    `rbmgeo.energy.measures` says; ``totals``: by blth. kWh are texts with every digit, as tables
    and files have them. ``rows`` stand in the order of ``gardu`` (that of the table); of each
    figure one entry a month, null where nothing is known. Those without a place are in ``rows``
    and not on the map. ``most``: the most kWh that a gardu has in any of the months, so that
    areas can be compared from month to month.
    """
    told = [_told(pd.DataFrame(figures.loc[m]).reindex(gardu.index)) for m in months]
    rows = [_row(told, n) for n in range(len(gardu))]
    used = figures["kwh"].map(_number) + figures["token_kwh"].map(_number)
    # Drawn in this order: a large circle never hides a small one, in no month.
    most = used.groupby(level="gardu").max().reindex(gardu.index).fillna(0)
    drawn = [
        {"x": round(float(lon), 6), "y": round(float(lat), 6), "code": code, "i": n, "k": 0,
         "v": float(v)}
        for n, (code, lon, lat, v) in enumerate(
            zip(gardu.index, gardu["lon"], gardu["lat"], most, strict=True))
        if lon == lon and lat == lat
    ]  # fmt: skip
    return {
        "points": [], "walk": [], "jtr": [], "legend": [], "gardu": drawn, "rows": rows,
        "without": len(gardu) - len(drawn), "months": list(months), "room_m": room_m,
        "most": float(most.max()) if len(most) and most.max() > 0 else 1.0,
        "totals": [_total(pd.Series(totals.loc[m])) for m in months],
        "streets": streets_as_data(streets),
        "words": {name: text(f"map.{name}", lang) for name in (*SAID, *WORDS)},
    }  # fmt: skip


def _told(month: pd.DataFrame) -> dict[str, list[Any]]:
    """Return one month's figures as a browser takes them, a list a figure in the order of the rows."""
    written: dict[str, Callable[[Any], Any]] = {
        "kwh": _text, "token_kwh": _text, "customers": _whole, "read": _whole,
        "coverage": lambda v: _rounded(v, 4), "hours": lambda v: _rounded(v, 1),
        "load": lambda v: _rounded(v, 3), "change": lambda v: _rounded(v, 4),
        "known": lambda v: int(v is True or v == 1), "mark": lambda v: _STATES.get(v, "0"),
        **{str(one): str for one in Measure},
    }  # fmt: skip
    return {name: [write(v) for v in month[name].tolist()] for name, write in written.items()}


def _row(told: list[dict[str, list[Any]]], n: int) -> dict[str, Any]:
    figures = (
        "kwh",
        "token_kwh",
        "customers",
        "read",
        "known",
        "coverage",
        "hours",
        "load",
        "change",
    )
    return {
        **{name: [month[name][n] for month in told] for name in figures},
        "mark": "".join(month["mark"][n] for month in told),
        "class": {str(one): "".join(month[str(one)][n] for month in told) for one in Measure},
    }


def _total(row: pd.Series) -> dict[str, Any]:
    names = ("kwh", "token_kwh", "nowhere", "nowhere_token", "refused")
    return {
        **{name: _text(row[name]) for name in names},
        "nowhere_customers": int(row["nowhere_customers"]),
    }


def _text(value: object) -> str | None:
    """Return a number as text without an exponent, None where it is not to be known."""
    return format(value, "f") if isinstance(value, Decimal) else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, Decimal) else 0.0


def _rounded(value: Any, digits: int) -> float | None:
    return None if value is None or value != value else round(float(value), digits)


def _whole(value: Any) -> int | None:
    return None if value is None or value != value else int(value)
