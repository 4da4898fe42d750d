"""SOP IV.7: what a hand-off is made of, what was handed over, what came back."""

import zlib
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import Handoff, HandoffChange, HandoffFile
from rbmgeo.db.queries.lists import read, read_exact
from rbmgeo.frames import HANDED_OVER

_PLACE = ("rbm", "urut", "sisipan", "kddk", "gardu")


def reader_facts(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return what a reader needs of each customer, by idpel.

    ``stand_before`` and ``kwh_before`` are those of the newest month before ``blth`` that has
    readings; exact decimals, missing where nothing was read.
    """
    frame = read_exact(
        session,
        """
        WITH last AS (
            SELECT DISTINCT ON (idpel) idpel, stand_kwh, kwh FROM reading
            WHERE ulp = :u AND source <> 'token' AND blth = (
                SELECT max(blth) FROM reading
                WHERE ulp = :u AND blth < :b AND source <> 'token')
            ORDER BY idpel, line, source
        )
        SELECT c.idpel, c.name, c.address, c.tarif, c.daya_va, c.meter_number, p.gardu,
               last.stand_kwh AS stand_before, last.kwh AS kwh_before
        FROM customer c
        LEFT JOIN last ON last.idpel = c.idpel
        LEFT JOIN LATERAL (
            SELECT gardu FROM pdpj p WHERE p.ulp = c.ulp AND p.idpel = c.idpel
              AND p.valid_to IS NULL AND p.active AND NOT p.conflict
            ORDER BY line LIMIT 1) p ON true
        WHERE c.ulp = :u ORDER BY c.idpel
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("idpel")


def month_read_before(session: Session, *, ulp: str, blth: str) -> str | None:
    """Return the month of ``kwh_before`` of `reader_facts`, None where nothing was read before."""
    found = session.scalar(
        text("SELECT max(blth) FROM reading WHERE ulp = :u AND blth < :b AND source <> 'token'"),
        {"u": ulp, "b": blth},
    )
    return None if found is None else str(found)


def source_list(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return what the source's list of a month says of each customer, by idpel."""
    frame = read(
        session,
        """
        SELECT DISTINCT ON (idpel) idpel, rbm, urut, sisipan, kddk, gardu
        FROM rbm_list WHERE ulp = :u AND blth = :b AND rbm IS NOT NULL ORDER BY idpel, line
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("idpel")


def gardu_said(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return each customer's gardu as sources last said it, and as it is in force, by idpel.

    ``gardu_before`` is the list's own column, else the newest record that a file told;
    ``ours`` says that the record in force came from a survey.
    """
    frame = read(
        session,
        """
        SELECT c.idpel, COALESCE(l.gardu, told.gardu) AS gardu_before,
               force.gardu AS gardu_after, COALESCE(force.ours, false) AS ours
        FROM customer c
        LEFT JOIN LATERAL (
            SELECT gardu FROM rbm_list l WHERE l.ulp = c.ulp AND l.blth = :b AND l.idpel = c.idpel
            ORDER BY line LIMIT 1) l ON true
        LEFT JOIN LATERAL (
            SELECT gardu FROM pdpj p WHERE p.ulp = c.ulp AND p.idpel = c.idpel
              AND p.source NOT IN ('survey', 'undo') AND p.active
            ORDER BY valid_from DESC, line LIMIT 1) told ON true
        LEFT JOIN LATERAL (
            SELECT gardu, source IN ('survey', 'undo') AS ours FROM pdpj p
            WHERE p.ulp = c.ulp AND p.idpel = c.idpel AND p.valid_to IS NULL AND p.active
              AND NOT p.conflict
            ORDER BY line LIMIT 1) force ON true
        WHERE c.ulp = :u ORDER BY c.idpel
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("idpel").astype({"ours": bool})


def vendor_read(session: Session, *, ulp: str) -> set[str]:
    """Return the active customers whom the vendor reads."""
    return set(
        session.scalars(
            text("SELECT idpel FROM customer WHERE ulp = :u AND active AND dibaca_oleh = 'vendor'"),
            {"u": ulp},
        )
    )


def add_handoff(
    session: Session, *, files: list[dict[str, Any]], changes: pd.DataFrame | None, **values: Any
) -> int:
    """Keep what is handed over: its facts, its files byte for byte, its changes."""
    done = session.execute(insert(Handoff).values(**values).returning(Handoff.handoff_id))
    handoff_id = int(done.scalar_one())
    key = {"ulp": values["ulp"], "handoff_id": handoff_id}
    session.execute(
        insert(HandoffFile),
        [{**key, **f, "content": zlib.compress(f["content"], 6)} for f in files],
    )
    if changes is not None and len(changes):
        rows = [
            {
                **key,
                "idpel": row["idpel"],
                "change": row["change"],
                "before": {n: _plain(row[f"{n}_before"]) for n in _PLACE},
                "after": {n: _plain(row[f"{n}_after"]) for n in _PLACE},
            }
            for row in changes.reset_index().to_dict("records")
        ]
        session.execute(insert(HandoffChange), rows)
    return handoff_id


def handoffs(session: Session, *, ulp: str, kind: str | None = None) -> list[Handoff]:
    """Return what was handed over, newest first."""
    query = select(Handoff).where(Handoff.ulp == ulp)
    if kind is not None:
        query = query.where(Handoff.kind == kind)
    return list(session.scalars(query.order_by(Handoff.handoff_id.desc())))


def files_of(session: Session, *, ulp: str, handoff_id: int) -> list[dict[str, Any]]:
    """Return the files of a hand-off as they were, by name."""
    rows = session.scalars(
        select(HandoffFile)
        .where(HandoffFile.ulp == ulp, HandoffFile.handoff_id == handoff_id)
        .order_by(HandoffFile.file_name)
    )
    return [
        {"file_name": f.file_name, "rows": f.rows, "kwh": f.kwh, "sha256": f.sha256,
         "content": zlib.decompress(f.content)}
        for f in rows
    ]  # fmt: skip


def handed_changes(session: Session, *, ulp: str, handoff_id: int) -> pd.DataFrame:
    """Return `HANDED_OVER` with ``change``, ``kddk_*`` and ``public_id`` of a hand-off."""
    names = [f"{when} ->> '{n}' AS {n}_{when}" for when in ("before", "after") for n in _PLACE]
    frame = read(
        session,
        f"SELECT h.idpel, h.change, c.public_id::text AS public_id, {', '.join(names)} "
        "FROM handoff_change h LEFT JOIN customer c USING (ulp, idpel) "
        "WHERE h.ulp = :u AND h.handoff_id = :h ORDER BY h.idpel",
        u=ulp,
        h=handoff_id,
    )
    return frame.set_index("idpel") if len(frame) else HANDED_OVER.empty().assign(change="")


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        return None
    return int(value) if isinstance(value, int | float) else str(value)
