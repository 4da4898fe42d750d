"""Logging in on the word of the office's identity provider: whose account here is it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import office_people, people
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed


def vouched_for(
    session: Session, claims: Mapping[str, Any], *, claim: str, provision: bool
) -> AppUser:
    """Return the account of whom verified claims tell; the caller commits.

    The first time an account is found by its login (``claim``) and tied to the provider's ``sub``;
    from then on by ``sub`` alone (ASVS 5.0 10.5.2), whatever the person is called. An account for
    an emergency is tied to nobody.

    Raises
    ------
    NotAllowed
        If nobody here has that login (and ``provision`` is off), the account is another one's or
        shut out, or the claim is missing or an address that was not verified.
    """
    subject = f"{claims['iss']} {claims['sub']}"
    found = office_people.by_subject(session, subject=subject)
    if found is None:
        found = _tied(session, claims, subject, claim=claim, provision=provision)
    if not found.active:
        raise NotAllowed(
            "this account is shut out; ask the administrator", "akun ini ditutup; hubungi administrator"
        )  # fmt: skip
    return found


def _tied(
    session: Session, claims: Mapping[str, Any], subject: str, *, claim: str, provision: bool
) -> AppUser:
    login = str(claims.get(claim) or "").strip().lower()
    if not login or (claim == "email" and claims.get("email_verified") is not True):
        raise _unknown()
    found = people.by_login(session, login=login)
    if found is None:
        if not provision:
            raise _unknown()
        name = str(claims.get("name") or login)[:80]
        found = office_people.add_without_password(session, login=login, subject=subject, display_name=name)  # fmt: skip
        log_command(session, who=login, ulp=None, command="oidc account", after={"user": found.user_id})  # fmt: skip
    elif found.oidc_subject is not None or found.break_glass:
        raise _unknown()
    elif found.active:
        found.oidc_subject = subject
        log_command(session, who=login, ulp=None, command="oidc tied", after={"user": found.user_id})  # fmt: skip
    return found


def _unknown() -> NotAllowed:
    return NotAllowed(
        "this office account has no account here; ask the administrator",
        "akun kantor ini belum punya akun di sini; hubungi administrator",
    )
