"""What stands around every page: unit, month, route of the SOP, running job."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, abort, g, request, session, url_for
from flask_login import current_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from rbmgeo.db.queries import board, jobs, people, units, vendor
from rbmgeo.db.scope import VENDOR
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import SurveyOutcome
from web.access import answers_no_page, may
from web.database import database, over_units
from web.stops import stops


@dataclass(frozen=True)
class Item:
    """One line of the navigation: its words, its route, its drawing or its stop of the SOP."""

    indonesian: str
    english: str
    endpoint: str
    icon: str = ""
    stop: int = 0


#: The eight stops of SOP IV. Verification and hand-over are done on the pages of their data.
SOP = (
    Item("Evaluasi data", "Evaluation", "evaluation.page", stop=1),
    Item("Jadwal & target", "Schedule & target", "routes.targets", stop=2),
    Item("Pencocokan", "Matching", "findings.page", stop=3),
    Item("Survei", "Survey", "survey.page", stop=4),
    Item("Rute", "Routes", "routes.page", stop=5),
    Item("Verifikasi", "Verification", "survey.proposals", stop=6),
    Item("Serah terima", "Hand-over", "routes.handover", stop=7),
    Item("Energi per gardu", "Energy per gardu", "energy.page", stop=8),
)
FIRST = (
    Item("Bulan ini", "This month", "board.page", "home"),
    Item("Mutasi", "Changes", "mutations.page", "mutation"),
    Item("Impor", "Import", "imports.page", "import"),
    Item("Berkas masuk", "Files taken in", "batches.page", "files"),
    Item("Lembar pertama", "First sheet", "first.page", "report"),
)
LAST = (
    Item("RBM saya", "My RBM", "vendor.page", "map"),
    Item("Peta", "Map", "maps.page", "map"),
    Item("Meja stand", "Stand desk", "stands.page", "finding"),
    Item("Lapangan", "Field", "field.page", "walk"),
    Item("Tunggakan", "Arrears", "arrears.page", "arrears"),
    Item("Daftar kerja", "Work lists", "visit_lists.page", "files"),
    Item("Laporan", "Reports", "reports.page", "report"),
)
OFFICE = (
    Item("Pekerjaan", "Jobs", "jobs.page", "job"),
    Item("HP lapangan", "Field phones", "devices.page", "phone"),
    Item("RBM vendor", "RBM of vendors", "vendor_office.assigned", "people"),
    Item("Pengguna", "Users", "users.page", "people"),
    Item("Jejak akses", "Record of access", "audit.page", "finding"),
)
#: For people with more than one unit.
REGION = Item("Wilayah", "Region", "region.page", "files")
REGION_MAP = Item("Peta wilayah", "Map of the region", "region.map_page", "map")
#: The five words of the bottom bar at 390 px.
BAR = (
    FIRST[0],
    LAST[0],
    LAST[1],
    Item("Temuan", "Findings", "findings.page", "finding"),
    Item("Lapangan", "Field", "field.page", "walk"),
    Item("Laporan", "Reports", "reports.page", "report"),
)

#: What a page was asked to show and keeps from month to month; the page of a list is not.
_VIEWS = ("petugas", "daftar", "tanggal", "jenis", "keadaan", "lihat", "rbm", "versi")


def this_month(time_zone: str) -> str:
    """Return the month that it is now where a unit lies, for a unit without data."""
    return datetime.now(UTC).astimezone(ZoneInfo(time_zone)).strftime("%Y%m")


def stepped(blth: str, by: int) -> str:
    """Return a month some months later or earlier."""
    count = int(blth[:4]) * 12 + int(blth[4:]) - 1 + by
    return f"{count // 12:04d}{count % 12 + 1:02d}"


def later(make: Callable[[], Any]) -> Any:
    """Return what ``make`` makes; it is made when somebody first looks at it, and once."""
    made: list[Any] = []

    def one() -> Any:
        if not made:
            made.append(make())
        return made[0]

    return LocalProxy(one)


#: The newest facts of this process, by what was asked, with the moment of the data they are of.
_FACTS: OrderedDict[tuple[str, str, str, float], tuple[str, board.Facts]] = OrderedDict()
_MOST_FACTS = 8


def _facts(ulp: str, blth: str, limit: float) -> board.Facts:
    key = (database().url, ulp, blth, limit)
    with database().reading() as db:
        # While nobody wrote anything at all, the counts are what they were.
        moment = units.moment(db)
        kept = _FACTS.get(key)
        if kept is not None and kept[0] == moment:
            return kept[1]
        made = board.facts(db, ulp=ulp, blth=blth, limit=limit)
    _FACTS[key] = (moment, made)
    while len(_FACTS) > _MOST_FACTS:
        _FACTS.popitem(last=False)
    return made


def register(app: Flask) -> None:
    """Read the unit and month of an address once, before its page."""

    @app.url_value_preprocessor
    def take(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.ulp, g.blth = (values or {}).get("ulp"), (values or {}).get("blth")

    @app.before_request
    def around() -> None:
        if request.view_args is None or g.ulp is None or not current_user.is_authenticated:
            return
        if request.path.startswith("/api/"):
            return
        if answers_no_page(app):
            if not current_user.roles_in(g.ulp):
                abort(403)
            request.view_args.pop("ulp", None)
            request.view_args.pop("blth", None)
            return
        with database().reading() as db:
            g.unit = units.unit(db, ulp=g.ulp)
            g.unit_settings = UnitSettings.of({**g.unit.settings, "sample": g.unit.sample})
            g.months, g.job = _of_unit(db)
            if g.blth is None:
                g.blth = g.months[-1] if g.months else this_month(g.unit.time_zone)
            db.expunge_all()
        with over_units().reading() as db:
            g.units = people.units_of(db, user_id=current_user.user_id)
            db.expunge_all()
        # Counted once somebody looks: an answer that is no page asks for none of it.
        g.facts = later(lambda: _facts(g.ulp, g.blth, g.unit_settings.finding_limit))
        g.stops = later(lambda: stops(g.facts))
        if not current_user.roles_in(g.ulp):
            abort(403)
        request.view_args.pop("ulp", None)
        request.view_args.pop("blth", None)

    @app.url_defaults
    def carry(endpoint: str, values: dict[str, Any]) -> None:
        for name in ("ulp", "blth"):
            if (
                g.get(name)
                and name not in values
                and app.url_map.is_endpoint_expecting(endpoint, name)
            ):
                values[name] = g.get(name)

    app.jinja_env.globals.update(
        SOP=SOP, FIRST=FIRST, LAST=LAST, OFFICE=OFFICE, BAR=BAR, REGION=REGION, REGION_MAP=REGION_MAP, stepped=stepped, here=here,
        theme=lambda: session.get("theme", ""), same_page=same_page,
        is_sample=is_sample, OUTCOMES=list(map(str, SurveyOutcome)),
    )  # fmt: skip


def _of_unit(db: Session) -> tuple[list[str], Any]:
    """Return the unit's months and the job that works in it; to a vendor his own months alone."""
    if g.scope.role == VENDOR:
        return vendor.months(db, ulp=g.ulp), None
    return units.months(db, ulp=g.ulp), jobs.running(db, ulp=g.ulp)


