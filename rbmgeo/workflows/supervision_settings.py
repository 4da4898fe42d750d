"""What a unit sets for its supervision: closing day, day and tempo of reading, what is odd (R-SA-01..06)."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.settings import UnitSettings
from rbmgeo.supervision.consistency import ConsistencyParams

#: Names of `UnitSettings` that supervision is done with.
NAMES = (
    "closing_day", "reading_tolerance_days", "reading_least_days", "reading_most_days",
    "reading_first_hour", "reading_last_hour", "reading_speed_m_per_s", "reading_accuracy_m",
    "reading_step_m", "reading_away_m", "dlpd_rise", "dlpd_fall", "dlpd_low_hours",
    "self_read_days",
)  # fmt: skip


def set_supervision(
    session: Session, ulp: str, values: dict[str, Any], *, who: str
) -> UnitSettings:
    """Keep some settings of a unit's supervision, the others stay; the log says both sides.

    Raises
    ------
    UsageError
        If a range has its ends the wrong way round, a figure is out of bounds, or a name is
        none of `NAMES`.
    """
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no setting of supervision", f"{unknown[0]!r} bukan setelan pengawasan")  # fmt: skip
    was = units.unit_settings(session, ulp=ulp)
    try:
        now = UnitSettings.of({**was.model_dump(), **values})
    except ValidationError as fault:
        name = str(fault.errors()[0]["loc"][0])
        raise UsageError(
            f"{name} is out of its bounds; correct it and keep again",
            f"{name} di luar batasnya; betulkan lalu simpan lagi",
        ) from fault
    ranges = (
        (now.reading_least_days, now.reading_most_days, False),
        (now.reading_first_hour, now.reading_last_hour, True),
        (*now.self_read_days, False),
    )
    for least, most, apart in ranges:
        if least > most or (apart and least == most):
            raise UsageError(
                f"{least} to {most} is no range; the first is the smaller",
                f"{least} sampai {most} bukan rentang; yang pertama lebih kecil",
            )
    before, after = was.model_dump(mode="json"), now.model_dump(mode="json")
    changed = {n: after[n] for n in values if after[n] != before[n]}
    if not changed:
        return was
    units.set_unit(session, ulp=ulp, settings=changed)
    log_command(session, who=who, ulp=ulp, command="supervision settings",
                before={n: before[n] for n in changed}, after=changed)  # fmt: skip
    units.bump(session, ulp=ulp)
    return now


def params_of(settings: UnitSettings) -> ConsistencyParams:
    """Return from when on a unit asks about its reading; what it does not set is the rule's."""
    return ConsistencyParams(
        tolerance_days=settings.reading_tolerance_days, least_days=settings.reading_least_days,
        most_days=settings.reading_most_days, first_hour=settings.reading_first_hour,
        last_hour=settings.reading_last_hour, speed_m_per_s=settings.reading_speed_m_per_s,
        accuracy_m=settings.reading_accuracy_m, step_m=settings.reading_step_m,
        away_m=settings.reading_away_m,
    )  # fmt: skip
