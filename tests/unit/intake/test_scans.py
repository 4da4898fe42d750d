"""A signed scan is taken in page by page: what acts, leads away or tells of the camera stays out."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from rbmgeo.errors import UsageError
from rbmgeo.intake.scans import MOST_PAGES, clean_scan


def photo(kind="JPEG", size=(300, 200)):
    held = io.BytesIO()
    image = Image.new("RGB", size, "#fff")
    exif = Image.Exif()
    exif[0x010F] = "KAMERA-RAHASIA"
    exif[0x0112] = 6  # turned by a quarter
    image.save(held, kind, exif=exif)
    return held.getvalue()


def paper(pages=1, **more):
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(200, 300)
        link = DictionaryObject({NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("http://jauh.example")})  # fmt: skip
        page[NameObject("/Annots")] = ArrayObject([DictionaryObject({NameObject("/A"): link})])
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})  # fmt: skip
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_attachment("x.exe", b"MZ")
    if more.get("password"):
        writer.encrypt(more["password"])
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def names(content):
    """Every name of a dictionary in a PDF, wherever it lies."""
    found, seen = set(), set()

    def look(it):
        if isinstance(it, IndirectObject):
            if it.idnum in seen:
                return
            seen.add(it.idnum)
            it = it.get_object()
        if isinstance(it, DictionaryObject):
            found.update(it)
            for value in it.values():
                look(value)
        elif isinstance(it, ArrayObject):
            for value in it:
                look(value)

    look(PdfReader(io.BytesIO(content)).trailer["/Root"])
    return found


def test_photos_and_scans_become_the_pages_of_one_pdf():
    done = PdfReader(io.BytesIO(clean_scan([photo(), paper(2), photo("PNG"), photo("WEBP")])))
    assert len(done.pages) == 5


def test_a_photo_stands_upright_and_keeps_nothing_of_the_camera():
    content = clean_scan([photo()])
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert box.height > box.width
    assert b"KAMERA" not in content


def test_scripts_links_and_attachments_stay_out():
    content = clean_scan([paper()])
    done = PdfReader(io.BytesIO(content))
    assert names(paper()) >= {"/JS", "/URI", "/Annots", "/OpenAction", "/EmbeddedFiles"}
    assert names(content) & {"/JS", "/URI", "/Annots", "/OpenAction", "/EmbeddedFiles"} == set()
    assert not done.attachments and "/Annots" not in done.pages[0]
    assert "/Names" not in done.trailer["/Root"] and "/OpenAction" not in done.trailer["/Root"]


def test_what_acts_deep_within_a_page_stays_out():
    """In what the page is drawn with: a form with an action, a file of its own, words about it."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 300)
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})  # fmt: skip
    form = StreamObject()
    form.set_data(b"q Q")
    form.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/AA"): DictionaryObject({NameObject("/O"): script}),
        NameObject("/Ref"): DictionaryObject({NameObject("/F"): TextStringObject("http://jauh.example/a.pdf")}),
        NameObject("/Group"): DictionaryObject({NameObject("/OpenAction"): script}),
    })  # fmt: skip
    held = DictionaryObject({NameObject("/Fm0"): writer._add_object(form)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
    page[NameObject("/AF")] = ArrayObject([script])
    told = io.BytesIO()
    writer.write(told)
    assert names(told.getvalue()) >= {"/JS", "/AA", "/Ref", "/OpenAction", "/AF"}
    content = clean_scan([told.getvalue()])
    assert names(content) & {"/JS", "/AA", "/Ref", "/OpenAction", "/AF"} == set()
    assert "/Fm0" in PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/XObject"]


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a" + b"0" * 50, b"%PDF-1.7 tidak", photo()[:200], b"%PDF-" + b"\x00" * 400,
     paper(MOST_PAGES + 1), paper(password="rahasia")],
    ids=["empty", "gif", "no pdf", "cut photo", "zeros", "too many pages", "locked"],
)  # fmt: skip
def test_what_is_no_scan_is_refused_in_words(content):
    with pytest.raises(UsageError, match="signed deed"):
        clean_scan([content])
