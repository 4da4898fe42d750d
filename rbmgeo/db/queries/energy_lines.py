"""The lines behind a number of energy: who they are, what was read, where another mapping puts them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.energy import PLACE, TOLD, TOLD_OF_SOME, asking, ever_on
from rbmgeo.db.queries.lists import read_exact, read_large
from rbmgeo.energy.per_gardu import NO_GARDU, NO_RBM
from rbmgeo.errors import NotThere

_GARDU = f"COALESCE(t.gardu, '{NO_GARDU}')"
_RBM = f"COALESCE(t.rbm, '{NO_RBM}')"
#: The lines of one gardu and RBM of the report, however they came to be there.
_THERE = f"{_GARDU} = :gardu AND {_RBM} = :rbm"


def line_counts(session: Session, *, ulp: str, blth: str, gardu: str, rbm: str) -> dict[str, Any]:
    """Count the lines of one gardu and RBM in a month and sum their kWh exactly."""
    told, params = _told(session, ulp, blth, gardu)
    row = session.execute(
        text(
            f"{told} SELECT count(*) AS lines, count(*) FILTER (WHERE main) AS customers, "
            "COALESCE(sum(kwh), 0) AS kwh, COALESCE(sum(token_kwh), 0) AS token_kwh "
            f"FROM told t WHERE {_THERE}"
        ),
        {**params, "gardu": gardu, "rbm": rbm},
    )
    return dict(row.one()._mapping)


def lines(
    session: Session, *, ulp: str, blth: str, gardu: str, rbm: str, first: int = 0,
    size: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the lines of one gardu and RBM in a month, the most kWh first.

    ``idpel``, ``line``, ``public_id`` (missing for a number on no list of customers), ``tarif``,
    ``daya_va``, ``prepaid``, ``kwh`` and ``token_kwh`` (Decimal, None where nothing is known).
    """
    told, params = _told(session, ulp, blth, gardu)
    return read_exact(
        session,
        f"""{told}
        SELECT t.idpel, t.line, c.public_id::text AS public_id, c.tarif, t.daya_va, t.prepaid,
               t.kwh, t.token_kwh
        FROM told t LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = t.idpel
        WHERE {_THERE}
        ORDER BY COALESCE(t.kwh, 0) + COALESCE(t.token_kwh, 0) DESC,
                 (t.kwh IS NULL AND t.token_kwh IS NULL), t.idpel, t.line
        LIMIT :size OFFSET :first""",
        **params, gardu=gardu, rbm=rbm, size=size, first=first,
    )  # fmt: skip


def _told(session: Session, ulp: str, blth: str, gardu: str) -> tuple[str, dict[str, object]]:
    """Return the lines of a month, looked for among those a gardu ever had where that is enough."""
    params = asking(session, ulp=ulp, blth=blth)
    if gardu == NO_GARDU:
        return TOLD, params
    return TOLD_OF_SOME, {**params, "whose": ever_on(session, ulp=ulp, gardu=gardu)}


