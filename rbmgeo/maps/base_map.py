"""A ground below a map, if the unit chose one: tiles of an address, or of a file beside the product.

An address is that of XYZ (``{z}/{x}/{y}``, ``{-y}`` for rows counted from the south), of WMTS
(``{TileMatrix}``, ``{TileCol}``, ``{TileRow}``; a set in Web Mercator), or of an ArcGIS map service
(``.../MapServer``). It names one host, plainly: the browser is told to load pictures from exactly
that one, so nothing that stands for several hosts is taken, nor what no policy can name.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rbmgeo.errors import UsageError

Bounds = tuple[float, float, float, float]

_PLACE = re.compile(r"\{([^{}]*)\}")
#: What stands for zoom, column and row, as Leaflet spells it.
_SPELLED = {
    "z": "z", "x": "x", "y": "y", "-y": "-y", "tilematrix": "z", "tilecol": "x", "tilerow": "y", "level": "z",
    "col": "x", "row": "y",
}  # fmt: skip
#: A host as a Content-Security-Policy can name it: letters, figures, hyphens; an IPv4 address too.
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_ARCGIS = re.compile(r"/(MapServer|ImageServer)/?$", re.IGNORECASE)
#: Nothing that could end the address where it is written down again.
_PLAIN = re.compile(r"[!-~]+")
LONGEST = 1000


@dataclass(frozen=True)
class BaseMap:
    """What a map draws below everything; ``tiles`` as Leaflet takes it.

    ``origin`` is the one host that its pictures come from, empty where that is the product itself.
    """

    tiles: str
    attribution: str
    min_zoom: int
    max_zoom: int
    origin: str = ""
    bounds: Bounds | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what the drawing reads."""
        return {"tiles": self.tiles, "by": self.attribution, "min": self.min_zoom, "max": self.max_zoom,
                "bounds": self.bounds}  # fmt: skip


def checked_address(address: str) -> tuple[str, str]:
    """Return an address of tiles as Leaflet takes it, and its origin (scheme, host, port).

    Raises
    ------
    UsageError
        If it is none, names no single host, or says not where zoom, column and row stand.
    """
    told = address.strip()
    if (
        not told
        or len(told) > LONGEST
        or not _PLAIN.fullmatch(told)
        or set(told) & set("\"'<>\\^`|")
    ):
        raise _bad(told, "is not one address of letters, figures and signs without spaces",
                   "bukan satu alamat dari huruf, angka, dan tanda tanpa spasi")  # fmt: skip
    origin = _origin(told)
    parts = urlsplit(told)
    if _ARCGIS.search(parts.path) and not _PLACE.search(told):
        path = f"{parts.path.rstrip('/')}/tile/{{z}}/{{y}}/{{x}}"
        told = f"{origin}{path}{'?' + parts.query if parts.query else ''}"
    found = [name.lower() for name in _PLACE.findall(told)]
    strange = next((n for n in _PLACE.findall(told) if n.lower() not in _SPELLED), None)
    if strange is not None:
        raise _bad(told, f"has {{{strange}}}, which nothing is known for; write {{z}}, {{x}} and {{y}}, and one host",
                   f"memuat {{{strange}}} yang tidak dikenal; tulis {{z}}, {{x}}, {{y}}, dan satu host")  # fmt: skip
    spelled = sorted(_SPELLED[name] for name in found)
    if spelled not in (["x", "y", "z"], ["-y", "x", "z"]) or re.search(
        r"[{}]", _PLACE.sub("", told)
    ):
        raise _bad(told, "must hold {z}, {x} and {y} once each (WMTS: {TileMatrix}, {TileCol}, {TileRow})",
                   "harus memuat {z}, {x}, dan {y} masing-masing sekali (WMTS: {TileMatrix}, {TileCol}, {TileRow})")  # fmt: skip
    return _PLACE.sub(lambda m: f"{{{_SPELLED[m[1].lower()]}}}", told), origin


def _origin(told: str) -> str:
    try:
        parts = urlsplit(told)
        host, port = parts.hostname or "", parts.port
        if port == 0:
            raise ValueError("no port")
    except ValueError:
        raise _bad(
            told, "has no readable host and port", "tidak punya host dan port yang terbaca"
        ) from None
    if parts.scheme not in ("http", "https"):
        raise _bad(
            told, "must begin with https:// or http://", "harus diawali https:// atau http://"
        )
    if parts.username is not None or parts.password is not None:
        raise _bad(told, "holds a user name or password; everybody who opens a map would read it",
                   "memuat nama pengguna atau sandi; semua yang membuka peta akan membacanya")  # fmt: skip
    if parts.fragment:
        raise _bad(told, "has a part after #, which is never sent", "punya bagian setelah #, yang tidak pernah dikirim")  # fmt: skip
    if not _HOST.fullmatch(host) or _PLACE.search(parts.netloc):
        raise _bad(told, "must name one host by its letters and figures, for example peta.contoh.id",
                   "harus menyebut satu host dengan huruf dan angka, misalnya peta.contoh.id")  # fmt: skip
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}{'' if port in (None, usual) else f':{port}'}"


def _bad(told: str, english: str, indonesian: str) -> UsageError:
    # The part behind ? may hold a key: it is not said again.
    shown = told.split("?")[0][:80]
    return UsageError(f"the address {shown!r} {english}", f"alamat {shown!r} {indonesian}")
