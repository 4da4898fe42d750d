"""A signed paper as it was scanned or photographed: taken in only as pages drawn anew."""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject

from rbmgeo.errors import UsageError

#: Most of one upload, and of what a scan may be.
MOST_BYTES, MOST_PAGES, MOST_SIDE = 20_000_000, 30, 2400
#: What of a page may act or lead elsewhere, and is left behind.
_ACTING = ("/Annots", "/AA", "/A", "/Metadata", "/PieceInfo", "/B", "/AF")
#: The same in what a page is drawn with: pictures and forms within it.
_ANYWHERE = (
    "/AA", "/JS", "/JavaScript", "/OpenAction", "/Launch", "/URI", "/AF", "/EF", "/Metadata", "/PieceInfo",
    "/OPI", "/Ref", "/Annots", "/XFA", "/RichMediaContent", "/GoToR",
)  # fmt: skip
_PAPER_IN = 11.7


def clean_scan(files: Sequence[bytes]) -> bytes:
    """Return scans or photos as one PDF that holds their pages and nothing else.

    Photos are decoded and encoded anew (no position, no camera); of a PDF only the pages are
    taken, without links, scripts, forms and attachments.

    Raises
    ------
    UsageError
        If a file is no JPEG, PNG, WebP or PDF, is locked, too large, or has too many pages.
    """
    writer = PdfWriter()
    for content in files:
        if len(content) > MOST_BYTES:
            raise _refused()
        if content[:5] == b"%PDF-":
            _add_pdf(writer, content)
        else:
            _add_pdf(writer, _photo(content))
    if not 1 <= len(writer.pages) <= MOST_PAGES:
        raise _refused()
    for it in writer._objects:
        _quiet(it)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _quiet(it: object) -> None:
    """Take what acts or leads away out of one object of a PDF and what lies within it."""
    if isinstance(it, DictionaryObject):
        for name in _ANYWHERE:
            it.pop(name, None)
        for value in list(it.values()):
            _quiet(value)
    elif isinstance(it, ArrayObject):
        for value in it:
            _quiet(value)


def _add_pdf(writer: PdfWriter, content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
            raise _refused()
        for page in reader.pages:
            for name in _ACTING:
                page.pop(name, None)
            writer.add_page(page)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as broken:  # fmt: skip
        raise _refused() from broken


def _photo(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as found:
                upright = ImageOps.exif_transpose(found).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as broken:  # fmt: skip
        raise _refused() from broken
    upright.thumbnail((MOST_SIDE, MOST_SIDE))
    held = io.BytesIO()
    # As large as the paper that was photographed.
    upright.save(held, "PDF", resolution=max(upright.size) / _PAPER_IN, quality=80)
    return held.getvalue()


def _refused() -> UsageError:
    return UsageError(
        f"the scan is no JPEG, PNG, WebP or unlocked PDF of {MOST_BYTES // 1_000_000} MB and "
        f"{MOST_PAGES} pages at most; scan the signed deed again",
        f"pindaian bukan JPEG, PNG, WebP, atau PDF tanpa kunci sampai {MOST_BYTES // 1_000_000} MB "
        f"dan {MOST_PAGES} halaman; pindai lagi berita acara yang sudah ditandatangani",
    )
