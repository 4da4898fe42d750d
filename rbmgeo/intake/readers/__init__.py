"""Readers: one file a family of formats; each opens a file as sources of text."""

from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.delimited import open_delimited
from rbmgeo.intake.readers.html import is_html, open_html
from rbmgeo.intake.readers.layers import open_layers, open_parquet
from rbmgeo.intake.readers.workbook import open_workbook


def open_file(path: Path) -> list[Source]:
    """Open a file as its sources; raises `ImportRefused` where it is no table.

    CSV (any usual delimiter; UTF-8, UTF-16 by its mark), also gzipped; XLSX and XLS
    (also HTML that calls itself so);
    GeoPackage, GeoJSON; GeoParquet.
    """
    if not path.is_file():
        raise ImportRefused(
            f"{path}: no such file; check the path", f"{path}: berkas tidak ada; periksa letaknya"
        )
    name = path.name.lower()
    if name.endswith((".xls", ".html", ".htm")) and is_html(path):
        return open_html(path)
    if name.endswith((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")):
        return open_workbook(path)
    if name.endswith((".gpkg", ".geojson", ".json")):
        return open_layers(path)
    if name.endswith(".parquet"):
        return [open_parquet(path)]
    return [open_delimited(path)]


def read_tables(path: Path) -> list[RawTable]:
    """Read a small file whole into its tables; raises as `open_file` does."""
    return [source.whole() for source in open_file(path)]
