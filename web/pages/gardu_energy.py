"""One gardu's energy: twelve months, its load, and why the kWh rose or fell."""

from flask import Blueprint, g, render_template, request

from rbmgeo.terms import Role
from rbmgeo.workflows.gardu_energy import gardu_energy
from web.access import allow
from web.database import database
from web.pages.forms import checked_span

bp = Blueprint("gardu_energy", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/energi/gardu")


@bp.get("/<path:code>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(code: str) -> str:
    """Show a gardu's months and take the change between two of them apart."""
    _, after = checked_span(None, request.args.get("sampai"), g.blth)
    told = request.args.get("dari")
    before = checked_span(told, told, g.blth)[0] if told else None
    with database().reading() as session:
        found = gardu_energy(session, g.ulp, code, after=after, before=before)
    months = found.months.reset_index().to_dict("records")
    top = max((float(r["kwh"] or 0) + float(r["token_kwh"] or 0) for r in months
               if r["kwh"] == r["kwh"]), default=0.0)  # fmt: skip
    return render_template("gardu_energy.html", code=code, found=found, months=months, top=top)
