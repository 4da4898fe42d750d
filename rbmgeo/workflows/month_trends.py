"""The year behind a month: trends of its unit from what is kept of each month."""

from collections.abc import Collection
from decimal import Decimal

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import reader_facts
from rbmgeo.supervision.month_trends import month_trends
from rbmgeo.workflows.month_kept import readers_kept, year_up_to


def trends(
    session: Session, ulp: str, blth: str, *, kwh: pd.DataFrame, without: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return the control charts of the twelve months up to one.

    ``kwh``: `rbmgeo.db.queries.board.kwh_by_month`; ``without``: months that are not kept of
    their present state: their shares are not known.
    """
    months = year_up_to(blth)
    readers = readers_kept(session, ulp, [m for m in months if m not in without])
    photos = {}
    for month in months:
        looked = reader_facts.photo_checks(session, ulp=ulp, blth=month)
        photos[month] = (int(looked["wrong"].sum()), int(looked["seen"].sum()))
    told: dict[str, Decimal] = {
        str(month): Decimal(str(told)) for month, told in kwh.dropna(subset=["kwh"])[["blth", "kwh"]].to_numpy().tolist()
    }  # fmt: skip
    return month_trends(months, readers, photos, told)
