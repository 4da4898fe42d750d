"""Map formats one by one: what each is looked through for before the library opens it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from lxml import etree

from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers.archive import unpacked
from rbmgeo.intake.readers.asked import Asked
from rbmgeo.intake.readers.hold import Hold
from rbmgeo.intake.readers.layers import LocalLayers, broken_geo, linked, open_layers
from rbmgeo.intake.readers.limits import LIMITS, refused, too_large
from rbmgeo.intake.readers.markup import entities

PIECE = 1 << 22
#: What of a street's tags is asked for; the library's own list puts the rest into one text.
OSM_TAGS = """[general]
[lines]
osm_id=yes
attributes=highway,name,oneway,layer,bridge,tunnel
other_tags=no
"""
STREET = "highway IS NOT NULL"


def open_gpkg(path: Path, asked: Asked) -> list[Source]:
    """Open a GeoPackage, read-only: nothing in it is run, nothing beside it is written."""
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as db:
            names = {str(n) for (n,) in db.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise refused(
            path.name, "GEO_FILE", f"cannot be opened ({error}); export it again",
            f"tidak terbuka ({error}); ekspor lagi",
        ) from error  # fmt: skip
    if "gpkg_contents" not in names:
        raise refused(
            path.name, "NO_TABLE", "this is an SQLite database, not a GeoPackage; export its table "
            "as CSV or GeoPackage",
            "ini basis data SQLite, bukan GeoPackage; ekspor tabelnya sebagai CSV atau GeoPackage",
        )  # fmt: skip
    return open_layers(linked(path, ".gpkg"), asked)


def open_geojson(path: Path, asked: Asked) -> list[Source]:
    """Open GeoJSON that is not nested deeper than any geometry is."""
    _refuse_large(path)
    _refuse_depth(path)
    return open_layers(replace(linked(path, ".geojson"), names={"berkas": path.stem}), asked)


def open_kml(path: Path, asked: Asked, *, name: str = "") -> list[Source]:
    """Open KML: extended data become columns; links to other files are counted, not followed."""
    _refuse_large(path)
    links = _network_links(path)
    local = linked(path, ".kml")
    notes = {"NETWORK_LINK": links} if links else {}
    return open_layers(replace(local, file=name or path.name, notes=notes), asked)


def open_kmz(path: Path, asked: Asked) -> list[Source]:
    """Open the first KML in a KMZ."""
    hold = Hold()
    files = [p for p in unpacked(path, hold.path) if p.suffix.lower() == ".kml"]
    sources = []
    for file in files:
        for source in open_kml(file, asked, name=path.name):
            sources.append(_held(source, hold))
    return sources


def open_geodatabase(folder: Path, asked: Asked, *, name: str = "") -> list[Source]:
    """Open a File Geodatabase's folder."""
    hold = Hold()
    inside = hold.path / "berkas.gdb"
    if any(p.is_symlink() for p in folder.rglob("*")):
        raise refused(
            folder.name, "ZIP_LINK", "the folder holds links; bring the files themselves",
            "folder berisi tautan; bawa berkasnya sendiri",
        )  # fmt: skip
    inside.symlink_to(folder.resolve(), target_is_directory=True)
    return open_layers(LocalLayers(name or folder.name, inside, hold), asked)


def open_osm(path: Path, asked: Asked) -> list[Source]:
    """Open the streets of an OpenStreetMap extract (PBF or XML), cut to the box asked for."""
    if asked.within is None:
        raise refused(
            path.name, "OSM_AREA", "a street extract covers more than a unit; load the unit's "
            "positions first, or say --area WEST,SOUTH,EAST,NORTH",
            "berkas jalan mencakup lebih dari satu unit; muat dulu posisi unit, atau sebutkan "
            "--area BARAT,SELATAN,TIMUR,UTARA",
        )  # fmt: skip
    with path.open("rb") as file:
        is_xml = b"OSMHeader" not in file.read(32)
    if is_xml:
        _refuse_large(path)
        _network_links(path)  # walks through it: no entities, no depth without end
    local = linked(path, ".osm" if is_xml else ".osm.pbf")
    tags = local.hold.path / "tags.ini"
    tags.write_text(OSM_TAGS, encoding="ascii")
    options = {"CONFIG_FILE": str(tags)}
    return open_layers(replace(local, options=options, where=STREET, keep=("lines",)), asked)


def _network_links(path: Path) -> int:
    """Walk through KML without keeping it; returns how many links to other files it has.

    The parser expands no entity, loads nothing, and stops at 256 elements within each other.
    """
    links = 0
    try:
        with path.open("rb") as file:
            events = etree.iterparse(
                file, events=("start", "end"), resolve_entities=False, no_network=True,
                load_dtd=False, huge_tree=False,
            )  # fmt: skip
            for event, element in events:
                if event == "start":
                    if element.getroottree().docinfo.doctype:
                        raise entities(path)
                    continue
                links += etree.QName(element).localname == "NetworkLink"
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.LxmlError as error:
        if "depth" in str(error).lower():
            raise _too_deep(path) from error
        raise broken_geo(path.name, error) from error
    return links


def _held(source: Source, hold: Hold) -> Source:
    """Return a source that keeps a folder for as long as it may be read."""

    def pieces() -> Iterator[object]:
        assert hold.path.exists()
        return source.pieces()

    return replace(source, pieces=pieces)  # type: ignore[arg-type]


def held(sources: list[Source], hold: Hold) -> list[Source]:
    """Return sources that keep a folder for as long as they may be read."""
    return [_held(s, hold) for s in sources]


def _refuse_large(path: Path) -> None:
    size = path.stat().st_size
    if size > LIMITS.whole_bytes:
        raise too_large(path.name, "bytes", size, LIMITS.whole_bytes)


def _refuse_depth(path: Path) -> None:
    """Refuse JSON nested deeper than the limit, without parsing it (a parser would fall over)."""
    depth, inside, rest = 0, False, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            data = rest + piece
            tail = len(data) - len(data.rstrip(b"\\"))
            cut = len(data) - tail % 2
            data, rest = data[:cut], data[cut:]
            signs = np.frombuffer(data.replace(b"\\\\", b"  ").replace(b'\\"', b"  "), np.uint8)
            quotes = np.cumsum(signs == ord('"'), dtype=np.int64) + inside
            outside = quotes % 2 == 0
            step = np.isin(signs, (91, 123)).astype(np.int8) - np.isin(signs, (93, 125))
            level = depth + np.cumsum(np.where(outside, step, 0), dtype=np.int64)
            if len(level):
                if level.max() > LIMITS.depth:
                    raise _too_deep(path)
                depth, inside = int(level[-1]), bool(quotes[-1] % 2)


def _too_deep(path: Path) -> Exception:
    return refused(
        path.name, "DEPTH", f"brackets are nested deeper than {LIMITS.depth}; this is no map that a "
        "program wrote, export it again",
        f"kurung bersarang lebih dari {LIMITS.depth}; ini bukan peta biasa, ekspor lagi",
    )  # fmt: skip
