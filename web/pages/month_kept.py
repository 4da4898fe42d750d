"""Pages over months that are computed once: at once where that is quick, else by a job."""

from flask import g

from rbmgeo.workflows.month_kept import keep, quick, stale
from web.database import database


def waiting(kind: str, months: list[str], *, newest: bool = True) -> list[str]:
    """Compute what is quickly computed of some months; return those that wait for a job.

    The newest of the months is always computed where its page is about it (``newest``).
    """
    with database().reading() as session:
        late = stale(session, g.ulp, kind, months)
        if not late:
            return []
        now = late
        if not quick(session, g.ulp, kind, late):
            now = [m for m in late if newest and m == months[-1]]
    if now:
        with database().writing() as session:
            keep(session, g.ulp, kind, now)
    return [m for m in late if m not in now]
