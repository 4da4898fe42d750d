"""`rbmgeo survey event`: a new gardu takes over a part of another's customers, as one act."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from rbmgeo.cli.common import (
    By,
    Json,
    Lang,
    Output,
    Reason,
    Ulp,
    at_unit,
    group,
    open_database,
    resolve_ulp,
)
from rbmgeo.db.queries import events
from rbmgeo.errors import UsageError
from rbmgeo.workflows.event_choice import (
    Choice,
    choose_by_border,
    choose_by_circle,
    choose_by_line,
    choose_by_numbers,
    keep_choice,
)
from rbmgeo.workflows.event_decisions import Decided, approve_event, reject_event, undo_event
from rbmgeo.workflows.event_survey import plan_event
from rbmgeo.workflows.events import Asked, Look, draft_event, keep_event, look_at

app = group("Gardu sisipan, pecah beban: one event, one survey, one approval.")
Number = Annotated[int, typer.Argument(help="Number of the event")]
Leaving = Annotated[int, typer.Option(help="How many members you agree to leave where they are")]


@app.command("new")
def new_command(
    new: Annotated[str, typer.Option(help="Code of the gardu that takes over")],
    old: Annotated[str, typer.Option(help="Code of the gardu that gives customers away")],
    on: Annotated[str, typer.Option(help="Day of the switch, YYYY-MM-DD")],
    who: By,
    kind: Annotated[str, typer.Option(help="sisipan, pecah_beban or pindah_jurusan")] = "sisipan",
    jurusan: Annotated[str, typer.Option(help="Line of the old gardu")] = "",
    note: Annotated[str, typer.Option(help="What the order says")] = "",
    kva: Annotated[float | None, typer.Option(help="Power, if the gardu is not listed")] = None,
    at: Annotated[str, typer.Option(help="lon,lat, if the gardu is not listed")] = "",
    from_pole: Annotated[
        list[str] | None, typer.Option(help="Pole that goes with all behind it; may be repeated")
    ] = None,
    spans: Annotated[
        list[str] | None, typer.Option(help="Span that is cut; may be repeated")
    ] = None,
    idpel_file: Annotated[Path | None, typer.Option(help="Text with customer numbers")] = None,
    circle: Annotated[str, typer.Option(help="lon,lat,radius in metres")] = "",
    polygon: Annotated[str, typer.Option(help="WKT, GeoJSON, or a file that holds one")] = "",
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="Take those recorded on other gardu along")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show; keep nothing")] = False,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Choose who moves and open the event; it waits for another person's approval.

    Several ways add up; with none of them the whole jurusan is taken.
    """
    out = Output(as_json=as_json, lang=lang)
    asked = Asked(kind, new, old, _day(on), jurusan, note, kva, _pair(at) if at else None)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        number = draft_event(session, ulp, asked, who=who)
        for choose in _ways(from_pole, spans, idpel_file, circle, polygon):
            choice = choose(session, ulp, number)
            _tell_faults(out, choice)
            keep_choice(session, ulp, number, choice, add=True)
        look = look_at(session, ulp, number)
        also = set(look.people.index[look.people["group"] == "elsewhere"]) if elsewhere else set()
        look = look_at(session, ulp, number, also=also)
        told = _told(look)
        if preview:
            session.rollback()
        else:
            keep_event(session, ulp, number, who=who, also=also)
            told |= {"state": "open"}
    out.result({"ulp": ulp, "kept": not preview, **told})
    _say_look(out, told)
    if preview:
        out.say("tidak ada yang disimpan", "nothing was kept")
    else:
        out.say(
            f"peristiwa {number} menunggu orang kedua: `rbmgeo survey event approve {number}`",
            f"event {number} waits for a second person: `rbmgeo survey event approve {number}`",
        )


