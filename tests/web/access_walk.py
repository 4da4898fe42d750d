"""The walked unit with names that stand nowhere by chance, and what an answer of it tells of whom."""

import io
import re
import zipfile

import small_unit as small
import walked_unit as walked
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session

HOUSES = range(8)
_WRITTEN = re.compile(r"(?<![0-9.])51354[0-9]{7}(?![0-9])")
_APART = re.compile(r"5135\s+4000\s+[0-9]{4}(?![0-9])")


def name(number: int) -> str:
    """Return the number-th customer's name."""
    return f"Wirayudha{'ABCDEFGH'[number]}qz"


def build(session: Session) -> None:
    """Write the walked unit, its customers named so that a name is nobody else's word."""
    walked.build(session)
    for n in HOUSES:
        session.execute(
            text("UPDATE customer SET name = :name WHERE idpel = :i"),
            {"name": name(n), "i": small.idpel(n)},
        )


def customers_in(content: bytes, mimetype: str) -> set[str]:
    """Return the idpel of all houses that a file or page tells of, by number or by name."""
    told = words(content, mimetype)
    # Letters of a PDF may stand apart, and a number is written 4-4-4 for the eye.
    apart = {re.sub(r"\s", "", one) for one in _APART.findall(told)}
    found = set(_WRITTEN.findall(told)) | apart
    known = {small.idpel(n) for n in HOUSES}
    return (found & known) | {small.idpel(n) for n in HOUSES if name(n) in told}


def words(content: bytes, mimetype: str) -> str:
    """Return the text of an answer, whatever kind of file it is."""
    if mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            return "\n".join(words(parcel.read(m), _type(m)) for m in parcel.namelist())
    return content.decode("utf-8", "replace")


def _type(member: str) -> str:
    return "application/pdf" if member.endswith(".pdf") else "text/plain"
