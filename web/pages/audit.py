"""Jejak akses: whose data a person saw, who saw or changed a customer's; asked by POST alone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request
from flask_login import current_user

from rbmgeo.db.queries import people
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows import audit
from web import access_log
from web.access import allow
from web.database import database
from web.language import lang
from web.pages.forms import checked_day
from web.pages.schedule import today

bp = Blueprint("audit", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/jejak-akses")


@bp.get("")
@allow(Role.ADMIN)
def page() -> str:
    """Offer both questions."""
    return _render()


@bp.post("/orang")
@allow(Role.ADMIN)
def person() -> str | tuple[str, int]:
    """Show whose data a person saw in this unit."""
    first, last = _days()
    with database().writing() as session:
        try:
            found = audit.seen_by(session, request.form.get("siapa", ""), *_moments(first, last), ulp=g.ulp)  # fmt: skip
        except UsageError as fault:
            return _render(fault=fault.in_language(lang())), 422
        log_command(session, who=current_user.login, ulp=g.ulp, command="audit seen",
                    after={"from": str(first), "to": str(last), "customers": len(found.customers)})  # fmt: skip
    return _render(seen=found, who=found.login)


@bp.post("/pelanggan")
@allow(Role.ADMIN)
def customer() -> str | tuple[str, int]:
    """Show who saw and who changed the data of a customer."""
    first, last = _days()
    with database().writing() as session:
        try:
            found = audit.of_customer(session, g.ulp, request.form.get("idpel", ""), *_moments(first, last))  # fmt: skip
        except UsageError as fault:
            return _render(fault=fault.in_language(lang())), 422
        log_command(session, who=current_user.login, ulp=g.ulp, command="audit of-customer",
                    after={"from": str(first), "to": str(last), "answers": len(found.rows)})  # fmt: skip
    return _render(of=found, idpel=request.form.get("idpel", ""))


def _days() -> tuple[date, date]:
    last = checked_day(request.form.get("sampai")) or today()
    return checked_day(request.form.get("dari")) or last - timedelta(days=30), last


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(g.unit.time_zone)
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone).astimezone(UTC), after.astimezone(UTC)


def _render(fault: str = "", **told: Any) -> str:
    access_log.always()
    first, last = _days()
    with database().reading() as session:
        everybody = people.logins(session)
    return render_template(
        "audit.html",
        people=everybody,
        fault=fault,
        first=first,
        last=last,
        most=audit.LISTED,
        **told,
    )
