"""SOP IV.2, IV.5, IV.7: routes and their walks, schedule and targets, publishing."""

import pandas as pd
from flask import Blueprint, Response, g, render_template
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.models import RbmVersion
from rbmgeo.db.queries import handoff as kept
from rbmgeo.db.queries import own_readings, pages, versions
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.network.snap import Unreachable
from rbmgeo.reports.handoff import SHAPES
from rbmgeo.terms import Role
from rbmgeo.workflows.handoff_own import OWN_KINDS
from rbmgeo.workflows.network import unreachable
from rbmgeo.workflows.routes import targets_ulp
from rbmgeo.workflows.unit_moves import waiting
from web.access import allow
from web.database import database
from web.kept import Kept
from web.pages.download import csv_file
from web.pages.forms import rows_a_page
from web.pages.jobs import ask

#: Rows of the list of unreachable customers on the page; the file has all.
SHOWN = 200

bp = Blueprint("routes", __name__, url_prefix="/<ulp:ulp>/<blth:blth>")
_APART: Kept[tuple[pd.DataFrame | None]] = Kept()


@bp.get("/rute")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the versions, newest first."""
    return render_template("routes.html", rows=_versions())


@bp.post("/rute/susun")
@allow(Role.PERENCANA)
def design() -> AnyResponse:
    """Ask for a new draft."""
    return ask("design")


@bp.get("/rute/tidak-terjangkau")
@allow(Role.PERENCANA, Role.PENGAWAS)
def apart() -> str:
    """List the customers that no known way on foot leads to, with the reason and what to do."""
    (rows,) = _APART.get(lambda session: (unreachable(session, g.ulp),))
    counts = {} if rows is None else rows["reason"].value_counts().to_dict()
    shown = [] if rows is None else rows.head(rows_a_page(SHOWN)).reset_index().to_dict("records")
    return render_template(
        "unreachable.html", rows=shown, counts=counts, streets=rows is not None,
        total=0 if rows is None else len(rows), reasons=list(Unreachable),
    )  # fmt: skip


@bp.get("/rute/tidak-terjangkau.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def apart_file() -> Response:
    """Give the same list, whole."""
    (rows,) = _APART.get(lambda session: (unreachable(session, g.ulp),))
    if rows is None:
        raise NothingToDo(
            "this unit has no streets yet; import some first",
            "unit ini belum punya jalan; impor jalan lebih dulu",
        )
    return csv_file(rows.drop(columns="public_id"), f"tidak-terjangkau-{g.ulp}.csv")


@bp.get("/rute/<int:version_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(version_id: int) -> str:
    """Show the RBM of one version: customers, minutes, km before and after."""
    with database().reading() as session:
        version = versions.version(session, ulp=g.ulp, version_id=version_id)
        table = versions.routes(session, ulp=g.ulp, version_id=version_id)
        left = versions.unplaced(session, ulp=g.ulp, version_id=version_id)
        session.expunge_all()
    return render_template("route.html", version=version, table=table, unplaced=left)


@bp.get("/rute/<int:version_id>.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def table(version_id: int) -> Response:
    """Give the whole version: every customer with RBM, urut and sisipan."""
    with database().reading() as session:
        members = versions.members(session, ulp=g.ulp, version_id=version_id)
    return csv_file(members.assign(ulp=g.ulp), f"rbm-{g.ulp}-versi-{version_id}.csv")


@bp.post("/rute/<int:version_id>/urutkan")
@allow(Role.PERENCANA)
def order(version_id: int) -> AnyResponse:
    """Ask for the walking order of a draft."""
    return ask("order", version_id=version_id)


@bp.get("/rute/<int:version_id>/<path:rbm>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def members(version_id: int, rbm: str) -> str:
    """Show the customers of one RBM in walking order."""
    with database().reading() as session:
        rows = pages.route_members(session, ulp=g.ulp, version_id=version_id, rbm=rbm)
    if not rows:
        raise NotThere(
            f"RBM {rbm} is not in version {version_id}",
            f"RBM {rbm} tidak ada di versi {version_id}",
        )
    return render_template("members.html", rows=rows, version_id=version_id, rbm=rbm)


@bp.get("/serah-terima")
@allow(Role.PERENCANA, Role.PENGAWAS)
def handover() -> str:
    """Show what is published and what waits: the hand-over of SOP IV.7."""
    rows = _versions()
    with database().reading() as session:
        handed = kept.handoffs(session, ulp=g.ulp)
        session.expunge_all()
        counts = own_readings.counts(session, ulp=g.ulp, blth=g.blth)
        moves = waiting(session, g.ulp)
    return render_template(
        "handover.html",
        handed=handed,
        moves=moves,
        own=[(kind, counts[s]) for kind, s in OWN_KINDS.items() if counts.get(s)],
        shapes=list(SHAPES),
        published=[v for v in rows if v.state == "published"],
        draft=next((v for v in rows if v.state == "draft"), None),
    )


@bp.get("/jadwal")
@allow(Role.PERENCANA, Role.PENGAWAS)
def targets() -> str:
    """Show the schedule and the target of each officer this month."""
    return render_template("targets.html", table=_targets())


@bp.get("/jadwal.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def targets_file() -> Response:
    """Give the same table."""
    table = _targets()
    if table is None:
        raise NothingToDo(
            "there is no schedule of this month yet; import the reading calendar",
            "jadwal bulan ini belum ada; impor kalender baca",
        )
    return csv_file(table, f"jadwal-{g.ulp}-{g.blth}.csv")


def _targets() -> pd.DataFrame | None:
    with database().reading() as session:
        try:
            table = targets_ulp(session, g.ulp, g.blth)
        except NothingToDo:
            return None
    return table if len(table) else None


def _versions() -> list[RbmVersion]:
    with database().reading() as session:
        rows = versions.versions(session, ulp=g.ulp)
        session.expunge_all()
    return rows
