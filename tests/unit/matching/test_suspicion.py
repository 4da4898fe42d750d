"""A record is doubted by neighbours and transport together, never for one reason alone."""

import numpy as np
import pandas as pd
import pytest
from drawn import gardu, points

from rbmgeo.errors import CrsError
from rbmgeo.matching.neighbours import nearest_customers, value_at, votes
from rbmgeo.matching.suspicion import FEATURES, SuspicionParams, features, suspicion

SITES = {"G1": (0.0, 0.0), "G2": (400.0, 0.0), "G3": (200.0, 900.0)}


def town(per_gardu=30, seed=1):
    """Houses about two gardu; returns places and records, all true."""
    rng = np.random.default_rng(seed)
    places, records = {}, {}
    for code in ("G1", "G2"):
        xy = np.array(SITES[code]) + rng.normal(0, 60, (per_gardu, 2))
        for k, p in enumerate(xy):
            places[f"{code}-{k:02d}"], records[f"{code}-{k:02d}"] = tuple(p), code
    return points(places), pd.Series(records)


def test_a_wrong_record_is_the_most_suspect_and_the_right_gardu_proposed():
    where, recorded = town()
    recorded["G1-07"] = "G2"
    found = suspicion(where, recorded, gardu(SITES)).frame
    assert found["p"].idxmax() == "G1-07"
    assert found.loc["G1-07", "p"] > 0.5
    assert found.loc["G1-07", "proposed_gardu"] == "G1"
    assert found.drop(index="G1-07")["p"].max() < 0.5


def test_everybody_with_a_point_gets_a_p_between_nothing_and_one():
    where, recorded = town()
    found = suspicion(where, recorded, gardu(SITES))
    assert found.frame.index.tolist() == sorted(where.index)
    assert found.frame["p"].between(0, 1).all()
    assert (found.frame["proposed_gardu"] != recorded.sort_index()).all()
    assert set(found.candidates.frame()["idpel"]) == set(where.index)


def test_candidates_are_ranked_and_hold_no_gardu_for_being_recorded():
    where, recorded = town()
    recorded["G1-07"] = "FAR"  # a code without a gardu; nobody near votes for it
    found = suspicion(where, recorded, gardu(SITES)).candidates.frame()
    own = found[found["idpel"] == "G1-07"]
    assert own["rank"].tolist() == list(range(1, len(own) + 1))
    assert found.groupby("idpel")["gardu"].nunique().eq(found.groupby("idpel").size()).all()
    params = SuspicionParams(nearest_gardu=1, voted_gardu=1)
    few = suspicion(where, recorded, gardu(SITES), params).candidates.frame()
    assert "FAR" not in set(few[few["idpel"] == "G1-07"]["gardu"])


def test_a_gardu_without_a_place_stands_amid_its_customers():
    where, recorded = town()
    found = suspicion(where, recorded, gardu(SITES | {"G2": None})).frame
    assert found.loc[found.index.str.startswith("G2"), "distance_m"].max() < 250


def test_a_code_that_only_one_customer_has_does_not_vouch_for_itself():
    where, recorded = town()
    recorded["G1-07"] = "G1X"  # a slip of the pen: no such gardu
    found = suspicion(where, recorded, gardu(SITES)).frame
    assert found["p"].idxmax() == "G1-07"
    assert (found.loc["G1-07", "p"] > 0.5, found.loc["G1-07", "proposed_gardu"]) == (True, "G1")


def test_no_gardu_has_a_place_and_one_customer_alone_are_no_error():
    where, recorded = town(per_gardu=4)
    assert suspicion(where, recorded, gardu(dict.fromkeys(SITES))).frame["p"].notna().all()
    alone = suspicion(points({"c": (1.0, 1.0)}), pd.Series({"c": "G1"}), gardu(SITES)).frame
    assert alone["p"].between(0, 1).all()
    lonely = suspicion(points({"c": (1.0, 1.0)}), pd.Series({"c": "G1"}), gardu({"G1": (0, 0)}))
    assert pd.isna(lonely.frame.loc["c", "proposed_gardu"])


def test_a_large_gardu_reaches_farther_than_a_small_one():
    """Capacity: the house half-way belongs to the gardu that has many far customers."""
    many = {f"a{k}": (40.0 + 4 * k, 0.0) for k in range(40)}
    few = {f"b{k}": (300.0 + k, 3.0) for k in range(3)}
    where = points(many | few)
    recorded = pd.Series({i: ("G1" if i[0] == "a" else "G2") for i in where.index})
    found = suspicion(where, recorded, gardu({"G1": (0, 0), "G2": (300, 0)})).frame
    beyond = found.loc[[f"a{k}" for k in range(30, 40)]]  # nearer to G2, of G1
    assert (beyond["distance_m"] > beyond["proposed_distance_m"]).all()
    assert beyond["transport"].mean() > 0.5


def test_features_are_those_that_the_weights_were_fitted_on():
    where, recorded = town()
    assert list(features(where, recorded, gardu(SITES))) == list(FEATURES)


def test_degrees_and_nonsense_are_refused():
    where, recorded = town(4)
    with pytest.raises(CrsError):
        suspicion(where.to_crs(4326), recorded, gardu(SITES))
    with pytest.raises(ValueError, match="counted from 1"):
        SuspicionParams(neighbours=0)
    with pytest.raises(ValueError, match="kernel_m"):
        SuspicionParams(kernel_m=0)


def test_nearest_customers_leave_oneself_out_and_settle_ties_by_row():
    near = nearest_customers(np.array([[0.0, 0], [1, 0], [-1, 0], [5, 0]]), 2)
    assert near.near.tolist() == [[1, 2], [0, 2], [0, 1], [1, 0]]
    few = nearest_customers(np.array([[0.0, 0], [1, 0]]), 3)
    assert few.near.tolist() == [[1, 2, 2], [0, 2, 2]]
    assert np.isinf(few.away_m[:, 1:]).all()


def test_votes_are_shares_and_silent_neighbours_do_not_vote():
    near = nearest_customers(np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]]), 3)
    shares = votes(near, np.array([0, 1, 1, -1]), 2, k=3)
    assert shares.toarray()[0].tolist() == [0, 1]
    assert shares.toarray()[3].round(4).tolist() == [0.3333, 0.6667]
    assert value_at(shares, np.array([1, 0, -1, 1])).round(4).tolist() == [1, 0.5, 0, 0.6667]
