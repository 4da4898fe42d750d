"""The network that a unit's readers walk on: streets, else low-voltage spans, else none."""

from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.errors import NothingToDo
from rbmgeo.network.streets import Network, street_network
from rbmgeo.network.streets import network_stats as stats_of


def unit_network(session: Session, ulp: str) -> Network | None:
    """Return the unit's network on foot; None where it has neither streets nor spans."""
    srid = units.unit(session, ulp=ulp).utm_srid
    streets = lists.streets(session, ulp=ulp, srid=srid)
    if len(streets):
        return street_network(streets)
    spans = lists.jtr(session, ulp=ulp, srid=srid)
    return street_network(spans, kind="jtr") if len(spans) else None


def network_stats(session: Session, ulp: str) -> dict[str, float]:
    """Count the unit's street graph; raises `NothingToDo` where it has none."""
    network = unit_network(session, ulp)
    if network is None:
        raise NothingToDo(
            f"unit {ulp} has no streets; import some with `rbmgeo import --kind streets FILE.gpkg`",
            f"unit {ulp} belum punya jalan; impor dengan `rbmgeo import --kind streets BERKAS.gpkg`",
        )
    return stats_of(network)
