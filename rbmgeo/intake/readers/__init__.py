"""Readers: one file a family of formats; each opens a file as sources of text.

What a file is, its first bytes tell (`sniff`); how much of it is taken, `limits` says.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.archive import looked_through, ungzipped, unpacked
from rbmgeo.intake.readers.asked import Asked
from rbmgeo.intake.readers.delimited import open_delimited
from rbmgeo.intake.readers.hold import Hold
from rbmgeo.intake.readers.layers import open_parquet
from rbmgeo.intake.readers.limits import refused
from rbmgeo.intake.readers.maps import (
    held,
    open_geodatabase,
    open_geojson,
    open_gpkg,
    open_kml,
    open_kmz,
    open_osm,
)
from rbmgeo.intake.readers.markup import open_html, open_sheet_xml
from rbmgeo.intake.readers.photos import is_photos, open_photos
from rbmgeo.intake.readers.shapefile import belongs_to_another, open_dbf, open_shapefile
from rbmgeo.intake.readers.sniff import Form, form_of
from rbmgeo.intake.readers.workbook import open_workbook

__all__ = ["Asked", "fingerprint", "open_file", "read_tables", "table_files"]

YOUNG_S = 1.0  # a file written so lately is looked at twice
LOOK_AGAIN_S = 0.1
NESTED = 2  # archives within archives


def open_file(path: Path, asked: Asked | None = None, *, depth: int = 0) -> list[Source]:
    """Open a file, or the folder of a File Geodatabase, as its sources.

    Text with any usual delimiter (UTF-8, UTF-16, else as ``asked``), also gzipped; XLSX, XLSB,
    XLS, ODS, also web pages and Excel's XML under such a name; GeoPackage, Shapefile, DBF,
    File Geodatabase, GeoJSON, KML and KMZ, GeoParquet; streets from .osm.pbf; a zip of any of
    them.

    Raises
    ------
    ImportRefused
        Where it is no table, goes beyond the limits, or is still being written.
    """
    asked = asked or Asked()
    geodatabase = path.is_dir() and path.suffix.lower() == ".gdb"
    if not path.is_file() and not geodatabase:
        raise ImportRefused(
            f"{path}: no such file; check the path", f"{path}: berkas tidak ada; periksa letaknya"
        )
    size = _settled(path) if depth == 0 else path.stat().st_size
    form = form_of(path)
    if _suffix_lies(path, form):
        raise refused(
            path.name, "GEO_FILE", "cannot be opened (it holds no map); export it again",
            "tidak terbuka (isinya bukan peta); ekspor lagi",
        )  # fmt: skip
    sources = (
        _archive(path, asked, depth) if form in (Form.ZIP, Form.GZIP) else _OPEN[form](path, asked)
    )
    return [_watched(source, path, size) for source in sources]


def read_tables(path: Path, asked: Asked | None = None) -> list[RawTable]:
    """Read a small file whole into its tables; raises as `open_file` does."""
    return [source.whole() for source in open_file(path, asked)]


def table_files(folder: Path) -> list[Path]:
    """Return the files of a folder that may hold tables, in order of their names.

    Parts of a shapefile and what lies in a File Geodatabase are not files of their own;
    a folder named ``truth`` is never read, nor are notes (.txt, .md) and hidden files.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if any(p.startswith(".") or p == "truth" or p == "__MACOSX" for p in inside) or any(
            p.lower().endswith(".gdb") for p in inside[:-1]
        ):
            continue
        if path.is_dir():
            found += [path] if path.suffix.lower() == ".gdb" else []
        elif path.suffix.lower() not in (".txt", ".md") and not belongs_to_another(path):
            found.append(path)
    return found


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file with all that belongs to it (a shapefile's other files)."""
    if path.is_dir():
        parts = sorted(p for p in path.rglob("*") if p.is_file())
    elif path.suffix.lower() == ".shp":
        stem = path.stem.lower()
        beside = sorted(p for p in path.parent.iterdir() if p.is_file())
        parts = [p for p in beside if p.name.lower().split(".")[0] == stem.split(".")[0]]
    else:
        parts = [path]
    if len(parts) == 1:
        with parts[0].open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.name.lower().encode() + b"\0")
        whole.update(bytes.fromhex(fingerprint_of_one(part)))
    return whole.hexdigest()


