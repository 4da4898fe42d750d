"""SOP VI: reports of cuts and reconnections by H+1, and removals that another person approves."""

import uuid
from datetime import UTC, date, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import pages
from rbmgeo.errors import UsageError
from rbmgeo.terms import ArrearsState, ProposalState, Role
from rbmgeo.workflows.arrears import arrears_now, unit_rules
from rbmgeo.workflows.arrears_work import decide_removal, propose_removals, report_day, work_days
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.arrears import plain
from web.pages.forms import checked_day, page_number, rows_a_page
from web.pages.schedule import today

bp = Blueprint("arrears_reports", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/tunggakan")
SHOWN = 100


@bp.get("/laporan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show days of work with their reports, and what was done on one of them."""
    asked = checked_day(request.args.get("tanggal"))
    with database().reading() as session:
        days, acts = work_days(session, g.ulp, today())
        on = asked or (days.index[0] if len(days) else None)
        mine = acts[acts["on"] == on].sort_values(["at", "client_id"])
        people = kept.customers(session, ulp=g.ulp, blth=g.blth, idpels=mine["idpel"].tolist())
        told = kept.reports(session, ulp=g.ulp).get(on, []) if isinstance(on, date) else []
    rows = mine.merge(people.drop_duplicates("idpel"), on="idpel", how="left")
    size = rows_a_page(SHOWN)
    number, many = page_number(request.args.get("hal"), len(rows), size)
    return render_template(
        "arrears_reports.html", days=plain(days.rename_axis("on").reset_index().head(60)), on=on,
        rows=plain(rows.iloc[(number - 1) * size : number * size]), told=told, page=number,
        pages=many,
        late=int((days["state"] == "terlambat").sum()),
    )  # fmt: skip


@bp.post("/laporan")
@allow(Role.PERENCANA)
def report() -> Response:
    """Report what was done on a day and is not reported yet."""
    on = checked_day(request.form.get("tanggal"))
    if on is None:
        raise UsageError("choose the day of the work", "pilih tanggal pekerjaan")
    with database().writing() as session:
        count = report_day(session, g.ulp, on, who=current_user.login, now=datetime.now(UTC))
    flash(tr("{n} pekerjaan dilaporkan.", "{n} acts reported.", n=num(count)), "ok")
    return redirect(url_for(".page", tanggal=on.isoformat()))


@bp.get("/bongkar")
@allow(Role.PERENCANA, Role.PENGAWAS)
def removals() -> str:
    """Show who may be proposed for removal, what waits, and what was decided."""
    with database().reading() as session:
        found = arrears_now(session, g.ulp, today())
        ripe = found[found["state"] == ArrearsState.BOLEH_BONGKAR].reset_index()
        people = kept.customers(session, ulp=g.ulp, blth=g.blth, idpels=ripe["idpel"].tolist())
        waiting, done = (
            kept.removals(session, ulp=g.ulp, state=s)
            for s in (ProposalState.OPEN, ProposalState.APPROVED)
        )
        rules = unit_rules(session, g.ulp)
    rows = ripe.merge(people, on="idpel", how="left").head(rows_a_page(SHOWN))
    return render_template(
        "arrears_removals.html", rows=plain(rows), count=len(ripe), waiting=plain(waiting),
        done=plain(done.head(rows_a_page(SHOWN))), rules=rules, me=current_user.login,
    )  # fmt: skip


@bp.post("/bongkar")
@allow(Role.PERENCANA)
def propose() -> Response:
    """Propose removal for the customers ticked."""
    try:
        chosen = [str(uuid.UUID(v)) for v in request.form.getlist("pelanggan")]
    except ValueError:
        raise UsageError("no customer was chosen", "belum ada pelanggan yang dipilih") from None
    with database().writing() as session:
        idpels = [str(pages.customer(session, ulp=g.ulp, public_id=c)["idpel"]) for c in chosen]
        if not idpels:
            raise UsageError("choose whom to propose", "pilih siapa yang diusulkan")
        count = propose_removals(
            session, g.ulp, idpels, who=current_user.login, now=datetime.now(UTC)
        )
    flash(tr("{n} bongkar rampung diusulkan; orang lain menyetujui.", "{n} removals proposed; another person approves.", n=num(count)), "ok")  # fmt: skip
    return redirect(url_for(".removals"))


@bp.post("/bongkar/<int:proposal_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def decide(proposal_id: int) -> Response:
    """Approve, turn down or undo a removal."""
    with database().writing() as session:
        decide_removal(
            session, g.ulp, proposal_id, request.form.get("putusan", ""), who=current_user.login,
            now=datetime.now(UTC), reason=request.form.get("alasan", "").strip()[:500],
        )  # fmt: skip
    flash(tr("Diputuskan.", "Decided."), "ok")
    return redirect(url_for(".removals"))
