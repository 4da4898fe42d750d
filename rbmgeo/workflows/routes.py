"""SOP IV.2 and IV.5: design, order, publish, targets; load, compute, keep."""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, lists, placed, reading_calendar, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.routes.codes import SISIPAN_MAX, URUT_MAX, numbered
from rbmgeo.routes.targets import SCHEDULED, SHIFTED, targets
from rbmgeo.routes.walkorder import Gain, OrderedRoute, order_route
from rbmgeo.settings import UnitSettings
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
    tell = progress or (lambda step, done, total: None)
    settings = units.unit_settings(session, ulp=ulp)
    draft = versions.version(session, ulp=ulp, version_id=version_id)
    members = versions.members(session, ulp=ulp, version_id=draft.version_id)
    routes = versions.routes(session, ulp=ulp, version_id=draft.version_id)
    srid = units.unit(session, ulp=ulp).utm_srid
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=srid)["geometry"])
    walker = unit_walker(session, ulp)
    begin = starts(session, ulp, members, routes)
    at = {str(i): (p.x, p.y) for i, p in points.reindex(members.index).dropna().items()}
    gain = Gain(settings.min_gain_share, settings.min_gain_m)
    known, had = _known_routes(session, ulp), _numbers(session, ulp)
    placed, lengths, kept_urut = [], {}, 0
    by_code = {str(code): group for code, group in members.groupby("rbm", sort=True)}
    groups = [(code, by_code[code]) for code in begin.turn(list(by_code))]
    for number, (code, group) in enumerate(groups):
        tell("mengurutkan / ordering", number, len(groups))
        done = order_route(
            group.index.to_list(), points, walker, gain=gain, known_order=code in known,
            places={i: had[code][i] for i in group.index if i in had.get(code, {})},
            start=begin.of(code),
        )  # fmt: skip
        begin.ended(code, done.idpels, at)
        placed.append(_members(code, done))
        kept_urut += done.kept_urut
        # Houses that nobody can place are a walk that nobody can measure, not one of 0 m.
        unmeasured = done.estimated and done.length_before_m == 0 and len(done.idpels) > 1
        # Nobody walked a route that no list and no version had: it has no length before.
        before = done.length_before_m if code in known else None
        told = (None, None) if unmeasured else (done.length_m, before)
        lengths[code] = (*told, done.estimated, done.changed)
    tell("mengurutkan / ordering", len(groups), len(groups))
    frame = pd.concat(placed).rename_axis("idpel")
    measured = pd.DataFrame.from_dict(
        lengths, orient="index",
        columns=["length_m", "length_before_m", "length_estimated", "reordered"],
    )  # fmt: skip
    kept = routes.drop(columns=list(measured.columns)).join(measured)
    kept["minutes"] = _minutes(kept, settings)
    versions.replace_routes(
        session, ulp=ulp, version_id=draft.version_id, routes=kept.rename_axis("rbm"),
        members=frame,
    )  # fmt: skip
    summary = {
        "rbm": len(kept),
        "customers": len(frame),
        "km": _km(kept["length_m"]),
        "km_before": _km_before(kept),
        "reordered": int(kept["reordered"].sum()),
        "kept_urut": kept_urut,
        "estimated": int(kept["length_estimated"].sum()),
        "network": walker.network.kind if walker.network else "perkiraan",
    }
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


def _numbers(session: Session, ulp: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Return urut and sisipan that the newest list gives, by RBM and idpel."""
    listed = lists.rbm_list(session, ulp=ulp).sort_values(["idpel", "line"])
    listed = listed.drop_duplicates("idpel").dropna(subset=["rbm", "urut"])
    out: dict[str, dict[str, tuple[int, int]]] = {}
    sisipan = listed["sisipan"].fillna(0)
    for rbm, idpel, u, s in zip(
        listed["rbm"], listed["idpel"], listed["urut"], sisipan, strict=True
    ):
        if 1 <= u <= URUT_MAX and 0 <= s <= SISIPAN_MAX:
            out.setdefault(rbm, {})[idpel] = (int(u), int(s))
    return out


def _members(rbm: str, done: OrderedRoute) -> pd.DataFrame:
    """Return the rows of an ordered RBM: who can keeps his number, else all are numbered anew."""
    index = pd.Index(done.idpels, name="idpel")
    if not done.places:
        position = pd.Series(range(len(index)), index=index)
        return numbered(pd.Series(rbm, index=index), position)
    told = [done.places[i] for i in done.idpels]
    return pd.DataFrame(told, columns=["urut", "sisipan"], index=index).assign(rbm=rbm)[
        ["rbm", "urut", "sisipan"]
    ]


def _known_routes(session: Session, ulp: str) -> set[str]:
    """Return the RBM that have an order already: of the newest list, or of any version published."""
    listed = lists.rbm_list(session, ulp=ulp)["rbm"].dropna()
    return set(listed) | versions.published_routes(session, ulp=ulp)


def _km(length_m: pd.Series) -> float | None:
    """Sum metres to kilometres; None where no length is known, which is not zero."""
    total = length_m.astype(float).sum(min_count=1)
    return None if pd.isna(total) else round(float(total) / 1000, 2)


def _km_before(routes: pd.DataFrame) -> float | None:
    """Return the kilometres walked before, None unless every measured route was walked before."""
    measured = routes[routes["length_m"].notna()]
    return _km(measured["length_before_m"]) if measured["length_before_m"].notna().all() else None


def _minutes(routes: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Return the minutes of each route (R-RO-07); a length on streets needs no detour.

    Where no length is known the minutes are those of the service alone.
    """
    seconds = (
        routes["customers"] * settings.service_s
        + routes["length_m"].astype(float).fillna(0) / settings.walking_m_per_s
    )
    return (seconds / 60).astype(float).round(1)
