"""Who may do what: every route declares its rule here, and none is served without one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.db.scope import FIELD, NOWHERE, OVER_UNITS, REGION, UNIT, VENDOR, Scope
from rbmgeo.db.session import Database
from rbmgeo.terms import Role
from web.database import over_units as people_and_units
from web.phone import wire_answers

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """Who may use a route: everybody, whoever is logged in, or some roles.

    ``everywhere`` asks for the role in every unit (the product's administrator). What the database
    shows to such a route is people, roles and units; so it is where a route is `over_units`.
    """

    public: bool = False
    roles: frozenset[str] = frozenset()
    everywhere: bool = False

    def admits(self, grants: dict[str, set[str]], ulp: str | None) -> bool:
        """Say whether a person with these roles by unit may use the route in ``ulp``."""
        if self.public or not self.roles:
            return True
        held = set(grants.get(EVERY_UNIT, ()))
        if not self.everywhere and ulp is not None:
            held |= grants.get(ulp, set())
        return bool(held & self.roles)


PUBLIC = Rule(public=True)
SIGNED_IN = Rule()
_RULE, _NO_PAGE, _OVER, _USED = "access_rule", "answers_no_page", "over_units", "beyond_field"
_MINE = "over_my_units"
#: Roles that may see a unit's figures beside those of others, and search in it.
LOOKING = frozenset(map(str, (Role.PERENCANA, Role.PENGAWAS, Role.ADMIN)))


def public(view: View) -> View:
    """Let everybody use a route."""
    setattr(view, _RULE, PUBLIC)
    return view


def signed_in(view: View) -> View:
    """Let whoever is logged in use a route."""
    setattr(view, _RULE, SIGNED_IN)
    return view


def allow(*roles: Role, everywhere: bool = False, admin: bool = True) -> Callable[[View], View]:
    """Let people with one of these roles in the unit of the address use a route.

    An administrator may do what a planner or supervisor may; a surveyor's list is anybody's
    who works in the unit only if it says so. Without ``admin`` it is of the roles alone.
    """
    more = (Role.ADMIN,) if admin else ()
    rule = Rule(roles=frozenset(map(str, (*roles, *more))), everywhere=everywhere)

    def mark(view: View) -> View:
        setattr(view, _RULE, rule)
        return view

    return mark


def over_units(view: View) -> View:
    """Let a route without a unit in its address read people, their roles and the list of units."""
    setattr(view, _OVER, True)
    return view


def over_my_units(view: View) -> View:
    """Let a route without a unit in its address read the figures of the units where one looks."""
    setattr(view, _MINE, True)
    return view


def beyond_field(view: View) -> View:
    """Let the program read, for a surveyor, what the field does not see, to check or to sum.

    A stand is held against what was used before (R-PO-04), a cut against the bills (R-AR-02); the
    energy of a gardu is summed where it is not yet, and shown without few customers.
    """
    setattr(view, _USED, True)
    return view


def no_page(view: View) -> View:
    """Say that a view answers with no page: what stands around one is not looked up for it."""
    setattr(view, _NO_PAGE, True)
    return view


def answers_no_page(app: Flask) -> bool:
    """Say whether the route that is asked answers with no page."""
    return bool(getattr(app.view_functions.get(request.endpoint or ""), _NO_PAGE, False))


def declare(app: Flask, endpoint: str, rule: Rule) -> None:
    """Give a rule to a route that a library made."""
    setattr(app.view_functions[endpoint], _RULE, rule)


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """Return what a route declares."""
    found = getattr(app.view_functions[endpoint], _RULE, None)
    return found if isinstance(found, Rule) else None


def check_every_route(app: Flask) -> None:
    """Raise RuntimeError naming the routes without a rule."""
    bare = sorted(
        {r.endpoint for r in app.url_map.iter_rules() if rule_of(app, r.endpoint) is None}
    )
    if bare:
        raise RuntimeError(f"these routes say nothing about who may use them: {', '.join(bare)}")


def may(endpoint: str) -> bool:
    """Say whether the person who asks may use a route here (hidden rights are hidden)."""
    if not current_user.is_authenticated:
        return False
    rule = getattr(g.app_views[endpoint], _RULE)
    return bool(rule.admits(current_user.grants, g.get("ulp")))


def register(app: Flask) -> None:
    """Ask the rule before every request."""

    @app.before_request
    def guard() -> Response | None:
        g.app_views = app.view_functions
        if request.endpoint is None:
            return None
        rule, ulp = rule_of(app, request.endpoint), (request.view_args or {}).get("ulp")
        assert rule is not None
        g.scope = _without_unit(app, rule)
        if rule.public:
            return None
        if not current_user.is_authenticated:
            return _to_login()
        if not rule.admits(current_user.grants, ulp):
            abort(403)
        if ulp is not None and not rule.everywhere:
            g.scope = _in_unit(app, rule, ulp)
        return None

    app.jinja_env.globals["may"] = may


def scope_of(roles: set[str], ulp: str, user_id: int, *, used: bool = False) -> Scope:
    """Return what somebody with these roles in a unit sees of it; whoever has none is turned away.

    ``used``: what a surveyor sends is checked against arrears and consumption.
    """
    if not roles:
        abort(403)
    if roles == {Role.VENDOR}:
        return Scope(VENDOR, ulp, user_id)
    # Whoever has an office role too sees what the office sees.
    in_field = roles <= {Role.SURVEYOR, Role.VENDOR}
    return Scope(FIELD if in_field and not used else UNIT, ulp, user_id)


def _in_unit(app: Flask, rule: Rule, ulp: str) -> Scope:
    if rule.roles == {Role.VENDOR}:
        return Scope(VENDOR, ulp, current_user.user_id)
    used = getattr(app.view_functions[request.endpoint or ""], _USED, False)
    return scope_of(current_user.roles_in(ulp), ulp, current_user.user_id, used=used)


def my_units() -> list[str]:
    """Return the units whose figures the person who asks may see, by code."""
    held = {ulp for ulp, roles in current_user.grants.items() if roles & LOOKING}
    with people_and_units().reading() as session:
        known = [u.ulp for u in units.units(session)]
    return known if EVERY_UNIT in held else [u for u in known if u in held]


def database_of(ulp: str) -> Database:
    """Return the database as far as who asks may see it in a unit that the address does not name."""
    scope = scope_of(current_user.roles_in(ulp), ulp, current_user.user_id)
    return people_and_units().within(scope)


def _without_unit(app: Flask, rule: Rule) -> Scope:
    view = app.view_functions[request.endpoint or ""]
    if getattr(view, _MINE, False) and current_user.is_authenticated:
        return Scope(REGION, user_id=current_user.user_id, ulps=tuple(my_units()))
    over = rule.everywhere or getattr(view, _OVER, False)
    return OVER_UNITS if over else NOWHERE


def _to_login() -> Response:
    if request.path.startswith("/api/") or wire_answers.asked():
        abort(401)
    with people_and_units().reading() as session:
        first_run = not people.anybody(session)
    if first_run:
        return redirect(url_for("start.form"))
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("signin.form", next=None if back == "/" else back))