def read_lines(
    session: Session, *, ulp: str, blth: str, before: str, idpels: list[str] | None = None,
    with_gardu: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Return the postpaid readings of a month, all or some, as `rbmgeo.energy.attention` takes them.

    With ``idpel``, ``line``, ``public_id``, ``gardu``, ``rbm``, ``officer``; numbers are floats.
    Where nobody asks for the gardu (``with_gardu`` False, it is missing then) a large unit is
    read in a third of the time.
    """
    some = "" if idpels is None else "AND idpel = ANY(:whose)"
    told = TOLD if idpels is None else TOLD_OF_SOME
    gardu, same_line = (_GARDU, "AND t.line = r.line") if with_gardu else ("CAST(NULL AS text)", "")
    if not with_gardu:
        told = f"{PLACE}, told AS (SELECT idpel, rbm FROM place)"
    return read_large(
        session,
        f"""{told}
        SELECT r.idpel, r.line, c.public_id::text AS public_id, {gardu} AS gardu, {_RBM} AS rbm,
               r.officer, r.kwh::float8 AS told_kwh,
               r.previous_stand_kwh::float8 AS previous_stand_kwh, r.stand_kwh::float8 AS stand_kwh,
               r.removed_stand_kwh::float8 AS removed_stand_kwh,
               r.installed_stand_kwh::float8 AS installed_stand_kwh,
               r.multiplier::float8 AS multiplier,
               COALESCE(r.daya_va, c.daya_va)::float8 AS daya_va,
               was.kwh::float8 AS before_kwh, r.dlpd_code
        FROM reading r
        LEFT JOIN customer c ON c.ulp = r.ulp AND c.idpel = r.idpel
        LEFT JOIN told t ON t.idpel = r.idpel {same_line}
        LEFT JOIN (
            SELECT idpel, line, sum(kwh) AS kwh FROM reading
            WHERE ulp = :ulp AND blth = :before AND source <> 'token'
              AND NOT (source = ANY(:before_left_out)) {some}
            GROUP BY idpel, line
        ) was ON was.idpel = r.idpel AND was.line = r.line
        WHERE r.ulp = :ulp AND r.blth = :blth AND r.source <> 'token'
          AND NOT (r.source = ANY(:left_out)) AND COALESCE(c.jenis_layanan, 'pasca') = 'pasca'
          {some.replace("idpel", "r.idpel")}
        ORDER BY r.idpel, r.line, r.source""",
        **asking(session, ulp=ulp, blth=blth), before=before,
        before_left_out=asking(session, ulp=ulp, blth=before)["left_out"], whose=idpels,
        numbers=(
            "told_kwh", "previous_stand_kwh", "stand_kwh", "removed_stand_kwh",
            "installed_stand_kwh", "multiplier", "daya_va", "before_kwh",
        ),
    )  # fmt: skip


def mapping_dates(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the days on which a record took the place of another, newest first, and how many.

    The first record of a customer changes nothing: who was nowhere is shown by it before as well.
    """
    rows = session.execute(
        text(
            "SELECT valid_from AS from_on, count(*) AS records FROM ("
            "  SELECT valid_from, min(valid_from) OVER (PARTITION BY idpel, line) AS first_on"
            "  FROM pdpj WHERE ulp = :u) r "
            "WHERE valid_from > first_on GROUP BY 1 ORDER BY 1 DESC LIMIT 200"
        ),
        {"u": ulp},
    ).mappings()
    return [dict(row) for row in rows]


def flows(
    session: Session, *, ulp: str, blth: str, by: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> pd.DataFrame:  # fmt: skip
    """Sum a month's kWh by where an old and a new mapping put each line (`energy.restated`).

    ``by``: ``gardu`` or ``rbm``. ``old``, ``new``: what differs from the month's own mapping:
    ``month_end`` (a day: the records that held then) or ``version_id`` (an RBM version). Raises
    `NotThere` for another ``by``.
    """
    place = {"gardu": _GARDU, "rbm": _RBM}.get(by)
    if place is None:
        raise NotThere(f"no mapping by {by!r}", f"tidak ada pemetaan menurut {by!r}")
    base = asking(session, ulp=ulp, blth=blth)
    params: dict[str, Any] = {}
    sides = []
    for side, given in (("old", old), ("new", new)):
        told = TOLD
        for name in ("month_end", "version_id"):
            told = told.replace(f":{name}", f":{name}_{side}")
            params[f"{name}_{side}"] = given.get(name, base[name])
        sides.append(
            f"({told} SELECT t.idpel, t.line, {place} AS place, t.main, t.kwh, t.token_kwh FROM told t)"
        )
    return read_exact(
        session,
        f"""
        SELECT o.place AS before, n.place AS after, count(*) FILTER (WHERE o.main) AS customers,
               COALESCE(sum(o.kwh), 0) AS kwh, COALESCE(sum(o.token_kwh), 0) AS token_kwh
        FROM {sides[0]} o JOIN {sides[1]} n USING (idpel, line)
        GROUP BY 1, 2 ORDER BY 1, 2""",
        **{k: v for k, v in base.items() if k not in ("month_end", "version_id")}, **params,
    )  # fmt: skip
