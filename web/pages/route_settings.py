"""SOP IV.5: what routes of a unit are made with: crossings, where walks begin, pace, capacity."""

from typing import Any, get_args

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import map_data, pages, units
from rbmgeo.errors import UsageError
from rbmgeo.network.crossing import LARGE
from rbmgeo.routes.params import KINDS
from rbmgeo.settings import WalkStart
from rbmgeo.terms import Role
from rbmgeo.workflows.route_settings import set_routes, set_start_of
from web.access import allow
from web.database import database
from web.language import tr
from web.pages.forms import checked_decimal, checked_number

bp = Blueprint("route_settings", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/rute/setelan")

STARTS = get_args(WalkStart)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the settings of routes."""
    with database().reading() as session:
        now = units.unit_settings(session, ulp=g.ulp)
        roads = map_data.road_classes(session, ulp=g.ulp)
        codes = pages.rbm_codes(session, ulp=g.ulp)
    roads |= {name: 0 for name in now.crossing_by_road if name not in roads}
    return render_template(
        "route_settings.html", s=now, roads=roads, large=LARGE, starts=STARTS, words=_words(),
        codes=codes, kinds=KINDS, by_kind={k[0]: k[1:] for k in now.capacity_by_kind},
    )  # fmt: skip


@bp.post("/menyeberang")
@allow(Role.PERENCANA)
def crossing() -> Response:
    """Keep what crossing a street costs."""
    form = request.form
    by_road = {
        name.removeprefix("jalan:"): metres
        for name in form
        if name.startswith("jalan:")
        and (metres := checked_decimal(form[name], 0, 9999)) is not None
    }
    return _kept({
        "crossing_m": _decimal("kecil", 0, 9999), "crossing_large_m": _decimal("besar", 0, 9999),
        "crossing_by_road": by_road, "large_at_junctions": bool(form.get("persimpangan")),
    })  # fmt: skip


@bp.post("/awal")
@allow(Role.PERENCANA)
def start() -> Response:
    """Keep where walks begin, and where the office is."""
    form = request.form
    lat, lon = checked_decimal(form.get("lintang"), -90, 90), checked_decimal(form.get("bujur"), -180, 180)  # fmt: skip
    if (lat is None) != (lon is None):
        raise UsageError("write both latitude and longitude", "tulis lintang dan bujur dua-duanya")
    if _start(form.get("awal")) == "office" and lat is None:
        raise UsageError("say where the office is first", "sebutkan letak kantor lebih dulu")
    return _kept({"walk_start": _start(form.get("awal")), "office": None if lat is None else (lon, lat)})  # fmt: skip


@bp.post("/awal-rbm")
@allow(Role.PERENCANA)
def start_of() -> Response:
    """Give one RBM a start of its own."""
    rbm, kind = request.form.get("rbm", ""), request.form.get("awal", "")
    with database().writing() as session:
        if rbm not in pages.rbm_codes(session, ulp=g.ulp) and kind:
            raise UsageError(f"RBM {rbm!r} is not known", f"RBM {rbm!r} tidak dikenal")
        set_start_of(session, g.ulp, rbm, _start(kind) if kind else "", who=current_user.login)
    flash(tr("Tersimpan.", "Kept."), "ok")
    return redirect(url_for(".page") + "#awal")


@bp.post("/beban")
@allow(Role.PERENCANA)
def load() -> Response:
    """Keep pace, reading time, capacity and when a new order is worth proposing."""
    form = request.form
    by_kind = []
    for kind in KINDS:
        least, most = (
            checked_number(form.get(f"{w}:{kind}"), 0, 0, 99_999) for w in ("min", "maks")
        )
        if bool(least) != bool(most):
            raise UsageError("write both ends of a range", "tulis kedua ujung rentang")
        if least:
            by_kind.append((kind, least, most))
    return _kept({
        "walking_m_per_s": _decimal("laju", 0.1, 5), "service_s": _decimal("layan", 0, 3600),
        "detour": _decimal("memutar", 1, 5), "min_gain_share": _decimal("hemat", 0, 100) / 100,
        "min_gain_m": _decimal("hemat_m", 0, 100_000), "capacity_by_kind": by_kind,
        "capacity_min": checked_number(form.get("min"), 150, 1, 99_999),
        "capacity_max": checked_number(form.get("maks"), 600, 1, 99_999),
        "date_shift_days": checked_number(form.get("geser"), 3, 0, 31),
    })  # fmt: skip


@bp.post("/daya")
@allow(Role.PERENCANA)
def read_by_pln() -> Response:
    """Keep above what power PLN reads itself (R-RO-10)."""
    return _kept({"pln_read_over_va": _decimal("daya", 1, 10_000_000)})


def _kept(values: dict[str, Any]) -> Response:
    with database().writing() as session:
        set_routes(session, g.ulp, values, who=current_user.login)
    flash(tr("Tersimpan. Berlaku untuk hitungan berikutnya.", "Kept. It holds for what is computed next."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


def _decimal(name: str, least: float, most: float) -> float:
    found = checked_decimal(request.form.get(name), least, most)
    if found is None:
        raise UsageError("fill in every figure", "isi semua angka")
    return found


def _start(kind: str | None) -> str:
    if kind not in STARTS:
        raise UsageError("choose where walks begin", "pilih awal jalan kaki")
    return str(kind)


def _words() -> dict[str, str]:
    words = {
        "free": tr("bebas (yang terpendek)", "free (the shortest)"),
        "first": tr("rumah pertama hari ini", "today's first house"),
        "gardu": tr("gardu dengan pelanggan terbanyak", "the gardu of most customers"),
        "office": tr("kantor unit", "the unit's office"),
        "previous": tr("akhir RBM petugas sehari sebelumnya", "where the reader's RBM of the day before ends"),
    }  # fmt: skip
    return {k: str(v) for k, v in words.items()}
