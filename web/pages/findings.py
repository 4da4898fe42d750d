"""SOP IV.3: findings above the unit's limit, most certain first, a patch as one line."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import desk, events, looks, pages, work
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.desk import settle, take_back
from rbmgeo.workflows.rehearsal import STEP
from rbmgeo.workflows.stopping import when_to_stop
from rbmgeo.workflows.sureness import how_sure
from web.access import allow
from web.database import database
from web.language import label, num, tr
from web.pages.forms import checked_number, page_number, rows_a_page
from web.pages.jobs import ask
from web.pages.rehearsal import drawing

bp = Blueprint("findings", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/temuan")

_ROWS = 50


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List doubts, or the customers of one class of the lists."""
    view = request.args.get("jenis", "")
    rbm = request.args.get("rbm", "")
    limit = g.unit_settings.finding_limit
    with database().reading() as session:
        counts = pages.finding_counts(session, ulp=g.ulp, limit=limit)
        known = pages.rbm_codes(session, ulp=g.ulp)
        count = counts.get(view, 0) if view else counts["lines"]
        size = rows_a_page(_ROWS)
        at, last = page_number(request.args.get("hal"), count, size)
        span: dict[str, Any] = {"first": (at - 1) * size, "size": size, "rbm": rbm}
        settled = desk.count(session, ulp=g.ulp)
        matched = desk.latest_match(session, ulp=g.ulp)
        waiting = events.events(session, ulp=g.ulp, state="open")
        happened = events.count(session, ulp=g.ulp)
        rows = (
            pages.of_class(session, ulp=g.ulp, match=view, **span)
            if view in pages.LIST_CLASSES
            else pages.doubts(session, ulp=g.ulp, limit=limit, **span)
        )
    for row in rows:
        row["sure"] = certainty(row["p"]) if row["p"] is not None else ""
        row["main"] = reason(row["reasons"][0]) if row["reasons"] else ""
    return render_template(
        "findings.html", rows=rows, counts=counts, classes=pages.LIST_CLASSES, view=view, rbm=rbm,
        rbms=known, settled=settled, matched=matched, page=at, pages=last, limit=limit,
        waiting=waiting, happened=happened,
    )  # fmt: skip


@bp.post("/meja")
@allow(Role.PERENCANA)
def settle_at_desk() -> Response:
    """Settle the chosen findings without a visit, with a reason."""
    lines = request.form.getlist("baris")
    with database().writing() as session:
        if request.form.get("pencocokan") != str(desk.latest_match(session, ulp=g.ulp)):
            raise UsageError(
                "the lists were matched anew since this page was opened; look again, then decide",
                "daftar sudah dicocokkan ulang sejak halaman ini dibuka; lihat lagi, lalu putuskan",
            )
        chosen = desk.open_findings(
            session, ulp=g.ulp, lines=lines, limit=g.unit_settings.finding_limit,
            rbm=request.form.get("rbm", ""),
        )  # fmt: skip
        done = settle(
            session, g.ulp, chosen, request.form.get("putusan", ""),
            reason=request.form.get("alasan", ""), who=current_user.login,
        )  # fmt: skip
    flash(
        tr(
            "{n} temuan diputus di meja, {p} usulan menunggu orang kedua.",
            "{n} findings settled at the desk, {p} proposals wait for a second person.",
            n=num(done.settled), p=num(done.proposals),
        ),
        "ok",
    )  # fmt: skip
    return redirect(url_for(".page"))


@bp.get("/meja")
@allow(Role.PERENCANA, Role.PENGAWAS)
def at_desk() -> str:
    """List what was settled at the desk, newest first, with its reasons."""
    with database().reading() as session:
        count = desk.count(session, ulp=g.ulp)
        size = rows_a_page(_ROWS)
        at, last = page_number(request.args.get("hal"), count, size)
        rows = desk.decisions(session, ulp=g.ulp, first=(at - 1) * size, size=size)
    return render_template("desk.html", rows=rows, count=count, page=at, pages=last)


@bp.post("/meja/urungkan")
@allow(Role.PERENCANA)
def undo_at_desk() -> Response:
    """Take one decision back; its finding is open again."""
    number = checked_number(request.form.get("nomor"), 0, 0, 2**62)
    with database().writing() as session:
        take_back(session, g.ulp, [number], who=current_user.login)
    flash(
        tr("Keputusan diurungkan; temuannya terbuka lagi.", "Undone; the finding is open again."),
        "ok",
    )
    return redirect(url_for(".at_desk"))


@bp.get("/seberapa-yakin")
@allow(Role.PERENCANA, Role.PENGAWAS)
def sure() -> str:
    """Show how far the findings can be trusted, by the houses that were surveyed."""
    if not g.facts.matched_at:
        return render_template("sureness.html", done=None)
    with database().reading() as session:
        done = how_sure(session, g.ulp)
        fitted = pages.calibration(session, ulp=g.ulp)
        tiers = pages.tiers(session, ulp=g.ulp)
        play = drawing(work.latest_run(session, ulp=g.ulp, step=STEP))
    return render_template("sureness.html", done=done, fitted=fitted, tiers=tiers, play=play)


@bp.post("/seberapa-yakin/simulasi")
@allow(Role.PERENCANA)
def rehearse() -> Response:
    """Ask for a simulation of the survey on the unit's own lists."""
    return ask("rehearse", seed=checked_number(request.form.get("benih"), 1, 0, 9_999))


@bp.get("/kapan-berhenti")
@allow(Role.PERENCANA, Role.PENGAWAS)
def stop() -> str:
    """Show which gardu are surveyed enough, and the houses that come first next."""
    with database().reading() as session:
        done = when_to_stop(session, g.ulp)
        most = rows_a_page(_ROWS)
        names = done.first.index[:most].tolist()
        houses = looks.houses(session, ulp=g.ulp, idpels=names)
    first = done.first.head(most).join(houses[["public_id", "address", "tiang"]])
    return render_template("stopping.html", done=done, first=first)


@bp.post("")
@allow(Role.PERENCANA)
def run() -> Response:
    """Ask for the matching anew."""
    return ask("match")


def certainty(p: float) -> str:
    """Say in words how sure a suspicion is."""
    if p >= 0.985:
        return label("sure.certain")
    if p >= 0.85:
        return label("sure.almost")
    if p >= 0.5:
        return label("sure.likely", n=round(10 * p))
    return label("sure.unlikely")


def reason(said: dict[str, object]) -> str:
    """Say one reason in the reader's language."""
    values = {k: v for k, v in said.items() if k != "key"}
    return label(str(said.get("key", "")), **values)
