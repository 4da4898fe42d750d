"""SOP IV.2: the month's reading calendar: dates, days off, who reads which RBM."""

from datetime import date
from typing import Any

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import lists, schedule
from rbmgeo.db.queries import reading_calendar as kept
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.routes.calendar import month_grid
from rbmgeo.terms import Role
from rbmgeo.workflows.reading_calendar import (
    approve_shift,
    mend_dates,
    off_dates,
    plan_month,
    set_date,
    set_holiday,
    set_rbm,
    set_reader,
)
from rbmgeo.workflows.routes import targets_ulp
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.forms import checked_day, checked_number

bp = Blueprint("reading_calendar", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/jadwal-baca")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the month day by day, and the list of each officer."""
    with database().reading() as session:
        dates = lists.calendar(session, ulp=g.ulp, blth=g.blth)
        off = kept.holidays(session, ulp=g.ulp)
        readers = kept.readers(session, ulp=g.ulp)
        plan = kept.plan(session, ulp=g.ulp, blth=g.blth)
        wrong, mended = off_dates(session, g.ulp, g.blth)
        officers = schedule.officers(session, ulp=g.ulp)["officer"].tolist()
        try:
            table = targets_ulp(session, g.ulp, g.blth)
        except NothingToDo:
            table = pd.DataFrame()
    rows = _rows(table, plan)
    names = sorted({*officers, *readers.index, *(r["officer"] for r in rows if r["officer"])})
    chosen = request.args.get("petugas", "")
    return render_template(
        "reading_calendar.html", weeks=_weeks(dates, rows, off), rows=rows, dates=dates,
        by_officer=_by_officer(rows, chosen), officers=names, chosen=chosen, off=off,
        readers=readers.astype(object).where(readers.notna(), None).to_dict("index"),
        total=sum(r["customers"] for r in rows), planned=len(plan) > 0, wrong=wrong, mended=mended,
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA)
def make() -> Response:
    """Propose the month's dates and plan: day and officer of every RBM."""
    with database().writing() as session:
        done = plan_month(session, g.ulp, g.blth, who=current_user.login)
    flash(
        tr(
            "{n} RBM dijadwalkan, {a} seperti bulan lalu; {b} perlu persetujuan tanggal.",
            "{n} RBM scheduled, {a} as last month; {b} need their date approved.",
            n=num(done.rbm), a=num(done.as_last), b=num(done.beyond),
        ),
        "ok",
    )  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/tanggal")
@allow(Role.PERENCANA)
def date_of() -> Response:
    """Give a reading day another date, or the month another reading day."""
    day = checked_day(request.form.get("tanggal"))
    if day is None:
        raise UsageError("choose a date", "pilih tanggal")
    with database().writing() as session:
        set_date(session, g.ulp, g.blth, request.form.get("hari", ""), day, who=current_user.login)
    return redirect(url_for(".page"))


@bp.post("/tanggal/geser")
@allow(Role.PERENCANA)
def mend() -> Response:
    """Move the reading days off Sundays and days off."""
    with database().writing() as session:
        moved = mend_dates(session, g.ulp, g.blth, who=current_user.login)
    flash(tr("{n} tanggal digeser.", "{n} dates moved.", n=num(len(moved))), "ok")
    return redirect(url_for(".page"))


@bp.post("/rbm")
@allow(Role.PERENCANA)
def change() -> Response:
    """Give one RBM another day or officer."""
    form = request.form
    with database().writing() as session:
        set_rbm(
            session, g.ulp, g.blth, form.get("rbm", ""), hari_baca=form.get("hari", ""),
            officer=form.get("petugas", ""), who=current_user.login,
        )  # fmt: skip
    return redirect(url_for(".page", petugas=form.get("lihat") or None))


@bp.post("/setuju")
@allow(Role.PERENCANA, Role.PENGAWAS)
def approve() -> Response:
    """Approve that an RBM is read far from last month's date."""
    with database().writing() as session:
        approve_shift(session, g.ulp, g.blth, request.form.get("rbm", ""), who=current_user.login)
    return redirect(url_for(".page"))


@bp.post("/libur")
@allow(Role.PERENCANA)
def holiday() -> Response:
    """Keep a day off, or take it back."""
    form = request.form
    day = checked_day(form.get("tanggal"))
    if day is not None:
        name = None if form.get("hapus") else (form.get("nama", "").strip()[:80] or "-")
        with database().writing() as session:
            set_holiday(session, g.ulp, day, name, who=current_user.login)
    return redirect(url_for(".page"))


@bp.post("/petugas")
@allow(Role.PERENCANA)
def reader() -> Response:
    """Keep an officer's capacity and areas."""
    form = request.form
    officer = form.get("petugas", "").strip()[:40]
    capacity = checked_number(form.get("kapasitas"), 0, 0, 100_000) or None
    if officer:
        with database().writing() as session:
            set_reader(session, g.ulp, officer, capacity=capacity,
                       areas=form.get("area", "").split()[:50], who=current_user.login)  # fmt: skip
    return redirect(url_for(".page"))


def _rows(table: pd.DataFrame, plan: pd.DataFrame) -> list[dict[str, Any]]:
    if table.empty:
        return []
    frame = table.join(plan[["note", "shift_approved_by"]]).reset_index()
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _weeks(
    dates: pd.DataFrame, rows: list[dict[str, Any]], off: dict[date, str]
) -> list[list[dict[str, Any] | None]]:
    """Return the cells of the month: date, letters, RBM and customers read, name of a day off."""
    letters: dict[date, list[str]] = {}
    for letter, day in zip(dates["hari_baca"], dates["read_on"], strict=True):
        letters.setdefault(day, []).append(letter)

    def cell(day: date) -> dict[str, Any]:
        mine = [r for r in rows if r["read_on"] == day]
        return {"day": day, "letters": letters.get(day, []), "rbm": len(mine), "off": off.get(day),
                "sunday": day.weekday() == 6, "customers": sum(r["customers"] for r in mine)}  # fmt: skip

    months = sorted({f"{d:%Y%m}" for d in letters} | {g.blth})
    return [[cell(d) if d else None for d in week] for m in months for week in month_grid(m)]


def _by_officer(rows: list[dict[str, Any]], chosen: str) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["officer"] or "", []).append(row)
    return [(o, r) for o, r in sorted(groups.items()) if not chosen or o == chosen]
