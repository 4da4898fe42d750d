"""A rescue file: a phone's queue as it lay there, opened by the office without the phone's PIN.

One JSON object: ``v`` (1), ``ulp``, ``device_id``, ``key_id`` (thumbprint of the unit's key),
``wrapped_key`` (base64: the queue's AES-256 key by RSA-OAEP with SHA-256), ``records``: a list of
``{"iv", "data"}`` (base64: AES-GCM, 12 bytes, the tag behind the text). What is inside a record
stands at `contents`.
"""

import base64
import binascii
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rbmgeo.errors import UsageError

VERSION = 1
#: Records of one file; a phone's queue holds the walks of some days.
MOST_RECORDS = 50_000
IV_BYTES = 12


class NoRescueFile(UsageError):
    """The file is none of a phone's queue."""


@dataclass(frozen=True)
class RescueFile:
    """A file as it was read, still locked."""

    ulp: str
    device_id: str
    key_id: str
    wrapped_key: bytes
    records: tuple[tuple[bytes, bytes], ...]


@dataclass
class Contents:
    """What was in a file: ``told`` (visits as JSON), ``pictures``, and what could not be opened.

    ``broken`` numbers records of the file from 1 on: a fault in one takes none of the others.
    """

    told: list[Any] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)


def read_rescue(data: bytes) -> RescueFile:
    """Read a file; raises `NoRescueFile` naming what is missing."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise _none("it is no JSON", "bukan JSON") from fault
    if not isinstance(told, dict) or told.get("v") != VERSION:
        raise _none(f"it is not of version {VERSION}", f"bukan versi {VERSION}")
    records = told.get("records")
    if not isinstance(records, list) or len(records) > MOST_RECORDS:
        raise _none(
            f"it has no list of at most {MOST_RECORDS} records",
            f"tanpa daftar paling banyak {MOST_RECORDS} catatan",
        )
    try:
        device = str(uuid.UUID(told.get("device_id")))
    except (ValueError, TypeError, AttributeError) as fault:
        raise _none("its device_id is no UUID", "device_id-nya bukan UUID") from fault
    return RescueFile(
        ulp=str(told.get("ulp")), device_id=device, key_id=str(told.get("key_id")),
        wrapped_key=plain_bytes(told.get("wrapped_key")) or b"",
        records=tuple((_part(r, "iv"), _part(r, "data")) for r in records),
    )  # fmt: skip


def contents(file: RescueFile, key: bytes, *, is_picture: Callable[[bytes], bool]) -> Contents:
    """Open the records with the queue's key.

    A record holds one of: a picture's bytes as they were sent; a visit as JSON, alone or as
    ``{"visit": {...}, "photos": [{"data": base64}]}``; one picture as ``{"data": base64}``.
    """
    out, cipher = Contents(), AESGCM(key)
    for number, (iv, data) in enumerate(file.records, start=1):
        try:
            _open(cipher.decrypt(iv, data, None), out, is_picture)
        except (InvalidTag, ValueError, RecursionError):
            out.broken.append(number)
    return out


def plain_bytes(value: Any) -> bytes | None:
    """Return what base64 says, None where it is none."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None


def _open(plain: bytes, out: Contents, is_picture: Callable[[bytes], bool]) -> None:
    if is_picture(plain):
        out.pictures.append(plain)
        return
    told = json.loads(plain)
    if not isinstance(told, dict):
        raise ValueError("a record is a JSON object or a picture")
    visit = told.get("visit", told if "client_id" in told else None)
    photos = told.get("photos") if "visit" in told else [told] if "data" in told else None
    pictures = [plain_bytes(p.get("data")) for p in photos or () if isinstance(p, dict)]
    pictures = [p for p in pictures if p]
    if visit is None and not pictures:
        raise ValueError("neither a visit nor a picture")
    if visit is not None:
        out.told.append(visit)
    out.pictures += [p for p in pictures if p is not None and is_picture(p)]


def _part(record: Any, name: str) -> bytes:
    """Return a part of a record; one that is none cannot be opened, and is counted there."""
    return (plain_bytes(record.get(name)) if isinstance(record, dict) else None) or b""


def _none(english: str, indonesian: str) -> NoRescueFile:
    return NoRescueFile(
        f"this is no rescue file of a phone: {english}; export the queue on the phone again",
        f"ini bukan berkas penyelamatan HP: {indonesian}; ekspor lagi antrean di HP",
    )
