"""Figures of units for roll-ups: what is kept, of which state of the data, what they are made of."""

from typing import Any

from geoalchemy2.shape import from_shape
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import UnitFigures
from rbmgeo.db.queries.desk import STILL
from rbmgeo.supervision.areas import CELL

#: What differs once anything was imported, computed, decided or set in unit ``u``. Every decision
#: leaves a line in the log, or a row of its own where its transaction took long.
_MARK = """
    concat_ws('-',
        (SELECT max(batch_id) FROM import_batch b WHERE b.ulp = u.ulp),
        (SELECT max(run_id) FROM run r WHERE r.ulp = u.ulp),
        (SELECT max(approval_id) FROM approval a WHERE a.ulp = u.ulp),
        (SELECT max(decision_id) FROM desk_decision d WHERE d.ulp = u.ulp),
        (SELECT max(decision_id) FROM mutation_decision m WHERE m.ulp = u.ulp),
        (SELECT max(handoff_id) FROM handoff h WHERE h.ulp = u.ulp),
        (SELECT max(at) FROM command_log c WHERE c.ulp = u.ulp),
        md5(u.settings::text), u.time_zone)
"""


def one_keeper(session: Session, *, ulp: str) -> None:
    """Let one transaction at a time keep figures of a unit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('wilayah:' || :u))"), {"u": ulp})


def mark(session: Session, *, ulp: str) -> str:
    """Return of which state of the data figures are that are made now."""
    return str(session.scalar(text(f"SELECT {_MARK} FROM ulp u WHERE u.ulp = :u"), {"u": ulp}))


def kept(session: Session, *, ulps: list[str], area: bool = False) -> list[dict[str, Any]]:
    """Return the units asked for, by code, with the figures kept of them, in one question.

    Keys ulp, name, up3, uid, sample, content and kept_at (None where nothing is kept), stale;
    ``area``: also ``area`` (GeoJSON text, None) and its middle ``lon``, ``lat``.
    """
    more = (
        ", ST_AsGeoJSON(f.area, 4) AS area, ST_X(ST_PointOnSurface(f.area)) AS lon, "
        "ST_Y(ST_PointOnSurface(f.area)) AS lat"
    )
    rows = session.execute(
        text(
            f"""
            SELECT u.ulp, u.name, u.up3, u.uid, u.sample, u.time_zone, f.content, f.kept_at,
                   f.mark IS DISTINCT FROM {_MARK} AS stale {more if area else ""}
            FROM ulp u LEFT JOIN unit_figures f ON f.ulp = u.ulp
            WHERE u.ulp = ANY(:ulps) ORDER BY u.ulp
            """
        ),
        {"ulps": ulps},
    ).mappings()
    return [dict(row) for row in rows]


def keep(session: Session, *, ulp: str, mark: str, content: dict[str, Any], area: Any) -> None:
    """Keep a unit's figures in place of those kept before; ``area`` a shape in degrees or None."""
    values = {
        "mark": mark, "content": content,
        "area": None if area is None else from_shape(area, srid=4326),
    }  # fmt: skip
    row = insert(UnitFigures).values(ulp=ulp, **values)
    session.execute(
        row.on_conflict_do_update(index_elements=["ulp"], set_={**values, "kept_at": func.now()})
    )


def settled(session: Session, *, ulp: str) -> int:
    """Count the findings that somebody answered: on the spot, or at the desk as it stands."""
    return int(
        session.scalar(
            text(
                f"""
                SELECT (SELECT count(*) FROM finding WHERE ulp = :u AND tier = 'SV')
                     + (SELECT count(DISTINCT f.idpel) FROM desk_decision d
                        JOIN finding f ON f.ulp = d.ulp AND f.idpel = d.idpel
                        WHERE d.ulp = :u AND f.tier <> 'SV' AND {STILL})
                """
            ),
            {"u": ulp},
        )
        or 0
    )


def handed_at(session: Session, *, ulp: str) -> Any:
    """Return when something was handed over last, None if nothing was."""
    return session.scalar(text("SELECT max(handed_at) FROM handoff WHERE ulp = :u"), {"u": ulp})


def cells(session: Session, *, ulp: str) -> list[tuple[int, int, int]]:
    """Count the placed customers and gardu of a unit by cell of `rbmgeo.supervision.areas`."""
    rows = session.execute(
        text(
            """
            SELECT floor(ST_X(geom) / :c)::int AS x, floor(ST_Y(geom) / :c)::int AS y, count(*)
            FROM (SELECT geom FROM customer WHERE ulp = :u AND active AND geom IS NOT NULL
                  UNION ALL SELECT geom FROM gardu WHERE ulp = :u AND geom IS NOT NULL) p
            GROUP BY 1, 2 ORDER BY 1, 2
            """
        ),
        {"u": ulp, "c": CELL},
    )
    return [(int(x), int(y), int(n)) for x, y, n in rows]


def customers_up_to(session: Session, *, ulps: list[str], most: int) -> int:
    """Count the customers of some units, at most one more than ``most``."""
    asked = "SELECT count(*) FROM (SELECT FROM customer WHERE ulp = ANY(:u) LIMIT :n) s"
    return int(session.scalar(text(asked), {"u": ulps, "n": most + 1}) or 0)
