"""Phones of the field: one that is lost gets no more lists."""

import uuid

from sqlalchemy.orm import Session

from rbmgeo.db.queries import field_devices
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere


def strike_off(session: Session, ulp: str, device_id: str, *, off: bool, who: str) -> bool:
    """Strike a phone off, or take it back; return whether that changed anything.

    What a struck-off phone holds is still received: it is work that was done. Raises `NotThere`.
    """
    known = {d["device_id"] for d in field_devices.devices(session, ulp=ulp)}
    try:
        device_id = str(uuid.UUID(device_id))
    except ValueError:
        device_id = ""
    if device_id not in known:
        raise NotThere(
            "the unit has no such phone; look at the list again",
            "unit ini tidak punya HP itu; lihat lagi daftarnya",
        )
    done = field_devices.strike_off(session, ulp=ulp, device_id=device_id, who=who, off=off)
    if done:
        log_command(
            session, who=who, ulp=ulp, command="phone struck off" if off else "phone taken back",
            after={"device": device_id},
        )  # fmt: skip
    return done
