"""What a trial report counts: files taken in, survey visits with their places, houses not told of."""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read_exact
from rbmgeo.geo import metres_xy
from rbmgeo.survey.outcomes import NAMING
from rbmgeo.terms import FieldJob


def files(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return a row per kind of file that stands: ``kind``, ``files``, ``good``, ``rejected``, ``newest``."""
    rows = session.execute(
        text(
            "SELECT split_part(kind, ':', 1) AS kind, count(*) AS files, sum(good) AS good, "
            "sum(rejected) AS rejected, max(blth) AS newest FROM import_batch "
            "WHERE ulp = :u AND undone_at IS NULL GROUP BY 1 ORDER BY 1"
        ),
        {"u": ulp},
    ).mappings()
    return [{**row, "good": int(row["good"]), "rejected": int(row["rejected"])} for row in rows]


def survey_visits(session: Session, *, ulp: str, time_zone: str, srid: int | None) -> pd.DataFrame:
    """Return the survey visits of phones as `rbmgeo.survey.walked.days_walked` takes them.

    One row a visit, two contents of one are one visit; metres of ``srid``.
    """
    frame = read_exact(
        session,
        """
        SELECT DISTINCT ON (client_id) officer, visit_no, device_at AT TIME ZONE :zone AS at,
               lon, lat, accuracy_m
        FROM field_visit WHERE ulp = :ulp AND job = :job ORDER BY client_id, visit_no
        """,
        ulp=ulp, zone=time_zone, job=str(FieldJob.SURVEI),
    )  # fmt: skip
    frame["at"] = pd.to_datetime(frame["at"])
    places = frame[["lon", "lat", "accuracy_m"]].astype(float)
    x, y = (np.nan, np.nan) if srid is None or places.empty else metres_xy(places["lon"], places["lat"], srid)  # fmt: skip
    return frame[["officer", "visit_no", "at"]].assign(x=x, y=y, accuracy_m=places["accuracy_m"])


def untold(session: Session, *, ulp: str) -> int:
    """Count the houses whose only answers tell no gardu."""
    found = session.scalar(
        text(
            "SELECT count(*) FROM (SELECT idpel FROM survey_answer WHERE ulp = :u "
            "GROUP BY idpel HAVING NOT bool_or(outcome = ANY(:told))) s"
        ),
        {"u": ulp, "told": [str(o) for o in NAMING]},
    )
    return int(found or 0)
