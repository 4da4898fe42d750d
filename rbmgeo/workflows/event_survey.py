"""The survey list of one event: its houses as one walk with one question."""

from dataclasses import asdict, dataclass

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import events, lists, survey, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.geo import coordinates
from rbmgeo.survey.sisipan import along, ends_and_branch
from rbmgeo.survey.tasks import LIST_MAX
from rbmgeo.terms import EventState

ALL, ENDS = "semua", "ujung"
QUESTION = "question.event"


@dataclass(frozen=True)
class EventPlan:
    """One list: its number, how many houses, on how many surveyors' lists."""

    ulp: str
    event_id: int
    run_id: int
    visits: int
    lists: int


def plan_event(
    session: Session, ulp: str, event_id: int, which: str, *, surveyors: int = 1, who: str = ""
) -> EventPlan:
    """Plan the visits of an open event, in place of its list before.

    ``which``: ``semua``, from the branching point outwards along the line; or ``ujung``, the
    branching point and both ends only. The list is the event's own: the unit's plan stays.
    """
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    if it.state != EventState.OPEN:
        raise NotAllowed(
            f"event {event_id} is {it.state}; only an open one is surveyed",
            f"peristiwa {event_id} {it.state}; hanya yang terbuka bisa disurvei",
        )
    if which not in (ALL, ENDS):
        raise UsageError(
            f"{which!r} is no choice; it is {ALL} or {ENDS}", f"{which!r}? pilih {ALL} atau {ENDS}"
        )
    people = events.people(session, ulp=ulp, event_id=event_id)
    people = people[people["taken"].astype(bool)]
    if not 1 <= surveyors <= 20 or len(people) > surveyors * LIST_MAX:
        raise UsageError(
            f"{len(people)} houses by {surveyors} surveyors cannot be planned; name 1 to 20",
            f"{len(people)} rumah oleh {surveyors} surveyor tidak bisa direncanakan; isi 1 sampai 20",
        )
    far, points = _distances(session, ulp, it.old_gardu, people)
    order = along(far) if which == ALL else ends_and_branch(far, points)
    if not order:
        raise NothingToDo(
            f"no house of event {event_id} has a place; plan all of them",
            f"belum ada rumah peristiwa {event_id} yang punya titik; rencanakan semua",
        )
    run_id = work.add_run(
        session, ulp=ulp, step="survey_event",
        params={"event": event_id, "which": which, "surveyors": surveyors}, summary={}, who=who,
    )  # fmt: skip
    rows = pd.DataFrame(
        {"stop": range(1, len(order) + 1)}, index=pd.Index(order, name="idpel", dtype="str")
    )
    each = -(-len(rows) // surveyors)
    rows["surveyor"] = (rows["stop"] - 1) // each + 1
    rows["stop"] = (rows["stop"] - 1) % each + 1
    rows = rows.assign(
        day=1, control=False, patch=patch_of(it.new_gardu, event_id), question=QUESTION
    )
    survey.add_tasks(session, ulp=ulp, run_id=run_id, tasks=rows)
    it.survey_run_id = run_id
    session.flush()
    done = EventPlan(ulp, event_id, run_id, len(rows), int(rows["surveyor"].nunique()))
    work.set_summary(session, ulp=ulp, run_id=run_id, summary=asdict(done))
    log_command(session, who=who, ulp=ulp, command="event survey", after={"run_id": run_id})
    units.bump(session, ulp=ulp)
    return done


def patch_of(new_gardu: str, event_id: int) -> str:
    """Return the name of an event's patch: one question for all its houses."""
    return f"E-{new_gardu}-{event_id}"


def _distances(
    session: Session, ulp: str, old: str, people: pd.DataFrame
) -> tuple[pd.Series, gpd.GeoSeries]:
    """Return how far along each house lies: by the line, else straight from the old gardu."""
    srid = units.unit(session, ulp=ulp).utm_srid
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=srid)["geometry"])
    points = points.reindex(people.index)
    far = people["distance_m"].astype(float)
    site = gpd.GeoSeries(lists.gardu(session, ulp=ulp, srid=srid)["geometry"]).get(old)
    # Metres along a line and straight ones are no one scale: one of both for all.
    if far.isna().any():
        xy = coordinates(points)
        centre = (site.x, site.y) if site is not None else tuple(pd.DataFrame(xy).mean())
        far = pd.Series(((xy - centre) ** 2).sum(axis=1) ** 0.5, index=people.index)
    return far, points
