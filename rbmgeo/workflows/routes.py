"""SOP IV.2 and IV.5: design, order, publish, targets; load, compute, keep."""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, lists, placed, reading_calendar, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.routes.targets import SCHEDULED, SHIFTED, targets
from rbmgeo.unit.ordered import ordered
from rbmgeo.workflows.design import design_ulp
from rbmgeo.workflows.routed import VersionSummary
from rbmgeo.workflows.starts import starts
from rbmgeo.workflows.walked import unit_walker
from rbmgeo.workflows.workbench import review_state

__all__ = ["VersionSummary", "design_ulp", "order_version", "publish_version", "targets_ulp"]

Progress = Callable[[str, int, int], None]


def order_version(
    session: Session,
    ulp: str,
    version_id: int | None = None,
    *,
    who: str = "",
    progress: Progress | None = None,
) -> VersionSummary:
    """Order every RBM of a draft on the street network; today's order stays where it is fine.

    An RBM that nobody read before has no order of today: there the shortest found stands.
    """
    settings = units.unit_settings(session, ulp=ulp)
    draft = versions.version(session, ulp=ulp, version_id=version_id)
    members = versions.members(session, ulp=ulp, version_id=draft.version_id)
    routes = versions.routes(session, ulp=ulp, version_id=draft.version_id)
    srid = units.unit(session, ulp=ulp).utm_srid
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=srid)["geometry"])
    listed = lists.rbm_list(session, ulp=ulp)
    done = ordered(
        members, routes, points, unit_walker(session, ulp),
        starts(session, ulp, members, routes), listed=listed,
        known=known_routes(session, ulp, listed), settings=settings, progress=progress,
    )  # fmt: skip
    versions.replace_routes(
        session, ulp=ulp, version_id=draft.version_id, routes=done.routes, members=done.members
    )
    summary = done.summary
    work.add_run(
        session,
        ulp=ulp,
        step="order",
        params={"version_id": draft.version_id},
        summary=summary,
        who=who,
    )
    log_command(session, who=who, ulp=ulp, command="order", after={"version_id": draft.version_id})
    units.bump(session, ulp=ulp)
    return VersionSummary(ulp, draft.version_id, summary)


def publish_version(
    session: Session, ulp: str, version_id: int | None = None, *, effective_blth: str, who: str = ""
) -> VersionSummary:
    """Close a draft for a month, once another person approved it (R-CH-02).

    Raises
    ------
    NotAllowed
        If it is published already, or nobody approved it as it stands
        (`rbmgeo.workflows.change_sets`).
    """
    if not (
        len(effective_blth) == 6 and effective_blth.isdigit() and 1 <= int(effective_blth[4:]) <= 12
    ):
        raise UsageError(
            f"month {effective_blth!r}: write YYYYMM", f"bulan {effective_blth!r}: tulis YYYYMM"
        )
    draft = versions.version(session, ulp=ulp, version_id=version_id)
    if draft.state != "draft":
        raise NotAllowed(
            f"version {draft.version_id} is published already",
            f"versi {draft.version_id} sudah terbit",
        )
    said = review_state(drafts.kinds(session, ulp=ulp, version_id=draft.version_id))[0]
    if said != "approved":
        raise NotAllowed(
            f"draft {draft.version_id} was not approved yet; submit it on the workbench, another "
            "person approves it",
            f"draf {draft.version_id} belum disetujui; ajukan di meja kerja, orang lain "
            "menyetujuinya",
        )
    versions.publish(
        session, ulp=ulp, version_id=draft.version_id, effective_blth=effective_blth, who=who or "-"
    )
    summary = versions.summary(session, ulp=ulp, version_id=draft.version_id)
    log_command(
        session, who=who, ulp=ulp, command="publish",
        before={"version_id": draft.version_id, "state": "draft"},
        after={"version_id": draft.version_id, "state": "published",
               "effective_blth": effective_blth},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return VersionSummary(ulp, draft.version_id, {**summary, "effective_blth": effective_blth})


def targets_ulp(session: Session, ulp: str, blth: str) -> pd.DataFrame:
    """Return schedule and target per RBM of a month (`rbmgeo.routes.targets`)."""
    newest = placed.newest_list(session, ulp=ulp)
    now = placed.Source(versions.in_force(session, ulp=ulp, blth=blth), newest)
    before = f"{pd.Period(blth, 'M') - 1:%Y%m}"
    last = placed.Source(versions.in_force(session, ulp=ulp, blth=before), before)
    members = placed.vendor_read(session, ulp=ulp, now=now, last=last)
    routes = placed.schedule(session, ulp=ulp, source=now)
    planned = reading_calendar.plan(session, ulp=ulp, blth=blth)
    routes = _as_planned(routes, planned)
    table = targets(
        members, routes, lists.calendar(session, ulp=ulp, blth=blth),
        last_month=members["rbm_last"].map(_due(session, ulp, before, last)),
        shift_days=units.unit_settings(session, ulp=ulp).date_shift_days,
    )  # fmt: skip
    # Whose date was approved to move further is counted, and asked for no more (R-RO-08).
    approved = planned.index[planned["shift_approved_by"].notna()]
    table["state"] = table["state"].mask(table.index.isin(approved) & table["state"].eq(SHIFTED), SCHEDULED)  # fmt: skip
    return table


def _as_planned(routes: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Let the month's plan say day and officer where there is one."""
    there = routes.index.intersection(planned.index)
    out = routes.astype({"hari_baca": object, "officer": object})
    out.loc[there, ["hari_baca", "officer"]] = planned.loc[there, ["hari_baca", "officer"]]
    return out.astype({"hari_baca": "str", "officer": "str"})


def _due(session: Session, ulp: str, blth: str, source: placed.Source) -> pd.Series:
    """Return the date on which each RBM was due in a month that is over, index rbm."""
    dates = lists.calendar(session, ulp=ulp, blth=blth).drop_duplicates("hari_baca")
    days = placed.schedule(session, ulp=ulp, source=source)["hari_baca"]
    planned = reading_calendar.plan(session, ulp=ulp, blth=blth)["hari_baca"]
    days = planned.reindex(days.index).combine_first(days.astype(object))
    return days.map(dates.set_index("hari_baca")["read_on"])


def known_routes(session: Session, ulp: str, listed: pd.DataFrame) -> set[str]:
    """Return the RBM that have an order already: of the newest list, or of any version published."""
    return set(listed["rbm"].dropna()) | versions.published_routes(session, ulp=ulp)
