"""What the workbench shows: today beside the proposal, the open RBM, one picture of a change."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmDraft, RbmOrderProposal, RbmVersion
from rbmgeo.db.queries import drafts, map_data, units, versions
from rbmgeo.errors import NothingToDo
from rbmgeo.geo import to_metres
from rbmgeo.labels import text
from rbmgeo.maps.change_picture import Pictured, change_picture
from rbmgeo.maps.layers import box_of
from rbmgeo.routes.compare import Difference, difference
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.draft import history
from rbmgeo.workflows.change_sets import authors
from rbmgeo.workflows.two_versions import listed_members, side_stops
from rbmgeo.workflows.walked import known_points, paces, points_of
from rbmgeo.workflows.workbench import findings, review_state

#: RBM that are drawn and listed at once.
OPEN_MOST = 4


@dataclass(frozen=True)
class Bench:
    """A draft beside today: ``diff`` RBM by RBM, its review, its findings by RBM.

    ``nowhere``: customers without a place, on no RBM or on that of those without one.
    ``authors`` do not approve it; ``base`` names what stands beside it;
    ``starts``: walks must begin somewhere.
    """

    version: RbmVersion
    draft: RbmDraft
    diff: Difference
    findings: dict[str, list[str]]
    proposals: list[RbmOrderProposal]
    review: tuple[str, str]
    undo: int
    redo: int
    nowhere: int
    authors: set[str]
    base: str
    starts: bool


def bench(session: Session, ulp: str, version_id: int) -> Bench:
    """Return a draft that was opened, beside the routes that hold today."""
    version = versions.version(session, ulp=ulp, version_id=version_id)
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    if draft is None:
        raise NothingToDo("open this draft on the workbench first", "buka draf ini di meja kerja dulu")  # fmt: skip
    kinds = drafts.kinds(session, ulp=ulp, version_id=version_id)
    known = history((n, k) for n, k, _ in kinds)
    settings = units.unit_settings(session, ulp=ulp)
    routes = versions.routes(session, ulp=ulp, version_id=version_id)
    before, routes_before = today(session, ulp, version)
    if routes_before.empty or routes_before["length_m"].isna().all():
        routes_before = routes_before.assign(length_m=routes["length_before_m"], minutes=None)
    members = versions.members(session, ulp=ulp, version_id=version_id)
    diff = difference(before, members, routes_before, routes)
    said = {
        str(rbm): findings(str(rbm), int(n), settings, estimated=bool(guessed))
        for rbm, n, guessed in zip(routes.index, diff.per_rbm["customers_after"].reindex(routes.index).fillna(0), routes["length_estimated"], strict=True)
    }  # fmt: skip
    return Bench(
        version, draft, diff, said, drafts.proposals(session, ulp=ulp, version_id=version_id),
        review_state(kinds), len(known.done), len(known.undone),
        len(drafts.nowhere(session, ulp=ulp, version_id=version_id)) + int(members["rbm"].eq(UNPLACED).sum()),
        authors(session, ulp, version_id, kinds), base_side(session, ulp, version),
        settings.walk_start != "free" or bool(settings.walk_start_by_rbm),
    )  # fmt: skip


def today_walks(session: Session, ulp: str, version_id: int, rbms: list[str]) -> dict[str, Any]:
    """Return for some RBM the walk that holds today, as lines of lon and lat, by RBM."""
    wanted = list(dict.fromkeys(rbms))[:OPEN_MOST]
    base = _base(session, ulp, versions.version(session, ulp=ulp, version_id=version_id))
    rows = (
        drafts.listed_stops(session, ulp=ulp, blth=None, rbms=wanted) if base is None
        else drafts.stops(session, ulp=ulp, version_id=base, rbms=wanted)
    )  # fmt: skip
    lines: dict[str, Any] = {rbm: [] for rbm in wanted}
    there = rows.dropna(subset=["lon", "lat"])
    for rbm, lon, lat in zip(there["rbm"], there["lon"], there["lat"], strict=True):
        lines[str(rbm)].append([round(float(lon), 6), round(float(lat), 6)])
    return lines


def _base(session: Session, ulp: str, version: RbmVersion) -> int | None:
    """Return the version that a draft is seen beside, None for the newest list."""
    if version.from_version_id is not None:
        return version.from_version_id
    older = [v for v in versions.versions(session, ulp=ulp) if v.state == "published" and v.version_id != version.version_id]  # fmt: skip
    return older[0].version_id if older else None


def base_side(session: Session, ulp: str, version: RbmVersion) -> str:
    """Name what a version is seen beside (`rbmgeo.workflows.two_versions`); itself where nothing is."""
    base = _base(session, ulp, version)
    if base is not None:
        return str(base)
    months = drafts.listed_months(session, ulp=ulp)
    return f"d{months[0]}" if months else str(version.version_id)


def today(session: Session, ulp: str, version: RbmVersion) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return members and routes that a draft is seen beside: what it came from, else the list."""
    base = _base(session, ulp, version)
    if base is not None:
        return (
            versions.members(session, ulp=ulp, version_id=base),
            versions.routes(session, ulp=ulp, version_id=base),
        )
    return listed_members(session, ulp)


