"""A phone's queue that came as a file: opened without its PIN, and brought in as if it had been sent."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from rbmgeo.db.queries import field_devices
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.receive import Came
from rbmgeo.fieldwork.visit import NoVisit, Visit, visit_of
from rbmgeo.intake.arriving_photos import MOST_BYTES
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.intake.readers.photos import suffix_of
from rbmgeo.keys.rescue import Contents, RescueFile, contents, read_rescue
from rbmgeo.keys.unit_key import UnitKey, WrongKey
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.visit_photos import picture_came

_AT_ONCE = 50


@dataclass(frozen=True)
class Rescued:
    """What was in a file: visits, pictures, and what of it is none (by the file's number, by words)."""

    device_id: str
    visits: list[Visit]
    pictures: list[bytes]
    broken: list[int] = field(default_factory=list)
    no_visits: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Brought:
    """What became of it: ``new`` + ``again`` + ``conflicts`` = its visits."""

    new: int
    again: int
    conflicts: int
    pictures: int


def opened(session: Session, ulp: str, data: bytes, *, home: Path) -> Rescued:
    """Open a rescue file with the unit's key; nothing is kept yet.

    Raises
    ------
    NoRescueFile
        If it is none.
    UsageError
        If it is of another unit.
    WrongKey
        If neither the key in it nor the one that the phone told of opens with ours.
    """
    file = read_rescue(data)
    if file.ulp != ulp:
        raise UsageError(
            "the file is of another unit; open it there",
            "berkas ini dari unit lain; buka di unit itu",
        )
    found = _contents(session, ulp, file, UnitKey.of(home, ulp))
    visits, none = [], []
    for told in found.told:
        try:
            visits.append(visit_of(told))
        except NoVisit as fault:
            none.append(str(fault))
    return Rescued(file.device_id, visits, found.pictures, found.broken, none)


def bring_in(
    session: Session, ulp: str, found: Rescued, *, home: Path, who: str, now: datetime
) -> Brought:
    """Take in what was opened, as if the phone had sent it: the same file twice changes nothing.

    The caller commits. Pictures that no record names do no harm.
    """
    came: Counter[Came] = Counter()
    for at in range(0, len(found.visits), _AT_ONCE):
        part = found.visits[at : at + _AT_ONCE]
        came.update(r.came for r in receive_visits(session, ulp, part, who=who, now=now))
    store = PhotoStore.of(home, ulp)
    kept = {hashlib.sha256(p).hexdigest(): p for p in found.pictures if len(p) <= MOST_BYTES}
    files = [store.write(p, suffix_of(p[:12]))[1] for p in kept.values()]
    store.name([f for f in files if f is not None])
    for sha256, picture in kept.items():
        picture_came(
            session, ulp, sha256, suffix=suffix_of(picture[:12]), size=len(picture), who=who, now=now
        )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command="rescue file brought in",
        after={"device": found.device_id, "visits": len(found.visits), "pictures": len(kept)},
    )  # fmt: skip
    return Brought(came[Came.NEW], came[Came.AGAIN], came[Came.CONFLICT], len(kept))


def _contents(session: Session, ulp: str, file: RescueFile, key: UnitKey) -> Contents:
    """Open with the key in the file; where that is none of ours, with the one the phone told of."""
    told = field_devices.wrapped_key(session, ulp=ulp, device_id=file.device_id)
    wrong: WrongKey | None = None
    for wrapped in (file.wrapped_key, told):
        if not wrapped:
            continue
        try:
            found = contents(
                file, key.unlocked(wrapped), is_picture=lambda p: bool(suffix_of(p[:12]))
            )
        except WrongKey as fault:
            wrong = fault
            continue
        if len(found.broken) < len(file.records) or not file.records:
            return found
    raise wrong or WrongKey(
        "no key that the office knows opens the file; export the queue on the phone again",
        "tidak ada kunci kantor yang membuka berkas ini; ekspor lagi antrean di HP",
    )
