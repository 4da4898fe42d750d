"""How long guessing has to wait (ASVS 5.0 6.3.1, and 6.1.1: the limits are written here).

Three limits, each of wrong passwords: of one login, of one machine, of the whole service. The
first grows with every further wrong one; the others end by themselves. Who logged in from the
same machine lately is held by the first alone, so that an attack keeps nobody else out.
"""

#: Wrong passwords for one login before it waits; they count for a day.
LOGIN_TRIES, LOGIN_HOURS = 10, 24
FIRST_WAIT_S, LONGEST_WAIT_S = 60, 900
#: Wrong passwords from one machine, and of all together, within so many minutes.
ADDRESS_TRIES, SERVICE_TRIES, MINUTES = 50, 300, 10
#: Days for which a log-in from a machine tells that somebody works there.
KNOWN_DAYS = 30


def login_wait_s(wrong: int, since_s: float) -> float:
    """Return the seconds that a login has to wait after so many wrong passwords, the last then.

    A minute after the tenth, twice as long after each further one, a quarter of an hour at most.
    """
    if wrong < LOGIN_TRIES:
        return 0.0
    doubled = min(wrong - LOGIN_TRIES, 20)
    return max(min(FIRST_WAIT_S * 2.0**doubled, LONGEST_WAIT_S) - since_s, 0.0)


def recent_wait_s(oldest_s: float | None) -> float:
    """Return the seconds until the oldest of too many wrong passwords counts no more.

    ``oldest_s``: its age; None where there are not too many.
    """
    return 0.0 if oldest_s is None else max(60.0 * MINUTES - oldest_s, 0.0)


def minutes(wait_s: float) -> int:
    """Return whole minutes to wait, at least one."""
    return max(int(-(-wait_s // 60)), 1)
