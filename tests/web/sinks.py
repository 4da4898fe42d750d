"""What an attack could become in each kind of answer; each function names what it finds."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import urlsplit

import openpyxl
from attacks import RUNS
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from rbmgeo.reports.tables import DANGEROUS
from web.base_map import GOOGLE

#: Elements that no page of ours has; attacks are full of them.
NEVER = {"iframe", "math", "mtext", "base", "object", "embed", "style", "x", "para", "extendeddata"}
_OUTSIDE = re.compile(re.escape(GOOGLE) + r"-?\d+\.\d{6},-?\d+\.\d{6}")
_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")
_NUMBER = re.compile(r"[-+]?[0-9.,]+(E[-+]?\d+)?%?")
#: Names in a PDF that act, lead away or bring something along.
_ACTING = {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/URI", "/SubmitForm", "/EmbeddedFile", "/RichMedia"}  # fmt: skip


class _Page(HTMLParser):
    """Faults of a page as a browser would make it, its text put together."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.within = tag if tag in ("script", "style") else ""
        if tag in NEVER:
            self.faults.append(f"element <{tag}>")
        if tag == "script" and RUNS in str(told):
            self.faults.append("a script that names the attack")
        for name, value in told.items():
            self._attribute(tag, name, value or "")
        self.texts += [v for v in told.values() if v]

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in ("srcdoc", "style", "http-equiv", "xmlns"):
            self.faults.append(f"<{tag} {name}>")
        if name in _ADDRESSES:
            ours = value.startswith(("/", "#", "?", "data:image/png;base64,")) or value == ""
            if tag == "a" and _OUTSIDE.fullmatch(value):
                return
            if not ours or value.startswith(("//", "/\\")) or urlsplit(value).netloc:
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")

    def handle_data(self, data: str) -> None:
        if self.within == "script" and RUNS in data and not _is_json(data):
            self.faults.append("the attack inside a script")
        if self.within != "script":
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.within = ""


def _is_json(data: str) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return "<" not in data


def html(data: bytes) -> tuple[list[str], str]:
    """Return the faults of a page and all its words."""
    page = _Page()
    page.feed(data.decode())
    page.close()
    return page.faults, "\n".join(page.texts)


def as_json(data: bytes) -> tuple[list[str], str]:
    """Return the faults of JSON (it must be read) and its words."""
    return [], json.dumps(json.loads(data), ensure_ascii=False)


def as_csv(data: bytes) -> tuple[list[str], str]:
    """Return cells that a spreadsheet would run, rows of another length."""
    told = data.decode("utf-8-sig")
    sign = ";" if told.partition("\n")[0].count(";") > told.partition("\n")[0].count(",") else ","
    lines = [line for line in csv.reader(io.StringIO(told, newline=""), delimiter=sign) if line]
    run = [c[:40] for line in lines for c in line
           if c.startswith(DANGEROUS) and not _NUMBER.fullmatch(c)]  # fmt: skip
    ragged = {len(line) for line in lines}
    faults = [f"cell {c!r} is run" for c in run]
    return faults + ([f"rows of {ragged}"] if len(ragged) > 1 else []), told


def xlsx(data: bytes) -> tuple[list[str], str]:
    """Return formulas of a workbook, links and what else acts in it."""
    faults, said = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        faults += [f"part {n}" for n in names if re.search(r"vba|external|embed|activeX", n, re.I)]
        for name in names:
            if name.endswith((".xml", ".rels")):
                root = _xml(packed.read(name))
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    faults += [f"{name}: formula {f.text}" for f in root.iter("{*}f")]
                faults += [f"{name}: leads to {r.get('Target')}" for r in root.iter("{*}Relationship")
                           if r.get("TargetMode") == "External"]  # fmt: skip
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    said.append(cell.value)
                    if cell.value.startswith(DANGEROUS) and not cell.value.startswith("'"):
                        faults.append(f"{cell.coordinate}: {cell.value[:40]!r}")
    return faults, "\n".join(said)


def _xml(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def xml(data: bytes, known: set[str]) -> tuple[list[str], str]:
    """Return elements of an XML file that are none of its format's, attributes that act."""
    root = _xml(data)
    faults = [f"element {n}" for n in {etree.QName(e).localname for e in root.iter(etree.Element)} - known]  # fmt: skip
    faults += [f"attribute {a}" for e in root.iter(etree.Element) for a in e.attrib if a.startswith("on")]  # fmt: skip
    faults += ["an entity" for _ in root.iter(etree.Entity)]
    return faults, "\n".join(root.itertext())


KML = {
    "kml", "Document", "Folder", "name", "Placemark", "description", "Point", "coordinates", "Schema",
    "SimpleField", "ExtendedData", "SchemaData", "SimpleData", "LineString", "MultiGeometry", "Style",
    "LineStyle", "PolyStyle", "color", "fill", "outline", "width", "Polygon", "outerBoundaryIs",
    "LinearRing", "altitudeMode",
}  # fmt: skip
GPX = {"gpx", "wpt", "rte", "rtept", "name", "desc", "metadata", "trk", "trkseg", "trkpt"}


def pdf(data: bytes) -> tuple[list[str], str]:
    """Return what acts in a PDF, and its words as they are printed."""
    reader = PdfReader(io.BytesIO(data))
    faults: set[str] = set()
    seen: set[int] = set()

    def look(it: object) -> None:
        if isinstance(it, IndirectObject):
            if it.idnum in seen:
                return
            seen.add(it.idnum)
            it = it.get_object()
        if isinstance(it, DictionaryObject):
            faults.update(_ACTING & set(it))
            faults.update(_ACTING & {str(v) for v in it.values() if isinstance(v, str)})
            for value in it.values():
                look(value)
        elif isinstance(it, ArrayObject):
            for value in it:
                look(value)

    look(reader.trailer["/Root"])
    return sorted(faults), "\n".join(page.extract_text() for page in reader.pages)


def packed(data: bytes) -> tuple[list[str], str]:
    """Return names in a zip that lead elsewhere, and what its files are."""
    faults, said = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if (
                not re.fullmatch(r"[\w .,()+/-]+", name, re.A)
                or ".." in name
                or name.startswith("/")
            ):
                faults.append(f"name {name!r}")
            kind = READ.get(name.rpartition(".")[2].lower())
            if kind is not None:
                more, told = kind(archive.read(name))
                faults += [f"{name}: {f}" for f in more]
                said.append(told)
    return faults, "\n".join(said)


READ = {
    "html": html, "json": as_json, "geojson": as_json, "csv": as_csv, "xlsx": xlsx, "pdf": pdf,
    "zip": packed, "kml": lambda d: xml(d, KML), "gpx": lambda d: xml(d, GPX),
}  # fmt: skip
#: Types on the web -> how an answer is looked at; None: no text of anybody can stand in it.
TYPES = {
    "text/html": "html", "application/json": "json", "application/geo+json": "json",
    "application/vnd.oai.openapi+json": "json", "text/csv": "csv", "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/zip": "zip", "application/vnd.google-earth.kml+xml": "kml",
    "application/gpx+xml": "gpx", "application/manifest+json": "json",
}  # fmt: skip
#: Looked at in a way of their own, or holding nothing of a list.
OTHER = {
    "application/vnd.mapbox-vector-tile", "application/geopackage+sqlite3", "image/png", "image/jpeg",
    "image/svg+xml", "text/css", "application/pkix-cert", "application/x-x509-ca-cert", "text/javascript", "text/plain",
}  # fmt: skip
