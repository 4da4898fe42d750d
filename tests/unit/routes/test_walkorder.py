"""One RBM beside today's order; who has no point keeps his place."""

import pytest
from drawn import points, streets

from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.walkorder import Gain, order_route

WALKER = Walker(street_network(streets([(0, 0), (3000, 0)])))
ANY = Gain(share=0, least_m=0)


def street(*at):
    """Houses along one street, a, b, c ..., ten metres off it."""
    return points({chr(97 + k): None if x is None else (x, 10.0) for k, x in enumerate(at)})


def test_a_crossed_order_is_straightened_and_its_lengths_told():
    where = street(0, 500, 1000, 1500)
    done = order_route(["a", "c", "b", "d"], where, WALKER)
    assert done.idpels in (["a", "b", "c", "d"], ["d", "c", "b", "a"])
    assert (done.length_before_m, done.length_m) == (2500, 1500)
    assert (done.changed, done.estimated) == (True, False)


def test_the_best_order_is_not_replaced():
    where = street(0, 500, 1000, 1500)
    for today in (["a", "b", "c", "d"], ["d", "c", "b", "a"]):
        done = order_route(today, where, WALKER)
        assert (done.idpels, done.changed, done.length_m) == (today, False, 1500)


@pytest.mark.parametrize(
    ("at", "today", "changed"),
    [
        ((0, 99, 200), "acb", False),  # 33 % better, yet 99 m only
        ((0, 2850, 2945, 3000), "acbd", False),  # 190 m
        ((0, 200, 400, 600), "acbd", True),  # 400 m and 40 %
    ],
)  # fmt: skip
def test_a_new_order_must_save_both_five_per_cent_and_200_metres(at, today, changed):
    assert order_route(list(today), street(*at), WALKER).changed is changed


def test_a_small_share_of_a_long_walk_is_no_gain():
    far = points(
        {"a": (0, 0), "b": (300, 0), "c": (400, 0)} | {f"z{k}": (3000.0, 0) for k in range(3)}
    )
    back_and_forth = ["a", "c", "b", "z0", "z1", "z2"]
    assert not order_route(back_and_forth, far, WALKER, gain=Gain(share=0.5, least_m=100)).changed
    assert order_route(back_and_forth, far, WALKER, gain=Gain(share=0.05, least_m=100)).changed


def test_who_has_no_point_stays_behind_his_neighbour_and_marks_the_length():
    where = street(0, 1000, 500, 1500, None, None)
    done = order_route(["f", "a", "b", "e", "c", "d"], where, WALKER, gain=ANY)
    assert sorted(done.idpels) == list("abcdef")
    assert done.idpels[0] == "f"
    assert done.idpels[done.idpels.index("b") + 1] == "e"
    assert done.estimated


def test_where_nobody_has_a_point_todays_order_stays():
    done = order_route(["b", "a"], street(None, None), WALKER)
    assert (done.idpels, done.changed, done.estimated) == (["b", "a"], False, True)


def test_a_walk_without_streets_is_a_guess():
    done = order_route(["a", "c", "b"], street(0, 500, 1000), Walker(None, detour=1.3), gain=ANY)
    assert done.estimated
    assert done.length_m == pytest.approx(1300)


def test_a_mere_set_takes_any_order_that_was_found():
    done = order_route(["a", "b"], street(0, 5), WALKER, known_order=False)
    assert done.changed
