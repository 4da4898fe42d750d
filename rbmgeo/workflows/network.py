"""The network that a unit's readers walk on: streets, else low-voltage spans, else none."""

from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.errors import NothingToDo
from rbmgeo.network.snap import Unreachable, placed
from rbmgeo.network.streets import Network, km_by_road
from rbmgeo.network.streets import network_stats as stats_of
from rbmgeo.terms import ReadBy
from rbmgeo.unit.walker import network_of


def unit_network(session: Session, ulp: str) -> Network | None:
    """Return the unit's network on foot; None where it has neither streets nor spans."""
    srid = units.unit(session, ulp=ulp).utm_srid
    streets = lists.streets(session, ulp=ulp, srid=srid)
    return network_of(streets, streets if len(streets) else lists.jtr(session, ulp=ulp, srid=srid))


def network_stats(session: Session, ulp: str) -> dict[str, Any]:
    """Count the unit's street graph and who stands where on it.

    ``km_by_road``; ``customers``, of them ``snapped``; ``unreachable``: how many by reason.
    Raises `NothingToDo` where the unit has neither streets nor spans.
    """
    network = unit_network(session, ulp)
    if network is None:
        raise NothingToDo(
            f"unit {ulp} has no streets; import some with `rbmgeo import --kind streets FILE.gpkg`",
            f"unit {ulp} belum punya jalan; impor dengan `rbmgeo import --kind streets BERKAS.gpkg`",
        )
    where = _standing(session, ulp, network)
    reasons = where["reason"].value_counts()
    return {
        **stats_of(network),
        "kind": network.kind,
        "km_by_road": km_by_road(network),
        "customers": len(where),
        "snapped": int(where["edge"].notna().sum()),
        "unreachable": {r.value: int(reasons.get(r.value, 0)) for r in Unreachable},
    }


def unreachable(session: Session, ulp: str) -> pd.DataFrame | None:
    """List whom no known way on foot leads to, by idpel; None without streets or spans.

    Columns ``public_id``, ``rbm`` (of the newest list), ``reason`` (`Unreachable`), ``off_m``
    (metres to the nearest street, missing without a point). Active customers of the vendor.
    """
    network = unit_network(session, ulp)
    if network is None:
        return None
    where = _standing(session, ulp, network)
    where = where[where["reason"].ne("")]
    listed = lists.rbm_list(session, ulp=ulp, idpels=where.index.to_list())
    rbm = listed.drop_duplicates("idpel").set_index("idpel")["rbm"]
    told = where.assign(rbm=rbm.reindex(where.index), off_m=where["off_m"].round(1))
    return told[["public_id", "rbm", "reason", "off_m"]]


def _standing(session: Session, ulp: str, network: Network) -> pd.DataFrame:
    """Put the active customers that the vendor reads on the network (`snap.placed`)."""
    srid = units.unit(session, ulp=ulp).utm_srid
    customers = lists.customers(session, ulp=ulp, srid=srid)
    routed = customers["active"].astype(bool) & customers["dibaca_oleh"].eq(ReadBy.VENDOR)
    customers = customers[routed]
    limit = units.unit_settings(session, ulp=ulp).street_limit_m
    points = gpd.GeoSeries(customers["geometry"])
    return placed(network, points, limit_m=limit).assign(public_id=customers["public_id"])
