"""Who measures walks in a unit: its network, its detour, what a crossing costs."""

import geopandas as gpd

from rbmgeo.network.crossing import Crossing
from rbmgeo.network.streets import Network, street_network
from rbmgeo.network.walking import Walker
from rbmgeo.settings import UnitSettings


def network_of(streets: gpd.GeoDataFrame, spans: gpd.GeoDataFrame) -> Network | None:
    """Return a unit's network on foot: its streets, else its spans; None where it has neither."""
    if len(streets):
        return street_network(streets)
    return street_network(spans, kind="jtr") if len(spans) else None


def walker_of(network: Network | None, settings: UnitSettings) -> Walker:
    """Return who measures walks on a network as the unit's settings say."""
    return Walker(
        network, detour=settings.detour, crossing=Crossing.of(settings),
        limit_m=settings.street_limit_m, neighbours=True,
    )  # fmt: skip
