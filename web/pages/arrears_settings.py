"""SOP VI: a unit's thresholds of arrears (R-AR-08), who owns the others, recommended tools."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import units
from rbmgeo.terms import Role
from rbmgeo.workflows.arrears import set_arrears
from web.access import allow
from web.database import database
from web.language import tr
from web.pages.forms import checked_number

bp = Blueprint("arrears_settings", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/tunggakan/setelan")
#: Name in the form -> setting, least, most.
NUMBERS = {
    "jatuh_tempo": ("arrears_due_day", 1, 28), "geser_bulan": ("arrears_due_after_months", 0, 3),
    "putus": ("arrears_cut_sheets", 1, 60), "lain": ("arrears_other_sheets", 2, 60),
    "bongkar": ("arrears_removal_sheets", 1, 60), "hari_bongkar": ("arrears_removal_days", 0, 999),
    "hari_sambung": ("arrears_reconnect_days", 0, 31), "hari_lapor": ("arrears_report_days", 0, 31),
}  # fmt: skip


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the thresholds."""
    with database().reading() as session:
        now = units.unit_settings(session, ulp=g.ulp)
    return render_template("arrears_settings.html", s=now)


@bp.post("")
@allow(Role.PERENCANA)
def keep() -> Response:
    """Keep the thresholds; they hold at once."""
    form = request.form
    with database().writing() as session:
        was = units.unit_settings(session, ulp=g.ulp)
        values = {
            name: checked_number(form.get(told), getattr(was, name), least, most)
            for told, (name, least, most) in NUMBERS.items()
        }
        codes = [c.strip().upper() for c in form.get("kode_lunas", "").split(",")]
        set_arrears(
            session, g.ulp, {
                **values, "arrears_working_days": bool(form.get("hari_kerja")),
                "arrears_other_name": form.get("nama_lain", "").strip()[:80] or "Perusahaan lain",
                "arrears_tools": form.get("peralatan", "").strip()[:300],
                "arrears_paid_codes": tuple(dict.fromkeys(c[:20] for c in codes if c))[:10],
            }, who=current_user.login,
        )  # fmt: skip
    flash(tr("Tersimpan.", "Kept."), "ok")
    return redirect(url_for(".page"))
