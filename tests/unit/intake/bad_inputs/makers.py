"""Files as the field sends them, each made by a function of a folder."""

import json
import re
import struct
import zipfile

import geopandas as gpd
import openpyxl
import pyogrio
import shapely
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from shapely.geometry import LineString, Point, Polygon

ID = "513540000001"
ID2 = "513540000002"


def text(*lines, name="a.csv", encoding="utf-8"):
    def make(folder):
        path = folder / name
        path.write_bytes("\n".join([*lines, ""]).encode(encoding))
        return path

    return make


def raw(data, name="a.csv"):
    def make(folder):
        path = folder / name
        path.write_bytes(data() if callable(data) else data)
        return path

    return make


def idpel(cell):
    return text("IDPEL;NAMA", f"{cell};Siti")


def cell(column, value, more=""):
    head = ";".join(["IDPEL", column, *([more.split("=")[0]] if more else [])])
    row = ";".join([ID, value, *([more.split("=")[1]] if more else [])])
    return text(head, row)


def place(lat, lon):
    return text("IDPEL;LAT;LON", f"{ID};{lat};{lon}")


def book(*rows, name="a.xlsx", more=None, also=None):
    """A workbook; ``more(sheet, book)`` does to it what people do."""

    def make(folder):
        made = openpyxl.Workbook()
        made.active.title = "Data"
        for row in rows:
            made.active.append(list(row))
        for title, others in (also or {}).items():
            sheet = made.create_sheet(title)
            for row in others:
                sheet.append(list(row))
        if more:
            more(made.active, made)
        path = folder / name
        made.save(folder / "made.xlsx")
        (folder / "made.xlsx").rename(path)
        return path

    return make


def book_xml(cell_name, inner, kind=""):
    """A workbook whose one cell's XML is written anew, as other programs write it."""

    def make(folder):
        path = book(["IDPEL", "KODE_GARDU", "KWH"], [ID, "KA1", 5], [ID2, "KA1", 6])(folder)
        with zipfile.ZipFile(path) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        parts[sheet] = re.sub(
            rf'<c r="{cell_name}"[^>]*>.*?</c>'.encode(),
            f'<c r="{cell_name}"{kind}>{inner}</c>'.encode(),
            parts[sheet],
        )
        with zipfile.ZipFile(path, "w") as archive:
            for part, data in parts.items():
                archive.writestr(part, data)
        return path

    return make


def epoch_1904(sheet, made):
    made.epoch = CALENDAR_MAC_1904


def merged(sheet, made):
    sheet.merge_cells("B2:B3")


def hidden(sheet, made):
    sheet.row_dimensions[3].hidden = True


def hidden_sheet(sheet, made):
    front = made.create_sheet("Depan")
    front.append(["IDPEL", "NAMA"])
    front.append([ID2, "b"])
    sheet.sheet_state = "hidden"


def far_down(sheet, made):
    sheet.cell(row=1_048_576, column=1).number_format = "0"
    sheet.cell(row=1_048_575, column=2).value = " "


def zipped(members, name="a.zip", **options):
    """A zip of {name: bytes}; a name that is a ZipInfo is taken as it is."""

    def make(folder):
        path = folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members.items() if isinstance(members, dict) else members():
                archive.writestr(member, data)
        return path

    return make


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (0o120777) << 16
    return info


def bomb(folder):
    """A workbook of 200 MB in 200 kB."""
    path = book(["IDPEL"], [ID])(folder)
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            if part.endswith("sheet1.xml"):
                with archive.open(part, "w") as out:
                    for _ in range(200):
                        out.write(b" " * (1 << 20))
            else:
                archive.writestr(part, data)
    return path


