"""SOP IV.4 at the gardu: its houses in the order of its lines, and the answers given there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import survey, telusur, units
from rbmgeo.errors import UsageError
from rbmgeo.geo import metres_xy
from rbmgeo.intake.rules import gardu as normalised
from rbmgeo.survey.outcomes import SAME_SURVEY_DAYS
from rbmgeo.survey.telusur import Walk, walk_of_gardu
from rbmgeo.terms import SurveyOutcome
from rbmgeo.workflows.answers import AnswerSummary, record_answers

#: Degrees around the lines of a gardu within which houses are looked at (about 65 m).
MARGIN = 0.0006
#: Answers that are given while one walks along a gardu.
GIVEN = (
    SurveyOutcome.COCOK,
    SurveyOutcome.GARDU_LAIN,
    SurveyOutcome.TIDAK_TERLACAK,
    SurveyOutcome.TIDAK_DITEMUKAN,
)


@dataclass(frozen=True)
class Trail:
    """One gardu to be walked: ``walk``, and what stands at each house (same index)."""

    gardu: str
    name: str | None
    walk: Walk
    houses: pd.DataFrame


@dataclass(frozen=True)
class Told:
    """One answer of a surveyor at a pole; ``client_id`` was made where it was given."""

    client_id: str
    public_id: str
    outcome: str
    gardu: str


def since(now: datetime) -> datetime:
    """Return from when on an answer belongs to this survey."""
    return now - timedelta(days=SAME_SURVEY_DAYS)


def trail(session: Session, ulp: str, gardu: str, *, now: datetime) -> Trail:
    """Return the poles and houses of one gardu in walking order; raises `NotThere`."""
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    srid = unit.utm_srid
    place = telusur.gardu_place(session, ulp=ulp, gardu=gardu)
    tight = telusur.box(session, ulp=ulp, gardu=gardu)
    around = None
    if tight is not None:
        west, south, east, north = tight
        around = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    nowhere = around or (0.0, 0.0, 0.0, 0.0)
    houses = telusur.houses(session, ulp=ulp, gardu=gardu, box=around, since=since(now), srid=srid)
    site = None
    if srid and place["lon"] is not None:
        x, y = metres_xy([place["lon"]], [place["lat"]], srid)
        site = (float(x[0]), float(y[0]))
    walk = walk_of_gardu(
        gardu, houses,
        telusur.spans(session, ulp=ulp, gardu=gardu, box=nowhere, srid=srid),
        telusur.poles(session, ulp=ulp, box=nowhere, srid=srid),
        site=site, lv_node=place["lv_node"], near_m=settings.pole_survey_m,
    )  # fmt: skip
    shown = pd.DataFrame(houses.drop(columns=["geometry", "proposed", "member"]))
    return Trail(gardu, place["name"], walk, walk.houses.join(shown))


def trail_rows(found: Trail) -> pd.DataFrame:
    """Return a trail as one table in walking order: one row per house, none left out.

    ``order`` 0 and an empty jurusan where nothing says at which pole a house hangs.
    """
    houses = found.houses.reset_index()
    stops = found.walk.stops[["jurusan", "order", "tiang", "along_m"]].rename(
        columns={"tiang": "at"}
    )
    rows = houses.join(stops, on="stop")
    last = rows["stop"].eq(-1)
    rows = rows.assign(last=last).sort_values(["last", "stop", "idpel"], ignore_index=True)
    rows["order"] = rows["order"].fillna(0).astype(int)
    rows["jurusan"] = stops["jurusan"].reindex(rows["stop"]).fillna("").to_numpy()
    rows["recorded_here"] = rows["member"]
    names = ["jurusan", "order", "at", "along_m", "idpel", "address", "meter_number", "gardu",
             "tiang", "recorded_here", "outcome"]  # fmt: skip
    return rows[names].rename(columns={"at": "pole", "tiang": "recorded_pole"})


def answer(
    session: Session, ulp: str, told: Sequence[Told], *, tiang: str | None, at: datetime, who: str
) -> AnswerSummary:
    """Keep what a surveyor said at one pole; the same ``client_id`` again is skipped.

    Raises `UsageError` where an answer is none of `GIVEN` or names no gardu of the unit.
    """
    idpels = telusur.idpels_of(session, ulp=ulp, public_ids=[t.public_id for t in told])
    codes = {(t.outcome, t.gardu): _gardu(session, ulp, t) for t in told}
    rows = [
        {"client_id": str(uuid.UUID(t.client_id)), "idpel": idpels.get(t.public_id, t.public_id),
         "outcome": t.outcome, "gardu": codes[t.outcome, t.gardu],
         "tiang": tiang, "control": False, "officer": who, "answered_at": at}
        for t in told
    ]  # fmt: skip
    return record_answers(session, ulp, pd.DataFrame(rows), who=who)


def _gardu(session: Session, ulp: str, told: Told) -> str | None:
    if told.outcome not in GIVEN:
        raise UsageError(
            f"{told.outcome!r} is no answer here; it is one of {', '.join(GIVEN)}",
            f"{told.outcome!r} bukan jawaban di sini; pilih {', '.join(GIVEN)}",
        )
    if told.outcome != SurveyOutcome.GARDU_LAIN:
        return None
    code = str(normalised(pd.Series([told.gardu], dtype="str")).iloc[0]) if told.gardu else ""
    if not survey.has_gardu(session, ulp=ulp, gardu=code):
        raise UsageError(
            f"gardu {told.gardu or '-'} is not among the gardu of unit {ulp}; check its code",
            f"gardu {told.gardu or '-'} tidak ada di daftar gardu unit {ulp}; periksa kodenya",
        )
    return code
