"""Shapefiles: several files that are one; what is missing or contradicts itself is said."""

from dataclasses import dataclass, replace
from pathlib import Path

from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers.asked import Asked
from rbmgeo.intake.readers.layers import LocalLayers, linked, open_layers
from rbmgeo.intake.readers.limits import refused

#: Files that belong to a shapefile and are no tables of their own beside it.
PARTS = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".idx", ".cst", ".shp.xml", ".qmd")
DELETED = 0x2A
SLICE = 1 << 24


@dataclass(frozen=True)
class _Dbf:
    """What a DBF's header says: records, where they begin, bytes of each."""

    records: int
    start: int
    width: int


def open_shapefile(path: Path, asked: Asked) -> list[Source]:
    """Open a shapefile with the files that belong to it; raises `ImportRefused`."""
    others = companions(path)
    for needed in (".dbf", ".shx"):
        if needed not in others:
            raise refused(
                path.name, "SHP_PART", f"the {needed} that belongs to it is missing; bring all files "
                "of the shapefile, best as one zip",
                f"berkas {needed} pasangannya tidak ada; bawa semua berkas shapefile, paling baik "
                "dalam satu zip",
            )  # fmt: skip
    shapes = max((others[".shx"].stat().st_size - 100) // 8, 0)
    dbf = _header(others[".dbf"])
    if dbf is None or dbf.records != shapes:
        told = "?" if dbf is None else dbf.records
        raise refused(
            path.name, "SHP_COUNT", f"{shapes} shapes beside {told} rows of attributes; export it again",
            f"{shapes} bentuk, tetapi {told} baris atribut; ekspor lagi",
        )  # fmt: skip
    local = linked(path, ".shp", others=_wanted(others))
    return open_layers(_named(local, path, others[".dbf"], dbf), asked)


def open_dbf(path: Path, asked: Asked) -> list[Source]:
    """Open a DBF that stands alone; its code page is that of its .cpg, else of its header."""
    dbf = _header(path)
    if dbf is None or path.stat().st_size < dbf.start + dbf.records * dbf.width:
        raise refused(
            path.name, "DBF_CUT", "the file is shorter than its header says; copy it again",
            "berkas lebih pendek dari yang disebut judulnya; salin lagi",
        )  # fmt: skip
    cpg = {e: p for e, p in companions(path).items() if e == ".cpg"}
    return open_layers(_named(linked(path, ".dbf", others=cpg), path, path, dbf), asked)


def companions(path: Path) -> dict[str, Path]:
    """Return the files beside a shapefile or DBF that share its name, by suffix in small letters."""
    stem = path.stem.lower()
    return {
        other.suffix.lower(): other
        for other in sorted(path.parent.iterdir())
        if other.stem.lower() == stem and other.is_file() and other.suffix.lower() in PARTS
    }


def belongs_to_another(path: Path) -> bool:
    """Say whether a file is only a part of a shapefile beside it."""
    low = path.name.lower()
    if not low.endswith(PARTS):
        return False
    stem = low.removesuffix(".xml").rsplit(".", 1)[0]
    beside = {p.name.lower() for p in path.parent.iterdir()}
    return f"{stem}.shp" in beside or (not low.endswith(".dbf") and f"{stem}.dbf" in beside)


def _wanted(others: dict[str, Path]) -> dict[str, Path]:
    return {e: p for e, p in others.items() if e in (".shx", ".dbf", ".prj", ".cpg")}


def _named(local: LocalLayers, path: Path, dbf_file: Path, dbf: _Dbf) -> LocalLayers:
    deleted = _deleted(dbf_file, dbf)
    notes = {"DELETED_RECORDS": deleted} if deleted else {}
    return replace(local, names={"berkas": path.stem}, notes=notes)


def _header(path: Path) -> _Dbf | None:
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        return None
    number = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    dbf = _Dbf(*number)
    return dbf if dbf.width > 0 else None


def _deleted(path: Path, dbf: _Dbf) -> int:
    """Count records that are marked as deleted; the reader leaves them out."""
    deleted, at, each = 0, 0, max(SLICE // dbf.width, 1)
    with path.open("rb") as file:
        file.seek(dbf.start)
        while at < dbf.records:
            data = file.read(min(each, dbf.records - at) * dbf.width)
            if not data:
                break
            deleted += data[:: dbf.width].count(DELETED)
            at += each
    return deleted
