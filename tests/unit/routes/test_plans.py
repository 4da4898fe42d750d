"""Plans of routes: none beaten by another, all in one piece, limits and locks kept."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawn import SRID, points, streets
from shapely import LineString

from rbmgeo.errors import UsageError
from rbmgeo.network.streets import street_network
from rbmgeo.routes.codes import kept_numbers
from rbmgeo.routes.design import Around, DesignParams, case_of
from rbmgeo.routes.ground import neighbours
from rbmgeo.routes.near import near_pairs, walk_m
from rbmgeo.routes.parts import merge, split
from rbmgeo.routes.plans import beaten, plans


def grid(wide=8, high=6, houses=20, rbm=lambda x, y: "A" if x < 5 else "B" if y < 3 else "C"):
    """A grid of gardu, 100 m apart, each with some houses about it."""
    rng = np.random.default_rng(0)
    rows, places = {}, {}
    for x in range(wide):
        for y in range(high):
            for k in range(houses):
                idpel = f"{x}{y}{k:03d}"
                rows[idpel] = (rbm(x, y), f"G{x}{y}")
                places[idpel] = tuple(100.0 * np.array([x, y]) + rng.uniform(-48, 48, 2))
    routed = pd.DataFrame.from_dict(rows, orient="index", columns=["rbm", "gardu"], dtype="str")
    return routed.rename_axis("idpel"), points(places)


def made(routed, places, around=None, **params):
    return case_of(routed, places, ulp="51354", params=DesignParams(**params), around=around)


SCHEDULE = pd.DataFrame(
    {"hari_baca": ["A", "B", "A"], "officer": ["P1", "P2", "P2"]}, index=pd.Index(list("ABC"), name="rbm")
)  # fmt: skip


def test_no_plan_is_beaten_by_another_and_none_is_in_pieces():
    found = plans(made(*grid(), capacity_max=900))
    assert len(found.front) >= 2
    aims = [p.aims for p in found.front]
    assert not any(beaten(a, b) for a in aims for b in aims)
    for plan in found.front:
        assert plan.facts["disconnected"] == plan.facts["empty"] == plan.facts["unplaced"] == 0
        assert plan.facts["gardu_whole"] == plan.facts["gardu"] == 48
        assert len(plan.design.members) == 960
    assert found.recommended in [p.name for p in found.named()]
    assert min(p.facts["cv"] for p in found.front) < 0.5 * found.today["cv"]


def test_the_same_unit_has_the_same_plans_whatever_the_order_of_rows():
    routed, places = grid()
    one = plans(made(routed, places, capacity_max=900))
    mixed = routed.sample(frac=1, random_state=3)
    other = plans(made(mixed, places.sample(frac=1, random_state=4), capacity_max=900))
    assert [p.facts for p in one.front] == [p.facts for p in other.front]


def test_locked_routes_and_gardu_stay_as_they_are():
    routed, places = grid()
    locked = {"locked_rbm": frozenset("B"), "locked_gardu": frozenset(["G44", "G45"])}
    for plan in plans(made(routed, places, capacity_max=900, **locked)).front:
        now = plan.design.members["rbm"].reindex(routed.index)
        assert ((now == "B") == (routed["rbm"] == "B")).all()
        held = routed["gardu"].isin(["G44", "G45"])
        assert (now[held] == routed["rbm"][held]).all()


def test_no_more_customers_change_day_or_reader_than_allowed():
    routed, places = grid()
    around = Around(schedule=SCHEDULE)
    free = plans(made(routed, places, around, capacity_max=900)).front
    assert max(p.facts["day_changed"] for p in free) > 48
    assert max(p.facts["reader_changed"] for p in free) > 96
    held = made(routed, places, around, capacity_max=900, day_limit=0.05, reader_limit=0.1)
    for plan in plans(held).front:
        assert plan.facts["day_changed"] <= 48
        assert plan.facts["reader_changed"] <= 96


def test_who_has_no_point_keeps_his_route_and_is_counted():
    routed, places = grid()
    lost = routed.index[::7]
    places[lost] = None
    for plan in plans(made(routed, places, capacity_max=900)).front:
        assert plan.design.members["rbm"][lost].equals(routed["rbm"][lost])
        assert plan.facts["no_point_stay"] == len(lost)
        assert plan.design.per_rbm["customers"].sum() == len(routed)


def test_a_river_parts_routes_unless_a_bridge_leads_over_it():
    """Two banks, each read by both: beyond a barrier a route has no second part."""
    routed, places = grid(wide=8, high=2, rbm=lambda x, y: "A" if x < 4 else "B")
    river = gpd.GeoSeries([LineString([(-100, 50), (900, 50)])], crs=SRID)
    # Over the river leads the way at x = 700 only.
    ways = streets([(0, 0), (700, 0), (700, 100), (0, 100)])
    shut = made(routed, places, Around(barriers=river), capacity_max=900)
    assert shut.links["forced"].sum() == 1
    bridged = made(routed, places, Around(barriers=river, network=street_network(ways)), capacity_max=900)  # fmt: skip
    across = {tuple(r) for r in bridged.links[["a", "b"]].to_numpy().tolist()}
    name = list(bridged.blocks.table.index)
    over = {(name[a], name[b]) for a, b in across if name[a][-1] != name[b][-1]}
    assert ("G:G70", "G:G71") in over
    assert ("G:G00", "G:G01") not in over


@pytest.mark.parametrize("drawn_as", ["river", "rail", "motorway"])
def test_a_river_drawn_among_the_streets_is_no_street(drawn_as):
    lines = streets([(0, 0), (900, 0)], [(0, 100), (900, 100)], [(0, 0), (0, 100)])
    lines["highway"] = ["residential", "residential", drawn_as]
    assert np.bincount(street_network(lines).parts()).tolist() == [2, 2]


def two_places(between):
    """One gardu of two places of 30 houses, 200 m apart, with one of RBM ``between`` amid them."""
    rng = np.random.default_rng(1)
    rows, places = {}, {}
    for k in range(90):
        place = k % 3
        idpel = f"{k:03d}"
        rows[idpel] = ("A", "G1") if place != 1 else (between, "G2")
        x, y = rng.uniform(0, 60, 2)
        places[idpel] = (x + 80 * place, y)
    routed = pd.DataFrame.from_dict(rows, orient="index", columns=["rbm", "gardu"], dtype="str")
    return routed.rename_axis("idpel"), points(places)


@pytest.mark.parametrize(("between", "torn"), [("B", 1), ("A", 0)])
def test_a_gardu_of_two_places_leaves_a_route_in_two_unless_it_reads_what_lies_between(
    between, torn
):
    case = made(*two_places(between))
    assert len(case.ground.parts) == 1
    state = case.state()
    assert [state.torn(r) for r in range(len(case.codes))] == [torn, 0][: len(case.codes)]


def test_who_borders_on_a_few_houses_astray_does_not_border_on_their_gardu():
    """Of 300 houses in a row those of the first gardu stand at one end, but three at the other."""
    places = {f"{k:03d}": (10.0 * k, 3.0 * (k % 2)) for k in range(300)}
    gardu = ["G1"] * 100 + ["G2"] * 100 + ["G3"] * 100
    gardu[250:253] = ["G1"] * 3
    index = pd.Index(list(places), name="idpel", dtype="str")
    routed = pd.DataFrame({"rbm": "A", "gardu": gardu}, index, dtype="str")
    case = made(routed, points(places))
    name = list(case.blocks.table.index)
    linked = {(name[a], name[b]) for a, b in case.links[["a", "b"]].to_numpy().tolist()}
    assert linked == {("G:G1", "G:G2"), ("G:G2", "G:G3")}


def test_a_gardu_that_only_houses_astray_surround_still_hangs_on_something():
    xy = np.array([(10.0 * k, 0.0) for k in range(6)])
    of, pairs = np.array([0, 0, 0, 1, 2, 2]), np.array([(k, k + 1) for k in range(5)])
    astray = np.array([False] * 3 + [True] * 3)
    plain = neighbours(of, xy, pairs, size=3)
    assert plain["forced"].tolist() == [False, False]
    alone = neighbours(of, xy, pairs, size=3, astray=astray)
    assert alone[["a", "b"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    assert alone["forced"].all()


def test_a_large_gardu_is_cut_along_its_branches():
    routed, places = grid(wide=8, high=1, houses=100, rbm=lambda x, y: "A")
    routed["gardu"] = "G1"
    routed["branch"] = ["J1" if i < "4" else "J2" for i in routed.index]
    case = made(routed, places, capacity_max=450)
    parts = case.blocks.of.groupby(case.blocks.of).groups
    assert sorted(parts) == ["G:G1/J1", "G:G1/J2"]
    assert all(routed["branch"].loc[rows].nunique() == 1 for rows in parts.values())


def test_capacity_follows_the_kind_of_area():
    routed, places = grid(houses=4)
    kinds = (("tersebar", 20, 40),)
    case = made(routed, places, capacity_max=900, capacity_by_kind=kinds)
    scattered = case.blocks.table["kind"] == "tersebar"
    assert scattered.any()
    share = case.blocks.table["share"] * 40
    assert share[scattered].equals(case.blocks.table["customers"][scattered].astype(float))
    with pytest.raises(ValueError, match="kind"):
        DesignParams(capacity_by_kind=(("gunung", 1, 2),))


def test_a_split_keeps_everybody_and_a_merge_adds_up():
    routed, places = grid()
    case = made(routed, places, capacity_max=900)
    looked = split(case, "A")
    assert sum(p.customers for p in looked.after) == looked.before[0].customers == 600
    assert all(p.whole for p in looked.after)
    assert max(p.customers for p in looked.after) < 360
    both = merge(case, "B", "C")
    assert both.after[0].customers == sum(p.customers for p in both.before) == 360
    assert both.after[0].whole
    assert not merge(made(*grid(wide=9, rbm=lambda x, y: "ABC"[x // 3])), "A", "C").after[0].whole
    with pytest.raises(UsageError):
        split(case, "X")


def test_the_walk_along_a_line_is_exact_and_of_one_house_nothing():
    line = np.c_[np.arange(0, 1000, 10.0), np.zeros(100)]
    assert walk_m(line) == pytest.approx(990, abs=0.01)
    assert walk_m(line[:1]) == 0
    assert len(near_pairs(np.zeros((3, 2)))) == 2, "houses on one point are neighbours"


def test_who_stays_keeps_his_number_and_newcomers_follow():
    today = pd.DataFrame({"rbm": list("AAAB"), "urut": [1, 3, 7, 1], "sisipan": [0, 0, 2, 0]}, index=list("abcd"))  # fmt: skip
    rbm = pd.Series(list("AAAA"), list("abcd"))
    got = kept_numbers(rbm, today, pd.Series(range(4), list("abcd")))
    assert got[["urut", "sisipan"]].to_numpy().tolist() == [[1, 0], [3, 0], [7, 2], [8, 0]]
    shared = today.assign(urut=[1, 1, 7, 1], sisipan=0)
    anew = kept_numbers(rbm, shared, pd.Series(range(4), list("abcd")))
    assert sorted(anew["urut"]) == [1, 2, 3, 4]
