"""HP lapangan: the phones of a unit, one struck off, and a rescue file opened at the office."""

import uuid
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import field_devices
from rbmgeo.errors import RbmgeoError
from rbmgeo.keys.certificates import TlsFiles
from rbmgeo.labels.messages import MESSAGES
from rbmgeo.terms import Role
from rbmgeo.workflows.field_devices import strike_off
from rbmgeo.workflows.rescue import Brought, Rescued, bring_in, opened
from web.access import allow
from web.database import database, settings
from web.language import label, lang, tr

bp = Blueprint("devices", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/hp")
#: Lines of a file that are shown.
_SHOWN = 200


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the phones, and the way to open a file of one."""
    return _render()


@bp.post("/<uuid:device_id>")
@allow(Role.PERENCANA)
def strike(device_id: uuid.UUID) -> Response:
    """Strike a phone off, or take it back."""
    off = request.form.get("coret") == "1"
    with database().writing() as session:
        strike_off(session, g.ulp, str(device_id), off=off, who=current_user.login)
    words = (
        tr("HP dicoret; tidak mendapat daftar lagi, kirimannya tetap diterima.",
           "The phone is struck off; it gets no lists any more, what it sends is still received.")
        if off else tr("HP boleh mendapat daftar lagi.", "The phone may get lists again.")
    )  # fmt: skip
    flash(words, "ok")
    return redirect(url_for(".page"))


@bp.post("/penyelamatan")
@allow(Role.PERENCANA)
def rescue() -> str | tuple[str, int]:
    """Open a rescue file, and bring in what is in it; twice is as once."""
    sent = request.files.get("berkas")
    data = sent.read() if sent is not None else b""
    home = settings().home.resolve()
    try:
        with database().writing() as session:
            found = opened(session, g.ulp, data, home=home)
            done = bring_in(
                session, g.ulp, found, home=home, who=current_user.login, now=datetime.now(UTC)
            )
    except RbmgeoError as fault:
        return _render(fault=fault.in_language(lang())), 422
    return _render(found=found, done=done)


def _render(fault: str = "", found: Rescued | None = None, done: Brought | None = None) -> str:
    with database().reading() as session:
        rows = field_devices.devices(session, ulp=g.ulp)
    shown = [
        {"job": _word(f"visit.{v.job}.title", str(v.job)),
         "outcome": _word(f"visit.{v.job}.outcome.{v.outcome}", v.outcome),
         "officer": v.officer, "at": v.device_at, "photos": len(v.photos)}
        for v in (found.visits if found else [])[:_SHOWN]
    ]  # fmt: skip
    return render_template(
        "devices.html", rows=rows, fault=fault, found=found, done=done, shown=shown,
        most=_SHOWN, tls=TlsFiles.of(settings().home.resolve()).there(),
    )  # fmt: skip


def _word(key: str, code: str) -> str:
    """Return what a code means; a phone may say one that nobody knows."""
    return label(key) if key in MESSAGES else code
