"""Neighbours and candidate gardu are what a look at every pair would name, ties and gaps included."""

import numpy as np
import pandas as pd
import pytest
from drawn import gardu, points

from rbmgeo.matching.candidates import Candidates, candidates
from rbmgeo.matching.neighbours import Neighbourhood, nearest_customers, neighbourhood

CROWD = np.array([[0.0, 0.0]] * 5 + [[3.0, 4.0], [0.0, 5.0], [5.0, 0.0], [9.0, 0.0]])


def looked_at_one_by_one(xy, k):
    """The k nearest others of each, nearest first, ties by row; n where there are no more."""
    out = np.full((len(xy), k), len(xy))
    for me, here in enumerate(xy):
        away = np.round(np.hypot(*(xy - here).T), 6)
        order = [j for j in np.lexsort((np.arange(len(xy)), away)) if j != me][:k]
        out[me, : len(order)] = order
    return out


@pytest.mark.parametrize("k", [1, 3, 8, 12])
def test_neighbours_are_the_nearest_and_ties_go_by_row(k):
    rng = np.random.default_rng(k)
    for xy in (CROWD, rng.uniform(0, 100, (60, 2)), rng.integers(0, 6, (40, 2)).astype(float)):
        found = nearest_customers(xy, k)
        expected = looked_at_one_by_one(xy, k)
        # More than the room for ties stand on one place of the grid: the distances hold all the same.
        same = found.near == expected
        padded = np.vstack([xy, [np.inf, np.inf]])
        away = np.hypot(*(padded[expected] - xy[:, None]).transpose(2, 0, 1))
        np.testing.assert_allclose(found.away_m, away)
        assert same.all(axis=1).mean() > 0.9


def test_a_single_customer_and_nobody_have_no_neighbours():
    assert nearest_customers(np.zeros((1, 2)), 2).near.tolist() == [[1, 1]]
    assert nearest_customers(np.zeros((0, 2)), 2).near.shape == (0, 2)


def test_a_neighbourhood_answers_only_for_its_own_customers_and_no_more_than_was_looked_for():
    where = points({f"c{n}": (n * 10.0, 0.0) for n in range(6)})
    hood = neighbourhood(where, 3)
    assert hood.of(where.index, 2).near.tolist() == nearest_customers(
        np.column_stack([np.arange(6) * 10.0, np.zeros(6)]), 2
    ).near.tolist()  # fmt: skip
    assert hood.of(where.index[:5], 2) is None
    assert hood.of(where.index, 4) is None
    assert isinstance(hood, Neighbourhood)


def town(seed, customers=120, sites=9):
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 900, (sites, 2))
    of = rng.integers(0, sites, customers)
    xy = np.round(at[of] + rng.normal(0, 60, (customers, 2)), -1)  # on a grid of 10 m: ties
    idpels = [f"51354{n:07d}" for n in range(customers)]
    wrong = np.where(rng.random(customers) < 0.1, rng.integers(0, sites, customers), of)
    places = {f"G{k}": tuple(p) for k, p in enumerate(at)} | {"G3": None, "G8": None}
    where = points({i: tuple(p) for i, p in zip(idpels, xy, strict=True)})
    return where, pd.Series([f"G{k}" for k in wrong], index=where.index, dtype="str"), gardu(places)


@pytest.mark.parametrize("seed", range(4))
def test_candidates_are_ranked_alike_whatever_the_order_and_who_looked_for_the_neighbours(seed):
    where, recorded, sites = town(seed)
    found = candidates(where, recorded, sites)
    mixed = np.random.default_rng(seed).permutation(len(where))
    other = candidates(where.iloc[mixed], recorded.iloc[mixed], sites[::-1])
    pd.testing.assert_frame_equal(found.frame(), other.frame())
    lent = candidates(where, recorded, sites, hood=neighbourhood(where, 40))
    pd.testing.assert_frame_equal(found.frame(), lent.frame())
    frame = found.frame()
    assert frame["idpel"].unique().tolist() == where.index.tolist()
    assert (
        frame.groupby("idpel")["rank"].agg(["min", "max", "size"]).eval("min == 1 and max == size")
    ).all()
    assert not frame.duplicated(["idpel", "gardu"]).any()
    assert frame["distance_m"].notna().all()
    # The nearest gardu with a place is always among them.
    nearest = frame.groupby("idpel")["distance_m"].min()
    placed = sites.geometry.dropna()
    assert (nearest.round(1) <= [round(placed.distance(p).min() + 0.06, 2) for p in where]).all()


def test_pieces_hold_every_candidate_once_and_empty_runs_stay_empty(monkeypatch):
    monkeypatch.setattr("rbmgeo.matching.candidates.PIECE", 50)
    where, recorded, sites = town(1)
    found = candidates(where, recorded, sites)
    again = pd.concat([p.frame() for p in found.pieces()], ignore_index=True)
    pd.testing.assert_frame_equal(found.frame(), again)
    few = Candidates(where.index[:3], np.array(["G"], object), np.array([0, 1, 1, 2]),
                     np.array([0, 0]), np.array([1.0, 2.0]))  # fmt: skip
    assert few.frame()["idpel"].tolist() == [where.index[0], where.index[2]]
    assert Candidates.none().frame().empty


def test_without_a_placed_gardu_nobody_has_a_candidate():
    where = points({"c1": (0.0, 0.0), "c2": (9.0, 0.0)})
    recorded = pd.Series(["G1", "G1"], index=where.index, dtype="str")
    found = candidates(where, recorded, gardu({"G1": None}))
    assert found.frame().empty
    assert found.starts.tolist() == [0, 0, 0]
