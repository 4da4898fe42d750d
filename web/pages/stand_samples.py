"""One sample of stands: blind entry, what it shows, work lists, the decision on its lot, its sheet."""

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import stand_samples as kept
from rbmgeo.db.queries import visit_jobs
from rbmgeo.db.queries.photo_test import NOBODY
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.jobs.pasca import CODES
from rbmgeo.fieldwork.record import METER_CHANGED, NO_STAND, NORMAL
from rbmgeo.supervision.stand_sample import Way, risk_lines, told
from rbmgeo.terms import Role
from rbmgeo.workflows.attention import attention
from rbmgeo.workflows.stand_checks import (
    Found,
    StandSheet,
    check_stand,
    open_check,
    settle_check,
    stand_sheet,
)
from rbmgeo.workflows.stand_lots import close_lot, open_lot
from rbmgeo.workflows.stand_orders import lot_words, order_checks, sample_paper
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import label, lang, num, tr
from web.pages.arrears import officer_of
from web.pages.download import file
from web.pages.forms import checked_day, checked_number, page_number, rows_a_page
from web.pages.sampling import HIGH, WIDE, plan_drawing
from web.pages.schedule import today

bp = Blueprint("stand_samples", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/uji-petik/sampel")

_ROWS, _RISKS = 100, 10
_DLPD: Kept[pd.DataFrame] = Kept(3)


@bp.get("/<uuid:sample_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(sample_id: uuid.UUID) -> str:
    """Show a sample; a recorded stand only beside what was found before (R-SA-19)."""
    with database().reading() as session:
        sheet = stand_sheet(session, g.ulp, str(sample_id))
        lists = kept.lists_of(session, ulp=g.ulp, sample_id=str(sample_id))
        past = kept.history(session, ulp=g.ulp, sample_id=str(sample_id))
        logins = visit_jobs.field_logins(session, ulp=g.ulp)
    rows = sheet.items.astype(object).where(sheet.items.notna(), None)
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    # Judging every reading of a month takes a moment: only for who asks.
    asked = request.args.get("lihat") == "risiko"
    risks = _risks(sheet) if asked else []
    return render_template(
        "stand_sample.html", x=sheet, s=sheet.sample, r=sheet.shown, said=told(sheet.shown, lang()),
        lot=lot_words(sheet.sample, lang()), rows=rows.iloc[(at - 1) * size : at * size].to_dict("records"),
        page=at, pages=pages, lists=lists, past=past, logins=logins, risks=risks[:_RISKS],
        risk_count=len(risks), asked=asked, drawing=plan_drawing(sheet), wide=WIDE, high=HIGH, on=today(),
        codes=_codes(sheet), normal=NORMAL, turn=set(sheet.turn),
    )  # fmt: skip


def _codes(sheet: StandSheet) -> list[str]:
    """Return the codes that an entry may have: normal, meter changed, no access."""
    if sheet.sample.way == Way.PREPAID:
        return list(CODES)
    return [c for c in CODES if c in NO_STAND or c in (NORMAL, METER_CHANGED)]


def _risks(sheet: StandSheet) -> list[dict[Any, Any]]:
    """Return the lot's lines of DLPD, most kWh at stake first: chosen by risk, never by chance."""
    one = sheet.sample
    if one.way == Way.PREPAID:
        return []
    try:
        found = _DLPD.get(lambda session: attention(session, g.ulp, one.blth).work, one.blth)
    except NothingToDo:
        return []
    todo = sheet.items.loc[sheet.items["verdict"].isna(), "idpel"]
    mine = risk_lines(found, one.lot_by, one.lot_of, nobody=NOBODY, hidden=frozenset(todo)).astype(
        object
    )
    return mine.where(mine.notna(), None).to_dict("records")


@bp.post("/<uuid:sample_id>/cek")
@allow(Role.PENGAWAS)
def check(sample_id: uuid.UUID) -> AnyResponse:
    """Keep what was found at a house, then say what it means."""
    form = request.form
    place = checked_number(form.get("urut"), 0, 1, 10_000)
    with database().writing() as session:
        verdict = check_stand(session, g.ulp, str(sample_id), place, _found())
    said: Any = tr("Urut {p}: {v}.", "Place {p}: {v}.", p=num(place), v=label(f"sample.verdict.{verdict}"))  # fmt: skip
    flash(said, "warn" if verdict in ("salah", "perlu_dilihat") else "ok")
    return _back(sample_id)


def _found() -> Found:
    form = request.form
    on = checked_day(form.get("tanggal"))
    if on is None:
        raise UsageError("give the day of the check", "isi tanggal cek")
    code = form.get("kode", NORMAL)
    if code not in CODES:
        raise UsageError(f"code {code[:4]!r} is not of the list", f"kode {code[:4]!r} tidak ada di daftar")  # fmt: skip
    return Found(
        _moment(on, form.get("jam", "")), _stand(form.get("stand", "")), code,
        current_user.login, form.get("catatan", ""),
    )  # fmt: skip


def _moment(on: date, clock: str) -> datetime:
    try:
        at = time.fromisoformat(clock.strip().replace(".", ":").rjust(5, "0"))
    except ValueError:
        raise UsageError(f"{clock[:10]!r} is no time; for example 09:30", f"{clock[:10]!r} bukan jam; contoh 09:30") from None  # fmt: skip
    return datetime.combine(on, at.replace(tzinfo=None), tzinfo=ZoneInfo(g.unit.time_zone))


def _stand(typed: str) -> Decimal | None:
    plain = typed.strip().replace(" ", "").replace(",", ".")
    if not plain:
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise UsageError(f"{typed[:20]!r} is no stand; figures only", f"{typed[:20]!r} bukan stand; angka saja") from None  # fmt: skip


@bp.post("/<uuid:sample_id>/putus")
@allow(Role.PENGAWAS)
def word(sample_id: uuid.UUID) -> AnyResponse:
    """Settle a stand that was to be looked at, or take a check back."""
    form = request.form
    place, verdict = checked_number(form.get("urut"), 0, 1, 10_000), form.get("putusan", "")
    more: dict[str, Any] = {"note": form.get("alasan", ""), "who": current_user.login, "now": datetime.now(UTC)}  # fmt: skip
    with database().writing() as session:
        if verdict == "dibuka":
            open_check(session, g.ulp, str(sample_id), place, **more)
        else:
            settle_check(session, g.ulp, str(sample_id), place, verdict, **more)
    flash(tr("Tersimpan.", "Kept."), "ok")
    return _back(sample_id)


@bp.post("/<uuid:sample_id>/daftar")
@allow(Role.PENGAWAS)
def orders(sample_id: uuid.UUID) -> AnyResponse:
    """Order visits of the houses whose turn it is."""
    with database().writing() as session:
        count = order_checks(
            session, g.ulp, str(sample_id), officer=officer_of(request.form.get("petugas")),
            planned_on=checked_day(request.form.get("tanggal")) or today(), who=current_user.login,
        )  # fmt: skip
    flash(tr("{n} kunjungan diperintahkan.", "{n} visits ordered.", n=num(count)), "ok")
    return _back(sample_id)


@bp.post("/<uuid:sample_id>/tutup")
@allow(Role.PENGAWAS)
def close(sample_id: uuid.UUID) -> AnyResponse:
    """Close the lot by Ac and Re."""
    with database().writing() as session:
        done = close_lot(session, g.ulp, str(sample_id), note=request.form.get("catatan", ""), who=current_user.login)  # fmt: skip
    flash(label(f"sample.decision.{done}"), "ok" if done == "diterima" else "warn")
    return _back(sample_id)


@bp.post("/<uuid:sample_id>/buka")
@allow(Role.PENGAWAS)
def reopen(sample_id: uuid.UUID) -> AnyResponse:
    """Open a closed lot again."""
    with database().writing() as session:
        open_lot(session, g.ulp, str(sample_id), note=request.form.get("alasan", ""), who=current_user.login)  # fmt: skip
    flash(tr("Lot dibuka lagi.", "The lot is open again."), "ok")
    return _back(sample_id)


@bp.get("/<uuid:sample_id>/lembar.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper(sample_id: uuid.UUID) -> Response:
    """Give the printed sheet."""
    with database().reading() as session:
        content = sample_paper(session, g.ulp, str(sample_id))
    return file(content, f"uji-petik-{g.ulp}-{g.blth}-{str(sample_id)[:8]}.pdf", "application/pdf")


def _back(sample_id: uuid.UUID) -> AnyResponse:
    return redirect(url_for(".page", sample_id=sample_id))
