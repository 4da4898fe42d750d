"""Tiles of a whole unit: its map is written when somebody looks and the data have changed."""

from collections.abc import Callable
from functools import partial

from rbmgeo.db.queries import tiles, units
from rbmgeo.db.queries.tiles import MapCounts
from rbmgeo.db.session import Database


def tile(
    database: Database,
    ulp: str,
    z: int,
    x: int,
    y: int,
    *,
    held: Callable[[str], bool],
    remember: Callable[[str, Callable[[], bytes]], bytes],
) -> tuple[str, bytes | None]:
    """Return a vector tile's version, and the tile, or None where who asks has that version.

    The version is the same as long as no tile of the unit changed. ``held`` says whether who asks
    has a version; ``remember`` gives what is kept of one, or has it made. One session does it all:
    a map asks for some twenty tiles at once.
    """
    while True:
        with database.reading() as session:
            state = tiles.map_counts(session, ulp=ulp)
            if state is not None:
                if held(state.version):
                    return state.version, None
                make = partial(tiles.tile, session, ulp=ulp, z=z, x=x, y=y)
                return state.version, remember(state.version, make)
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
