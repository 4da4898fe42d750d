"""Units side by side (UP3, UID): each unit's figures are kept, pages only sum them.

Figures of a large unit take a second or two; they are made after a job (`rbmgeo.jobs.worker`) or by
`rbmgeo region`, and say of which moment they are until the data are others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries import board, region, units
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.matching.findings import AGREEING
from rbmgeo.supervision.areas import unit_area
from rbmgeo.supervision.region import UnitRow, unit_values
from rbmgeo.workflows.reading import reading_status

#: The newest months whose reading is kept.
MONTHS = 2
#: Customers of the units that are computed while somebody waits for a page.
AT_ONCE = 20_000
#: Units that a page computes itself; more of them are for jobs.
MOST_AT_ONCE = 4
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Region:
    """The units that somebody may see, in a month; ``months``: those that any of them has."""

    rows: list[UnitRow]
    blth: str | None
    months: list[str]


def figures(session: Session, ulp: str) -> dict[str, Any]:
    """Return a unit's figures as they are kept: counts, None where a step was not done yet."""
    unit = units.unit(session, ulp=ulp)
    settings = units.unit_settings(session, ulp=ulp)
    months = units.months(session, ulp=ulp)
    newest = months[-1] if months else None
    on = datetime.now(UTC).astimezone(ZoneInfo(unit.time_zone)).date()
    f = board.facts(session, ulp=ulp, blth=newest or f"{on:%Y%m}", limit=settings.finding_limit)
    matched, planned = f.matched_at is not None, f.planned > 0
    agreeing = sum(n for name, n in f.classes.items() if name in AGREEING)
    handed = region.handed_at(session, ulp=ulp)
    return {
        "customers": f.customers if f.batches or f.customers else None,
        "compared": sum(f.classes.values()) if matched else None,
        "agreeing": agreeing if matched else None,
        "open": f.to_see if matched else None,
        "settled": region.settled(session, ulp=ulp) if matched else None,
        "planned": f.planned if planned else None, "visited": f.answered if planned else None,
        "newest": newest, "handed_at": handed.isoformat() if handed else None,
        "months": {m: _month(session, ulp, m, settings.reading_tolerance_days, on) for m in months[-MONTHS:]},
    }  # fmt: skip


def _month(session: Session, ulp: str, blth: str, tolerance: int, on: date) -> dict[str, Any]:
    kwh = (
        str(board.kwh_of_source(session, ulp=ulp, months=[blth]))
        if board.has_kwh(session, ulp=ulp, blth=blth)
        else None
    )
    found = {"read": None, "unread": None, "waits": None, "tolerance_days": tolerance, "kwh": kwh}
    try:
        status = reading_status(session, ulp, blth, on=on)
    except NothingToDo:
        return found
    due = status.rows.loc[status.rows["unread"] > 0, "read_on"]
    days = [d.isoformat() for d in due if isinstance(d, date) and d == d]
    waits = [[day, days.count(day)] for day in sorted(set(days))]
    totals = status.totals
    return {**found, "read": totals["read"], "unread": totals["unread"], "waits": waits}


def keep(session: Session, ulp: str) -> bool:
    """Compute a unit's figures unless they are of its present data; return whether they were made."""
    region.one_keeper(session, ulp=ulp)
    if not region.kept(session, ulps=[ulp])[0]["stale"]:
        return False
    # Noted before the data are looked at: what changes meanwhile has another mark.
    mark = region.mark(session, ulp=ulp)
    content, area = figures(session, ulp), unit_area(region.cells(session, ulp=ulp))
    region.keep(session, ulp=ulp, mark=mark, content=content, area=area)
    return True


def freshen_figures(database: Database, ulp: str) -> None:
    """Compute what a unit shows in its UP3 and UID, unless it is kept already."""
    with database.reading() as session:
        stale = region.kept(session, ulps=[ulp])
    if stale and stale[0]["stale"]:
        with database.writing() as session:
            keep(session, ulp)


def freshen_units(
    database: Database, ulps: list[str], progress: Progress | None = None, *,
    of: Callable[[str], Database] | None = None,
) -> int:  # fmt: skip
    """Compute the figures of those units that are not kept, each in a transaction of its own.

    ``of``: the database as it is seen in one unit, where ``database`` sees only figures.
    """
    tell, made = progress or (lambda step, done, total: None), 0
    with database.reading() as session:
        waiting = [r["ulp"] for r in region.kept(session, ulps=ulps) if r["stale"]]
    for place, ulp in enumerate(waiting):
        tell("menghitung unit / counting units", place, len(waiting))
        with (of(ulp) if of else database).writing() as session:
            made += keep(session, ulp)
    return made


def freshen_small(database: Database, ulps: list[str], of: Callable[[str], Database]) -> None:
    """Compute while a page waits, where the units that need it are small together.

    ``of``: see `freshen_units`.
    """
    with database.reading() as session:
        waiting = [r["ulp"] for r in region.kept(session, ulps=ulps) if r["stale"]]
    few = bool(waiting) and _together(of, waiting[: MOST_AT_ONCE + 1]) <= AT_ONCE
    if few and len(waiting) <= MOST_AT_ONCE:
        freshen_units(database, waiting, of=of)


def _together(of: Callable[[str], Database], ulps: list[str]) -> int:
    """Count the customers of some units, at most one more than a page computes in each."""
    total = 0
    for ulp in ulps:
        with of(ulp).reading() as session:
            total += region.customers_up_to(session, ulps=[ulp], most=AT_ONCE)
    return total


def look(session: Session, ulps: list[str], *, blth: str | None, now: datetime) -> Region:
    """Return units with their kept figures of a month; the newest that any has if none is asked."""
    return region_of(region.kept(session, ulps=ulps), blth=blth, now=now)


def region_of(kept: list[dict[str, Any]], *, blth: str | None, now: datetime) -> Region:
    """Return the units of `rbmgeo.db.queries.region.kept` as rows of a month."""
    months = sorted({m for k in kept if k["content"] for m in k["content"]["months"]})
    asked = blth if blth in months else (months[-1] if months else None)
    return Region([_row(k, asked or "", now) for k in kept], asked, months)


def _row(kept: dict[str, Any], blth: str, now: datetime) -> UnitRow:
    content = kept["content"]
    zone = ZoneInfo(kept["time_zone"])
    on = now.astimezone(zone).date()
    handed = content["handed_at"] if content else None
    return UnitRow(
        ulp=kept["ulp"], name=kept["name"], up3=kept["up3"], uid=kept["uid"],
        values=unit_values(content, blth, on), newest=content["newest"] if content else None,
        handed_on=datetime.fromisoformat(handed).astimezone(zone).date() if handed else None,
        kept_at=kept["kept_at"],
        stale=bool(kept["stale"]), sample=bool(kept["sample"]),
    )  # fmt: skip
