"""What the answers about one drawn house amount to: a disagreement counts after a second look only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from rbmgeo.terms import CheckState, SurveyOutcome

#: An answer says the recorded gardu, another one, or nothing of the line.
SAME, OTHER, UNTOLD, ABSENT = "sama", "beda", "tidak_terlacak", "tertutup"
#: States in which a house says nothing of its gardu: the next of the reserve stands in for it.
REPLACED = frozenset({CheckState.TIDAK_TERLACAK, CheckState.TERTUTUP})
#: States in which a house has been judged for good.
JUDGED = frozenset({CheckState.COCOK, CheckState.BEDA_PASTI, CheckState.COCOK_KEDUA})


@dataclass(frozen=True)
class Look:
    """One answer about a house: what it says, by whom, and whether it has a photo of the line.

    ``believed``: a person decided for it on the page of contradicting answers. ``key`` names
    the answer.
    """

    said: str
    who: str | None
    photo: bool
    believed: bool = False
    key: tuple[str, int] = ("", 0)


def said_of(outcome: str, gardu: str | None, recorded: str) -> str:
    """Return what one answer says of the recorded gardu.

    >>> said_of("gardu_lain", "PD2", "PD1"), said_of("tiang_bersama", None, "PD1")
    ('beda', 'tidak_terlacak')
    """
    if outcome == SurveyOutcome.COCOK:
        return SAME
    if outcome in (SurveyOutcome.GARDU_LAIN, SurveyOutcome.TIANG_BERSAMA):
        return UNTOLD if not gardu else SAME if gardu == recorded else OTHER
    if outcome in (SurveyOutcome.TIDAK_DITEMUKAN, SurveyOutcome.DIBONGKAR):
        return ABSENT
    return UNTOLD


def state_of(looks: Sequence[Look]) -> tuple[CheckState, Look | None]:
    """Return the state of a house and the look that decided it, by its answers, oldest first.

    Who says another gardu first is one person's word: it counts once another person, looking
    at the line with a photo, or a decision about contradicting answers, says so too (R-SB-02).
    """
    told = [look for look in looks if look.said in (SAME, OTHER)]
    if not told:
        last = looks[-1].said if looks else None
        return CheckState(last) if last else CheckState.BELUM, None
    believed = [look for look in told if look.believed]
    if believed:
        return _decided(believed[-1]), believed[-1]
    first = next((n for n, look in enumerate(told) if look.said == OTHER), None)
    if first is None:
        return CheckState.COCOK, told[-1]
    seconds = [look for look in told[first + 1 :] if look.photo and _another(look, told[first])]
    if not seconds:
        return CheckState.BEDA_MENUNGGU, None
    return _decided(seconds[-1]), seconds[-1]


def active_places(states: Mapping[int, CheckState], size: int) -> list[int]:
    """Return the places that count: the sample, and of the reserve as many as stand in, in order.

    ``states``: state by place, sample and reserve in the order drawn. A house that says nothing
    is replaced by the first of the reserve that is left, never by choice (R-SA-18).

    >>> active_places({1: CheckState.COCOK, 2: CheckState.TERTUTUP, 3: CheckState.BELUM}, 2)
    [1, 2, 3]
    """
    out: list[int] = []
    useful = 0
    for place in sorted(states):
        if useful == size:
            break
        out.append(place)
        useful += states[place] not in REPLACED
    return out


def looks_by_house(
    items: pd.DataFrame, answers: pd.DataFrame
) -> dict[str, tuple[CheckState, Look | None]]:
    """Return state and deciding look of every drawn house.

    Parameters
    ----------
    items
        One row a drawn house: ``idpel``, ``gardu`` (recorded when it was drawn).
    answers
        One row an answer since the draw, oldest first: ``idpel``, ``outcome``, ``gardu``,
        ``who``, ``photo``, ``believed``, ``refused``, ``client_id``, ``conflict_no``. Refused
        ones count no more.
    """
    recorded = dict(zip(items["idpel"], items["gardu"], strict=True))
    told: dict[str, list[Look]] = {str(i): [] for i in recorded}
    for a in answers.itertuples():
        idpel = str(a.idpel)
        if idpel not in told or bool(a.refused):
            continue
        found = a.gardu if isinstance(a.gardu, str) else None
        who = a.who if isinstance(a.who, str) else None
        said = said_of(str(a.outcome), found, str(recorded[idpel]))
        key = (str(a.client_id), int(str(a.conflict_no)))
        told[idpel].append(Look(said, who, bool(a.photo), bool(a.believed), key))
    return {idpel: state_of(looks) for idpel, looks in told.items()}


def officers(answers: pd.DataFrame, idpels: Iterable[str]) -> list[str]:
    """Return who answered about some houses, in the order of their names."""
    mine = answers.loc[answers["idpel"].isin(list(idpels)), "who"].dropna()
    return sorted({str(w).strip() for w in mine})


def _decided(look: Look) -> CheckState:
    return CheckState.BEDA_PASTI if look.said == OTHER else CheckState.COCOK_KEDUA


def _another(look: Look, first: Look) -> bool:
    """Say whether two looks are surely two people's."""
    names = [(w or "").strip().casefold() for w in (look.who, first.who)]
    return all(names) and names[0] != names[1]
