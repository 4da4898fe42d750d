"""The energy of every gardu over a year: what a map colours, month by month, and a table says."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, kwh_kept, map_data, units
from rbmgeo.energy.measures import month_of_gardu, without_single_customers
from rbmgeo.energy.per_gardu import NO_GARDU, REJECTED
from rbmgeo.geo import metres_xy
from rbmgeo.maps.canvas import Bounds
from rbmgeo.maps.layers import box_of
from rbmgeo.months import month_before
from rbmgeo.workflows.maps import ALL_STREETS

#: Months that the slider has.
MONTHS = 12
ZERO = Decimal(0)


@dataclass(frozen=True)
class GarduYear:
    """``months``: those that are summed, oldest first; ``waiting``: those that are not yet.

    ``figures``: by (blth, gardu) as `rbmgeo.energy.measures` says, every gardu in every month.
    ``totals``: by blth: ``kwh`` and ``token_kwh`` of the unit, of it ``nowhere`` and
    ``nowhere_token`` (customers without a gardu) and ``refused`` (at import). ``gardu``: by code, with
    ``lon``, ``lat`` (missing without a point), ``rating_kva``, ``penyulang``.
    """

    ulp: str
    months: list[str]
    waiting: list[str]
    figures: pd.DataFrame
    totals: pd.DataFrame
    gardu: pd.DataFrame

    @property
    def bounds(self) -> Bounds | None:
        """Where the gardu lie (west, south, east, north), None where no one knows."""
        return box_of(self.gardu)

    def of_month(self, blth: str) -> pd.DataFrame:
        """Return the gardu and their figures in one month, by code."""
        return self.gardu.join(self.figures.loc[blth].drop(columns="rating_kva"))


def months_until(session: Session, ulp: str, last: str) -> tuple[list[str], list[str]]:
    """Return the newest `MONTHS` months up to one: those that are summed, and those to be."""
    window = [m for m in units.months(session, ulp=ulp) if m <= last][-MONTHS:]
    there = kwh_kept.fresh(session, ulp=ulp, mark=units.mark(session, ulp=ulp))
    return [m for m in window if m in there], [m for m in window if m not in there]


def gardu_year(
    session: Session, ulp: str, *, last: str, customers_seen: bool = True
) -> GarduYear:  # fmt: skip
    """Gather the year up to a month of every gardu, from what is summed already.

    ``customers_seen``: whether who asks may open customers' cards; without it the figures of
    gardu with few customers are taken away.
    """
    months, waiting = months_until(session, ulp, last)
    ratings = energy.ratings(session, ulp=ulp)
    gardu = map_data.gardu_places(session, ulp=ulp).set_index("gardu").join(ratings)
    limit = units.unit_settings(session, ulp=ulp).coverage_limit
    there = kwh_kept.fresh(session, ulp=ulp, mark=units.mark(session, ulp=ulp))
    needed = sorted({*months, *({month_before(m) for m in months} & there)})
    rows = kwh_kept.gardu_of_months(session, ulp=ulp, months=needed)
    figures, totals = _judged(rows, needed, gardu, limit)
    if not customers_seen and len(figures):
        figures = without_single_customers(figures)
    # Who is only on a list has a row as well: nobody's kWh is left out of the table.
    gardu = gardu.reindex(gardu.index.union(figures.index.get_level_values("gardu").unique()))
    kept = figures[figures.index.get_level_values("blth").isin(months)] if months else figures
    return GarduYear(ulp, months, waiting, kept, totals.loc[months], gardu)


def nearest_gardu_m(year: GarduYear, srid: int | None) -> float | None:
    """Return how far half of the gardu have their next one at most, in metres."""
    placed = year.gardu.dropna(subset=["lon", "lat"])
    if len(placed) < 2 or srid is None:
        return None
    x, y = metres_xy(placed["lon"].to_numpy(float), placed["lat"].to_numpy(float), srid)
    far, _ = cKDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=2)
    return float(np.median(far[:, 1]))


def street_data(session: Session, year: GarduYear) -> Any:
    """Return the streets around the gardu; the main ones alone of a large unit."""
    box = year.bounds or (0.0, 0.0, 0.0, 0.0)
    last = year.figures.loc[year.months[-1]] if year.months else year.figures
    many = int(last["customers"].sum()) > ALL_STREETS if len(last) else False
    return map_data.streets(session, ulp=year.ulp, box=box, main_only=many)


def _judged(
    rows: pd.DataFrame, months: list[str], gardu: pd.DataFrame, limit: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    said: dict[str, pd.DataFrame] = {}
    totals = []
    for blth in months:
        of_month = rows[rows["blth"] == blth]
        found = month_of_gardu(
            of_month, gardu["rating_kva"], coverage_limit=limit, before=said.get(month_before(blth))
        )
        said[blth] = found
        totals.append({"blth": blth, **_totals(of_month)})
    index = ["kwh", "token_kwh", "nowhere", "nowhere_token", "nowhere_customers", "refused"]
    table = pd.DataFrame(totals, columns=["blth", *index]).set_index("blth")
    if not said:
        return pd.DataFrame(
            index=pd.MultiIndex.from_arrays([[], []], names=["blth", "gardu"])
        ), table
    return pd.concat(said, names=["blth", "gardu"]), table


def _totals(rows: pd.DataFrame) -> dict[str, Any]:
    nowhere, refused = rows[rows["gardu"] == NO_GARDU], rows[rows["gardu"] == REJECTED]
    return {
        "kwh": sum(rows["kwh"], ZERO),
        "token_kwh": sum(rows["token_kwh"], ZERO),
        "nowhere": sum(nowhere["kwh"], ZERO),
        "nowhere_token": sum(nowhere["token_kwh"], ZERO),
        "nowhere_customers": int(nowhere["customers"].sum()),
        "refused": sum(refused["kwh"], ZERO),
    }
