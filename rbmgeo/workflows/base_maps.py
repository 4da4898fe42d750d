"""What a unit's administrator sets for its maps: the ground below them, and the way out to Google Maps."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.maps import mbtiles
from rbmgeo.maps.base_map import BaseMap, checked_address
from rbmgeo.settings import Settings, UnitSettings

NAMES = ("base_map", "base_map_url", "base_map_attribution", "base_map_max_zoom", "google_maps")
#: The file of tiles where the environment names no other.
FILE = "peta-dasar.mbtiles"


def base_map_file(settings: Settings) -> Path:
    """Return where the file of tiles lies: no page and no unit can say another place."""
    return settings.mbtiles or settings.home / FILE


def base_map(unit: UnitSettings, settings: Settings, tiles_of_file: str) -> BaseMap | None:
    """Return the ground of a unit's maps, None where it chose none.

    ``tiles_of_file``: the address at which the product gives the tiles of its file.

    Raises
    ------
    RbmgeoError
        If what it chose cannot be used: the file is missing or no MBTiles, the address is none.
    """
    if unit.base_map == "file":
        told = mbtiles.sheet(base_map_file(settings))
        by = unit.base_map_attribution or told.attribution
        return BaseMap(
            f"{tiles_of_file}?v={told.mark}", by, told.min_zoom, told.max_zoom, bounds=told.bounds
        )
    if unit.base_map == "url":
        tiles, origin = checked_address(unit.base_map_url)
        return BaseMap(tiles, unit.base_map_attribution, 0, unit.base_map_max_zoom, origin)
    return None


def usable_base_map(
    unit: UnitSettings, settings: Settings, tiles_of_file: str
) -> tuple[BaseMap | None, RbmgeoError | None]:
    """Return the ground of a unit's maps, and why there is none though it chose one."""
    try:
        return base_map(unit, settings, tiles_of_file), None
    except RbmgeoError as why:
        return None, why


def set_base_map(
    session: Session, ulp: str, values: dict[str, Any], settings: Settings, *, who: str
) -> UnitSettings:
    """Keep what a unit's maps lie on; the log says who, and of an address the host alone.

    Raises
    ------
    UsageError
        If an address is none or nobody is named as its source, or the file cannot be used.
    """
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is no setting of maps", f"{unknown[0]!r} bukan setelan peta"
        )
    was = units.unit_settings(session, ulp=ulp)
    now = UnitSettings.of({**was.model_dump(), **values})
    if now.base_map == "url" and not now.base_map_attribution.strip():
        raise UsageError(
            "say whose map it is; the source stands on every map",
            "sebutkan sumber petanya; sumber tampil di setiap peta",
        )
    base_map(now, settings, "")
    units.set_unit(session, ulp=ulp, settings={n: now.model_dump(mode="json")[n] for n in NAMES})
    log_command(session, who=who, ulp=ulp, command="base map", before=_told(was), after=_told(now))
    return now


def _told(unit: UnitSettings) -> dict[str, Any]:
    """Return what the log says: the address may hold a key."""
    host = ""
    if unit.base_map == "url":
        try:
            host = checked_address(unit.base_map_url)[1]
        except UsageError:
            host = "?"
    return {"base_map": unit.base_map, "host": host, "google_maps": unit.google_maps}
