"""The only file that imports folium: an empty shell without a single customer string.

branca compiles what it rendered as a template once more, so text of a customer would run on
the server. The shell therefore knows only numbers; everything else is JSON beside it, which
``map.js`` draws and shows as text.
"""

import json
import re
from pathlib import Path
from typing import Any

import folium

from rbmgeo.labels import text

Bounds = tuple[float, float, float, float]

STATIC = Path(__file__).resolve().parents[2] / "web/static"
VENDOR = STATIC / "vendor/leaflet"


def script(bounds: Bounds) -> str:
    """Return the script that makes the map ``map_kanvas``, fitted to (west, south, east, north)."""
    west, south, east, north = (float(b) for b in bounds)
    canvas = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, zoom_start=16, max_zoom=20,
        zoom_control=False, attributionControl=False, prefer_canvas=True, zoomAnimation=False,
    )  # fmt: skip
    # With no tile layer the map itself must know how far one may zoom.
    canvas.options["max_zoom"] = 20
    canvas._name, canvas._id = "map", "kanvas"
    canvas.fit_bounds([[south, west], [north, east]], padding=(24, 24))
    root: Any = canvas.get_root()
    root.render()
    made = str(root.script.render())
    if re.search(r"https?://", made):
        raise RuntimeError("the map's script names another host; map its library locally")
    return made


def ready() -> bool:
    """Say whether the browser's map library is set up (`make setup`)."""
    return (VENDOR / "leaflet.js").is_file() and (VENDOR / "leaflet.css").is_file()


def inside_script(value: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def standalone(
    data: dict[str, Any], bounds: Bounds, *, title: str, lang: str, note: str = ""
) -> str:
    """Return one HTML file that needs nothing beside it; ``data`` of `rbmgeo.maps.layers`.

    Raises
    ------
    FileNotFoundError
        If the browser libraries are not set up (`make setup`).
    """
    styles = [VENDOR / "leaflet.css", STATIC / "css/tokens.css", STATIC / "css/map.css"]
    # Pictures of layer buttons that this page does not have.
    css = "\n".join(re.sub(r"url\(images/[^)]*\)", "none", s.read_text("utf-8")) for s in styles)
    leaflet = (VENDOR / "leaflet.js").read_text("utf-8").replace("</script", "<\\/script")
    drawing = "".join((STATIC / "js" / name).read_text("utf-8") for name in ("signs.js", "map.js"))
    remark = f'<span class="sample">{_escaped(note)}</span>' if note else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{_escaped(title)}</title><style>{css}</style></head><body class="map-page">'
        f"<header><h1>{_escaped(title)}</h1>{remark}</header>"
        '<main class="map-frame" data-map><div id="map_kanvas" role="region" '
        f'aria-label="{_escaped(title)}"></div><div class="map-panel">'
        f'<h2>{text("map.legend", lang)}</h2><ul id="legend" class="legend"></ul></div></main>'
        f'<script type="application/json" id="map-data">{inside_script(data)}</script>'
        f"<script>{leaflet}</script><script>{script(bounds)}</script><script>{drawing}</script>"
        "</body></html>"
    )


def _escaped(text: str) -> str:
    signs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return "".join(signs.get(c, c) for c in text)