@app.command("list")
def list_command(
    state: Annotated[str, typer.Option(help="draft, open, approved, rejected or undone")] = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """List events, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = events.events(session, ulp=ulp, state=state, size=1000)
    out.result({"ulp": ulp, "events": rows})
    for r in rows:
        line = (
            f"{r['event_id']:>6}  {r['kind']}  {r['old_gardu']} → {r['new_gardu']}  "
            f"{r['happened_on']}  {r['members']}  {r['state']}  {r['made_by']}"
        )
        out.say(line, line)
    if not rows:
        out.say(
            "belum ada peristiwa; buat dengan `rbmgeo survey event new`",
            "no event yet; make one with `rbmgeo survey event new`",
        )


@app.command("show")
def show_command(event: Number, ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Show an event: its members, and both transformers before and after."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        look = look_at(session, ulp, event)
        told = _told(look)
        people = look.people.reset_index()[
            ["idpel", "gardu", "group", "taken", "outcome", "reason"]
        ]
    members: list[Any] = people.astype(object).where(people.notna(), None).to_dict("records")
    out.result({"ulp": ulp, **told, "people": members})
    _say_look(out, told)
    for m in members:
        line = f"  {m['idpel']}  {m['gardu'] or '-'}  {m['group']}  {m['outcome'] or ''}"
        out.say(line, line)


@app.command("approve")
def approve_command(
    event: Number, who: By, leaving: Leaving = 0, reason: Reason = "", ulp: Ulp = "",
    as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Move all members at the event's date; not by who made it."""
    _decide(
        ulp, as_json, lang,
        lambda s, u: approve_event(s, u, event, who=who, leaving=leaving, reason=reason),
    )  # fmt: skip


@app.command("reject")
def reject_command(
    event: Number, who: By, reason: Reason = "", ulp: Ulp = "", as_json: Json = False,
    lang: Lang = "",
) -> None:  # fmt: skip
    """Close an open event, or drop a draft; nobody moves."""
    _decide(ulp, as_json, lang, lambda s, u: reject_event(s, u, event, who=who, reason=reason))


@app.command("undo")
def undo_command(
    event: Number, who: By, leaving: Leaving = 0, reason: Reason = "", ulp: Ulp = "",
    as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Bring all moved members back to their records before, as one act."""
    _decide(
        ulp, as_json, lang,
        lambda s, u: undo_event(s, u, event, who=who, leaving=leaving, reason=reason),
    )  # fmt: skip


@app.command("survey")
def survey_command(
    event: Number,
    which: Annotated[str, typer.Option(help="semua, or ujung: branching point and ends")] = "semua",
    surveyors: Annotated[int, typer.Option(help="How many people walk")] = 1,
    who: By = "cli",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Plan the visits of an open event, in place of its list before."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = plan_event(session, ulp, event, which, surveyors=surveyors, who=who)
    out.result({"ulp": ulp, "event": event, "plan": done.run_id, "visits": done.visits,
                "lists": done.lists})  # fmt: skip
    out.say(
        f"rencana {done.run_id}: {done.visits} rumah dalam {done.lists} daftar",
        f"plan {done.run_id}: {done.visits} houses on {done.lists} lists",
    )


def _decide(ulp: str, as_json: bool, lang: str, act: Callable[[Session, str], Decided]) -> None:
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = act(session, ulp)
    out.result({"ulp": ulp, "event": done.event_id, "moved": done.moved, "left": done.refused,
                "later": done.later, "also_asked": done.also_asked})  # fmt: skip
    out.say(
        f"peristiwa {done.event_id}: {done.moved} pindah, {len(done.refused)} ditinggalkan",
        f"event {done.event_id}: {done.moved} moved, {len(done.refused)} left behind",
    )
    if done.also_asked:
        out.say(
            f"{done.also_asked} juga punya usulan sendiri yang belum diputus: `rbmgeo survey proposals`",
            f"{done.also_asked} have a proposal of their own too: `rbmgeo survey proposals`",
        )


Way = Callable[[Session, str, int], Choice]


def _ways(
    poles: list[str] | None, spans: list[str] | None, idpel_file: Path | None, circle: str,
    polygon: str,
) -> list[Way]:  # fmt: skip
    ways: list[Way] = []
    if idpel_file is not None:
        numbers = _read(idpel_file)
        ways.append(lambda s, u, e: choose_by_numbers(s, u, e, numbers))
    if circle:
        *centre, radius = _numbers(circle, 3)
        ways.append(
            lambda s, u, e: choose_by_circle(
                s, u, e, radius_m=radius, centre=(centre[0], centre[1])
            )
        )
    if polygon:
        # A border typed in full is longer than any name of a file, or holds its brackets.
        border = polygon if set(polygon) & {"{", "[", "("} else _read(Path(polygon))
        ways.append(lambda s, u, e: choose_by_border(s, u, e, border))
    if poles or spans or not ways:
        ways.append(lambda s, u, e: choose_by_line(s, u, e, tiang=poles or [], spans=spans or []))
    return ways


def _tell_faults(out: Output, choice: Choice) -> None:
    for f in choice.faults:
        out.note(
            f"  baris {f.line}, {f.value!r}: {f.indonesian}",
            f"  line {f.line}, {f.value!r}: {f.english}",
        )
    for number in choice.strangers:
        out.note(f"  {number}: tidak ada di unit ini", f"  {number}: not in this unit")
    if choice.still_fed:
        told = ", ".join(choice.still_fed)
        out.note(
            f"  jalur melingkar; masih dipasok gardu lama: {told}",
            f"  the line is a ring; the old gardu still feeds: {told}",
        )


def _told(look: Look) -> dict[str, Any]:
    it = look.event
    return {
        "event": it.event_id, "kind": it.kind, "state": it.state, "new_gardu": it.new_gardu,
        "old_gardu": it.old_gardu, "on": str(it.happened_on), "chosen": len(look.people),
        "members": len(look.taking),
        "groups": {str(k): int(n) for k, n in look.people["group"].value_counts().items()},
        "rooms": [
            {"gardu": r.gardu, "kva": r.rating_kva, "va_before": r.before_va,
             "va_after": r.after_va, "without_daya": r.without_daya, "mark": r.mark}
            for r in look.rooms
        ],
    }  # fmt: skip


def _say_look(out: Output, told: dict[str, Any]) -> None:
    out.say(
        f"peristiwa {told['event']} ({told['state']}): {told['old_gardu']} → {told['new_gardu']}, "
        f"{told['on']}; {told['members']} pindah dari {told['chosen']} yang dipilih",
        f"event {told['event']} ({told['state']}): {told['old_gardu']} → {told['new_gardu']}, "
        f"{told['on']}; {told['members']} move of {told['chosen']} chosen",
    )
    for r in told["rooms"]:
        line = f"  {r['gardu']}: {r['va_before']:.0f} → {r['va_after']:.0f} VA / {r['kva'] or '-'} kVA {r['mark']}"
        out.say(line, line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no day; for example 2025-01-15",
            f"{text!r} bukan tanggal; contoh 2025-01-15",
        ) from error


def _pair(text: str) -> tuple[float, float]:
    lon, lat = _numbers(text, 2)
    return lon, lat


def _numbers(text: str, many: int) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != many or not (abs(found[0]) <= 180 and abs(found[1]) <= 90):
        raise UsageError(
            f"{text!r} is not {many} numbers with commas; longitude comes first: 112.70,-7.65",
            f"{text!r} bukan {many} angka dengan koma; bujur lebih dulu: 112.70,-7.65",
        )
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read as text; check its name",
            f"{path} tidak bisa dibaca sebagai teks; periksa namanya",
        ) from error
