"""One visit as evidence: what was said, photos, where, when; what is odd about it as facts."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import own_readings, pages, visits
from rbmgeo.db.queries import visit_reviews as kept
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.visit_rows import ROWS
from rbmgeo.terms import FieldJob, Role
from rbmgeo.workflows.visit_maps import where_it_was
from rbmgeo.workflows.visit_reviews import COUNTS, Decided, again, belongs_to, decide, marks_of
from web.access import allow
from web.database import database
from web.language import label, tr

bp = Blueprint("visit_records", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/kunjungan")


@bp.get("/<int:visit_no>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(visit_no: int) -> str:
    """Show one visit with everything that is known of it."""
    with database().reading() as session:
        it = kept.record(session, ulp=g.ulp, visit_no=visit_no)
        others = [c for c in kept.contents(session, ulp=g.ulp, client_id=it["client_id"])
                  if c["visit_no"] != visit_no]  # fmt: skip
        told = kept.words(session, ulp=g.ulp, client_id=it["client_id"])
        shots = kept.photos(session, ulp=g.ulp, hashes=[p["sha256"] for p in it["photos"]])
        device = kept.device(session, ulp=g.ulp, device_id=it["device_id"])
        drawn, away = where_it_was(session, g.ulp, it, title=str(
            tr("Peta kecil: rumah tercatat di tengah, dan tempat HP waktu kunjungan",
               "Small map: the recorded house in the middle, and where the phone was at the visit")))  # fmt: skip
    return render_template(
        "visit_record.html", it=it, others=others, told=told, shots=shots, marks=marks_of(it),
        device=tr("formulir (Excel, CSV, QField)", "a form (Excel, CSV, QField)")
        if it["device_id"] == str(ROWS) else device, drawn=drawn, away=away, said=said_of(it),
    )  # fmt: skip


@bp.post("/<int:visit_no>/putusan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def word(visit_no: int) -> Response:
    """Say that a visit counts, is refused, or is undecided again."""
    with database().writing() as session:
        done = decide(
            session, g.ulp, visit_no, verdict=request.form.get("putusan", ""),
            note=request.form.get("alasan", ""), who=current_user.login, now=datetime.now(UTC),
        )  # fmt: skip
    _say(done)
    return _back(visit_no)


@bp.post("/<int:visit_no>/lagi")
@allow(Role.PERENCANA, Role.PENGAWAS)
def once_more(visit_no: int) -> Response:
    """Give a visit that waits to its job once more."""
    with database().writing() as session:
        effect = again(session, g.ulp, visit_no, who=current_user.login, now=datetime.now(UTC))
    _say(Decided(visit_no, COUNTS, effect))
    return _back(visit_no)


@bp.post("/<int:visit_no>/pelanggan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def whose(visit_no: int) -> Response:
    """Say whose a visit is that could not say it itself; the number stays out of addresses."""
    number = "".join(request.form.get("nomor", "").split())[:40]
    with database().writing() as session:
        found = own_readings.customer_by_number(session, ulp=g.ulp, number=number)
        if found is None:
            raise UsageError(
                "no customer of this unit has that IDPEL or meter number",
                "tidak ada pelanggan dengan IDPEL atau nomor meter itu di unit ini",
            )
        it = kept.record(session, ulp=g.ulp, visit_no=visit_no)
        idpel = str(pages.customer(session, ulp=g.ulp, public_id=str(found))["idpel"])
        orders = kept.orders_of(session, ulp=g.ulp, idpel=idpel, job=it["job"])
        open_ones = [o["order_id"] for o in orders]
        told = visits.records(session, ulp=g.ulp, order_ids=open_ones)
        answered = told.loc[told["client_id"].ne(it["client_id"]), "order_id"].to_list()
        free = [o for o in open_ones if o not in answered]
        done = belongs_to(
            session, g.ulp, visit_no, customer=str(found), who=current_user.login,
            order_id=free[0] if free and request.form.get("perintah") == "1" else None,
            note=request.form.get("alasan", ""), now=datetime.now(UTC),
        )  # fmt: skip
    _say(done)
    return _back(visit_no)


def said_of(it: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what a visit says by the form of its job, in the form's order: (words, value)."""
    form = FORMS.get(FieldJob(it["job"]))
    fields = {f.name: f for f in form.fields} if form else {}
    out = []
    for name in [*(n for n in fields if n in it["given"]), *(n for n in it["given"] if n not in fields)]:  # fmt: skip
        value = it["given"][name]
        if name in fields and fields[name].kind == "choice":
            value = label(f"visit.choice.{value}")
        elif isinstance(value, bool):
            value = tr("ya", "yes") if value else tr("tidak", "no")
        out.append((label(f"visit.field.{name}"), value))
    return out


def _say(done: Decided) -> None:
    if done.effect == "menunggu":
        flash(tr("Dicatat. Kunjungan ini masih menunggu; sebabnya tertulis di halamannya.",
                 "Kept. This visit still waits; its page says why."), "warn")  # fmt: skip
    elif done.verdict == COUNTS:
        flash(tr("Dicatat dan diolah. Usulannya, bila ada, menunggu di Verifikasi.",
                 "Kept and taken up. Its proposals, if any, wait under Verification."), "ok")  # fmt: skip
    else:
        flash(tr("Dicatat.", "Kept."), "ok")


def _back(visit_no: int) -> Response:
    if request.form.get("dari") == "tinjau":
        return redirect(url_for("visit_reviews.page"))
    return redirect(url_for(".page", visit_no=visit_no))
