"""A picture of a stranger: decoded within bounds and drawn anew, so that nothing but what is seen stays."""

import io
import struct
import warnings
import zlib

from PIL import Image, ImageOps

from rbmgeo.errors import UsageError

#: Points of a picture that are decoded at all, and of its longer side once it is drawn anew.
MOST_POINTS, MOST_SIDE = 64_000_000, 3200
#: What a picture may be -> its ending, and how it is written.
_WRITTEN = {
    "JPEG": (".jpg", {"quality": 90}),
    "PNG": (".png", {}),
    "WEBP": (".webp", {"quality": 90}),
}
#: What decoders raise on broken bytes.
_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, MemoryError, LookupError, TypeError, AttributeError,
    ArithmeticError, struct.error, zlib.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


class BrokenPicture(UsageError):
    """Bytes that begin as a picture does and are none that can be seen."""


def drawn_anew(content: bytes) -> tuple[bytes, str]:
    """Return a picture drawn anew, and its ending; of an animation its first image.

    Camera, moment and place (EXIF, XMP), colour profiles, words and whatever hangs before, within
    or behind the picture are not in what is returned. The picture stands upright.

    Raises
    ------
    BrokenPicture
        If it is no JPEG, PNG or WebP, is broken, or has more than `MOST_POINTS` points.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken remarks, which are left behind anyway
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_WRITTEN)) as found:
                kind = str(found.format)
                if found.width * found.height > MOST_POINTS:
                    raise _refused()
                # A JPEG of a large camera is decoded at half its size or less: as seen, and sooner.
                found.draft("RGB", (MOST_SIDE, MOST_SIDE))
                drawn = _plain(found, kind)
    except _BROKEN as broken:
        raise _refused() from broken
    drawn.thumbnail((MOST_SIDE, MOST_SIDE))
    suffix, how = _WRITTEN[kind]
    held = io.BytesIO()
    drawn.save(held, kind, **how)
    return held.getvalue(), suffix


def _plain(found: Image.Image, kind: str) -> Image.Image:
    """Return the points alone, upright: nothing of what the file said beside them."""
    upright = ImageOps.exif_transpose(found)
    clear = kind != "JPEG" and ("A" in upright.getbands() or "transparency" in upright.info)
    points = upright.convert("RGBA" if clear else "RGB")
    points.info.clear()
    return points


def _refused() -> BrokenPicture:
    return BrokenPicture(
        f"the picture is no JPEG, PNG or WebP that can be seen, of at most {MOST_POINTS // 1_000_000} "
        "million points; take the photo again",
        f"foto bukan JPEG, PNG, atau WebP yang bisa dilihat, sampai {MOST_POINTS // 1_000_000} juta "
        "titik; ambil lagi fotonya",
    )
