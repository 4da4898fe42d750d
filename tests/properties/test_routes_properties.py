"""Everybody is visited exactly once, whatever the route; targets sum to those to be read."""

import numpy as np
import pandas as pd
from drawn import points, streets
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from units import GARDU, IDPELS, PLACES, metres

from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.codes import numbered
from rbmgeo.routes.design import DesignParams, design
from rbmgeo.routes.order import OrderParams, order, path_length_m
from rbmgeo.routes.targets import targets
from rbmgeo.routes.walkorder import Gain, order_route

BLOCKS = street_network(
    streets(
        *[[(0, y), (240, y), (480, y)] for y in (0, 80)], *[[(x, 0), (x, 80)] for x in (0, 240)]
    )
)
RANDOMS = st.randoms(use_true_random=False)
PEOPLE = st.dictionaries(st.sampled_from(IDPELS), PLACES, max_size=14)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=24), st.booleans(),
    st.sampled_from([None, 0, -1]), st.integers(0, 3),
)  # fmt: skip
def test_an_order_visits_every_row_once(spots, closed, start, seed):
    xy = np.array(spots, dtype=float).reshape(-1, 2)
    matrix = cdist(xy, xy)
    first = None if start is None or not spots else start % len(spots)
    params = OrderParams(rounds=2, seed=seed)
    tour = order(matrix, start=first, closed=closed, params=params)
    assert sorted(tour.tolist()) == list(range(len(spots)))
    assert first is None or tour[0] == first
    assert tour.tolist() == order(matrix, start=first, closed=closed, params=params).tolist()


@given(st.integers(0, 10**6), st.integers(2, 26), st.booleans(), RANDOMS)
def test_a_walk_is_the_same_whatever_the_order_of_rows_and_backwards(seed, n, fixed, random):
    xy = np.random.default_rng(seed).uniform(0, 500, (n, 2))
    matrix = cdist(xy, xy)
    ends = {"start": 0, "end": n - 1} if fixed else {}
    walk = order(matrix, **ends)
    mixed = list(range(n))
    random.shuffle(mixed)
    moved = {name: mixed.index(row) for name, row in ends.items()}
    again = np.array(mixed)[order(matrix[np.ix_(mixed, mixed)], **moved)]
    assert walk.tolist() in (again.tolist(), again[::-1].tolist())
    back = order(matrix, start=n - 1, end=0) if fixed else order(matrix.T)
    assert walk.tolist() == (back[::-1] if fixed else back).tolist()


@given(PEOPLE, RANDOMS, st.booleans())
def test_a_route_keeps_its_customers_and_is_never_made_longer(places, random, on_streets):
    today = list(places)
    random.shuffle(today)
    where = points({i: metres(p) for i, p in places.items()})
    walker = Walker(BLOCKS if on_streets else None)
    gain = Gain(share=0, least_m=0)
    done = order_route(today, where, walker, gain=gain)
    assert sorted(done.idpels) == sorted(today)
    assert done.length_m <= done.length_before_m + 1e-6
    mixed = list(where.index)
    random.shuffle(mixed)
    assert order_route(today, where.loc[mixed], walker, gain=gain) == done


@given(PEOPLE)
def test_the_length_told_is_the_length_walked(places):
    where = points({i: metres(p) for i, p in places.items() if p is not None})
    done = order_route(sorted(where.index), where, Walker(BLOCKS), gain=Gain(share=0, least_m=0))
    if len(where) > 1:
        walk = Walker(BLOCKS).walk(where.loc[done.idpels])
        assert abs(path_length_m(walk.matrix_m, np.arange(len(where))) - done.length_m) < 1e-6


@given(
    PEOPLE, RANDOMS,
    st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from([*GARDU, None])), min_size=14, max_size=14),
    st.integers(1, 6),
)  # fmt: skip
def test_a_design_places_everybody_once_whatever_the_order_of_rows(places, random, told, most):
    names = list(places)
    index = pd.Index(names, name="idpel", dtype="str")
    routed = pd.DataFrame(told[: len(names)], index=index, columns=["rbm", "gardu"], dtype="str")
    where = points({i: metres(p) for i, p in places.items()})
    params = DesignParams(capacity_min=1, capacity_max=most, target_customers=most)
    done = design(routed, where, ulp="51354", params=params)
    assert done.members.index.tolist() == sorted(names)
    assert done.members["rbm"].notna().all()
    assert done.per_rbm["customers"].sum() == len(names)
    assert done.summary["disconnected"] == done.summary["empty"] == 0
    random.shuffle(names)
    again = design(
        routed.loc[names], where.sample(frac=1, random_state=1), ulp="51354", params=params
    )
    pd.testing.assert_frame_equal(done.members, again.members)
    pd.testing.assert_frame_equal(done.per_rbm, again.per_rbm)


@given(st.dictionaries(st.integers(0, 10**6), st.sampled_from("ABC"), max_size=60))
def test_nobody_shares_a_place(rbms):
    index = pd.Index([f"c{k}" for k in rbms], name="idpel")
    got = numbered(pd.Series(list(rbms.values()), index, dtype="str"), pd.Series(list(rbms), index))
    assert set(got.index) == set(index)
    assert not got[["rbm", "urut", "sisipan"]].duplicated().any()


@given(
    st.lists(st.sampled_from(["A", "B", "C", None]), max_size=40),
    st.dictionaries(
        st.sampled_from("ABC"),
        st.tuples(st.sampled_from(["A", "B", "Z", None]), st.sampled_from(["P1", None])),
    ),
    st.integers(1, 3),
)
def test_targets_sum_to_those_to_be_read(rbms, routes, days):
    members = pd.DataFrame({"rbm": pd.Series(rbms, dtype="str")})
    planned = pd.DataFrame.from_dict(
        routes, orient="index", columns=["hari_baca", "officer"], dtype="str"
    ).rename_axis("rbm")
    calendar = pd.DataFrame({"hari_baca": ["A", "B"], "read_on": ["2024-05-16", "2024-05-17"]})
    got = targets(members, planned, calendar, days=days)
    assert got["customers"].sum() == len(rbms)
    assert got.loc[got["state"] == "terjadwal", "read_on"].notna().all()
