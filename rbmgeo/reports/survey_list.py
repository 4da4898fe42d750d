"""A survey list as the surveyor takes it along: table rows and stops for a phone."""

import pandas as pd

from rbmgeo.labels.questions import asked

COLUMNS = [
    "ulp", "surveyor", "day", "stop", "idpel", "control", "gardu", "proposed_gardu", "tiang",
    "meter_number", "name", "address", "patch", "question", "lon", "lat", "second",
]  # fmt: skip


def list_rows(tasks: pd.DataFrame, *, ulp: str, lang: str = "id") -> pd.DataFrame:
    """Return one row a visit in walking order, the question in words.

    ``tasks``: rows of `rbmgeo.db.queries.survey.tasks`, index idpel.
    """
    rows = tasks.reset_index().assign(ulp=ulp)
    rows["question"] = [asked(q, lang) if isinstance(q, str) else None for q in rows["question"]]
    return rows[COLUMNS]


def waypoints(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the visits of `list_rows` as stops of `rbmgeo.reports.gpx`, in walking order.

    A stop is named by list and place.
    """
    said = rows[["idpel", "meter_number", "address", "question"]].apply(
        lambda row: "; ".join(v for v in row if isinstance(v, str)), axis=1
    )
    names = [f"{r.surveyor}-{r.day}-{r.stop:03d}" for r in rows.itertuples()]
    return rows[["lon", "lat"]].assign(name=names, said=said)
