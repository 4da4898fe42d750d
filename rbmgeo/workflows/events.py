"""Gardu sisipan, pecah beban: draft an event, look at it, keep it for approval."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import GarduEvent
from rbmgeo.db.queries import events, proposals, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.geo import metres_xy
from rbmgeo.intake.rules import gardu as normalised
from rbmgeo.survey.sisipan import Group, Room, check_event, groups, rooms
from rbmgeo.terms import EventKind, EventState, ProposalState
from rbmgeo.workflows.event_choice import must_be_draft

NOTE_MOST = 500


@dataclass(frozen=True)
class Asked:
    """What a planner enters of an event; kVA and place only of a gardu not in the list.

    ``place`` is (lon, lat) in degrees.
    """

    kind: str
    new_gardu: str
    old_gardu: str
    happened_on: date
    jurusan: str = ""
    note: str = ""
    kva: float | None = None
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Look:
    """An event as it stands: who is chosen (with ``group``), and both transformers.

    ``people``: columns of `rbmgeo.db.queries.events.people` and ``group``. ``taking``: who moves.
    """

    event: GarduEvent
    people: pd.DataFrame
    taking: pd.DataFrame
    rooms: list[Room] = field(default_factory=list)


def today_in(session: Session, ulp: str) -> date:
    """Return the day that it is where the unit lies."""
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    return datetime.now(UTC).astimezone(zone).date()


def draft_event(
    session: Session, ulp: str, asked: Asked, *, who: str, today: date | None = None
) -> int:
    """Check what was entered and keep it as a draft; nothing waits and nothing changes yet.

    Raises `UsageError` for an unknown old gardu, a new one that lacks its power or place, or
    figures that differ from the list's.
    """
    unit = units.unit(session, ulp=ulp)
    if asked.kind not in list(EventKind):
        raise UsageError(
            f"{asked.kind!r} is no kind; it is {', '.join(EventKind)}",
            f"{asked.kind!r} bukan jenis; pilih {', '.join(EventKind)}",
        )
    new, old = _code(asked.new_gardu), _code(asked.old_gardu)
    giver = events.gardu_in_list(session, ulp=ulp, gardu=old)
    if giver is None:
        raise UsageError(
            f"gardu {old} is not in unit {ulp}; check the code, or import the gardu list",
            f"gardu {old} tidak ada di unit {ulp}; periksa kodenya, atau impor daftar gardu",
        )
    listed = events.gardu_in_list(session, ulp=ulp, gardu=new)
    kva, place = _told_of_new(new, listed, asked)
    where = place or (_place(listed) if listed else None)
    check_event(
        old, new, asked.happened_on, today or today_in(session, ulp), kva,
        _apart_m(where, _place(giver), unit.utm_srid),
    )  # fmt: skip
    number = events.add(
        session, ulp=ulp, kind=asked.kind, new_gardu=new, old_gardu=old,
        jurusan=asked.jurusan.strip()[:40] or None, happened_on=asked.happened_on,
        note=asked.note.strip()[:NOTE_MOST], new_kva=None if kva is None else Decimal(str(kva)),
        new_place=place, who=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="event draft", after={"event_id": number})
    return number


def look_at(session: Session, ulp: str, event_id: int, *, also: "set[str] | None" = None) -> Look:
    """Return an event with its members as they stand now; ``also`` ticked ones of elsewhere."""
    it = events.event(session, ulp=ulp, event_id=event_id)
    people = events.people(session, ulp=ulp, event_id=event_id)
    people["active"] = people["active"].fillna(False).astype(bool)
    people["group"] = groups(people, it.old_gardu, it.new_gardu)
    if it.state == EventState.DRAFT:
        ticked = people["group"].eq(Group.ELSEWHERE.value) & people.index.isin(list(also or ()))
        taking = people[people["group"].eq(Group.OLD.value) | ticked]
    else:
        taking = people[people["taken"].astype(bool)]
    if it.state not in (EventState.DRAFT, EventState.OPEN):
        return Look(it, people, taking)
    codes = sorted({it.new_gardu, *taking["gardu"].dropna()})
    new = events.gardu_in_list(session, ulp=ulp, gardu=it.new_gardu)
    ratings: dict[str, float | None] = {}
    for code in codes:
        listed = events.gardu_in_list(session, ulp=ulp, gardu=code)
        ratings[code] = None if listed is None else listed["rating_kva"]
    if (new is None or new["rating_kva"] is None) and it.new_kva is not None:
        ratings[it.new_gardu] = float(it.new_kva)
    loads = events.loads(session, ulp=ulp, gardu=codes)
    return Look(it, people, taking, rooms(taking, loads, ratings, it.new_gardu))


def keep_event(
    session: Session, ulp: str, event_id: int, *, who: str, also: "set[str] | None" = None
) -> int:
    """Open a draft: its members become proposals of one event, waiting for another person.

    Raises `NothingToDo` if nobody is left to move. Returns how many wait.
    """
    events.one_keeper(session, ulp=ulp)
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    must_be_draft(it)
    taking = look_at(session, ulp, event_id, also=also).taking
    if taking.empty:
        raise NothingToDo(
            f"none of the chosen customers is recorded on {it.old_gardu}; choose others, or tick "
            "those of other gardu",
            f"tidak ada pilihan yang tercatat di {it.old_gardu}; pilih lagi, atau centang yang "
            "tercatat di gardu lain",
        )
    before = {str(i): g if isinstance(g, str) else None for i, g in taking["gardu"].items()}
    numbers = proposals.add_numbered_proposals(
        session, ulp=ulp,
        rows=[
            {"idpel": i, "field": "gardu", "before": g, "after": it.new_gardu, "client_id": None,
             "state": ProposalState.OPEN.value, "proposed_by": who, "event_id": event_id}
            for i, g in before.items()
        ],
    )  # fmt: skip
    events.keep_taken(
        session, ulp=ulp, event_id=event_id, taken={i: (g, numbers[i]) for i, g in before.items()}
    )
    it.state, it.made_by, it.made_at = EventState.OPEN.value, who, datetime.now(UTC)
    session.flush()
    log_command(
        session, who=who, ulp=ulp, command="event open",
        after={"event_id": event_id, "members": len(before)},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return len(before)


def _code(typed: str) -> str:
    code = normalised(pd.Series([typed], dtype="str")).iloc[0]
    if not isinstance(code, str) or len(code) > 40:
        raise UsageError(
            f"{typed[:40]!r} is no code of a gardu; for example PD0999",
            f"{typed[:40]!r} bukan kode gardu; contoh PD0999",
        )
    return code


def _told_of_new(
    new: str, listed: dict[str, Any] | None, asked: Asked
) -> tuple[float | None, tuple[float, float] | None]:
    """Return what is to be kept of the new gardu beside the list; raises `UsageError`."""
    rating = listed["rating_kva"] if listed else None
    if rating is not None and asked.kva not in (None, rating):
        raise UsageError(
            f"gardu {new} has {rating:g} kVA in the list, {asked.kva:g} were entered; leave the "
            "field empty, or import the gardu list with the new rating",
            f"gardu {new} di daftar {rating:g} kVA, yang diisi {asked.kva:g}; kosongkan isian itu, "
            "atau impor daftar gardu dengan daya barunya",
        )
    if listed is None and (asked.kva is None or asked.place is None):
        raise UsageError(
            f"gardu {new} is not in the list; enter its kVA and its point (latitude, longitude)",
            f"gardu {new} belum ada di daftar; isi kVA dan titiknya (lintang, bujur)",
        )
    kva = asked.kva if rating is None else None
    place = asked.place if listed is None or listed["lon"] is None else None
    return kva, place


def _place(listed: dict[str, Any]) -> tuple[float, float] | None:
    return None if listed["lon"] is None else (listed["lon"], listed["lat"])


def _apart_m(
    a: tuple[float, float] | None, b: tuple[float, float] | None, srid: int | None
) -> float | None:
    if a is None or b is None or srid is None:
        return None
    x, y = metres_xy([a[0], b[0]], [a[1], b[1]], srid)
    away = math.hypot(x[1] - x[0], y[1] - y[0])
    return away if math.isfinite(away) else math.inf
