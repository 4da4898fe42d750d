"""Tunggakan: who owes how many sheets, whose that is, what is next; orders to cut, payment checks."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import forms, visit_jobs
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.terms import ArrearsState, FormKind, Role
from rbmgeo.workflows.arrears import TURN, arrears_now, follow_payments, in_turn, may_be_cut
from rbmgeo.workflows.arrears_work import check_by_file, order_cuts
from web.access import allow
from web.database import database, settings
from web.language import label, num, tr
from web.pages.forms import checked_day, checked_number, page_number, rows_a_page
from web.pages.jobs import ask
from web.pages.schedule import today

bp = Blueprint("arrears", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/tunggakan")
#: Rows that a page shows.
SHOWN = 100


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show everybody with an unpaid bill or a standing cut, late ones first."""
    asked = request.args.get("keadaan", "")
    with database().reading() as session:
        found = arrears_now(session, g.ulp, today())
        counts = found["state"].value_counts()
        rows = found[found["state"] == asked] if asked else found
        rows = in_turn(rows)
        size = rows_a_page(SHOWN)
        number, pages = page_number(request.args.get("hal"), len(rows), size)
        shown = rows.iloc[(number - 1) * size : number * size]
        people = kept.customers(session, ulp=g.ulp, blth=g.blth, idpels=shown["idpel"].tolist())
    told = shown.merge(people, on="idpel", how="left", sort=False)
    return render_template(
        "arrears.html", rows=plain(told), count=len(rows), total=len(found), asked=asked,
        counts={str(s): int(counts.get(s, 0)) for s in TURN}, page=number, pages=pages,
        late=int(found["late"].sum()), sheets=int(found["sheets"].sum()),
    )  # fmt: skip


@bp.post("/perbarui")
@allow(Role.PERENCANA)
def follow() -> Response:
    """Take back, reconnect and withdraw what payments ask for; the import does the same."""
    with database().writing() as session:
        done = follow_payments(session, g.ulp, who=current_user.login, now=datetime.now(UTC))
    flash(
        tr("{a} perintah ditarik, {b} penyambungan diperintahkan, {c} usulan bongkar ditarik.",
           "{a} orders taken back, {b} reconnections ordered, {c} removals withdrawn.",
           a=num(done.taken_back), b=num(done.reconnections), c=num(done.withdrawn)), "ok",
    )  # fmt: skip
    return redirect(url_for(".page"))


@bp.get("/perintah")
@allow(Role.PERENCANA, Role.PENGAWAS)
def orders() -> str:
    """Offer the prints of TUL VI-01 to be made lists of cuts."""
    with database().reading() as session:
        prints = [p for p in forms.prints(session, ulp=g.ulp, limit=rows_a_page(200)) if p.kind == FormKind.TUL_VI_01]  # fmt: skip
        made = kept.lists_of_prints(session, ulp=g.ulp)
        logins = visit_jobs.field_logins(session, ulp=g.ulp)
        session.expunge_all()
    return render_template(
        "arrears_orders.html", prints=prints, made=made, logins=logins, today=today()
    )


@bp.post("/perintah")
@allow(Role.PERENCANA)
def order() -> Response:
    """Order the cuts of a print."""
    form = request.form
    with database().writing() as session:
        done = order_cuts(
            session, g.ulp, checked_number(form.get("cetakan"), 0, 1, 10**9),
            officer=officer_of(form.get("petugas")), planned_on=checked_day(form.get("tanggal")) or today(),
            signer=form.get("penandatangan", "")[:80], who=current_user.login,
            now=datetime.now(UTC),
        )  # fmt: skip
    flash(tr("{n} pemutusan diperintahkan.", "{n} cuts ordered.", n=num(done.orders)), "ok")
    if done.left:
        said = "; ".join(f"{num(n)} {_state(s)}" for s, n in sorted(done.left.items()))
        flash(tr("Tidak diperintahkan: {s}.", "Not ordered: {s}.", s=said), "info")
    return redirect(url_for(".orders"))


@bp.post("/cetak")
@allow(Role.PERENCANA)
def print_notices() -> Response:
    """Ask for TUL VI-01 of everybody who may be cut off."""
    with database().reading() as session:
        chosen = may_be_cut(session, g.ulp, today())
    if not chosen:
        raise NothingToDo("nobody may be cut off now", "tidak ada yang boleh diputus sekarang")
    return ask(
        "forms", kind=FormKind.TUL_VI_01, by="boleh_diputus", codes=chosen, blth=g.blth, subject="",
        on=today().isoformat(), address=request.url_root, home=str(settings().home.absolute()),
    )  # fmt: skip


@bp.get("/cek")
@allow(Role.PERENCANA, Role.PENGAWAS)
def checks() -> str:
    """Show the payment checks, and offer a file of payments to be one."""
    with database().reading() as session:
        rows = kept.last_checks(session, ulp=g.ulp, limit=rows_a_page(SHOWN))
        batches = kept.receivable_batches(session, ulp=g.ulp)
    return render_template("arrears_checks.html", rows=rows, batches=plain(batches))


@bp.post("/cek")
@allow(Role.PERENCANA)
def check() -> Response:
    """Keep what a file of payments says of everybody with an order to cut."""
    form, now = request.form, datetime.now(UTC)
    try:
        at = datetime.fromisoformat(form.get("jam", ""))
    except ValueError:
        raise UsageError(
            "say which moment the file is of, like 2026-11-26T08:30",
            "isi jam berkas itu dibuat, seperti 2026-11-26T08:30",
        ) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(g.unit.time_zone))
    with database().writing() as session:
        done = check_by_file(
            session, g.ulp, checked_number(form.get("berkas"), 0, 1, 10**9), at=at,
            who=current_user.login, now=now,
        )  # fmt: skip
    flash(
        tr("{a} belum lunas, {b} lunas, {c} tidak ada di berkas (tidak dicek).",
           "{a} unpaid, {b} paid, {c} not in the file (not checked).",
           a=num(done.unpaid), b=num(done.paid), c=num(done.unnamed)), "ok",
    )  # fmt: skip
    return redirect(url_for(".checks"))


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for a template: what is missing is None, a day is a date."""
    out = []
    for row in frame.to_dict("records"):
        out.append({
            str(k): None if _missing(v) else v.date() if isinstance(v, pd.Timestamp) and v.tzinfo is None else v
            for k, v in row.items()
        })  # fmt: skip
    return out


def officer_of(told: str | None) -> str | None:
    """Return the log-in of a surveyor of the unit, None where nobody is named.

    Raises `UsageError` for a log-in that is none of them.
    """
    if not told:
        return None
    with database().reading() as session:
        logins = dict(visit_jobs.field_logins(session, ulp=g.ulp))
    if told not in logins:
        raise UsageError(f"{told!r} is no surveyor of this unit", f"{told!r} bukan surveyor unit ini")  # fmt: skip
    return told


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | dict) and value != value) or value is pd.NA  # fmt: skip


def _state(code: str) -> str:
    key = f"arrears.state.{code}"
    return label(key) if code in set(ArrearsState) else label(f"arrears.taken_back.{code}")