def here(endpoint: str) -> bool:
    """Say whether a line of the navigation is the page that is shown."""
    now = request.endpoint or ""
    # Pages of one stop that have no line of their own.
    now = {
        "handoff": "routes.handover", "verification": "survey.proposals", "deeds": "routes.handover", "sheets": "maps.page", "papers": "reports.page", "tables": "jobs.page", "reading": "routes.targets", "schedule": "routes.targets",
        "plans": "routes.page", "reading_calendar": "routes.targets",
        "letters": "routes.targets", "looks": "survey.page", "answering": "survey.page",
        "telusur": "field.page", "workbench": "routes.page", "change_sets": "routes.page",
        "route_settings": "routes.page", "base_maps": "maps.page", "document_settings": "reports.page", "photo_test": "stands.page", "consistency": "stands.page", "sampling": "stands.page", "stand_samples": "stands.page", "reader_facts": "stands.page", "supervision_settings": "stands.page", "month_summary": "board.page", "trial_report": "reports.page", "unit_map": "maps.page",
        "layers": "maps.page", "border": "routes.handover", "region_rights": "users.page", "arrears_reports": "arrears.page", "arrears_settings": "arrears.page",
        "job_done": "field.page", "visit_make": "visit_lists.page", "visit_reviews": "visit_lists.page",
        "accounts": "users.page", "privacy": "audit.page", "rights": "audit.page",
        "visit_records": "visit_lists.page", "visit_returns": "visit_lists.page",
    }.get(now.partition(".")[0], now)  # fmt: skip
    if endpoint in ("survey.proposals", "routes.targets", "routes.handover"):
        return now == endpoint
    if now in ("survey.proposals", "routes.targets", "routes.handover"):
        return False
    now = now.replace("wizard.", "imports.")
    if endpoint in ("region.page", "region.map_page"):
        return (now == "region.map_page") == (endpoint == "region.map_page") and now.startswith(
            "region."
        )
    return now.partition(".")[0] == endpoint.partition(".")[0]


def same_page(**values: Any) -> str:
    """Return the address of the same page, with what it was asked to show, for another month.

    The answer to a form has no address of its own; from there it is the first page of who asks.
    """
    if request.endpoint is None or request.method != "GET":
        return url_for("board.page" if may("board.page") else "field.page", **values)
    asked = {name: request.args[name] for name in _VIEWS if name in request.args}
    return url_for(request.endpoint, **{**asked, **(request.view_args or {}), **values})


def is_sample() -> bool:
    """Say whether a page shows an invented unit; away from any unit, whether all are invented."""
    if g.get("unit"):
        return bool(g.unit.sample)
    try:
        with over_units().reading() as db:
            known = [u.sample for u in units.units(db)]
    except DBAPIError:
        # The page that says so must not fail over its mark.
        return False
    return bool(known) and all(known)
