"""Places and walks as GPX 1.1 (schema of Topografix), for OsmAnd, Organic Maps and handsets."""

import re
import xml.etree.ElementTree as ET

import pandas as pd

MIMETYPE = "application/gpx+xml"
#: Characters that XML 1.0 cannot hold at all.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gpx_bytes(stops: pd.DataFrame, *, route: str = "") -> bytes:
    """Return stops with a position as waypoints, in their order; others are left out.

    ``stops``: ``lon``, ``lat`` (degrees), ``name``, ``said`` (texts). With ``route`` the same
    stops stand once more as a route of that name, which a program can follow.
    """
    root = ET.Element(
        "gpx", {"version": "1.1", "creator": "rbmgeo", "xmlns": "http://www.topografix.com/GPX/1/1"}
    )
    placed = stops.dropna(subset=["lon", "lat"])
    for stop in placed.itertuples():
        point = _point(root, "wpt", stop)
        ET.SubElement(point, "desc").text = UNPRINTABLE.sub("", str(stop.said))
    if route:
        walk = ET.SubElement(root, "rte")
        ET.SubElement(walk, "name").text = UNPRINTABLE.sub("", route)
        for stop in placed.itertuples():
            _point(walk, "rtept", stop)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _point(parent: ET.Element, tag: str, stop: object) -> ET.Element:
    place = {"lat": f"{stop.lat:.6f}", "lon": f"{stop.lon:.6f}"}  # type: ignore[attr-defined]
    point = ET.SubElement(parent, tag, place)
    ET.SubElement(point, "name").text = UNPRINTABLE.sub("", str(stop.name))  # type: ignore[attr-defined]
    return point
