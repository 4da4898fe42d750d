"""Gardu sisipan, pecah beban: draft an event, choose its members, look, keep it for approval."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import GarduEvent
from rbmgeo.db.queries import events, lists, survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.geo import metres_xy
from rbmgeo.intake.pasted import PastedFault, read_pasted
from rbmgeo.intake.rules import gardu as normalised
from rbmgeo.matching.trace import recorded_poles
from rbmgeo.network.downstream import behind, roots_of, spans_of, tied_to
from rbmgeo.survey.lasso import box_around, drawn_border, inside, within
from rbmgeo.survey.sisipan import MOST_MEMBERS, Group, Room, check_event, groups, rooms
from rbmgeo.terms import EventKind, EventState, ProposalState

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
class Choice:
    """Who was chosen (index idpel, ``distance_m``), how (``told``, kept), and what is at fault.

    ``strangers`` are numbers that the unit does not have; ``still_fed`` poles of a ring.
    """

    members: pd.DataFrame
    told: dict[str, Any]
    faults: tuple[PastedFault, ...] = ()
    repeated: int = 0
    strangers: tuple[str, ...] = ()
    still_fed: tuple[str, ...] = ()


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


def choose_by_line(
    session: Session, ulp: str, event_id: int, *, tiang: list[str], spans: list[str]
) -> Choice:
    """Choose who hangs behind some poles or spans, walking the old gardu's lines away from it.

    With neither, the whole jurusan of the event is taken, as the spans name it.
    """
    it = events.event(session, ulp=ulp, event_id=event_id)
    srid = units.unit(session, ulp=ulp).utm_srid
    jtr = lists.jtr(session, ulp=ulp, srid=srid)
    if jtr.empty:
        raise NothingToDo(
            f"unit {ulp} has no lines (JTR) yet; import them, or choose by border or numbers",
            f"unit {ulp} belum punya jalur JTR; impor dulu, atau pilih lewat batas atau nomor",
        )
    own = spans_of(jtr, it.old_gardu)
    if not tiang and not spans:
        spans = _first_spans(own, it)
    gardu = lists.gardu(session, ulp=ulp, srid=srid)
    poles = gpd.GeoSeries(lists.tiang(session, ulp=ulp, srid=srid)["geometry"])
    giver = gardu.loc[it.old_gardu]
    roots = roots_of(own, it.old_gardu, giver["lv_node"], giver["geometry"], poles)
    if not roots:
        raise NothingToDo(
            f"where gardu {it.old_gardu} feeds its lines is not known (no node, no point near a "
            "pole); import its point, or choose by border or numbers",
            f"pangkal jalur gardu {it.old_gardu} tidak diketahui (tanpa simpul, titiknya jauh dari "
            "tiang); impor titiknya, atau pilih lewat batas atau nomor",
        )
    branch = behind(own, roots, cut_poles=tiang, cut_spans=spans)
    customers = lists.customers(session, ulp=ulp, srid=srid)
    active = customers[customers["active"].astype(bool)]
    recorded = recorded_poles(lists.pdpj_lines(session, ulp=ulp), active["tiang"])
    away = tied_to(
        branch, recorded[recorded.index.isin(active.index)], lists.drops(session, ulp=ulp),
        active["service_point"],
    )  # fmt: skip
    told = {"way": "line", "tiang": tiang, "spans": spans, "poles": list(branch.poles.index)}
    return Choice(_limited(away.to_frame()), told, still_fed=branch.still_fed)


def choose_by_border(session: Session, ulp: str, event_id: int, sent: str) -> Choice:
    """Choose who lives within a border drawn on the map (JSON list of [lon, lat], or GeoJSON)."""
    events.event(session, ulp=ulp, event_id=event_id)
    border = drawn_border(sent)
    there = events.in_box(session, ulp=ulp, box=border.bounds)
    chosen = there[inside(border, there["lon"], there["lat"])]
    corners = [[round(x, 6), round(y, 6)] for x, y in list(border.exterior.coords)[:-1]]
    return _of_area(chosen, {"way": "border", "corners": corners})


def choose_by_circle(
    session: Session,
    ulp: str,
    event_id: int,
    *,
    radius_m: float,
    centre: tuple[float, float] | None = None,
) -> Choice:
    """Choose who lives within some metres of a point (lon, lat), else of the new gardu."""
    events.event(session, ulp=ulp, event_id=event_id)
    centre = centre or events.place_of_new(session, ulp=ulp, event_id=event_id)
    if centre is None:
        raise UsageError(
            "the new gardu has no point yet; enter the centre of the circle",
            "gardu baru belum punya titik; isi titik tengah lingkaran",
        )
    srid = units.unit(session, ulp=ulp).utm_srid
    if srid is None:
        raise NothingToDo(
            f"unit {ulp} has no position yet; import customer points first",
            f"unit {ulp} belum punya koordinat; impor titik pelanggan dulu",
        )
    asked = radius_m if math.isfinite(radius_m) else 0.0
    there = events.in_box(session, ulp=ulp, box=box_around(centre, min(max(asked, 1), 5_000)))
    chosen = there[within(there["lon"], there["lat"], centre, asked, srid)]
    told = {"way": "circle", "radius_m": asked, "centre": [round(c, 6) for c in centre]}
    return _of_area(chosen, told)


def choose_by_numbers(session: Session, ulp: str, event_id: int, text: str) -> Choice:
    """Choose the customers whose numbers were pasted; faults and strangers are named."""
    events.event(session, ulp=ulp, event_id=event_id)
    told = read_pasted(text)
    here = events.known(session, ulp=ulp, idpels=list(told.idpels))
    good = sorted(here)
    frame = pd.DataFrame(
        {"distance_m": float("nan")}, index=pd.Index(good, name="idpel", dtype="str")
    )
    strangers = tuple(i for i in told.idpels if i not in here)
    return Choice(
        _limited(frame), {"way": "numbers", "pasted": len(told.idpels)}, told.faults,
        told.repeated, strangers,
    )  # fmt: skip


def keep_choice(
    session: Session, ulp: str, event_id: int, choice: Choice, *, add: bool = False
) -> int:
    """Keep who was chosen with the draft, or beside those chosen before; return how many now.

    Raises `NothingToDo` where nobody was found, `NotAllowed` where the event is no draft.
    """
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    _draft(it)
    if choice.members.empty:
        raise NothingToDo(
            "nobody was found this way; look at the border, the poles or the numbers again",
            "tidak ada pelanggan yang ditemukan; lihat lagi batas, tiang, atau nomornya",
        )
    members, told = choice.members, _with_faults(choice)
    if add:
        before = events.people(session, ulp=ulp, event_id=event_id)[["distance_m"]].astype(float)
        members = _limited(members.combine_first(before).rename_axis("idpel"))
        poles = {*it.choice.get("poles", ()), *told.get("poles", ())}
        told = {**told, "poles": sorted(poles), "ways": [*it.choice.get("ways", [it.choice.get("way")]), told["way"]]}  # fmt: skip
    events.replace_members(
        session, ulp=ulp, event_id=event_id, members=members.rename_axis("idpel"), choice=told
    )
    return len(members)


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
    _draft(it)
    taking = look_at(session, ulp, event_id, also=also).taking
    if taking.empty:
        raise NothingToDo(
            f"none of the chosen customers is recorded on {it.old_gardu}; choose others, or tick "
            "those of other gardu",
            f"tidak ada pilihan yang tercatat di {it.old_gardu}; pilih lagi, atau centang yang "
            "tercatat di gardu lain",
        )
    before = {str(i): g if isinstance(g, str) else None for i, g in taking["gardu"].items()}
    numbers = survey.add_numbered_proposals(
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


def _draft(it: GarduEvent) -> None:
    if it.state != EventState.DRAFT:
        raise NotAllowed(
            f"event {it.event_id} is {it.state}; its members cannot be chosen anew: make another",
            f"peristiwa {it.event_id} sudah {it.state}; anggotanya tidak bisa dipilih ulang: buat "
            "yang baru",
        )


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


def _first_spans(own: pd.DataFrame, it: GarduEvent) -> list[str]:
    rows = own[own["gardu"].eq(it.old_gardu) & own["jurusan"].eq(it.jurusan or "")]
    if not it.jurusan or rows.empty:
        raise UsageError(
            f"name a pole or a span; no span of gardu {it.old_gardu} is tagged with jurusan "
            f"{it.jurusan or '-'}",
            f"sebutkan tiang atau ruas; tidak ada ruas gardu {it.old_gardu} yang bertanda jurusan "
            f"{it.jurusan or '-'}",
        )
    # Cut everywhere, it parts every pole that only this jurusan feeds.
    return sorted(map(str, rows.index))


def _limited(members: pd.DataFrame) -> pd.DataFrame:
    if len(members) > MOST_MEMBERS:
        raise UsageError(
            f"{len(members)} customers lie there; an event has {MOST_MEMBERS} at most: draw it "
            "smaller",
            f"ada {len(members)} pelanggan di situ; satu peristiwa paling banyak {MOST_MEMBERS}: "
            "persempit pilihannya",
        )
    return members


def _of_area(chosen: pd.DataFrame, told: dict[str, Any]) -> Choice:
    frame = pd.DataFrame({"distance_m": float("nan")}, index=chosen.index)
    return Choice(_limited(frame), told)


def _with_faults(choice: Choice) -> dict[str, Any]:
    told = dict(choice.told)
    if choice.faults or choice.strangers or choice.repeated:
        told |= {
            "faults": [[f.line, f.value, f.indonesian, f.english] for f in choice.faults[:50]],
            "fault_count": len(choice.faults), "repeated": choice.repeated,
            "strangers": list(choice.strangers[:50]), "stranger_count": len(choice.strangers),
        }  # fmt: skip
    if choice.still_fed:
        told["still_fed"] = list(choice.still_fed[:20])
    return told
