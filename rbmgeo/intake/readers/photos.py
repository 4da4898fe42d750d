"""Photos in a zip, each named by its customer and month: a listing that was checked."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

import pandas as pd

from rbmgeo.intake import rules
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.archive import BROKEN, looked_through

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
IDPEL = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
MONTH = re.compile(r"(?<![0-9])([0-9]{6})(?![0-9])")
COLUMNS = ["IDPEL", "BLTH", "FOTO", "BYTES"]
#: Column of the listing that names the rule which a photo breaks.
RULE = "ATURAN FOTO"


@dataclass(frozen=True)
class Photos:
    """What is in a zip of photos.

    ``rows`` has one row per photo whose name tells a customer and a month: ``IDPEL``, ``BLTH``
    (YYYYMM), ``FOTO`` (the member's name), ``BYTES``; index is the member's number in the zip,
    from 1 on. ``rejects`` holds name and rule of the others, by number.
    """

    rows: pd.DataFrame
    rejects: dict[int, tuple[str, str]] = field(default_factory=dict)


def is_photos(names: list[str]) -> bool:
    """Say whether most files of a zip are photos."""
    photos = sum(1 for n in names if n.lower().endswith(SUFFIXES))
    return photos > 0 and photos * 2 > len(names)


def photo_listing(path: Path) -> Photos:
    """List the photos of a zip; nothing is unpacked but the first bytes of each.

    The name, or the folder it lies in, tells the customer (12 digits) and the month (YYYYMM or
    MMYYYY), e.g. ``202405/513540000001.jpg`` or ``513540000001_052024_2.jpg``.
    """
    rows: list[tuple[int, str, str, str, str]] = []
    rejects: dict[int, tuple[str, str]] = {}
    members = looked_through(path)
    with ZipFile(path) as archive:
        for number, member in enumerate(members, start=1):
            name = member.filename
            first = _first_bytes(archive, member)
            rule = "" if suffix_of(first) else "PHOTO_BYTES"
            idpel, blth = _told(name)
            rule = rule or ("PHOTO_NAME" if not idpel else "" if blth else "PHOTO_MONTH")
            if rule:
                rejects[number] = (name, rule)
            else:
                rows.append((number, idpel, blth, name, str(member.file_size)))
    frame = pd.DataFrame([r[1:] for r in rows], columns=COLUMNS, dtype="str")
    frame.index = pd.Index([r[0] for r in rows], dtype="int64")
    return Photos(frame, rejects)


def suffix_of(first: bytes) -> str:
    """Return what a photo is by its first twelve bytes, whatever it is called; "" for none."""
    if first.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    return ".webp" if first[:4] == b"RIFF" and first[8:12] == b"WEBP" else ""


def _first_bytes(archive: ZipFile, member: ZipInfo) -> bytes:
    try:
        with archive.open(member) as file:
            return file.read(12)
    except BROKEN:
        return b""  # no photo, as its rule will say


def open_photos(path: Path) -> Source:
    """Return the listing as a source: a row per member, those not understood without an idpel."""
    photos = photo_listing(path)
    refused = pd.DataFrame(
        [("", "", name, "", rule) for name, rule in photos.rejects.values()],
        columns=[*COLUMNS, RULE], index=pd.Index(list(photos.rejects), dtype="int64"), dtype="str",
    )  # fmt: skip
    listed = photos.rows.assign(**{RULE: pd.Series("", photos.rows.index, dtype="str")})
    return Source.of(RawTable(path.name, "", pd.concat([listed, refused]).sort_index()))


def _told(name: str) -> tuple[str, str]:
    """Return the customer and the month that a member's path names, "" where it does not.

    Two customers in one name are none: nobody can say whose photo it is.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    ids = set(IDPEL.findall(path.name)) or set(IDPEL.findall(str(path.parent)))
    if len(ids) != 1:
        return "", ""
    idpel = ids.pop()
    for text in (path.stem.replace(idpel, " "), str(path.parent).replace(idpel, " ")):
        found = rules.month(pd.Series(MONTH.findall(text), dtype="str")).values.dropna().unique()
        if len(found) == 1:
            return idpel, str(found[0])
        if len(found) > 1:
            return idpel, ""
    return idpel, ""
