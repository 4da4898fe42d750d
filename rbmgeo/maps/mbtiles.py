"""A file of map tiles (MBTiles 1.3, pictures): SQLite, read only, as a whole.

The file is replaced as a whole (`mv`), never written in place: it is opened as one that nobody
changes, so that it may lie where nobody can write. Rows are counted from the south in it (TMS).
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from rbmgeo.errors import NotThere, UsageError

#: How a picture begins, and what it is: a file never says what a browser is told.
SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"),
)  # fmt: skip
FORMATS = ("png", "jpg", "jpeg", "webp")
DEEPEST = 22


@dataclass(frozen=True)
class Sheet:
    """What a file says of itself: zooms, where it is (degrees), who made it, and its mark.

    ``mark`` differs once the file is another.
    """

    name: str
    attribution: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float] | None
    mark: str


def sheet(path: Path) -> Sheet:
    """Read what a file says of itself.

    Raises
    ------
    NotThere
        If there is no file.
    UsageError
        If it is no MBTiles, or holds no pictures.
    """
    return _sheet(path, _mark(path))


def tile(path: Path, z: int, x: int, y: int) -> tuple[bytes, str] | None:
    """Return a picture and its media type by zoom, column and row (from the north), None without.

    Raises as `sheet`.
    """
    with _opened(path) as db:
        row = db.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, 2**z - 1 - y),
        ).fetchone()
    data = bytes(row[0]) if row and isinstance(row[0], bytes) else b""
    return next(((data, kind) for sign, kind in SIGNS if data.startswith(sign)), None)


@lru_cache(maxsize=4)
def _sheet(path: Path, mark: str) -> Sheet:
    with _opened(path) as db:
        told = {str(k).lower(): str(v) for k, v in db.execute("SELECT name, value FROM metadata")}
        known = db.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    kind = told.get("format", "").lower().removeprefix("image/")
    if kind not in FORMATS:
        raise UsageError(
            f"{path.name} holds {kind or 'tiles of an unknown kind'}; a base map is of pictures (png, jpg, webp): "
            "export it as raster tiles",
            f"{path.name} berisi {kind or 'ubin yang tidak dikenal'}; peta dasar harus gambar (png, jpg, webp): "
            "ekspor sebagai ubin raster",
        )
    if known[0] is None:
        raise UsageError(f"{path.name} holds no tile", f"{path.name} tidak berisi ubin")
    least, most = (min(max(int(n), 0), DEEPEST) for n in known)
    by = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", told.get("attribution", ""))).strip()[:200]
    return Sheet(told.get("name", "")[:80], by, least, most, _bounds(told.get("bounds", "")), mark)


def _bounds(told: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in told.split(","))
    except ValueError:
        return None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return None
    return west, south, east, north


def _mark(path: Path) -> str:
    try:
        told = path.stat()
    except OSError:
        raise NotThere(
            f"there is no base map file {path.name}; put it into RBMGEO_HOME, or name it by RBMGEO_MBTILES",
            f"berkas peta dasar {path.name} tidak ada; taruh di RBMGEO_HOME, atau sebutkan dengan RBMGEO_MBTILES",
        ) from None
    return f"{told.st_ino:x}-{told.st_size:x}-{told.st_mtime_ns:x}"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    _mark(path)
    try:
        place = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(place, uri=True)) as db:
            db.execute("PRAGMA query_only = 1")
            yield db
    except sqlite3.Error:
        raise UsageError(
            f"{path.name} cannot be read as MBTiles; make it anew",
            f"{path.name} tidak bisa dibaca sebagai MBTiles; buat lagi berkasnya",
        ) from None
