"""What a password must be (OWASP ASVS 5.0, level 2, section 6.2), and how a first one is drawn.

Asked for: length (6.2.1), room for long ones (6.2.9), not on the list of common ones (6.2.4), not
made of the person's own names or the unit's (6.2.11). Not asked for: kinds of signs (6.2.5), a new
one every so often (6.2.10). A password is checked exactly as it was typed (6.2.8).
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from rbmgeo.errors import UsageError
from rbmgeo.keys.common_passwords import is_common, plain, unswapped

#: ASVS 6.2.1 asks for 8; who may do everything needs more.
SHORTEST, SHORTEST_OF_ADMIN = 10, 12
#: ASVS 6.2.9 asks for 64 at least; no work is done for whole books.
LONGEST = 256
#: A first password that was not used until then lets nobody in (ASVS 6.4.1).
FIRST_LASTS = timedelta(days=7)
#: Signs that nobody takes for another on paper.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def shortest(*, admin: bool) -> int:
    """Return the least number of signs."""
    return SHORTEST_OF_ADMIN if admin else SHORTEST


def check_password(password: str, *, own: Iterable[str] = (), admin: bool = False) -> None:
    """Raise `UsageError` with the reason where a password will not do.

    ``own``: the person's login and names, the unit's code and name; what is left of the
    password without one of them must be a password by itself.
    """
    least = shortest(admin=admin)
    if len(password) < least:
        raise UsageError(
            f"the password has {len(password)} signs; take {least} or more",
            f"kata sandi hanya {len(password)} huruf; pakai {least} atau lebih",
        )
    if len(password) > LONGEST:
        raise UsageError(
            f"the password has more than {LONGEST} signs; take a shorter one",
            f"kata sandi lebih dari {LONGEST} huruf; pakai yang lebih pendek",
        )
    if is_common(password):
        raise UsageError(
            "this password is among those that are tried first; take a few words that belong together for you alone",
            "kata sandi ini termasuk yang dicoba orang lebih dulu; pakai beberapa kata yang hanya Anda yang mengaitkannya",
        )
    if _made_of(password, own):
        raise UsageError(
            "the password is made of your login, your name or the unit; take other words",
            "kata sandi ini dibuat dari nama masuk, nama Anda, atau unit; pakai kata lain",
        )


def first_password() -> str:
    """Draw a first password: four groups of five signs, 99 bits, to be read from paper."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))


def _made_of(password: str, own: Iterable[str]) -> bool:
    for told in (plain(password), unswapped(password)):
        for word in {w for o in own for w in (plain(o), *plain(o).split())}:
            if len(word) < 3:
                continue
            rest = told.replace(word, "").strip("0123456789 !@#$%^&*()-_=+.,?/")
            if word in told and len(rest) < 4:
                return True
    return False
