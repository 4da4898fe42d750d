"""Tiles of a whole unit: its map is written when somebody looks and the data have changed."""

from dataclasses import dataclass

from rbmgeo.db.queries import tiles, units
from rbmgeo.db.queries.tiles import MapCounts
from rbmgeo.db.session import Database


@dataclass(frozen=True)
class UnitMap:
    """What the page of a whole unit says: counts, and where it is (None without a place)."""

    counts: MapCounts
    bounds: tuple[float, float, float, float] | None


def tile_version(database: Database, ulp: str) -> str:
    """Return what a tile's ETag is made of: the same as long as no tile of the unit changed."""
    return _written(database, ulp).version


def tile(database: Database, ulp: str, z: int, x: int, y: int) -> bytes:
    """Return one vector tile of the map that `tile_version` told of."""
    with database.reading() as session:
        return tiles.tile(session, ulp=ulp, z=z, x=x, y=y)


def unit_map(database: Database, ulp: str) -> UnitMap:
    """Return how many customers a unit's map shows in which state, and where to look."""
    counts = _written(database, ulp)
    with database.reading() as session:
        return UnitMap(counts, tiles.box(session, ulp=ulp))


def _written(database: Database, ulp: str) -> MapCounts:
    """See to it that the map is that of the newest data, or at most a little older."""
    with database.reading() as session:
        limit = units.unit_settings(session, ulp=ulp).finding_limit
        known = tiles.map_counts(session, ulp=ulp, finding_limit=limit)
    while known is None:
        with database.writing() as session:
            tiles.write_map(session, ulp=ulp, finding_limit=limit)
            known = tiles.map_counts(session, ulp=ulp, finding_limit=limit)
    return known
