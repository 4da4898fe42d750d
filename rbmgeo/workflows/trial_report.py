"""Laporan uji coba: what a trial compared, promised, found and walked, and what it cannot say."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import board, survey, trial, units
from rbmgeo.errors import NothingToDo
from rbmgeo.reports.trial import trial_parts
from rbmgeo.sheets.letter import dated
from rbmgeo.sheets.trial import draw_trial
from rbmgeo.supervision.month_summary import content_hash
from rbmgeo.survey.outcomes import found_wrong
from rbmgeo.survey.walked import days_walked, walked
from rbmgeo.workflows.sureness import how_sure


def trial_figures(session: Session, ulp: str, blth: str, *, on: date) -> dict[str, Any]:
    """Return the figures of a trial as plain data.

    Raises
    ------
    NothingToDo
        If no file was taken in.
    """
    unit = units.unit(session, ulp=ulp)
    lists = trial.files(session, ulp=ulp)
    if not lists:
        raise NothingToDo(
            f"unit {ulp} has no files yet; import its lists first",
            f"unit {ulp} belum punya berkas; impor daftarnya dulu",
        )
    limit = units.unit_settings(session, ulp=ulp).finding_limit
    f = board.facts(session, ulp=ulp, blth=blth, limit=limit)
    days = days_walked(
        trial.survey_visits(session, ulp=ulp, time_zone=unit.time_zone, srid=unit.utm_srid)
    )
    return {
        "on": on.isoformat(), "lists": lists, "classes": f.classes if f.matched_at else {},
        "to_see": f.to_see, "customers": f.customers, "with_point": f.with_point,
        "promises": _promises(session, ulp), "walked": vars(walked(days)), "days": _by_day(days),
        "untold": trial.untold(session, ulp=ulp),
    }  # fmt: skip


def trial_pdf(session: Session, ulp: str, figures: dict[str, Any]) -> bytes:
    """Draw the report, in Indonesian; the same figures give the same bytes."""
    unit = units.unit(session, ulp=ulp)
    whose = {"ulp": ulp, "unit": unit.name, "up3": unit.up3, "sample": unit.sample}
    on = dated(date.fromisoformat(figures["on"]))
    sha256 = content_hash({**whose, "figures": figures})
    return draw_trial(trial_parts(figures), whose, on=on, sha256=sha256)


def _promises(session: Session, ulp: str) -> dict[str, Any] | None:
    """Set promises against answers; None where nothing was matched."""
    try:
        sure = how_sure(session, ulp)
    except NothingToDo:
        return None
    told = found_wrong(survey.answered_promises(session, ulp=ulp)).dropna(subset=["promised_p"])
    p, wrong = told["promised_p"].to_numpy(float), told["wrong"].to_numpy(bool)
    # If p is right the number found has this mean and spread, houses apart from each other.
    apart = 1.96 * float(np.sqrt((p * (1 - p)).sum()))
    confirmed = int((wrong & told["confirmed"].to_numpy(bool)).sum())
    return {
        "answers": len(told), "promised": round(float(p.sum()), 4), "found": int(wrong.sum()),
        "confirmed": confirmed,
        "chance": (round(max(float(p.sum()) - apart, 0.0), 4), round(float(p.sum()) + apart, 4)),
        "groups": sure.groups.to_dict("records"), "controls": vars(sure.controls),
        "doubles": vars(sure.doubles),
        "unfound": (round(sure.unfound_low), round(sure.unfound_high)),
    }  # fmt: skip


def _by_day(days: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row per day of the survey, newest first; missing where nothing was measured."""
    if days.empty:
        return []
    by = days.groupby("on", sort=True)
    table = pd.DataFrame({
        "officers": by["officer"].nunique(), "stops": by["stops"].sum(),
        "km": by["metres"].sum(min_count=1) / 1000, "minutes": by["minutes"].sum(min_count=1),
    }).iloc[::-1]  # fmt: skip
    return [
        {"on": f"{on:%Y-%m-%d}", "officers": int(r["officers"]), "stops": int(r["stops"]),
         **{n: None if r[n] != r[n] else round(float(r[n]), 3) for n in ("km", "minutes")}}
        for on, r in table.iterrows()
    ]  # fmt: skip
