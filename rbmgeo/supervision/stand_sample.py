"""Uji petik stand: whose turn it is, what a sample shows, what may be decided (R-SA-11 to R-SA-19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from rbmgeo.labels import text
from rbmgeo.sampling.estimate import wilson
from rbmgeo.supervision.checked import Verdict

#: Names that stand ready to take the place of closed houses, as a share of the sample.
RESERVE_SHARE = 0.3
CLOSED = "tutup"
CHECKED = "diperiksa"  # a prepaid meter: there is no recorded stand beside it
OPENED = "dibuka"  # a person took the check back
#: A house of which these were said gives its turn to the reserve.
LOST = frozenset({CLOSED, str(Verdict.SUSPENDED)})
#: These count as read.
READ = frozenset({str(Verdict.RIGHT), str(Verdict.WRONG), str(Verdict.TO_SEE), CHECKED})


class Way(StrEnum):
    """How a sample is checked."""

    PHOTO = "foto"
    FIELD = "lapangan"
    PREPAID = "pra"


class LotBy(StrEnum):
    """What a lot is of: the readings of one month of the unit, an officer, an RBM, a gardu."""

    UNIT = "unit"
    OFFICER = "petugas"
    RBM = "rbm"
    GARDU = "gardu"


class Decision(StrEnum):
    """What may be said of a lot."""

    ESTIMATE = "perkiraan"  # no plan: a share and its interval, nothing to accept
    NOT_WHOLE = "belum_lengkap"
    TO_SEE = "perlu_dilihat"
    ACCEPT = "diterima"
    REJECT = "tidak_diterima"


@dataclass(frozen=True)
class Place:
    """One name of a sample in the order drawn; ``reserve`` ones stand in for closed houses."""

    place: int
    stratum: str
    reserve: bool


@dataclass(frozen=True)
class Shown:
    """How a sample stands: ``seen`` were read, ``wrong`` of them contradict what is recorded.

    ``to_see`` are within what is possible and far above the usual: neither right nor wrong until
    a person looked. ``lost``: closed, or not to be judged; ``spare`` reserve names are left.
    ``accept`` (Ac) is None without a plan.
    """

    lot: int
    size: int
    seen: int
    wrong: int
    to_see: int = 0
    lost: int = 0
    spare: int = 0
    accept: int | None = None

    @property
    def left(self) -> int:
        """Return how many are still to be read."""
        return max(0, self.size - self.seen)

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's 95 % interval of the share that differs."""
        return wilson(self.wrong, self.seen)

    @property
    def decision(self) -> Decision:
        """Say what the sample decides; by Ac and Re, and only once all of it is read."""
        if self.accept is None:
            return Decision.ESTIMATE
        if self.left:
            return Decision.NOT_WHOLE
        if self.wrong > self.accept:
            return Decision.REJECT
        return Decision.ACCEPT if self.wrong + self.to_see <= self.accept else Decision.TO_SEE


def in_turn(places: Sequence[Place], lost: frozenset[int] | set[int]) -> list[int]:
    """Return the places to be checked: the sample, and for each one lost the next of the reserve.

    A house is replaced from the reserve of its own stratum, in the order printed; where that is
    used up, by the first of the whole reserve that is left (R-SA-18). Nobody chooses, and a
    further loss never takes a turn away.

    >>> places = [Place(1, "A", False), Place(2, "B", False), Place(3, "A", True), Place(4, "B", True)]
    >>> in_turn(places, {2})
    [1, 2, 4]
    """
    taken = [p.place for p in places if not p.reserve]
    stratum = {p.place: p.stratum for p in places}
    spare = [p.place for p in places if p.reserve]
    waiting = [p for p in taken if p in lost]
    over = 0
    while waiting:
        own = next((s for s in spare if stratum[s] == stratum[waiting[0]]), None)
        waiting.pop(0)
        if own is None:
            over += 1
            continue
        spare.remove(own)
        taken.append(own)
        if own in lost:
            waiting.append(own)
    while over and spare:
        nxt = spare.pop(0)
        taken.append(nxt)
        over -= nxt not in lost
    return sorted(taken)


def fits(places: Sequence[Place], verdicts: Mapping[int, str]) -> bool:
    """Say whether every name that was checked was in its turn.

    A check that is taken back, or a closed house that is read after all, must not leave a reserve
    behind that was looked at already: then one could choose between two results.
    """
    lost = {p for p, v in verdicts.items() if v in LOST}
    turn = set(in_turn(places, lost))
    return all(p in turn for p in verdicts)


def shown(
    places: Sequence[Place], verdicts: Mapping[int, str], *, lot: int, accept: int | None
) -> Shown:
    """Count what a sample shows; ``verdicts``: what counts of each place that was checked."""
    lost = {p for p, v in verdicts.items() if v in LOST}
    turn = in_turn(places, lost)
    said = [verdicts[p] for p in turn if p in verdicts]
    reserves = {p.place for p in places if p.reserve}
    return Shown(
        lot=lot, size=sum(not p.reserve for p in places), seen=sum(v in READ for v in said),
        wrong=said.count(Verdict.WRONG), to_see=said.count(Verdict.TO_SEE), lost=len(lost),
        spare=len(reserves - set(turn)), accept=accept,
    )  # fmt: skip


def risk_lines(
    work: pd.DataFrame, lot_by: str, lot_of: str, *, nobody: str, hidden: frozenset[str]
) -> pd.DataFrame:
    """Return the DLPD lines of a lot (`rbmgeo.energy.attention.by_stake`), in their order.

    They were chosen by risk and say nothing of a share. ``hidden``: houses that are still to be
    checked without knowing their stand; ``nobody``: the name of the lot of no officer.
    """
    mine = work
    if lot_by == LotBy.OFFICER:
        mine = work[work["officer"].fillna(nobody) == lot_of]
    elif lot_by == LotBy.RBM:
        mine = work[work["rbm"] == lot_of]
    return mine[~mine["idpel"].isin(list(hidden))]


def told(result: Shown, lang: str) -> str:
    """Say a result in plain words, with its interval.

    >>> told(Shown(350, 50, 50, 1), "id")
    '1 dari 50 beda: 0,35\u201310,5 %'
    """
    if not result.seen:
        return text("sample.none", lang)
    low, high = (figure(100 * x, lang) for x in result.interval)
    return text("sample.told", lang, wrong=result.wrong, seen=result.seen, low=low, high=high)


def figure(value: float, lang: str) -> str:
    """Write a percentage with about three figures, without zeros behind.

    >>> figure(10.4955, "id"), figure(0.3539, "en"), figure(0.0, "id")
    ('10,5', '0.35', '0')
    """
    said = f"{value:.{1 if value >= 10 else 2}f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return said.replace(".", ",") if lang == "id" else said
