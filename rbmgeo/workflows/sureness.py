"""SOP IV.4, looked back at: what was promised, what was found, what is likely unfound."""

from sqlalchemy.orm import Session

from rbmgeo.db.queries import survey, units, work
from rbmgeo.errors import NothingToDo
from rbmgeo.survey.doubles import pairs, wrong_rate
from rbmgeo.survey.outcomes import found_wrong
from rbmgeo.survey.promises import Sureness, sureness


def how_sure(session: Session, ulp: str) -> Sureness:
    """Set the answers of a unit against what its findings promised.

    Raises `NothingToDo` where nothing was matched yet.
    """
    settings = units.unit_settings(session, ulp=ulp)
    findings = work.doubts(session, ulp=ulp)
    if findings.empty:
        raise NothingToDo(
            f"unit {ulp} has no findings yet; match its lists first (SOP IV.3)",
            f"unit {ulp} belum punya temuan; cocokkan daftarnya dulu (SOP IV.3)",
        )
    answers = survey.answered_promises(session, ulp=ulp)
    doubles = wrong_rate(pairs(answers)["agree"])
    return sureness(found_wrong(answers), findings, limit=settings.finding_limit, doubles=doubles)
