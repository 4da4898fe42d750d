"""RBM of whole gardu: everybody once, minutes even, today disturbed as little as may be."""

import pandas as pd
import pytest
from drawn import points

from rbmgeo.errors import CrsError
from rbmgeo.routes.design import UNPLACED, DesignParams, design
from rbmgeo.settings import UnitSettings


def unit(blocks):
    """{gardu: (rbm, x, houses)} as routed customers and their points."""
    rows, places = {}, {}
    for code, (rbm, x, houses) in blocks.items():
        for k in range(houses):
            idpel = f"{code}-{k:03d}"
            rows[idpel] = (rbm, code)
            places[idpel] = (x + 12.0 * (k % 10), 12.0 * (k // 10))
    routed = pd.DataFrame.from_dict(rows, orient="index", columns=["rbm", "gardu"], dtype="str")
    return routed, points(places)


def planned(routed, places, **params):
    return design(routed, places, ulp="51354", params=DesignParams(**params))


def one(rbm, gardu, place):
    index = pd.Index(["c"], name="idpel")
    routed = pd.DataFrame({"rbm": [rbm], "gardu": [gardu]}, index=index, dtype="str")
    return planned(routed, points({"c": place}))


def test_even_routes_are_left_as_they_are():
    routed, places = unit({"G1": ("A", 0, 100), "G2": ("A", 200, 100), "G3": ("B", 400, 100), "G4": ("B", 600, 100)})  # fmt: skip
    done = planned(routed, places)
    assert done.members["rbm"].tolist() == routed.sort_index()["rbm"].tolist()
    assert done.summary["changed"] == 0


def test_a_border_gardu_moves_from_the_long_to_the_short_route():
    blocks = {f"G{k}": ("A" if k < 5 else "B", 150 * k, 60) for k in range(6)}
    routed, places = unit(blocks)
    done = planned(routed, places)
    assert done.summary["max_over_mean"] < done.summary["max_over_mean_before"]
    assert done.summary["gardu_whole"] == done.summary["gardu"] == 6
    moved = done.members[done.members["rbm"] != done.members["from_rbm"]]
    assert set(moved["rbm"]) == {"B"}
    assert len(moved) == done.summary["changed"] > 0


def test_no_route_grows_over_its_capacity_by_a_move():
    blocks = {f"G{k}": ("A" if k < 5 else "B", 150 * k, 60) for k in range(6)}
    routed, places = unit(blocks)
    done = planned(routed, places, capacity_min=1, capacity_max=300)
    assert done.per_rbm["customers"].max() <= 300
    kept = planned(routed, places, capacity_min=1, capacity_max=119)
    assert kept.per_rbm.loc["B", "customers"] <= 119


def test_a_gardu_read_by_two_is_given_to_the_one_that_reads_most():
    routed, places = unit({"G1": ("A", 0, 10), "G2": ("B", 200, 10)})
    routed.loc["G1-000", "rbm"] = "B"
    done = planned(routed, places)
    assert done.members.loc["G1-000", "rbm"] == "A"
    assert done.summary["gardu_whole"] == 2


def test_a_new_gardu_joins_its_nearest_route():
    routed, places = unit({"G1": ("A", 0, 20), "G2": ("B", 2000, 20), "G3": (None, 1800, 5)})
    done = planned(routed, places)
    assert set(done.members.loc[routed["gardu"] == "G3", "rbm"]) == {"B"}


def test_a_unit_without_rbm_gets_some_of_about_the_wanted_size():
    routed, places = unit({f"G{k}": (None, 150 * k, 100) for k in range(9)})
    done = planned(routed, places)
    assert done.per_rbm["customers"].tolist() == [300, 300, 300]
    assert done.per_rbm.index.tolist() == ["51354AAA", "51354AAB", "51354AAC"]
    assert done.members["from_rbm"].isna().all()


def test_a_gardu_larger_than_a_route_is_cut():
    routed, places = unit({"G1": (None, 0, 700)})
    done = planned(routed, places)
    assert done.per_rbm["customers"].max() <= 600
    assert done.per_rbm["customers"].sum() == 700


def test_a_large_gardu_is_cut_into_neighbourhoods_and_not_into_strips():
    """Four quarters of a square are walked; four strips from end to end are not."""
    places = {f"c{k:04d}": (10.0 * (k % 40), 10.0 * (k // 40)) for k in range(1600)}
    index = pd.Index(places, name="idpel")
    routed = pd.DataFrame({"rbm": None, "gardu": "G1"}, index=index, dtype="str")
    done = planned(routed, points(places), target_customers=400)
    assert done.per_rbm["customers"].tolist() == [400] * 4
    where = pd.DataFrame.from_dict(places, orient="index").groupby(done.members["rbm"])
    assert ((where.max() - where.min()) == 190).all(axis=None)


def test_a_large_gardu_without_points_is_cut_along_todays_rbm():
    """R-LO-02: who has no point keeps his place."""
    names = [f"c{k:04d}" for k in range(900)]
    rbm = pd.Series(["A", "B", "C"] * 300, pd.Index(names, name="idpel"), dtype="str")
    routed = pd.DataFrame({"rbm": rbm, "gardu": "G1"}).astype("str")
    done = planned(routed, points(dict.fromkeys(names)))
    assert done.summary["changed"] == 0


@pytest.mark.parametrize(
    ("rbm", "gardu", "place", "stands"),
    [
        ("A", None, None, "A"), (None, "G1", (0, 0), "51354AAA"), (None, None, (0, 0), "51354AAA"),
        (None, None, None, UNPLACED),
    ],
)  # fmt: skip
def test_everybody_stands_somewhere(rbm, gardu, place, stands):
    done = one(rbm, gardu, place)
    assert done.members["rbm"].to_dict() == {"c": stands}
    assert done.summary["unplaced"] == (stands == UNPLACED)


def test_a_unit_with_nobody_to_route_is_empty_and_no_error():
    routed = pd.DataFrame({"rbm": [], "gardu": []}, index=pd.Index([], name="idpel"), dtype="str")
    assert planned(routed, points({})).summary["customers"] == 0


def test_one_rbm_for_a_whole_unit_is_cut_into_routes_of_a_day():
    """A list with one code for everybody names no route that somebody could walk."""
    routed, places = unit({f"G{k}": ("A", 150 * k, 100) for k in range(12)})
    done = planned(routed, places)
    assert done.per_rbm["customers"].tolist() == [300] * 4
    assert done.per_rbm.index.tolist() == ["51354AAA", "51354AAB", "51354AAC", "A"]
    assert done.summary["changed"] == 900
    assert done.summary["gardu_whole"] == 12


def test_an_rbm_a_little_over_its_capacity_is_not_cut():
    routed, places = unit({f"G{k}": ("A", 150 * k, 100) for k in range(8)})
    assert planned(routed, places).per_rbm["customers"].to_dict() == {"A": 800}


def test_capacity_is_a_warning_only():
    routed, places = unit({"G1": ("A", 0, 20), "G2": ("B", 5000, 20)})
    assert planned(routed, places).per_rbm["capacity"].tolist() == ["kurang", "kurang"]


def test_minutes_are_service_and_walking():
    """R-RO-07: 100 stops of 45 s and 3 km x 1.3 at 1.07 m/s are 8145 s."""
    houses = {f"c{k:02d}": (k * 3000 / 99, 0.0) for k in range(100)}
    routed = pd.DataFrame({"rbm": "A", "gardu": "G1"}, index=pd.Index(houses, name="idpel"))
    done = planned(routed.astype("str"), points(houses))
    assert done.per_rbm.loc["A", "minutes"] == pytest.approx(8145 / 60, abs=0.06)


def test_degrees_and_an_impossible_capacity_are_refused():
    routed, places = unit({"G1": ("A", 0, 2)})
    with pytest.raises(CrsError):
        design(routed, places.to_crs(4326), ulp="51354")
    with pytest.raises(ValueError, match="capacity"):
        DesignParams(capacity_min=10, capacity_max=5)
    assert DesignParams.of(UnitSettings(capacity_max=400)).capacity_max == 400


def test_a_gardu_without_any_point_is_read_where_it_stands():
    routed, places = unit({"G1": ("A", 0, 20), "G2": ("B", 2000, 20), "G3": (None, 1800, 5)})
    places[routed.index[routed["gardu"] == "G3"]] = None
    sites = points({"G3": (1900.0, 0.0)}).rename_axis("gardu")
    params = DesignParams()
    done = design(routed, places, ulp="51354", params=params, sites=sites)
    assert set(done.members.loc[routed["gardu"] == "G3", "rbm"]) == {"B"}
    assert design(routed, places, ulp="51354", params=params).summary["unplaced"] == 5


def test_a_pinned_customer_and_his_gardu_stay_on_their_rbm():
    blocks = {f"G{k}": ("A" if k < 5 else "B", 150 * k, 60) for k in range(6)}
    routed, places = unit(blocks)
    moved = planned(routed, places).members.query("rbm != from_rbm").index
    assert len(moved)
    routed["pinned"] = routed.index == moved[7]
    done = planned(routed, places)
    stays = done.members[
        routed["gardu"].reindex(done.members.index) == routed.at[moved[7], "gardu"]
    ]
    assert (stays["rbm"] == "A").all()
    assert done.summary["gardu_whole"] == 6 and len(done.members) == 360
