import pytest

from rbmgeo.errors import NotAllowed, NotThere
from rbmgeo.routes.draft import Draft, Effect, effect_of, folded, history
from rbmgeo.routes.places import fresh_places, settled


def base():
    rows = {f"a{n}": ("A", n, 0) for n in range(1, 5)} | {f"b{n}": ("B", n, 0) for n in range(1, 4)}
    return Draft(rows, {"A", "B"})


def move(*steps):
    return {"kind": "move", "steps": [list(s) for s in steps]}


def test_a_house_moved_between_two_gets_a_sisipan_and_nobody_else_another_number():
    effect = effect_of(base(), move(("a1", "B", "b1")))
    assert effect.rows == {"a1": (("A", 1, 0), ("B", 1, 1))}


def test_several_houses_keep_the_order_in_which_they_are_named():
    after = base().after(effect_of(base(), move(("a1", "B", "b1"), ("a3", "B", "a1"))))
    assert after.walk("B") == ["b1", "a1", "a3", "b2", "b3"]
    assert after.walk("A") == ["a2", "a4"]


def test_before_the_first_number_the_old_first_gives_way():
    after = base().after(effect_of(base(), move(("a1", "B", ""))))
    assert [after.rows[i] for i in after.walk("B")][:3] == [("B", 1, 0), ("B", 1, 1), ("B", 2, 0)]
    assert after.walk("B")[0] == "a1"


def test_at_the_end_comes_the_next_urut():
    effect = effect_of(base(), move(("a1", "B", None)))
    assert effect.rows["a1"][1] == ("B", 4, 0)


def test_where_no_number_is_left_everybody_is_numbered_anew():
    held = {"x": (999, 99)}
    assert settled(["x", "y"], held) == {"x": (1, 0), "y": (2, 0)}


def test_numbers_beyond_999_are_insertions():
    places = fresh_places(1001)
    assert places[998:] == [(999, 0), (999, 1), (999, 2)]


def test_a_move_to_where_it_stands_changes_nothing():
    assert effect_of(base(), move(("a2", "A", "a1"))).empty()


def test_a_locked_rbm_neither_gives_nor_takes():
    draft = base().after(effect_of(base(), {"kind": "lock", "rbm": "B"}))
    for command in (move(("a1", "B", None)), move(("b1", "A", None)),
                    {"kind": "rename", "rbm": "B", "to": "C"},
                    {"kind": "order", "rbm": "B", "idpels": ["b3", "b2", "b1"]}):  # fmt: skip
        with pytest.raises(NotAllowed, match="locked"):
            effect_of(draft, command)
    assert effect_of(draft, {"kind": "unlock", "rbm": "B"}).locks == {"B": (True, False)}


def test_an_order_of_other_customers_is_refused():
    with pytest.raises(NotAllowed, match="others by now"):
        effect_of(base(), {"kind": "order", "rbm": "B", "idpels": ["b1", "b2"]})


def test_an_rbm_that_the_draft_has_not_takes_nobody():
    with pytest.raises(NotThere, match="RBM Z"):
        effect_of(base(), move(("a1", "Z", None)))


def test_a_place_is_never_held_twice():
    with pytest.raises(NotAllowed, match="held twice"):
        effect_of(base(), {"kind": "set", "rows": {"a1": ["B", 2, 0]}})


def test_rows_that_are_set_may_change_places_and_bring_an_rbm():
    effect = effect_of(
        base(), {"kind": "set", "rows": {"a1": ["A", 2, 0], "a2": ["A", 1, 0], "b1": ["C", 7, 0]}}
    )
    after = base().after(effect)
    assert after.walk("A")[:2] == ["a2", "a1"]
    assert "C" in after.rbms


def test_a_renamed_rbm_keeps_its_walk():
    after = base().after(effect_of(base(), {"kind": "rename", "rbm": "B", "to": "C"}))
    assert after.walk("C") == ["b1", "b2", "b3"]
    assert after.rbms == {"A", "C"}


def test_undo_and_redo_move_the_head_and_a_new_edit_ends_what_was_undone():
    kinds = ["move", "move", "undo", "redo", "undo", "move", "submit"]
    found = history(enumerate(kinds, start=1))
    assert (found.done, found.undone) == ([1, 6], [])
    log = [move(("a1", "B", None)), move(("a2", "B", None)), {"kind": "undo"}]
    assert folded(base(), log).walk("B") == ["b1", "b2", "b3", "a1"]
    assert folded(base(), [*log, {"kind": "redo"}]).walk("B")[-1] == "a2"


def test_an_effect_survives_the_log():
    effect = effect_of(base(), move(("a1", "B", "b1")))
    assert Effect.of_json(effect.as_json()) == effect
    assert base().after(effect).after(effect.back()) == base()


def test_a_pinned_customer_stays_on_his_rbm_whatever_his_place_on_it():
    draft = base().after(effect_of(base(), {"kind": "pin", "idpels": ["b2"]}))
    for command in (move(("b2", "A", None)), {"kind": "set", "rows": {"b2": ["A", 9, 0]}}):
        with pytest.raises(NotAllowed, match="1 of these customers are pinned"):
            effect_of(draft, command)
    within = draft.after(effect_of(draft, move(("b2", "B", ""))))
    assert within.walk("B") == ["b2", "b1", "b3"]
    renamed = within.after(effect_of(within, {"kind": "rename", "rbm": "B", "to": "C"}))
    assert renamed.walk("C")[0] == "b2" and renamed.pinned == {"b2"}
    loose = effect_of(renamed, {"kind": "unpin", "idpels": ["b2", "b3"]})
    assert loose.pins == {"b2": (True, False)}
    assert Effect.of_json(loose.as_json()) == loose


def test_a_new_order_keeps_every_number_that_stands_in_turn():
    command = {"kind": "order", "rbm": "A", "idpels": ["a1", "a4", "a2", "a3"], "keep": True}
    effect = effect_of(base(), command)
    assert effect.rows == {"a4": (("A", 4, 0), ("A", 1, 1))}
    assert base().after(effect).walk("A") == ["a1", "a4", "a2", "a3"]
    anew = effect_of(base(), {**command, "keep": False})
    assert len(anew.rows) == 3  # as logs of before were written


def test_only_an_rbm_without_customers_is_removed():
    with pytest.raises(NotAllowed, match="3 customers"):
        effect_of(base(), {"kind": "drop", "rbm": "B"})
    empty = base().after(effect_of(base(), move(*[(f"b{n}", "A", None) for n in (1, 2, 3)])))
    after = empty.after(effect_of(empty, {"kind": "drop", "rbm": "B"}))
    assert after.rbms == {"A"} and len(after.rows) == 7
