"""The ground below the maps of a unit as a page shows it, and the way out to Google Maps."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, url_for

from rbmgeo.errors import RbmgeoError
from rbmgeo.maps.base_map import BaseMap
from rbmgeo.workflows.base_maps import usable_base_map
from web.database import settings
from web.language import label, lang

#: Takes a coordinate and nothing else: "query" of Maps URLs, latitude before longitude.
GOOGLE = "https://www.google.com/maps/search/?api=1&query="


@dataclass(frozen=True)
class Ground:
    """What a page draws below its map, and why there is nothing though the unit chose something."""

    base: BaseMap | None
    why: RbmgeoError | None

    @property
    def origin(self) -> str:
        """The one other host that the page may load pictures from; empty for none."""
        return self.base.origin if self.base else ""

    def as_data(self) -> dict[str, Any]:
        """Return what the drawing reads: nothing where there is no ground."""
        if self.base:
            return {"base": {**self.base.as_data(), "broken": label("map.base_broken")}}
        return {"base_missing": self.why.in_language(lang())} if self.why else {}


def ground() -> Ground:
    """Return the ground of the unit of this request."""
    tiles = url_for("base_maps.tile", z=0, x=0, y=0).replace("/0/0/0", "/{z}/{x}/{y}")
    return Ground(*usable_base_map(g.unit_settings, settings(), tiles))


def google_maps(lat: Any, lon: Any) -> str:
    """Return where Google Maps shows a place; empty where there is none or the unit wants no such way."""
    if not g.unit_settings.google_maps or lat is None or lon is None or lat != lat or lon != lon:
        return ""
    return f"{GOOGLE}{float(lat):.6f},{float(lon):.6f}"


def register(app: Flask) -> None:
    """Let templates ask for the way out."""
    app.jinja_env.globals["google_maps"] = google_maps
