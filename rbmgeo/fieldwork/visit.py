"""One visit as a phone sent it: read from its JSON, held to its shape, told apart by its content."""

import hashlib
import json
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rbmgeo.errors import RbmgeoError
from rbmgeo.terms import FieldJob

#: What a phone may send at most of one visit, photos apart: words, numbers and a signature.
MOST_BYTES = 64_000
#: Photos that one visit may name.
MOST_PHOTOS = 12
HASH = 64
#: Years that a phone's clock may show, however wrong it is: those that every reader of ours holds.
YEARS = range(1900, 2200)
#: A zero sign as JSON writes it; the backslash before it is not itself written out.
_ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class NoVisit(RbmgeoError):
    """What was sent is no visit; it is not kept, the phone keeps it."""


@dataclass(frozen=True)
class Place:
    """Where the phone was: degrees (EPSG:4326), the radius of 68 % in metres, fixes averaged."""

    lon: float
    lat: float
    accuracy_m: float
    fixes: int = 1


@dataclass(frozen=True)
class SentPhoto:
    """A photo that a visit names; the picture itself comes by its own way (``sha256``)."""

    sha256: str
    kind: str
    size: int


@dataclass(frozen=True)
class Visit:
    """One visit under any job (SOP II to VI), as it was sent; it is never changed afterwards.

    ``client_id`` was made on the phone before anything else was kept. ``order_id`` and
    ``customer`` (public ids) may be missing: a house that nobody ordered. ``values`` hold what
    the form of the job asks for; ``device_at`` is the phone's own clock, with its zone.
    ``content`` is the JSON that all this was read from, written in one way.
    """

    client_id: str
    job: FieldJob
    outcome: str
    values: Mapping[str, Any]
    photos: tuple[SentPhoto, ...]
    place: Place | None
    order_id: str | None
    customer: str | None
    device_at: datetime
    device_id: str
    officer: str
    content: str

    @property
    def sha256(self) -> str:
        """Tells contents under one id apart: same id and same content is the same visit."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def photo(self, kind: str) -> SentPhoto | None:
        """Return the first photo of a kind, None without one."""
        return next((p for p in self.photos if p.kind == kind), None)


def written(told: Mapping[str, Any]) -> str:
    """Write a visit in one way: the same content gives the same bytes, whoever wrote it.

    >>> written({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)  # fmt: skip


def visit_of(told: Any) -> Visit:
    """Read a visit from what a phone sent.

    Only its shape is asked for here. What its job asks for is another matter: a record of the
    field is kept with its faults, never turned away for them.

    Raises
    ------
    NoVisit
        If it is no visit at all: no id, no job, no outcome, no moment, or too large.
    """
    if not isinstance(told, dict):
        raise _none("the record", "it is no JSON object", "bukan objek JSON")
    try:
        content = written(told)
    except (ValueError, TypeError, RecursionError) as fault:
        raise _none("the record", "it cannot be written as JSON", "tidak bisa ditulis sebagai JSON") from fault  # fmt: skip
    try:
        size = len(content.encode())
    except UnicodeEncodeError as fault:
        raise _none("the record", "it holds half a letter", "berisi setengah huruf") from fault
    if size > MOST_BYTES or _ZERO.search(content):
        raise _none("the record", f"it is over {MOST_BYTES} bytes or holds a zero sign", f"lebih dari {MOST_BYTES} bita atau berisi tanda nol")  # fmt: skip
    values = told.get("values") or {}
    if not isinstance(values, dict):
        raise _none("values", "they are no JSON object", "bukan objek JSON")
    return Visit(
        client_id=_id(told, "client_id"), job=_job(told), outcome=_text(told, "outcome", 40),
        values=values, photos=_photos(told.get("photos")), place=_place(told.get("place")),
        order_id=_id_or_none(told, "order_id"), customer=_id_or_none(told, "customer"),
        device_at=_moment(told), device_id=_id(told, "device_id"),
        officer=_text(told, "officer", 60), content=content,
    )  # fmt: skip


def _none(name: str, english: str, indonesian: str) -> NoVisit:
    return NoVisit(
        f"what was sent is no visit: {name}: {english}; keep it and export the queue",
        f"yang dikirim bukan kunjungan: {name}: {indonesian}; simpan dan ekspor antreannya",
    )


def _id_or_none(told: dict[str, Any], name: str) -> str | None:
    return None if told.get(name) is None else _id(told, name)


def _id(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    try:
        return str(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError) as fault:
        raise _none(name, "it is no UUID", "bukan UUID") from fault


def _job(told: dict[str, Any]) -> FieldJob:
    try:
        return FieldJob(str(told.get("job")))
    except ValueError as fault:
        jobs = ", ".join(FieldJob)
        raise _none("job", f"it is none of {jobs}", f"bukan salah satu dari {jobs}") from fault


def _text(told: dict[str, Any], name: str, most: int) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise _none(name, f"it is no text of 1 to {most} letters", f"bukan teks 1 sampai {most} huruf")  # fmt: skip
    return value


def _moment(told: dict[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(told["device_at"])
    except (KeyError, ValueError, TypeError) as fault:
        raise _none("device_at", "it is no moment", "bukan waktu") from fault
    offset = moment.utcoffset()
    if offset is None:
        raise _none("device_at", "it has no zone", "tanpa zona waktu")
    if moment.year not in YEARS:
        raise _none("device_at", "its year is none of a phone", "tahunnya bukan tahun HP")
    # A zone of seconds is none that a database reads; the moment is the same.
    return moment.astimezone(UTC) if offset.total_seconds() % 60 else moment


def _place(told: Any) -> Place | None:
    """Return a place; what is no place on Earth is none (the record is kept, it stays in its words)."""
    if not isinstance(told, dict):
        return None
    lon, lat, accuracy = (_number(told.get(n)) for n in ("lon", "lat", "accuracy_m"))
    if lon is None or lat is None or accuracy is None:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and accuracy >= 0):
        return None
    fixes = told.get("fixes")
    return Place(lon, lat, accuracy, fixes if isinstance(fixes, int) and 0 < fixes < 10_000 else 1)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _photos(told: Any) -> tuple[SentPhoto, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or len(told) > MOST_PHOTOS:
        raise _none("photos", f"they are no list of at most {MOST_PHOTOS}", f"bukan daftar paling banyak {MOST_PHOTOS}")  # fmt: skip
    return tuple(_photo(one) for one in told)


def _photo(one: Any) -> SentPhoto:
    sha256 = one.get("sha256") if isinstance(one, dict) else None
    if not isinstance(sha256, str) or len(sha256) != HASH or set(sha256) - set("0123456789abcdef"):
        raise _none("photos", "one has no sha256", "ada yang tanpa sha256")
    size = one.get("bytes")
    return SentPhoto(
        sha256,
        _text(one, "kind", 20),
        size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else 0,
    )
