"""Runs, matches, candidates and findings: kept by a step, read by the next one."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import Written, copied, copy_rows, copy_written
from rbmgeo.db.models import Run
from rbmgeo.db.queries.lists import read
from rbmgeo.matching.candidates import Candidates


def add_run(
    session: Session,
    *,
    ulp: str,
    step: str,
    params: dict[str, Any],
    summary: dict[str, Any],
    who: str,
) -> int:
    """Keep what a step was asked and what it answered; return the run's id."""
    done = session.execute(
        insert(Run)
        .values(ulp=ulp, step=step, params=params, summary=summary, run_by=who)
        .returning(Run.run_id)
    )
    return int(done.scalar_one())


def set_summary(session: Session, *, ulp: str, run_id: int, summary: dict[str, Any]) -> None:
    """Write what a run answered, once it is known."""
    session.execute(
        text("UPDATE run SET summary = CAST(:s AS jsonb) WHERE ulp = :ulp AND run_id = :r"),
        {"s": json.dumps(summary), "ulp": ulp, "r": run_id},
    )


def latest_run(session: Session, *, ulp: str, step: str) -> Run | None:
    """Return the newest run of a step."""
    return (
        session.query(Run)
        .filter(Run.ulp == ulp, Run.step == step)
        .order_by(Run.run_id.desc())
        .first()
    )


def replace_matches(session: Session, *, ulp: str, run_id: int, matches: pd.DataFrame) -> None:
    """Keep the classes of the latest matching in place of those before."""
    _replace(session, "match_row", ulp, matches.reset_index().assign(run_id=run_id))


def replace_candidates(session: Session, *, ulp: str, run_id: int, candidates: Candidates) -> None:
    """Keep the candidate gardu of every customer in place of those before.

    A customer without any has no row.
    """
    _clear(session, "candidate", ulp)
    code = _quoted(candidates.codes)

    def written(part: Candidates) -> Written:
        starts = np.unique(part.starts)  # runs without a gardu fall together
        rows = pd.DataFrame(
            {
                "ulp": ulp,
                "idpel": part.idpels[np.diff(part.starts) > 0],
                "gardu": _arrays(code.take(pa.array(part.gardu)), starts),
                "distance_m": _arrays(pc.cast(pa.array(part.distance_m), pa.string()), starts),
                "run_id": run_id,
            }
        )
        return Written.of(rows)

    # One piece is written out while the database takes in the last.
    with ThreadPoolExecutor(1) as beside:
        for made in beside.map(written, candidates.pieces()):
            copy_written(session, "candidate", made)


def replace_findings(session: Session, *, ulp: str, run_id: int, findings: pd.DataFrame) -> None:
    """Keep the latest findings in place of those before; ``reasons`` is a list of dicts."""
    rows = findings.reset_index().assign(run_id=run_id)
    rows["reasons"] = [json.dumps(r, ensure_ascii=False) for r in rows["reasons"]]
    _replace(session, "finding", ulp, rows)


def matches(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return `MATCHES` of the latest matching, by idpel."""
    frame = read(
        session,
        "SELECT idpel, rbm, gardu, match, reason, tanpa_koordinat, kode_d, home_rbm_differs "
        "FROM match_row WHERE ulp = :ulp ORDER BY idpel",
        ulp=ulp,
    )
    return frame.set_index("idpel")


def class_counts(session: Session, *, ulp: str) -> dict[str, int]:
    """Count the customers of each class of the latest matching."""
    rows = session.execute(
        text("SELECT match, count(*) FROM match_row WHERE ulp = :ulp GROUP BY match ORDER BY 1"),
        {"ulp": ulp},
    )
    return {row[0]: int(row[1]) for row in rows}


def findings(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return `FINDINGS` of the latest matching, most suspicious first."""
    frame = read(
        session,
        """
        SELECT idpel, kind, p, raw_p, gardu, proposed_gardu, patch, tier, reasons, question
        FROM finding WHERE ulp = :ulp ORDER BY p DESC NULLS LAST, idpel
        """,
        ulp=ulp,
    )
    return frame.set_index("idpel")


def doubts(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return ``kind``, ``p`` and ``tier`` of every finding of the latest matching."""
    return copied(
        session, "SELECT kind, p, tier FROM finding WHERE ulp = %s", (ulp,), numbers=("p",)
    )


def _quoted(codes: "npt.NDArray[np.object_]") -> pa.Array:
    """Return texts as they stand inside an array of PostgreSQL."""
    safe = (str(c).replace("\\", "\\\\").replace('"', '\\"') for c in codes)
    return pa.array([f'"{c}"' for c in safe], type=pa.string())


def _arrays(values: pa.Array, starts: "npt.NDArray[np.int64]") -> "pd.Series[str]":
    """Write runs of values, each from its start to the next, as PostgreSQL reads arrays."""
    runs = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), values)
    joined = pc.binary_join(runs, ",")
    done = pc.binary_join_element_wise("{", joined, "}", "")
    return pd.Series(pd.array(done, dtype="str"))


def _replace(session: Session, table: str, ulp: str, rows: pd.DataFrame) -> None:
    _clear(session, table, ulp)
    copy_rows(session, table, rows.assign(ulp=ulp))


def _clear(session: Session, table: str, ulp: str) -> None:
    # Delete and copy in one transaction: a reader sees the old list or the new one.
    session.execute(text(f"DELETE FROM {table} WHERE ulp = :ulp"), {"ulp": ulp})
