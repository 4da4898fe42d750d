"""Pictures of strangers: what can be seen stays, all else is left behind, bombs are not opened."""

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import jpeg, png
from PIL import Image, PngImagePlugin

from rbmgeo.intake.pictures import MOST_POINTS, MOST_SIDE, BrokenPicture, drawn_anew

SECRET = b"RAHASIA-7.6512"


def photo(kind="JPEG", size=(80, 40), **more):
    """A picture that tells its camera, its place, and words of its own."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET.decode(), 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (7.0, 39.0, 4.3)  # GPS
    held = io.BytesIO()
    drawn = Image.new("RGB", size, "#2a6")
    drawn.putpixel((0, 0), (255, 0, 0))
    drawn.save(held, kind, exif=exif, **more)
    return held.getvalue()


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x.html", "<script>window.pwned=1</script>")
    return held.getvalue()


def opened(content):
    with Image.open(io.BytesIO(content)) as found:
        found.load()
        return found


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")])
def test_camera_and_place_are_left_behind_and_the_picture_stands_upright(kind, suffix):
    content = photo(kind)
    assert SECRET in content
    done, ending = drawn_anew(content)
    found = opened(done)
    assert (ending, found.format, found.size) == (suffix, kind, (40, 80))
    assert SECRET not in done and not found.getexif() and b"Exif" not in done
    assert drawn_anew(content) == (done, ending), "the same photo twice has one hash"


def test_words_and_profiles_are_left_behind():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET.decode(), zip=False)
    told.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    done, _ = drawn_anew(photo("PNG", pnginfo=told, icc_profile=b"icc " + SECRET))
    assert SECRET not in done and b"iCCP" not in done and b"tEXt" not in done
    done, _ = drawn_anew(photo("JPEG", icc_profile=b"icc " + SECRET, comment=SECRET))
    assert SECRET not in done and b"ICC_PROFILE" not in done


@pytest.mark.parametrize(
    "behind", [b"<script>window.pwned=1</script>", b"MZ\x90\x00program", b"%PDF-1.7 /JS", zipped()]
)
@pytest.mark.parametrize("make", [jpeg, png])
def test_what_hangs_behind_a_picture_is_gone(make, behind):
    content = make(1) + behind
    done, _ = drawn_anew(content)
    assert behind not in done
    assert not zipfile.is_zipfile(io.BytesIO(done))


def test_what_hides_within_a_jpeg_is_gone():
    content = jpeg(1)
    words = b"*/=window.pwned=1;/*"
    hidden = content[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + content[2:]
    assert words not in drawn_anew(hidden)[0]


def bomb(side):
    """A PNG of a few kilobytes that says it is side times side points."""

    def chunk(kind, data):
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    head = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    rows = zlib.compress(b"\0" * min(side * (side + 1), 3_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [int(MOST_POINTS**0.5) + 1, 50_000, 2**31 - 1])
def test_a_bomb_is_not_opened(side):
    content = bomb(side)
    assert len(content) < 10_000
    with pytest.raises(BrokenPicture, match="million"):
        drawn_anew(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff\xe0" + b"0" * 900, jpeg(1)[:300], png(1)[:40], b"GIF89a" + b"0" * 50,
     b"<svg onload=window.pwned=1>", b"BM" + b"\0" * 60, b"%!PS-Adobe-3.0 EPSF", b"II*\0" + b"\0" * 40],
    ids=["empty", "head alone", "cut jpeg", "cut png", "gif", "svg", "bmp", "eps", "tiff"],
)  # fmt: skip
def test_what_is_no_picture_of_ours_is_refused_in_words(content):
    with pytest.raises(BrokenPicture, match="JPEG, PNG or WebP") as told:
        drawn_anew(content)
    assert "ambil lagi fotonya" in told.value.in_language("id")


def test_a_large_photo_is_made_as_large_as_it_need_be():
    done, _ = drawn_anew(photo(size=(5000, 3000)))
    assert max(opened(done).size) == MOST_SIDE


@given(st.integers(0, 600), st.binary(min_size=1, max_size=6))
def test_broken_bytes_are_refused_or_drawn_never_passed_on(at, changed):
    content = bytearray(photo())
    content[at : at + len(changed)] = changed
    try:
        done, suffix = drawn_anew(bytes(content))
    except BrokenPicture:
        return
    assert opened(done).format and suffix and SECRET not in done
