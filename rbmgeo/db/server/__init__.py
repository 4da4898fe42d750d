"""The PostGIS that the product brings along, or the one it is pointed to."""

from rbmgeo.db.server.cluster import Cluster, Status
from rbmgeo.db.server.up import (
    database_url,
    down,
    ensure_cluster,
    standing_url,
    status,
    web_url,
)

__all__ = [
    "Cluster",
    "Status",
    "database_url",
    "down",
    "ensure_cluster",
    "standing_url",
    "status",
    "web_url",
]