def secret_book(folder):
    """What Excel saves with a password: a compound file with an encrypted package in it."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    head += struct.pack("<109I", 0, *([free] * 108))
    table = struct.pack("<128I", 0xFFFFFFFD, end, *([free] * 126))

    def entry(name, kind, child=free, right=free):
        wide = (name + "\0").encode("utf-16-le")
        size = len(wide) if name else 0
        start = end if kind == 5 else 0
        return (
            wide[:64].ljust(64, b"\0") + struct.pack("<HBBIII", size, kind, 1, free, right, child)
            + b"\0" * 36 + struct.pack("<IQ", start, 0)
        )  # fmt: skip

    folder_ = entry("Root Entry", 5, child=1) + entry("EncryptedPackage", 2, right=2)
    folder_ += entry("EncryptionInfo", 2) + entry("", 0)
    path = folder / "sandi.xlsx"
    path.write_bytes(head + table + folder_)
    return path


HTML = (
    '<html><head><meta charset="utf-8"></head><body><table><tr><td>RBM 51354BKC periode 052016</td>'
    "</tr></table><table border=1><tr><th>IDPEL</th><th>KODE_GARDU</th><th>NAMA</th></tr>"
    f"<tr><td>{ID}</td><td rowspan=2>PD 0123</td><td>Siti &amp; Ani</td></tr>"
    f"<tr><td>{ID2}</td><td>Budi</td></tr></table></body></html>"
)
SHEET_XML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Data"><Table>'
    '<Row><Cell><Data ss:Type="String">IDPEL</Data></Cell><Cell><Data ss:Type="String">NAMA</Data>'
    f'</Cell></Row><Row><Cell><Data ss:Type="String">{ID}</Data></Cell>'
    '<Cell><Data ss:Type="String">Siti</Data></Cell></Row></Table></Worksheet></Workbook>'
)

SPOT = Point(112.6912345, -7.6512345)


def points(shapes=(SPOT,), crs=4326, **columns):
    said = columns or {"IDPEL": [f"51354000000{n}" for n in range(1, len(shapes) + 1)]}
    return gpd.GeoDataFrame(said, geometry=list(shapes), crs=crs)


def layer(name="a.gpkg", frame=None, layers=("pelanggan",), **options):
    def make(folder):
        made = points() if frame is None else frame()
        for each in layers:
            said = {"layer": each} if name.endswith(".gpkg") else {}
            pyogrio.write_dataframe(
                made, folder / name, append=each != layers[0], **said, **options
            )
        return folder / name

    return make


def shapefile(without=(), frame=None, change=None, packed=False, **options):
    def make(folder):
        path = layer("pelanggan.shp", frame, ("",), **options)(folder)
        for end in without:
            path.with_suffix(end).unlink()
        if change:
            change(path)
        if not packed:
            return path
        out = folder / "gis.zip"
        with zipfile.ZipFile(out, "w") as archive:
            for part in sorted(folder.glob("pelanggan.*")):
                archive.write(part, f"peta/{part.name}")
        return out

    return make


def deleted(path):
    """Mark the first record as deleted, as dBase does."""
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[int.from_bytes(data[8:10], "little")] = 0x2A
    dbf.write_bytes(bytes(data))


def one_record_less(path):
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[4:8] = (int.from_bytes(data[4:8], "little") - 1).to_bytes(4, "little")
    dbf.write_bytes(bytes(data))


def geojson(*features, **more):
    whole = {"type": "FeatureCollection", "features": list(features), **more}
    return raw(json.dumps(whole).encode(), "a.geojson")


def feature(geometry, **said):
    return {"type": "Feature", "properties": {"IDPEL": ID, **said}, "geometry": geometry}


def at(*xy):
    return {"type": "Point", "coordinates": list(xy)}


def deep(folder):
    path = folder / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        '{"type":"Polygon","coordinates":' + "[" * 200_000 + "]" * 200_000 + "}}]}"
    )
    return path


def collections(folder):
    inner = '{"type":"Point","coordinates":[112.7,-7.6]}'
    for _ in range(5000):
        inner = '{"type":"GeometryCollection","geometries":[' + inner + "]}"
    path = folder / "a.geojson"
    path.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + inner + "}]}")  # fmt: skip
    return path


def kml(body, doctype=""):
    return raw(
        f'<?xml version="1.0"?>{doctype}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Folder><name>pelanggan</name>{body}</Folder></Document></kml>".encode(),
        "a.kml",
    )


PLACEMARK = (
    f'<Placemark><name>Siti</name><ExtendedData><Data name="IDPEL"><value>{ID}</value></Data>'
    "</ExtendedData><Point><coordinates>112.6912345,-7.6512345,0</coordinates></Point></Placemark>"
)
LINE = LineString([(112.69, -7.65), (112.70, -7.66)])
CROSSING = Polygon([(112.6, -7.7), (112.8, -7.5), (112.8, -7.7), (112.6, -7.5)])
assert not shapely.is_valid(CROSSING)
