"""SOP IV.5: plans of routes side by side; one that is chosen becomes a draft."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from rbmgeo.db.queries import drafts, pages
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.design import latest_plans, preview
from rbmgeo.workflows.workbench_moves import numbers_in
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.forms import checked_number
from web.pages.jobs import ask

bp = Blueprint("plans", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/rute/rencana")

#: Size of the small picture of the front, in its own units.
_WIDE, _HIGH, _EDGE = 320, 180, 14


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the newest plans: cards of those with a name, the front, all of them in a table."""
    with database().reading() as session:
        kept = latest_plans(session, g.ulp)
        run = {"run_id": kept.run_id, "params": kept.params, **kept.summary} if kept else None
        made_at = kept.finished_at if kept else None
        rbm, other = request.args.get("rbm", ""), request.args.get("dengan", "")
        looked = None
        if rbm:
            try:
                looked = preview(session, g.ulp, rbm, other)
            except UsageError as error:
                flash(tr(error.indonesian, str(error)), "warn")
        codes = pages.rbm_codes(session, ulp=g.ulp)
        pinned = len(drafts.pinned_of(session, ulp=g.ulp))
    plans = run["plans"] if run else []
    return render_template(
        "plans.html", run=run, made_at=made_at, named=_in_order(plans), dots=_dots(plans), looked=looked,
        rbm=rbm, other=other, codes=codes, pinned=pinned, why=_why(run) if run else None,
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA)
def make() -> Response:
    """Ask for new plans within limits."""
    form = request.form
    named = numbers_in(form.get("kunci_plg", ""))
    known: dict[str, str] = {}
    if named:
        with database().reading() as session:
            known = drafts.public_ids_of(session, ulp=g.ulp, idpels=named)
    if len(known) < len(named):
        lost = [i for i in named if i not in known]
        flash(tr("{n} nomor tidak dikenal, dilewati: {l}", "{n} numbers not known, left out: {l}",
                 n=num(len(lost)), l=", ".join(lost[:20])), "warn")  # fmt: skip
    return ask(
        "plans",
        pinned=sorted(known.values()),
        day_limit=checked_number(form.get("hari"), 100, 0, 100) / 100,
        reader_limit=checked_number(form.get("petugas"), 100, 0, 100) / 100,
        locked_rbm=form.get("kunci_rbm", "").split(),
        locked_gardu=form.get("kunci_gardu", "").split(),
    )


@bp.post("/pilih")
@allow(Role.PERENCANA)
def choose() -> Response:
    """Ask for a draft of one plan."""
    run_id = checked_number(request.form.get("run"), 0, 0, 10**12)
    plan = request.form.get("rencana", "")
    if not plan:
        return redirect(url_for(".page"))
    return ask("choose", plan=plan[:20], run_id=run_id)


def _in_order(plans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = ("sedikit", "seimbang", "pendek")
    return sorted((p for p in plans if p["name"]), key=lambda p: order.index(p["name"]))


def _why(run: dict[str, Any]) -> str | None:
    """Say in a sentence why the recommended plan is recommended."""
    best = next((p for p in run["plans"] if p["name"] == run["recommended"]), None)
    if best is None:
        return None
    return str(tr(
        "Disarankan karena paling dekat ke yang terbaik dalam tiga hal sekaligus: menit terlama "
        "{a} → {b} kali rata-rata, {n} pelanggan pindah RBM, perkiraan jalan {k} km.",
        "Recommended as it lies nearest to the best in three things at once: longest minutes "
        "{a} → {b} times the mean, {n} customers change RBM, an estimated walk of {k} km.",
        a=num(run["today"]["max_over_mean"], 2), b=num(best["max_over_mean"], 2),
        n=num(best["changed"]), k=num(best["km"], 1),
    ))  # fmt: skip


def _dots(plans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Place each plan in the picture: changed customers to the right, unevenness upwards."""
    if not plans:
        return []
    right = max(max(p["changed"] for p in plans), 1)
    high = max(max(p["cv"] for p in plans), 1e-9)
    wide, tall = _WIDE - 2 * _EDGE, _HIGH - 2 * _EDGE
    return [
        {"x": round(_EDGE + wide * p["changed"] / right, 1),
         "y": round(_HIGH - _EDGE - tall * p["cv"] / high, 1), **p}
        for p in plans
    ]  # fmt: skip
