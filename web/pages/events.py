"""Gardu sisipan, pecah beban: an event in small steps, looked at, surveyed, decided as one act."""

import json
import uuid
from datetime import date
from typing import Any

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from rbmgeo.db.queries import event_effects, events, pages, survey
from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.survey.lasso import MOST_CORNERS
from rbmgeo.terms import EventKind, EventState, Role
from rbmgeo.workflows.event_choice import keep_choice, poles_to_cut
from rbmgeo.workflows.event_decisions import (
    Decided,
    approve_event,
    refusals,
    reject_event,
    undo_event,
)
from rbmgeo.workflows.event_map import bounds_of_event
from rbmgeo.workflows.event_survey import QUESTION, plan_event
from rbmgeo.workflows.events import Asked, Look, draft_event, keep_event, look_at, today_in
from web.access import allow
from web.database import database
from web.errors import answer
from web.language import label, lang, num, tr
from web.pages.event_map import choice_sent, with_map
from web.pages.forms import checked_decimal, checked_number, page_number, rows_a_page

bp = Blueprint("events", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peristiwa")

_ROWS = 50
#: Members, and houses of the survey list, on one page of an event; the largest gardu has 250.
_MEMBERS = 250
WAYS = ("jalur", "nomor", "lingkaran", "batas")
#: Ways that are drawn on the map.
DRAWN = {"lingkaran", "batas"}
#: Stands where the map puts the public id of the customer that was clicked.
NOBODY = uuid.UUID(int=0)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Any:
    """Say what is too large: here it is never a file."""
    said = tr(
        "batas atau daftar nomor yang dikirim terlalu besar; batas paling banyak {n} titik",
        "the border or list of numbers is too large; a border has {n} corners at most",
        n=MOST_CORNERS,
    )
    return answer(413, str(said))


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List events, newest first, of one state or all."""
    state = request.args.get("keadaan", "")
    state = state if state in set(EventState) else ""
    with database().reading() as session:
        counts = {s.value: events.count(session, ulp=g.ulp, state=s) for s in EventState}
        count = counts[state] if state else sum(counts.values())
        size = rows_a_page(_ROWS)
        at, last = page_number(request.args.get("hal"), count, size)
        rows = events.events(
            session, ulp=g.ulp, state=state, first=(at - 1) * size, size=size
        )  # fmt: skip
    return render_template(
        "events.html", rows=rows, counts=counts, state=state, page=at, pages=last
    )


@bp.get("/baru")
@allow(Role.PERENCANA)
def form() -> str:
    """Offer the first step: which gardu, which line, when."""
    return _form()


@bp.post("/baru")
@allow(Role.PERENCANA)
def add() -> Response | tuple[str, int]:
    """Keep the first step as a draft, then ask who moves."""
    try:
        asked = _asked()
        with database().writing() as session:
            number = draft_event(session, g.ulp, asked, who=current_user.login)
    except UsageError as error:
        return _form(error), 422
    return redirect(url_for(".choose", event_id=number))


@bp.get("/<int:event_id>/anggota")
@allow(Role.PERENCANA)
def choose(event_id: int) -> Response:
    """Offer the second step: who moves, by line, numbers, circle or border."""
    return _choose(event_id, request.args.get("cara", ""))


@bp.post("/<int:event_id>/anggota")
@allow(Role.PERENCANA)
def chosen(event_id: int) -> Response | tuple[Response, int]:
    """Keep who was chosen with the draft and show the preview."""
    way = request.form.get("cara", "")
    try:
        with database().writing() as session:
            choice = choice_sent(session, event_id, way)
            keep_choice(
                session, g.ulp, event_id, choice, add=request.form.get("tambah") == "1"
            )  # fmt: skip
    except UsageError as error:
        return _choose(event_id, way, error), 422
    return redirect(url_for(".one", event_id=event_id))


@bp.get("/<int:event_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(event_id: int) -> Response:
    """Show an event: a draft as preview, else its members, survey and decision."""
    with database().reading() as session:
        look = look_at(session, g.ulp, event_id)
        opened = look.event.state == EventState.OPEN
        left = refusals(session, look.event, look.taking) if opened else _left(look)
        lists = [
            r for r in event_effects.own_lists(session, ulp=g.ulp) if r["event_id"] == event_id
        ]
        walk = _walk(session, look) if opened else []
        bounds = bounds_of_event(session, g.ulp, event_id)
        told: dict[str, Any] = {
            "rbms": event_effects.rbms(session, ulp=g.ulp, event_id=event_id),
            "decisions": events.decisions(session, ulp=g.ulp, event_id=event_id),
            "listed": {
                code: events.gardu_in_list(session, ulp=g.ulp, gardu=code) is not None
                for code in (look.event.old_gardu, look.event.new_gardu)
            },
        }
    people = look.people.reset_index()
    people["left"] = people["idpel"].map(left)
    rows = people.astype(object).where(people.notna(), None).to_dict("records")
    apart = [r for r in rows if r["group"] != "old" and r["idpel"] not in look.taking.index]
    mine = [r for r in rows if r["idpel"] in look.taking.index]
    # As the line goes, so that a page reads like the walk.
    mine.sort(key=lambda r: (r["distance_m"] is None, r["distance_m"] or 0.0))
    size = rows_a_page(_MEMBERS)
    at, last = page_number(request.args.get("hal"), max(len(mine), len(walk)), size)
    shown = slice((at - 1) * size, at * size)
    return with_map(
        "event.html", bounds, it=look.event, mine=mine[shown], members=len(mine),
        chosen=len(rows), page=at, pages=last, visits=len(walk), NOBODY=NOBODY,
        apart=apart, ticked=[r for r in apart if r["group"] == "elsewhere"], rooms=look.rooms,
        left=[r for r in mine if r["left"]], without_point=sum(not r["has_point"] for r in mine),
        others=sum(r["proposed"] is not None for r in mine), lists=lists, walk=walk[shown],
        question=label(QUESTION), **told,
    )  # fmt: skip


@bp.post("/<int:event_id>/simpan")
@allow(Role.PERENCANA)
def keep(event_id: int) -> Response:
    """Open a draft with the members shown, and those of other gardu that were ticked."""
    with database().writing() as session:
        also = events.by_public_id(
            session, ulp=g.ulp, event_id=event_id, public_ids=request.form.getlist("ikut")
        )
        done = keep_event(session, g.ulp, event_id, who=current_user.login, also=also)
    flash(
        tr(
            "{n} pelanggan menunggu survei dan persetujuan orang kedua.",
            "{n} customers wait for a survey and a second person's approval.",
            n=num(done),
        ),
        "ok",
    )
    return redirect(url_for(".one", event_id=event_id))


@bp.post("/<int:event_id>/survei")
@allow(Role.PERENCANA)
def plan(event_id: int) -> Response:
    """Plan the visits of the event: all houses, or the branching point and the ends."""
    surveyors = checked_number(request.form.get("surveyor"), 1, 1, 20)
    with database().writing() as session:
        done = plan_event(
            session, g.ulp, event_id, request.form.get("rumah", ""), surveyors=surveyors,
            who=current_user.login,
        )  # fmt: skip
    flash(
        tr("{n} rumah masuk daftar survei.", "{n} houses are on the list.", n=num(done.visits)),
        "ok",
    )
    return redirect(url_for(".one", event_id=event_id))


@bp.post("/<int:event_id>/putusan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def decision(event_id: int) -> Response:
    """Approve, reject or undo the event as one act."""
    said = request.form.get("putusan", "")
    leaving = checked_number(request.form.get("tinggal"), 0, 0, 10_000)
    told: dict[str, Any] = {
        "who": current_user.login, "reason": request.form.get("alasan", "").strip()[:500],
    }  # fmt: skip
    with database().writing() as session:
        if said == "approved":
            done = approve_event(session, g.ulp, event_id, leaving=leaving, **told)
        elif said == "rejected":
            done = reject_event(session, g.ulp, event_id, **told)
        elif said == "undone":
            done = undo_event(session, g.ulp, event_id, leaving=leaving, **told)
        else:
            raise UsageError(f"{said[:40]!r} is no decision", f"{said[:40]!r} bukan putusan")
    _say(done)
    return redirect(url_for(".one", event_id=event_id))


def _form(error: RbmgeoError | None = None) -> str:
    with database().reading() as session:
        codes = pages.gardu_counts(session, ulp=g.ulp)["gardu"].tolist()
        today = today_in(session, g.ulp)
    return render_template(
        "event_new.html", codes=codes, kinds=list(EventKind), today=today, sent=request.form,
        fault="" if error is None else error.in_language(lang()),
    )  # fmt: skip


def _asked() -> Asked:
    def sent(name: str) -> str:
        return request.form.get(name, "").strip()

    lat = checked_decimal(sent("lintang"), -90, 90)
    lon = checked_decimal(sent("bujur"), -180, 180)
    if (lat is None) != (lon is None):
        raise UsageError(
            "a point has both latitude and longitude", "isi lintang dan bujur, jangan satu saja"
        )
    try:
        on = date.fromisoformat(sent("tanggal"))
    except ValueError as error:
        raise UsageError(
            "enter the day on which the line was switched over", "isi tanggal jalur dipindahkan"
        ) from error
    return Asked(
        sent("jenis"), sent("baru"), sent("lama"), on, sent("jurusan"), sent("catatan"),
        checked_decimal(sent("kva"), 0, 5_000),
        None if lat is None or lon is None else (lon, lat),
    )  # fmt: skip


def _choose(event_id: int, asked: str, error: RbmgeoError | None = None) -> Response:
    with database().reading() as session:
        look = look_at(session, g.ulp, event_id)
        poles = poles_to_cut(session, g.ulp, event_id)
        place = events.place_of_new(session, ulp=g.ulp, event_id=event_id)
        bounds = bounds_of_event(session, g.ulp, event_id)
    way = asked if asked in WAYS else ("jalur" if len(poles) else "nomor")
    return with_map(
        "event_members.html", bounds if way in DRAWN else None, it=look.event, chosen=len(look.people), poles=poles.to_dict(),
        place=place, way=way, ways=WAYS, sent=request.form,
        drawn_before=_drawn_before(look.event.choice),
        fault="" if error is None else error.in_language(lang()),
    )  # fmt: skip


def _drawn_before(choice: dict[str, Any]) -> str:
    """Return the border that a draft was chosen by as GeoJSON, empty where it was another way."""
    corners = choice.get("corners")
    if not corners:
        return ""
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def _walk(session: Any, look: Look) -> list[dict[str, Any]]:
    """Return the event's survey list in walking order, every surveyor's after the other."""
    if look.event.survey_run_id is None:
        return []
    tasks = survey.tasks(session, ulp=g.ulp, run_id=look.event.survey_run_id)
    tasks = tasks.sort_values(["surveyor", "stop"])
    ids = look.people["public_id"].reindex(tasks.index)
    rows = tasks.assign(public_id=ids).reset_index().astype(object)
    told: list[Any] = rows.where(rows.notna(), None).to_dict("records")
    return told


def _left(look: Look) -> pd.Series:
    """Return why members were left behind by the decision, by idpel."""
    stayed = look.taking[look.taking["outcome"].isin(["refused", "kept"])]
    return stayed["reason"]


def _say(done: Decided) -> None:
    flash(
        tr(
            "Putusan dicatat: {n} pelanggan pindah catatan, {r} ditinggalkan.",
            "The decision is kept: {n} customers changed record, {r} were left behind.",
            n=num(done.moved), r=num(len(done.refused)),
        ),
        "ok",
    )  # fmt: skip
    if done.also_asked:
        flash(
            tr(
                "{n} di antaranya masih punya usulan sendiri; putuskan di Verifikasi.",
                "{n} of them still have a proposal of their own; decide it in Verification.",
                n=num(done.also_asked),
            ),
            "warn",
        )
