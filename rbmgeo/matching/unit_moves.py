"""Pindah ULP: what became of a proposal to move a customer to a neighbour unit."""

import re
from collections.abc import Sequence
from enum import StrEnum


class MoveState(StrEnum):
    """Where a proposal stands; ``seen`` by evidence alone: the other unit's list shows the customer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SEEN = "seen"


class MoveStep(StrEnum):
    """What a person does to a proposal."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


#: Step -> the states in which it may be taken, and whether the other unit takes it.
_RULES: dict[MoveStep, tuple[frozenset[MoveState], bool]] = {
    MoveStep.ACCEPTED: (frozenset({MoveState.OPEN}), True),
    MoveStep.REJECTED: (frozenset({MoveState.OPEN}), True),
    MoveStep.WITHDRAWN: (frozenset({MoveState.OPEN}), False),
}
#: Figures in a row that may be a number of a customer, a meter or a phone.
_NUMBER = re.compile(r"(?:\d[ .\-]?){6,}")


def move_state(steps: Sequence[str], *, seen: bool) -> MoveState:
    """Return the state after the steps taken, oldest first.

    ``seen``: the other unit has the customer; it closes what is open or accepted.
    """
    state = MoveState.OPEN
    if steps and steps[-1] != MoveStep.REOPENED:
        state = MoveState(steps[-1])
    return MoveState.SEEN if seen and state in (MoveState.OPEN, MoveState.ACCEPTED) else state


def may_step(state: MoveState, step: MoveStep, *, by_other: bool) -> bool:
    """Say whether one of both units may take a step: the other one decides, the first withdraws.

    Who decided opens again: the other unit after its word, the first after withdrawing.
    """
    if step == MoveStep.REOPENED:
        decided = (MoveState.ACCEPTED, MoveState.REJECTED)
        return state in decided if by_other else state == MoveState.WITHDRAWN
    states, others = _RULES[step]
    return state in states and by_other == others


def tells_of_somebody(reason: str, words: Sequence[str | None]) -> bool:
    """Say whether a reason for another unit names a customer: a long number, a name, an address."""
    said = " ".join(reason.casefold().split())
    names = [" ".join(w.casefold().split()) for w in words if w]
    return bool(_NUMBER.search(said)) or any(len(n) >= 3 and n in said for n in names)
