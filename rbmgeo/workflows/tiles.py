"""Tiles of a whole unit: its map is written when somebody looks and the data have changed."""

from collections.abc import Sequence

from rbmgeo.db.queries import tiles, units
from rbmgeo.db.queries.tiles import MapCounts
from rbmgeo.db.session import Database


def tile(
    database: Database, ulp: str, z: int, x: int, y: int, *, layers: Sequence[str] = tiles.LAYERS,
    held: Sequence[str] = (),
) -> tuple[str, bytes | None]:  # fmt: skip
    """Return a vector tile's version, and the tile, None where that version is ``held``.

    The version is the same as long as no tile of the unit changed.
    """
    while True:
        with database.asking() as session:
            found = tiles.tile(session, ulp=ulp, z=z, x=x, y=y, layers=layers, held=held)
        if found is not None:
            return found
        unit_map(database, ulp)


def unit_map(database: Database, ulp: str) -> MapCounts:
    """Return what a unit's map shows and where to look, written anew where the data have changed.

    It is the map of the newest data, or at most a little older.
    """
    with database.reading() as session:
        limit = units.unit_settings(session, ulp=ulp).finding_limit
        known = tiles.map_counts(session, ulp=ulp, finding_limit=limit)
    while known is None:
        with database.writing() as session:
            tiles.write_map(session, ulp=ulp, finding_limit=limit)
            known = tiles.map_counts(session, ulp=ulp, finding_limit=limit)
    return known
