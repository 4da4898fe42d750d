"""SOP IV.2: the schedule of the updating work, target against what was answered."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import schedule as kept
from rbmgeo.errors import NothingToDo
from rbmgeo.survey.tasks import VISITS_A_DAY
from rbmgeo.terms import Role
from rbmgeo.workflows.schedule import (
    ScheduleStatus,
    propose_schedule,
    schedule_status,
    set_piece,
)
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.forms import checked_day, checked_number, page_number, rows_a_page

#: Lines that a page shows; each has a form of its own.
SHOWN = 60
bp = Blueprint("schedule", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/jadwal-pemutakhiran")


def today() -> date:
    """Return the day that it is where the unit lies."""
    return datetime.now(UTC).astimezone(ZoneInfo(g.unit.time_zone)).date()


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the schedule, late ones first, narrowed to an officer or a day if asked."""
    officer, day = request.args.get("petugas", ""), checked_day(request.args.get("tanggal"))
    done = _status()
    with database().reading() as session:
        people = kept.officers(session, ulp=g.ulp)["officer"].tolist()
    if done is None:
        return render_template("schedule.html", done=None, people=people, capacity=VISITS_A_DAY,
                               on=today())  # fmt: skip
    rows = done.rows
    days = sorted({d for d in rows["due_on"] if isinstance(d, date)})
    names = sorted({o for o in rows["officer"] if isinstance(o, str)})
    if officer:
        rows = rows[rows["officer"] == officer]
    if day:
        rows = rows[rows["due_on"] == day]
    size = rows_a_page(SHOWN)
    number, pages = page_number(request.args.get("hal"), len(rows), size)
    shown = rows.iloc[(number - 1) * size : number * size].reset_index()
    asked = {"petugas": officer or None, "tanggal": day.isoformat() if day else None}
    return render_template(
        "schedule.html", done=done, rows=_plain(shown), count=len(rows), people=people, days=days,
        names=sorted({*names, *people}), officer=officer, day_asked=day, page=number, pages=pages,
        asked=asked, capacity=VISITS_A_DAY, on=today(), by_officer=_by_officer(done),
    )  # fmt: skip


@bp.get("/daftar.<kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file(kind: str) -> Response:
    """Give the whole schedule as CSV or Excel."""
    done = _status()
    if done is None:
        raise NothingToDo(
            "there is no schedule yet; propose one on its page",
            "belum ada jadwal; buat usulan di halamannya",
        )
    name = f"jadwal-pemutakhiran-{g.ulp}-{done.on:%Y%m%d}"
    if kind == "xlsx":
        title = str(tr("Jadwal pemutakhiran {u}", "Schedule of the updating {u}", u=g.ulp))
        return xlsx_file({"jadwal": done.rows}, f"{name}.xlsx", title=title)
    return csv_file(done.rows, f"{name}.csv")


@bp.post("/usul")
@allow(Role.PERENCANA)
def propose() -> AnyResponse:
    """Schedule what is not scheduled yet."""
    form = request.form
    officers = form.get("petugas", "").replace(";", ",").split(",")
    with database().writing() as session:
        done = propose_schedule(
            session, g.ulp, officers=officers, begin_on=checked_day(form.get("mulai")) or today(),
            capacity=checked_number(form.get("kapasitas"), VISITS_A_DAY, 1, 500),
            whole=form.get("sasaran") == "semua", skip_read_days=bool(form.get("lewati")),
            who=current_user.login,
        )  # fmt: skip
    flash(tr("{n} gardu dijadwalkan.", "{n} gardu scheduled.", n=num(done.gardu)), "ok")
    return redirect(url_for(".page"))


@bp.post("/<int:schedule_id>")
@allow(Role.PERENCANA)
def change(schedule_id: int) -> AnyResponse:
    """Give one line to another officer or day."""
    form = request.form
    with database().writing() as session:
        set_piece(
            session, g.ulp, schedule_id, officer=form.get("petugas", ""),
            due_on=checked_day(form.get("tanggal")), who=current_user.login,
        )  # fmt: skip
    flash(tr("Jadwal diubah.", "The schedule was changed."), "ok")
    return redirect(url_for(".page", petugas=form.get("saring") or None))


def _status() -> ScheduleStatus | None:
    with database().reading() as session:
        return schedule_status(session, g.ulp, on=today())


def _plain(rows: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return found


def _by_officer(done: ScheduleStatus) -> list[dict[str, Any]]:
    """Return target and answered houses of each officer; nobody's work last."""
    rows = done.rows.assign(counted=done.rows[["done", "target"]].min(axis=1))
    sums = rows.groupby("officer", dropna=False)[["target", "counted"]].sum().reset_index()
    return _plain(sums)
