"""One RBM beside today's order; who has no point keeps his place."""

import pytest
from drawn import points, streets

from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.walkorder import Gain, Start, order_route

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


def test_who_stands_in_turn_keeps_his_number_and_the_others_get_a_sisipan():
    where = street(0, 500, 1000, 1500, 2000)
    had = {"a": (1, 0), "b": (2, 0), "d": (3, 0), "c": (4, 0)}
    done = order_route(list("abdce"), where, WALKER, places=had)
    assert (done.idpels, done.changed) == (list("abcde"), True)
    assert done.places == {"a": (1, 0), "b": (2, 0), "c": (2, 1), "d": (3, 0), "e": (5, 0)}
    assert done.kept_urut == 3


def test_an_order_that_stays_keeps_every_number_and_places_the_newcomer_behind():
    where = street(0, 500, 1000, 1010)
    had = {"a": (46, 0), "b": (46, 1), "c": (50, 0)}
    done = order_route(list("abcd"), where, WALKER, places=had)
    assert not done.changed
    assert done.places == had | {"d": (51, 0)}
    assert done.kept_urut == 3


def test_of_two_directions_the_one_that_keeps_the_numbers_is_proposed():
    where = street(*(x * 100.0 for x in (9, 8, 7, 6, 0, 4, 3, 2, 1, 5)))
    had = {i: (k + 1, 0) for k, i in enumerate("abcdefghij")}
    done = order_route(list("abcdefghij"), where, WALKER, places=had)
    assert done.idpels == list("abcdjfghie")
    assert done.kept_urut == 8
    assert done.length_m == 900


def test_where_nobody_had_a_number_none_is_kept():
    done = order_route(["a", "c", "b", "d"], street(0, 500, 1000, 1500), WALKER)
    assert (done.places, done.kept_urut) == ({}, 0)


def test_numbers_do_not_make_a_walk_longer_than_its_limit():
    where = street(0, 500, 1000, 1500)
    had = {"a": (1, 0), "c": (2, 0), "b": (3, 0), "d": (4, 0)}
    done = order_route(list("acbd"), where, WALKER, places=had, gain=Gain(keep_share=0.01))
    assert done.length_m == 1500


def test_a_walk_begins_nearest_to_where_it_must():
    where = street(0, 500, 1000, 1500)
    for x, walk in ((-200, "abcd"), (1700, "dcba")):
        done = order_route(list("acbd"), where, WALKER, gain=ANY, start=Start(at=(x, 10.0)))
        assert (done.idpels, done.length_m) == (list(walk), 1500)


def test_the_way_to_the_first_house_counts_where_orders_are_compared():
    where = street(0, 500, 1000, 1500)
    free = order_route(list("dcba"), where, WALKER)
    assert not free.changed
    begun = order_route(list("dcba"), where, WALKER, start=Start(at=(100, 10.0)))
    assert (begun.idpels, begun.changed) == (list("abcd"), True)
    assert begun.length_before_m == begun.length_m == 1500
    assert (begun.lead_before_m, begun.lead_m) == (1400, 100)


def test_the_first_house_of_today_stays_first():
    where = street(0, 500, 1000, 1500)
    done = order_route(list("badc"), where, WALKER, gain=ANY, start=Start(first=True))
    assert done.idpels == list("bacd")
    had = {"b": (1, 0), "a": (2, 0), "d": (3, 0), "c": (4, 0)}
    kept = order_route(list("badc"), where, WALKER, gain=ANY, start=Start(first=True), places=had)
    assert kept.idpels[0] == "b" and kept.places["b"] == (1, 0)
