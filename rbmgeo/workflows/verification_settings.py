"""What a unit's planner sets for verifications: how many wrong must show, the risk, second visits."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.settings import UnitSettings

NAMES = ("verify_share", "verify_risk", "verify_doubles")


def set_verification(
    session: Session, ulp: str, values: dict[str, Any], *, who: str
) -> UnitSettings:
    """Keep the settings of verifications; they hold for what is drawn next, the log says both sides.

    Raises
    ------
    UsageError
        If a share is none.
    """
    was = units.unit_settings(session, ulp=ulp)
    try:
        now = UnitSettings.of({**was.model_dump(), **{n: values[n] for n in NAMES if n in values}})
    except ValidationError as bad:
        raise UsageError(
            "shares and risk lie above 0 and below 100 %", "bagian dan risiko di atas 0 dan di bawah 100 %"
        ) from bad  # fmt: skip
    changed = {n: getattr(now, n) for n in NAMES if getattr(now, n) != getattr(was, n)}
    if not changed:
        return was
    units.set_unit(session, ulp=ulp, settings=changed)
    log_command(session, who=who, ulp=ulp, command="verification settings",
                before={n: getattr(was, n) for n in changed}, after=changed)  # fmt: skip
    units.bump(session, ulp=ulp)
    return now
