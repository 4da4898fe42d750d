"""A mutation put aside stays so while the lists say the same; it can be taken back."""

import pytest
from sqlalchemy import text
from test_mutations import NOW, unit  # noqa: F401

from rbmgeo.db.queries import mutations
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.terms import Mutation
from rbmgeo.workflows.mutation_accept import accept
from rbmgeo.workflows.mutation_undo import dismiss, restore
from rbmgeo.workflows.mutations import find_mutations

pytestmark = pytest.mark.database


def first(session, unit):  # noqa: F811
    rows = mutations.mutations(session, ulp=unit, blth=NOW, kind=Mutation.BARU, state="open")
    return int(rows["mutation_id"].iloc[0]), len(rows)


def state_of(session, number):
    return session.scalar(text("SELECT state FROM mutation WHERE mutation_id = :m"), {"m": number})


def test_it_needs_a_reason_leaves_the_list_and_comes_back(session, unit):  # noqa: F811
    find_mutations(session, unit)
    number, waiting = first(session, unit)
    with pytest.raises(UsageError, match="why"):
        dismiss(session, unit, number, reason=" ", who="ratna")
    dismiss(session, unit, number, reason="salah ketik AP2T", who="ratna")
    assert first(session, unit)[1] == waiting - 1
    aside = mutations.mutations(session, ulp=unit, blth=NOW, state="dismissed")
    assert list(aside["reason"]) == ["salah ketik AP2T"]
    assert accept(session, unit, [number], who="ratna").accepted == 0
    with pytest.raises(NotAllowed):
        dismiss(session, unit, number, reason="lagi", who="ratna")
    restore(session, unit, number, who="budi")
    assert first(session, unit)[1] == waiting
    history = mutations.decisions(session, ulp=unit, blth=NOW)
    assert list(history["decision"]) == ["dismissed", "restored"]


def test_a_new_look_leaves_it_aside_until_the_lists_say_otherwise(session, unit):  # noqa: F811
    find_mutations(session, unit)
    number, _ = first(session, unit)
    dismiss(session, unit, number, reason="sudah diketahui", who="ratna")
    find_mutations(session, unit)
    assert state_of(session, number) == "dismissed"
    session.execute(
        text("UPDATE mutation SET after = 'R-lain' WHERE mutation_id = :m"), {"m": number}
    )
    find_mutations(session, unit)
    assert state_of(session, number) == "open"