def fingerprint_of_one(path: Path) -> str:
    """Return the SHA-256 of one file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settled(path: Path) -> int:
    """Return a file's size once nobody writes it any more; raises `ImportRefused` if somebody does."""
    before = path.stat()
    if 0 <= time.time() - before.st_mtime < YOUNG_S:
        time.sleep(LOOK_AGAIN_S)
        if path.stat().st_size != before.st_size:
            raise _growing(path)
    return before.st_size


def _growing(path: Path) -> ImportRefused:
    return refused(
        path.name, "GROWING", "the file is still being written; wait until it is complete and try "
        "again", "berkas masih ditulis; tunggu sampai selesai lalu coba lagi",
    )  # fmt: skip


def _watched(source: Source, path: Path, size: int) -> Source:
    """Return a source that refuses itself if the file's size changes while it is read."""

    def pieces() -> Iterator[RawTable]:
        yield from source.pieces()
        if path.is_file() and path.stat().st_size != size:
            raise _growing(path)

    return replace(source, pieces=pieces)


def _archive(path: Path, asked: Asked, depth: int) -> list[Source]:
    """Open what is packed: a gzipped file, a zip of photos, or every table in a zip."""
    if depth >= NESTED:
        raise refused(
            path.name, "ZIP_NESTED", "archives within archives; pack the files themselves",
            "arsip di dalam arsip; kemas berkasnya sendiri",
        )  # fmt: skip
    if form_of(path) == Form.GZIP:
        hold, inner = ungzipped(path)
        if form_of(inner) == Form.TEXT:
            return [open_delimited(path, encoding=asked.encoding, delimiter=asked.delimiter)]
        return held([_named(s, path.name) for s in open_file(inner, asked, depth=depth + 1)], hold)
    members = looked_through(path)
    if not members:
        raise refused(path.name, "EMPTY", "the archive is empty", "arsip kosong")
    if is_photos([m.filename for m in members]) and depth == 0:
        return [open_photos(path)]
    hold = Hold()
    folder = hold.path
    unpacked(path, folder)
    sources = []
    for file in table_files(folder):
        inside = f"{path.name}/{file.relative_to(folder).as_posix()}"
        try:
            sources += [_named(s, inside) for s in open_file(file, asked, depth=depth + 1)]
        except ImportRefused as error:
            en, indonesian = str(error), error.in_language("id")
            raise ImportRefused(
                f"{path.name}, in it {en}", f"{path.name}, di dalamnya {indonesian}"
            ) from error
    if not sources:
        raise refused(path.name, "EMPTY", "the archive holds no table", "arsip tidak berisi tabel")
    return held(sources, hold)


def _named(source: Source, name: str) -> Source:
    """Return a source under the name by which a person knows its file."""

    def pieces() -> Iterator[RawTable]:
        for piece in source.pieces():
            yield replace(piece, file=name)

    return replace(source, head=replace(source.head, file=name), pieces=pieces)


def _suffix_lies(path: Path, form: Form) -> bool:
    """Say whether a file that calls itself a map or workbook is plain text that cannot be one.

    A table under a workbook's name is common and read; a map's name promises positions.
    """
    maps = (".gpkg", ".geojson", ".parquet", ".shp", ".kml", ".kmz", ".pbf")
    return form == Form.TEXT and path.name.lower().endswith(maps)


_OPEN: dict[Form, Callable[[Path, Asked], list[Source]]] = {
    Form.TEXT: lambda p, a: [open_delimited(p, encoding=a.encoding, delimiter=a.delimiter)],
    Form.WORKBOOK: lambda p, a: open_workbook(p),
    Form.HTML: lambda p, a: open_html(p, a.encoding),
    Form.SHEET_XML: lambda p, a: open_sheet_xml(p),
    Form.KMZ: open_kmz,
    Form.GPKG: open_gpkg,
    Form.SHAPEFILE: open_shapefile,
    Form.DBF: open_dbf,
    Form.GEODATABASE: open_geodatabase,
    Form.JSON: open_geojson,
    Form.KML: lambda p, a: open_kml(p, a),
    Form.OSM: open_osm,
    Form.PARQUET: lambda p, a: [open_parquet(p)],
}
