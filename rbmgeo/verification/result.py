"""What a verification says so far, and what comes next (R-SA-20 as R-SB-03 amends it)."""

from collections.abc import Mapping
from dataclasses import dataclass

from rbmgeo.terms import CheckState
from rbmgeo.verification.houses import JUDGED, REPLACED, active_places
from rbmgeo.verification.plan import CheckPlan, left_at_most

#: What comes next: wait for answers, order second looks, look around the first
#: confirmed error and draw anew, send the whole gardu back, accept; nothing can be decided.
WAIT, LOOK, AROUND, WHOLE, ACCEPT, STUCK = (
    "menunggu", "lihat_kedua", "sekitar", "seluruh", "terima", "buntu",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """The state of every house of one draw: ``drawn`` by place, ``around`` by idpel."""

    plan: CheckPlan
    drawn: Mapping[int, CheckState]
    around: tuple[CheckState, ...] = ()

    @property
    def active(self) -> tuple[CheckState, ...]:
        """The states of the houses that count for the sample."""
        return tuple(self.drawn[p] for p in active_places(self.drawn, self.plan.size))

    @property
    def seen(self) -> int:
        """Houses of the sample that were judged."""
        return sum(s in JUDGED for s in self.active)


@dataclass(frozen=True)
class Result:
    """One gardu's verification: its first sample, and the fresh one after an error."""

    samples: tuple[Sample, ...]

    @property
    def last(self) -> Sample:
        """The sample whose result speaks for those not looked at."""
        return self.samples[-1]

    def count(self, *wanted: CheckState) -> int:
        """Return how many houses are in one of some states, those around an error among them."""
        return sum(s in wanted for it in self.samples for s in (*it.active, *it.around))

    @property
    def confirmed(self) -> int:
        """Houses whose record is wrong, seen by two people."""
        return self.count(CheckState.BEDA_PASTI)

    @property
    def last_wrong(self) -> int:
        """Those among them that the newest sample drew itself."""
        return sum(s == CheckState.BEDA_PASTI for s in self.last.active)

    @property
    def waiting(self) -> int:
        """Houses where one person saw another gardu, and nobody looked again."""
        return self.count(CheckState.BEDA_MENUNGGU)

    @property
    def replaced(self) -> int:
        """Houses that said nothing of their gardu."""
        return self.count(*REPLACED)

    @property
    def seen(self) -> int:
        """Houses that were judged, all samples together."""
        return self.count(*JUDGED)

    def left_most(self, risk: float = 0.1) -> int:
        """Return the most wrong ones that may be among those not looked at, of the newest lot."""
        it = self.last
        return left_at_most(it.plan.lot, it.seen, self.last_wrong, risk=risk)

    @property
    def next(self) -> str:
        """What comes next; the most urgent of what can be done."""
        if self.confirmed >= 2:
            return WHOLE
        if self.waiting:
            return LOOK
        if self.confirmed and len(self.samples) == 1 and not self.last.plan.whole:
            return AROUND
        left = [s for it in self.samples for s in (*it.active, *it.around)]
        if any(s == CheckState.BELUM for s in left):
            return WAIT
        return ACCEPT if self.last.seen >= self.last.plan.size else STUCK
