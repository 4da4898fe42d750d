"""Uji foto buta: how a sample of photos stands, and what it says in plain words (R-SA-15, R-SA-19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rbmgeo.sampling.estimate import wilson
from rbmgeo.supervision.checked import same_digits

#: Photos that stand ready to take the place of unreadable ones.
RESERVE_SHARE = 0.3


class PhotoVerdict(StrEnum):
    """What a look at a photo says of the recorded stand."""

    SAME = "sama"
    OTHER = "beda"
    UNREADABLE = "tak_terbaca"


@dataclass(frozen=True)
class PhotoResult:
    """How far a sample is: ``same`` + ``other`` are the readable ones, out of ``size`` wanted."""

    lot: int
    size: int
    same: int
    other: int
    unreadable: int

    @property
    def seen(self) -> int:
        """Return how many photos were read."""
        return self.same + self.other

    @property
    def left(self) -> int:
        """Return how many are still to be read."""
        return max(0, self.size - self.seen)

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval of the share of stands that differ from their photo."""
        return wilson(self.other, self.seen)


def verdict_of(seen: str | None, recorded: str) -> PhotoVerdict:
    """Judge what a checker typed; nothing typed is an unreadable photo.

    >>> verdict_of("01234", "1234").value, verdict_of("1235", "1234").value, verdict_of(None, "1").value
    ('sama', 'beda', 'tak_terbaca')
    """
    if seen is None:
        return PhotoVerdict.UNREADABLE
    # Who types whole kWh leaves the figures behind the comma out, as readers do.
    told = recorded if "." in seen else recorded.partition(".")[0]
    return PhotoVerdict.SAME if same_digits(told, seen) else PhotoVerdict.OTHER


def next_place(places: Sequence[tuple[int, bool]], done: dict[int, PhotoVerdict]) -> int | None:
    """Return the place of the photo to be looked at next, None where the sample is done.

    ``places``: (place, reserve) in the order drawn. A reserve photo comes only once a photo
    before it could not be read, in the order printed, never by choice (R-SA-18).

    >>> places = [(1, False), (2, False), (3, True)]
    >>> next_place(places, {1: PhotoVerdict.SAME, 2: PhotoVerdict.UNREADABLE})
    3
    """
    for place, reserve in places:
        if place not in done and not reserve:
            return place
    lost = sum(v == PhotoVerdict.UNREADABLE for v in done.values())
    spare = [place for place, reserve in places if reserve]
    return next((p for p in spare[:lost] if p not in done), None)