def opened(session: Session, ulp: str, version_id: int, rbms: list[str]) -> dict[str, Any]:
    """Return the open RBM as plain data: each stop by its public id, with place and position."""
    wanted = list(dict.fromkeys(rbms))[:OPEN_MOST]
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    rows = drafts.stops(session, ulp=ulp, version_id=version_id, rbms=wanted)
    stops: dict[str, list[Any]] = {rbm: [] for rbm in wanted}
    held = set(draft.pinned) if draft else set()
    each: Any = rows.itertuples()
    for r in each:
        there = r.lon == r.lon and r.lon is not None
        stops[str(r.rbm)].append([
            r.public_id, r.idpel, int(r.urut), int(r.sisipan),
            round(float(r.lon), 6) if there else None, round(float(r.lat), 6) if there else None,
            r.gardu if isinstance(r.gardu, str) else "", int(r.idpel in held),
        ])  # fmt: skip
    locked = set(draft.locked) if draft else set()
    known = history((n, k) for n, k, _ in drafts.kinds(session, ulp=ulp, version_id=version_id))
    return {
        "revision": draft.revision if draft else 0, "undo": len(known.done), "redo": len(known.undone),
        "open": [{"rbm": r, "locked": r in locked, "stops": stops[r]} for r in wanted],
    }  # fmt: skip


def streets_near(session: Session, ulp: str, version_id: int, rbms: list[str]) -> list[Any]:
    """Return the street lines around the open RBM."""
    box = box_of(drafts.stops(session, ulp=ulp, version_id=version_id, rbms=rbms[:OPEN_MOST]))
    if box is None:
        return []
    lines = map_data.streets(session, ulp=ulp, box=box)
    return [[[round(x, 6), round(y, 6)] for x, y, *_ in g.coords] for g in lines.geometry]


def picture(
    session: Session, ulp: str, after: str, rbm: str, *, lang: str, number: Any, sample: bool,
    before: "str | None" = None,
) -> bytes:  # fmt: skip
    """Draw what changed on one RBM as a PNG; it says counts and lengths, and nobody's name.

    ``after`` and ``before`` as in `rbmgeo.workflows.two_versions`; without ``before`` it is what
    the version came from.
    """
    if before is None:
        version = versions.version(session, ulp=ulp, version_id=int(after))
        before = base_side(session, ulp, version)
    sides = [side_stops(session, ulp, key, [rbm]) for key in (before, after)]
    walks = [[str(i) for i in side["idpel"]] for side in sides]
    way = paces(session, ulp)
    if way is None or not any(walks):
        raise NothingToDo(f"RBM {rbm} has nothing to draw", f"RBM {rbm} belum punya titik untuk digambar")  # fmt: skip
    xy = drafts.places(session, ulp=ulp, srid=way.srid, idpels=sorted({*walks[0], *walks[1]}))
    at = known_points(xy)
    spots = [points_of(w, at) for w in walks]
    km = [number(m / 1000, 1) for m, _ in way.measure(spots)]
    moved = len(set(walks[0]) ^ set(walks[1]))
    both = sides[0].merge(sides[1], on="idpel", suffixes=("_a", "_b"))
    same = both["urut_a"].eq(both["urut_b"]) & both["sisipan_a"].fillna(0).eq(both["sisipan_b"].fillna(0))  # fmt: skip
    drawn = np.array([xy.loc[i, ["x", "y"]].to_numpy(dtype=float) for i in walks[1]]).reshape(-1, 2)
    lines = []
    box = box_of(pd.concat(sides, ignore_index=True))
    if box is not None:
        near = map_data.streets(session, ulp=ulp, box=box)
        lines = [np.asarray(g.coords)[:, :2] for g in to_metres(near, way.srid).geometry]
    here = set(walks[0])
    what = Pictured(np.array(spots[0]).reshape(-1, 2), drawn,
                    np.array([i not in here for i in walks[1]], dtype=bool), lines)  # fmt: skip
    words = text("bench.picture", lang, moved=moved, numbers=int((~same).sum()), before=km[0], after=km[1])  # fmt: skip
    legend = tuple(text(f"bench.{k}", lang) for k in ("before", "after", "came"))
    return change_picture(what, title=f"RBM {rbm}", words=words, note="DATA CONTOH" if sample else "",
                          legend=(legend[0], legend[1], legend[2]))  # fmt: skip
