"""SOP II and III: take readings and prepaid checks of our own in; facts, with their marks."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries import own_readings, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork import postpaid, prepaid
from rbmgeo.fieldwork.again import content, fresh
from rbmgeo.fieldwork.record import Known, Record, Refusal
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.intake.pictures import drawn_anew
from rbmgeo.intake.readers.photos import suffix_of
from rbmgeo.terms import Service

#: A photo of a phone is smaller; what is larger is no photo of a meter.
PHOTO_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Taken:
    """What became of some records: ``good`` + ``skipped`` (known already) = those sent.

    ``conflicts`` are good ones under an id that had other content; ``marked`` are kept with a
    mark. Where ``refused`` is not empty, nothing was kept.
    """

    ulp: str
    good: int = 0
    skipped: int = 0
    conflicts: int = 0
    marked: int = 0
    marks: tuple[str, ...] = ()
    refused: tuple[tuple[int, Refusal], ...] = ()


def take_readings(
    session: Session, ulp: str, records: list[Record], *, who: str, now: datetime
) -> Taken:
    """Keep records as facts, all or none.

    ``refused`` pairs the place in ``records`` with what is wrong. A known ``client_id`` with
    the same content is accepted again and changes nothing; with other content it is kept as a
    conflict (R-CH-03). The caller commits.
    """
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    own_readings.lock(session, ulp=ulp)
    said: dict[str, list[tuple[Any, ...]]] = {}
    for row in own_readings.kept(
        session, ulp=ulp, client_ids=sorted({r.client_id for r in records})
    ):
        said.setdefault(str(row.client_id), []).append(content(row))
    new = fresh(records, said)
    met = _known(session, ulp, [r for r, _ in new])
    refused = _refused(records, new, met, now)
    if refused:
        return Taken(ulp, refused=tuple(refused))
    zone = ZoneInfo(unit.time_zone)
    rows = [
        {"record": record, "conflict_no": number, "received_by": who or "-",
         **_met(record, met[record.idpel, record.blth], zone, settings.self_read_days)}
        for record, number in new
    ]  # fmt: skip
    marks = tuple(sorted({m for row in rows for m in row["marks"]}))
    done = Taken(
        ulp, len(new), len(records) - len(new), sum(n > 0 for _, n in new),
        sum(bool(row["marks"]) for row in rows), marks,
    )  # fmt: skip
    own_readings.add(session, ulp=ulp, rows=rows)
    log_command(
        session, who=who, ulp=ulp, command="reading own",
        after={"readings": done.good, "conflicts": done.conflicts, "marked": done.marked},
        customers=[record.idpel for record, _ in new],
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return done


def take_one(
    session: Session, ulp: str, record: Record, *, photo: bytes, store: PhotoStore, who: str,
    now: datetime,
) -> Taken:  # fmt: skip
    """Keep one record with the photo that came with it (empty bytes: none).

    A photo without its reading does no harm: the store uses it again if it comes again.

    Raises
    ------
    UsageError
        If the photo is no picture that can be seen, or too large.
    """
    if photo:
        suffix = suffix_of(photo[:12])
        if not suffix or len(photo) > PHOTO_MOST_BYTES:
            raise UsageError(
                "the photo is no JPEG, PNG or WebP of at most 20 MB; take it again",
                "foto bukan JPEG, PNG, atau WebP sampai 20 MB; ambil lagi",
            )
        # The same photo sent again is the same when it is drawn anew: so is its hash.
        photo, suffix = drawn_anew(photo)
        sha256, beside = store.write(photo, suffix)
        store.name([beside] if beside else [])
        with session.begin_nested() as point:
            own_readings.add_photo(
                session, ulp=ulp, idpel=record.idpel, blth=record.blth, sha256=sha256,
                suffix=suffix, size=len(photo),
            )  # fmt: skip
            done = take_readings(
                session, ulp, [replace(record, photo_sha256=sha256)], who=who, now=now
            )
            if done.refused:
                point.rollback()
        return done
    return take_readings(session, ulp, [record], who=who, now=now)


def _known(session: Session, ulp: str, records: list[Record]) -> dict[tuple[str, str], Known]:
    out = {}
    for blth in sorted({r.blth for r in records}):
        idpels = sorted({r.idpel for r in records if r.blth == blth})
        for idpel, known in own_readings.known(session, ulp=ulp, blth=blth, idpels=idpels).items():
            out[idpel, blth] = known
    return out


def _refused(
    records: list[Record], new: list[tuple[Record, int]], met: dict[tuple[str, str], Known],
    now: datetime,
) -> list[tuple[int, Refusal]]:  # fmt: skip
    places: dict[int, int] = {}
    for place, record in enumerate(records):
        places.setdefault(id(record), place)
    out: list[tuple[int, Refusal]] = []
    for record, _ in new:
        known = met.get((record.idpel, record.blth))
        if known is None:
            nobody = Refusal(
                "idpel", "R-PO-01", "pelanggan ini tidak ada di unit; impor daftarnya dulu",
                "the unit has no such customer; import its list first",
            )  # fmt: skip
            out.append((places[id(record)], nobody))
            continue
        rules = prepaid if record.service == Service.PRA else postpaid
        out += [(places[id(record)], r) for r in rules.refusals(record, known, now=now)]
    return out


def _met(
    record: Record, known: Known, zone: ZoneInfo, self_read_days: tuple[int, int]
) -> dict[str, Any]:
    """Return what a record meant when it came: the stand before, kWh, estimate, marks."""
    if record.service == Service.PRA:
        return {"marks": list(prepaid.marks(record, known))}
    day = record.read_at.astimezone(zone).day
    return {
        "previous_stand_kwh": known.previous_stand_kwh,
        "kwh": postpaid.used_kwh(record, known),
        "taksasi_kwh": postpaid.taksasi_kwh(record, known),
        "marks": list(postpaid.marks(record, known, day=day, self_read_days=self_read_days)),
    }
