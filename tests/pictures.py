"""Pictures that can be seen, small, and unlike each other by their number."""

import hashlib
import io
import random

from PIL import Image


def jpeg(number: int = 0, *, size: int = 0) -> bytes:
    """Return a JPEG of its number's own colours; of ``size`` bytes, where it is told, by a remark in it."""
    chance = random.Random(number)
    drawn = Image.new("RGB", (16, 12), tuple(chance.randbytes(3)))
    drawn.putpixel((3, 3), tuple(chance.randbytes(3)))
    held = io.BytesIO()
    drawn.save(held, "JPEG")
    content = held.getvalue()
    lacking = size - len(content)
    if lacking <= 0:
        return content
    remarks = b""
    while lacking - len(remarks) > 3:
        told = min(lacking - len(remarks) - 4, 60_000)
        remarks += b"\xff\xfe" + (told + 2).to_bytes(2, "big") + chance.randbytes(told)
    return content[:2] + remarks + content[2:]


def png(number: int = 0) -> bytes:
    """Return a PNG of its number's own colours."""
    held = io.BytesIO()
    Image.new("RGB", (16, 12), tuple(random.Random(number).randbytes(3))).save(held, "PNG")
    return held.getvalue()


def named(content: bytes) -> tuple[bytes, str]:
    """Return bytes and their hash."""
    return content, hashlib.sha256(content).hexdigest()
