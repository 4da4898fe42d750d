"""What a unit's planner sets for routes: crossings, where walks begin, pace, capacity (SOP IV.5)."""

from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.routes.params import KINDS
from rbmgeo.settings import UnitSettings

#: Names of `UnitSettings` that routes are made with.
NAMES = (
    "crossing_m", "crossing_large_m", "crossing_by_road", "large_at_junctions", "walk_start",
    "walk_start_by_rbm", "office", "walking_m_per_s", "service_s", "detour", "min_gain_share",
    "min_gain_m", "capacity_min", "capacity_max", "capacity_by_kind", "date_shift_days",
    "pln_read_over_va",
)  # fmt: skip


def set_routes(session: Session, ulp: str, values: dict[str, Any], *, who: str) -> UnitSettings:
    """Keep some settings of a unit's routes, the others stay; the log says both sides.

    Raises
    ------
    UsageError
        If a range has its ends the wrong way round, or a name is none of `NAMES`.
    """
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no setting of routes", f"{unknown[0]!r} bukan setelan rute")  # fmt: skip
    was = units.unit_settings(session, ulp=ulp)
    now = UnitSettings.of({**was.model_dump(), **values})
    ranges = [(now.capacity_min, now.capacity_max), *((k[1], k[2]) for k in now.capacity_by_kind)]
    for least, most in ranges:
        if not 0 < least <= most:
            raise UsageError(
                f"an RBM of {least} to {most} customers is no range; the first is the smaller",
                f"RBM {least} sampai {most} pelanggan bukan rentang; yang pertama lebih kecil",
            )
    kinds = [k[0] for k in now.capacity_by_kind]
    if not set(kinds) <= set(KINDS) or len(set(kinds)) < len(kinds):
        raise UsageError(f"kinds of area are {', '.join(KINDS)}", f"jenis daerah: {', '.join(KINDS)}")  # fmt: skip
    told = now.model_dump(mode="json")
    changed = {n: told[n] for n in values if told[n] != was.model_dump(mode="json")[n]}
    if not changed:
        return was
    units.set_unit(session, ulp=ulp, settings=changed)
    # Where the office stands is nobody's customer data; the log keeps both sides whole.
    log_command(session, who=who, ulp=ulp, command="route settings",
                before={n: was.model_dump(mode="json")[n] for n in changed}, after=changed)  # fmt: skip
    units.bump(session, ulp=ulp)
    return now


def set_start_of(session: Session, ulp: str, rbm: str, kind: str, *, who: str) -> UnitSettings:
    """Give one RBM a start of its own, or none ("": that of the unit)."""
    own = dict(units.unit_settings(session, ulp=ulp).walk_start_by_rbm)
    own.pop(rbm, None)
    if kind:
        own |= {rbm: kind}  # type: ignore[dict-item]
    return set_routes(session, ulp, {"walk_start_by_rbm": own}, who=who)
