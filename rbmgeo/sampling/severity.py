"""When to look harder, and when to stop sampling: the switching rules of ISO 2859-1 (R-SA-13)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from rbmgeo.sampling.acceptance import Severity

#: Lots rejected among so many that follow each other lead to tightened inspection.
REJECTED, AMONG = 2, 5
#: Lots accepted in a row that lead back to normal.
BACK = 5
#: Lots rejected while tightened after which sampling ends: everything is looked at.
STOP = 5


@dataclass(frozen=True)
class Ledger:
    """Where the inspection of one officer (or RBM) stands after the lots so far.

    ``recent``: of the newest lots under the present severity, oldest first, whether each was
    accepted. ``rejected``: lots rejected since it was tightened. ``stopped``: no sample is
    trusted any more; 100 % check and a word with the vendor, until a person begins anew.
    """

    severity: Severity = Severity.NORMAL
    recent: tuple[bool, ...] = ()
    rejected: int = 0
    stopped: bool = False

    def after(self, accepted: bool) -> "Ledger":
        """Return the ledger once a further lot, looked at under its severity, is decided.

        >>> Ledger().after(True).after(False).after(True).after(False).severity.value
        'diperketat'
        """
        if self.stopped:
            return self
        recent = (*self.recent, accepted)[-AMONG:]
        if self.severity == Severity.NORMAL:
            if recent.count(False) >= REJECTED:
                return Ledger(Severity.TIGHTENED)
            return replace(self, recent=recent)
        if len(recent) >= BACK and all(recent[-BACK:]):
            return Ledger()
        rejected = self.rejected + (not accepted)
        return Ledger(self.severity, recent, rejected, stopped=rejected >= STOP)


def ledger(accepted: Iterable[bool]) -> Ledger:
    """Return where the inspection stands after lots, oldest first."""
    now = Ledger()
    for one in accepted:
        now = now.after(one)
    return now


class Why(StrEnum):
    """Why the next lot is looked at as it is."""

    STAYS = "tetap"
    TIGHTENED = "menjadi_ketat"
    BACK = "kembali_normal"
    STOPPED = "berhenti"
    ANEW = "mulai_baru"


@dataclass(frozen=True)
class Step:
    """One lot (or a person's new beginning) in a ledger: what was before, what follows and why.

    ``accepted`` is None where a person let the ledger begin anew.
    """

    accepted: bool | None
    before: Ledger
    after: Ledger
    why: Why


def steps(accepted: Iterable[bool | None]) -> list[Step]:
    """Return the whole ledger, oldest first; None stands for a new beginning.

    >>> [s.why.value for s in steps([True, False, True, False])]
    ['tetap', 'tetap', 'tetap', 'menjadi_ketat']
    """
    out, now = [], Ledger()
    for one in accepted:
        then = Ledger() if one is None else now.after(one)
        out.append(Step(one, now, then, _why(one, now, then)))
        now = then
    return out


def _why(accepted: bool | None, before: Ledger, after: Ledger) -> Why:
    if accepted is None:
        return Why.ANEW
    if after.stopped and not before.stopped:
        return Why.STOPPED
    if after.severity == before.severity:
        return Why.STAYS
    return Why.TIGHTENED if after.severity == Severity.TIGHTENED else Why.BACK
