"""Who moves with an event: chosen along the line, by a border, a circle, or their numbers."""

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import GarduEvent
from rbmgeo.db.queries import events, lists, units
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.intake.pasted import PastedFault, read_pasted
from rbmgeo.matching.trace import recorded_poles
from rbmgeo.network.downstream import Vertex, behind, houses_behind, roots_of, spans_of, tied_to
from rbmgeo.survey.lasso import box_around, drawn_border, inside, within
from rbmgeo.survey.sisipan import MOST_MEMBERS
from rbmgeo.terms import EventState


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


def choose_by_line(
    session: Session, ulp: str, event_id: int, *, tiang: list[str], spans: list[str]
) -> Choice:
    """Choose who hangs behind some poles or spans, walking the old gardu's lines away from it.

    With neither, the whole jurusan of the event is taken, as the spans name it.
    """
    it = events.event(session, ulp=ulp, event_id=event_id)
    lines = _lines_of(session, ulp, it.old_gardu)
    if not tiang and not spans:
        spans = _first_spans(lines.own, it)
    branch = behind(lines.own, lines.roots, cut_poles=tiang, cut_spans=spans)
    away = tied_to(branch, lines.recorded, lines.drops, lines.points)
    told = {"way": "line", "tiang": tiang, "spans": spans, "poles": list(branch.poles.index)}
    return Choice(_limited(away.to_frame()), told, still_fed=branch.still_fed)


def poles_to_cut(session: Session, ulp: str, event_id: int) -> pd.Series:
    """Return the poles of the old gardu's lines and how many houses hang on or behind each.

    Empty where no line is known or nobody knows where the gardu feeds it.
    """
    it = events.event(session, ulp=ulp, event_id=event_id)
    try:
        lines = _lines_of(session, ulp, it.old_gardu)
    except NothingToDo:
        return pd.Series(dtype="int64")
    return houses_behind(lines.own, lines.roots, lines.recorded, lines.drops, lines.points)


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
    must_be_draft(it)
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


@dataclass(frozen=True)
class _Lines:
    """The lines of one gardu, where it feeds them, and what ties the unit's houses to poles."""

    own: pd.DataFrame
    roots: list[Vertex]
    recorded: pd.Series
    drops: pd.DataFrame
    points: pd.Series


def _lines_of(session: Session, ulp: str, gardu: str) -> _Lines:
    """Load the lines of one gardu and whoever may hang on them, not the whole unit."""
    if not lists.has_lines(session, ulp=ulp):
        raise NothingToDo(
            f"unit {ulp} has no lines (JTR) yet; import them, or choose by border or numbers",
            f"unit {ulp} belum punya jalur JTR; impor dulu, atau pilih lewat batas atau nomor",
        )
    srid = units.unit(session, ulp=ulp).utm_srid
    own = spans_of(lists.jtr(session, ulp=ulp, srid=srid, gardu=gardu), gardu)
    ends = {name: _codes(own, name) for name in ("tiang", "node")}
    poles = gpd.GeoSeries(lists.tiang(session, ulp=ulp, srid=srid, codes=ends["tiang"])["geometry"])
    giver = lists.gardu(session, ulp=ulp, srid=srid).loc[gardu]
    roots = roots_of(own, gardu, giver["lv_node"], giver["geometry"], poles)
    if not roots:
        raise NothingToDo(
            f"where gardu {gardu} feeds its lines is not known (no node, no point near a pole); "
            "import its point, or choose by border or numbers",
            f"pangkal jalur gardu {gardu} tidak diketahui (tanpa simpul, titiknya jauh dari "
            "tiang); impor titiknya, atau pilih lewat batas atau nomor",
        )
    active = lists.hanging_on(session, ulp=ulp, poles=ends["tiang"], nodes=ends["node"])
    told = lists.pdpj_lines(session, ulp=ulp, idpels=list(active.index))
    points = active["service_point"].dropna().unique().tolist()
    return _Lines(
        own, roots, recorded_poles(told, active["tiang"]),
        lists.drops(session, ulp=ulp, points=points), active["service_point"],
    )  # fmt: skip


def _codes(spans: pd.DataFrame, name: str) -> list[str]:
    ends = pd.concat([spans[f"{name}_1"], spans[f"{name}_2"]]).dropna()
    return sorted(map(str, ends.unique()))


def must_be_draft(it: GarduEvent) -> None:
    """Raise `NotAllowed` unless the members of an event may still be chosen."""
    if it.state != EventState.DRAFT:
        raise NotAllowed(
            f"event {it.event_id} is {it.state}; its members cannot be chosen anew: make another",
            f"peristiwa {it.event_id} sudah {it.state}; anggotanya tidak bisa dipilih ulang: buat "
            "yang baru",
        )


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
