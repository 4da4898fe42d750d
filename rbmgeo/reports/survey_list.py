"""A survey list as the surveyor takes it along: table rows and GPX waypoints."""

import re
import xml.etree.ElementTree as ET

import pandas as pd

from rbmgeo.labels.questions import asked

COLUMNS = [
    "ulp", "surveyor", "day", "stop", "idpel", "control", "gardu", "proposed_gardu", "tiang",
    "meter_number", "name", "address", "patch", "question", "lon", "lat", "second",
]  # fmt: skip
#: Characters that XML 1.0 cannot hold at all.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def list_rows(tasks: pd.DataFrame, *, ulp: str, lang: str = "id") -> pd.DataFrame:
    """Return one row a visit in walking order, the question in words.

    ``tasks``: rows of `rbmgeo.db.queries.survey.tasks`, index idpel.
    """
    rows = tasks.reset_index().assign(ulp=ulp)
    rows["question"] = [asked(q, lang) if isinstance(q, str) else None for q in rows["question"]]
    return rows[COLUMNS]


def gpx_bytes(rows: pd.DataFrame) -> bytes:
    """Return the visits of `list_rows` with a position as GPX 1.1 waypoints, in walking order.

    Source: GPX 1.1 schema (Topografix). A waypoint is named by list and stop.
    """
    root = ET.Element(
        "gpx", {"version": "1.1", "creator": "rbmgeo", "xmlns": "http://www.topografix.com/GPX/1/1"}
    )
    for row in rows.dropna(subset=["lon", "lat"]).itertuples():
        point = ET.SubElement(root, "wpt", {"lat": f"{row.lat:.6f}", "lon": f"{row.lon:.6f}"})
        ET.SubElement(point, "name").text = f"{row.surveyor}-{row.day}-{row.stop:03d}"
        said = [row.idpel, row.meter_number, row.address, row.question]
        words = "; ".join(str(v) for v in said if isinstance(v, str))
        ET.SubElement(point, "desc").text = UNPRINTABLE.sub("", words)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
