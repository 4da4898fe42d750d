"""Setelan pengawasan: closing day, day and hours of reading, distances, what stands are odd."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import units
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.supervision_settings import set_supervision
from web.access import allow
from web.database import database
from web.language import tr
from web.pages.forms import checked_decimal, checked_number

bp = Blueprint(
    "supervision_settings", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/setelan/pengawasan"
)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the settings of supervision."""
    with database().reading() as session:
        now = units.unit_settings(session, ulp=g.ulp)
    return render_template("supervision_settings.html", s=now)


@bp.post("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def keep() -> Response:
    """Keep the settings of supervision."""
    form = request.form
    closing = form.get("tutup", "").strip()
    told: dict[str, Any] = {
        "closing_day": checked_number(closing, 1, 1, 31) if closing else None,
        "reading_tolerance_days": _whole("toleransi", 0, 31),
        "reading_least_days": _whole("selang_min", 1, 62),
        "reading_most_days": _whole("selang_maks", 1, 62),
        "reading_first_hour": _whole("jam_awal", 0, 23),
        "reading_last_hour": _whole("jam_akhir", 1, 24),
        # Typed in km an hour, as people say it; kept in metres a second.
        "reading_speed_m_per_s": round(_decimal("laju", 1, 200) / 3.6, 4),
        "reading_accuracy_m": _decimal("teliti", 0, 1000),
        "reading_step_m": _decimal("langkah", 0, 10_000),
        "reading_away_m": _decimal("jauh", 0, 10_000),
        "dlpd_rise": _decimal("naik", 1, 1000) / 100, "dlpd_fall": _decimal("turun", 1, 100) / 100,
        "dlpd_low_hours": _decimal("jam_nyala", 0, 720),
        "self_read_days": (_whole("swabaca_awal", 1, 31), _whole("swabaca_akhir", 1, 31)),
    }  # fmt: skip
    with database().writing() as session:
        was = units.unit_settings(session, ulp=g.ulp)
        # 8.3 m/s is shown as 29.9 km/h: what was not touched stays as it is.
        if f"{was.reading_speed_m_per_s * 3.6:.1f}" == f"{_decimal('laju', 1, 200):.1f}":
            told.pop("reading_speed_m_per_s")
        set_supervision(session, g.ulp, told, who=current_user.login)
    flash(tr("Tersimpan. Pertanyaan dihitung lagi dengan setelan ini.", "Kept. Questions are computed anew with these settings."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


def _whole(name: str, least: int, most: int) -> int:
    if not request.form.get(name, "").strip():
        raise UsageError("fill in every figure", "isi semua angka")
    return checked_number(request.form.get(name), least, least, most)


def _decimal(name: str, least: float, most: float) -> float:
    found = checked_decimal(request.form.get(name), least, most)
    if found is None:
        raise UsageError("fill in every figure", "isi semua angka")
    return found
