"""To which UP3 and UID a unit belongs, and one role in all units of one of them at once."""

import re

from sqlalchemy.orm import Session

from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.terms import Role

#: Names of a UP3 or UID as they stand in addresses.
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z ().-]{0,39}")


def place_unit(session: Session, ulp: str, *, up3: str, uid: str, who: str) -> Ulp:
    """Say to which UP3 and UID a unit belongs; an empty one is none. The log says both sides."""
    told = {"up3": _named(up3), "uid": _named(uid)}
    was = units.unit(session, ulp=ulp)
    before = {"up3": was.up3, "uid": was.uid}
    done = units.set_unit(session, ulp=ulp, **told)
    if before != told:
        log_command(session, who=who, ulp=ulp, command="unit region", before=before, after=told)
    return done


def grant_region(
    session: Session, user_id: int, *, role: str, by: str, code: str, take: bool, who: str
) -> list[str]:
    """Give (or ``take``) one role in every unit of a UP3 or UID; return the units.

    Roles stay those of units: each can be given or taken alone as well, and a unit that joins
    later is not among them until this is done again.

    Raises
    ------
    NotThere
        If no unit belongs to it.
    UsageError
        If the role is none, or ``by`` is neither up3 nor uid.
    """
    if by not in ("up3", "uid"):
        raise UsageError(f"{by!r} is neither up3 nor uid", f"{by!r} bukan up3 atau uid")
    if role not in set(Role):
        raise UsageError(f"{role!r} is not a role", f"{role!r} bukan peran")
    told = [u.ulp for u in units.units(session) if getattr(u, by) == code]
    if not told:
        raise NotThere(
            f"no unit belongs to {by.upper()} {code}; set it for its units first",
            f"belum ada unit di {by.upper()} {code}; isi dulu di unit-unitnya",
        )
    act = people.revoke if take else people.grant
    before = people.roles(session, user_id=user_id)
    changed = [ulp for ulp in told if (role in before.get(ulp, set())) == take]
    for ulp in changed:
        act(session, user_id=user_id, ulp=ulp, role=role)
        log_command(
            session, who=who, ulp=ulp, command=f"user {act.__name__}",
            after={"user": user_id, "role": role, by: code},
        )  # fmt: skip
    return changed


def _named(told: str) -> str | None:
    name = " ".join(told.split())
    if name and not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a UP3 or UID; up to 40 letters and figures",
            f"{name!r} bukan nama UP3 atau UID; sampai 40 huruf dan angka",
        )
    return name or None
