"""What a surveyor saw beside the outcome, and which of it differs from the record (SOP IV.4)."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rbmgeo.geo import metres_between
from rbmgeo.terms import Seen

#: A house told less far away than this is where the record has it; a phone knows no better.
MOVED_M = 10.0
#: Two surveyors who put one house further apart than this contradict each other.
APART_M = 30.0
#: The states of a service that can be seen at the house.
STATES = ("aktif", "putus", "bongkar")
POINTS = (Seen.POINT, Seen.TIANG_POINT, Seen.GARDU_POINT)


@dataclass(frozen=True, order=True)
class Observation:
    """One thing seen: ``value`` as text, ``subject`` the pole or gardu whose place it is."""

    field: str
    value: str
    subject: str | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Change:
    """One change that an answer asks for: which field (of what), from what, to what."""

    field: str
    before: str | None
    after: str | None
    subject: str | None = None


def place_text(lon: float, lat: float) -> str:
    """Write a place in degrees as it is kept: ``"112.700000,-7.650000"``, 0.1 m exact."""
    return f"{lon:.6f},{lat:.6f}"


def place_of(text: str) -> tuple[float, float]:
    """Read lon and lat that `place_text` wrote."""
    lon, _, lat = text.partition(",")
    return float(lon), float(lat)


def moved_m(before: str | None, after: str | None) -> float | None:
    """Return how far two places of `place_text` lie apart, None where one is missing."""
    if not before or not after:
        return None
    return metres_between(*place_of(before), *place_of(after))


def same_code(one: str | None, other: str | None) -> bool:
    """Say whether two codes are one but for case, spaces, dots and hyphens (as R-IM-10)."""
    return _plain(one) == _plain(other)


def seen_changes(
    seen: "tuple[Observation, ...]", standing: Any, places: "dict[tuple[str, str], str | None]"
) -> list[Change]:
    """Return what observations would change in the record.

    ``standing``: ``tiang``, ``meter_number``, ``rbm``, ``point`` (`place_text`) and ``status``
    of the record now, None where unknown. ``places``: the place of each pole or gardu by
    (field, code), None where it has none.
    """
    found = (_seen_change(o, standing, places) for o in sorted(seen))
    return [c for c in found if c is not None]


def _seen_change(
    seen: Observation, standing: Any, places: "dict[tuple[str, str], str | None]"
) -> Change | None:
    if seen.field in (Seen.NOTE, Seen.PHOTO):
        return None
    if seen.field in POINTS:
        now = _text(standing.point) if seen.field == Seen.POINT else None
        if seen.subject is not None:
            now = places.get((seen.field, seen.subject))
        away = moved_m(now, seen.value)
        # What a phone cannot tell from the record is no change of it.
        if away is not None and away <= max(MOVED_M, seen.accuracy_m or 0.0):
            return None
        return Change(seen.field, now, seen.value, seen.subject)
    now = _text(getattr(standing, seen.field))
    return None if same_code(now, seen.value) else Change(seen.field, now, seen.value)


def contradicted_fields(seen: pd.DataFrame) -> "set[tuple[str, str]]":
    """Return (idpel, field) about which the answers of one survey say different things.

    ``seen``: one row an observation that counts (``idpel``, ``field``, ``value``). Places of
    one house contradict where they lie more than `APART_M` apart; those of a pole or gardu are
    told by many houses and wait as proposals of their own.
    """
    found: set[tuple[str, str]] = set()
    for (idpel, name), values in seen.groupby(["idpel", "field"])["value"]:
        if name in (Seen.NOTE, Seen.PHOTO, Seen.TIANG_POINT, Seen.GARDU_POINT):
            continue
        told = values.tolist()
        if name == Seen.POINT:
            apart = any((moved_m(told[0], t) or 0.0) > APART_M for t in told[1:])
        else:
            apart = len({_plain(t) for t in told}) > 1
        if apart:
            found.add((str(idpel), str(name)))
    return found


def _plain(code: str | None) -> str:
    kept = str(code or "").upper()
    return "".join(c for c in kept if c not in " .-")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
