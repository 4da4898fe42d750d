"""Small low-voltage trees as one would draw them on paper; one metre is one metre."""

import geopandas as gpd
import pandas as pd
from drawn import SRID
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from rbmgeo.survey.telusur import BY_HOUSE, BY_LINE, BY_POLE, walk_of_gardu

HERE = "PD1"


def poles(**at):
    index = pd.Index(list(at), name="tiang", dtype="str")
    return gpd.GeoDataFrame(index=index, geometry=[Point(p) for p in at.values()], crs=SRID)


def spans(places, *pairs, gardu=HERE, jurusan=None):
    """Spans between poles named in ``places``; a pair may bring its own (a, b, gardu, jurusan)."""
    rows = [(*pair, *(gardu, jurusan)[len(pair) - 2 :]) for pair in pairs]
    frame = pd.DataFrame(
        [(g, j, a, b, None, None, None) for a, b, g, j in rows],
        columns=["gardu", "jurusan", "tiang_1", "tiang_2", "node_1", "node_2", "length_m"],
        index=pd.Index([f"s{n}" for n in range(len(rows))], name="span", dtype="str"),
    )
    at = places.geometry
    lines = [LineString([at[a], at[b]]) for a, b, *_ in rows]
    return gpd.GeoDataFrame(frame, geometry=lines, crs=SRID)


def houses(*rows):
    """(name, place or None, tiang or None, kind): m recorded here, n elsewhere, p proposed here."""
    frame = pd.DataFrame(
        [(k == "m", k == "p", t, None) for _, _, t, k in rows],
        columns=["member", "proposed", "tiang", "jurusan"],
        index=pd.Index([r[0] for r in rows], name="idpel", dtype="str"),
    )
    places = [None if r[1] is None else Point(r[1]) for r in rows]
    return gpd.GeoDataFrame(frame, geometry=places, crs=SRID)


#: North: a fork of a short and a long branch. East: one pole. The gardu stands at g.
TOWN = poles(g=(0, 0), n1=(0, 40), n2=(30, 40), n3=(0, 80), n4=(0, 120), e1=(40, 0))
TREE = (("g", "n1"), ("n1", "n2"), ("n1", "n3"), ("n3", "n4"), ("g", "e1"))
SITE = (0.0, 0.0)


def walked(found):
    return [(j, part["tiang"].tolist()) for j, part in found.stops.groupby("jurusan", sort=False)]


def test_untagged_lines_are_cut_at_the_gardu_and_named_from_north():
    found = walk_of_gardu(HERE, houses(), spans(TOWN, *TREE), TOWN, site=SITE)
    assert found.basis == BY_LINE
    assert walked(found) == [("A", ["g", "n1", "n2", "n3", "n4"]), ("B", ["e1"])]
    assert found.stops["derived"].all()
    assert found.stops["along_m"].tolist() == [0, 40, 70, 80, 120, 40]
    assert found.stops["depth"].tolist() == [0, 0, 1, 1, 1, 0]


def test_a_jurusan_that_the_lists_name_keeps_its_name():
    tagged = spans(TOWN, *[(*p, HERE, "2" if "e1" in p else "1") for p in TREE])
    found = walk_of_gardu(HERE, houses(), tagged, TOWN, site=SITE)
    assert [j for j, _ in walked(found)] == ["1", "2"] and not found.stops["derived"].any()


def test_the_order_of_the_file_changes_nothing():
    one = walk_of_gardu(HERE, houses(), spans(TOWN, *TREE), TOWN, site=SITE)
    back = [(b, a) for a, b in reversed(TREE)]
    other = walk_of_gardu(HERE, houses(), spans(TOWN, *back), TOWN[::-1], site=SITE)
    pd.testing.assert_frame_equal(one.stops, other.stops)


def test_a_loop_is_walked_along_the_shorter_way_and_each_pole_once():
    ring = poles(g=(0, 0), a=(0, 40), b=(40, 40), c=(40, 0))
    found = walk_of_gardu(
        HERE, houses(), spans(ring, ("g", "a"), ("a", "b"), ("b", "c"), ("c", "g")), ring, site=SITE
    )
    assert sorted(found.stops["tiang"]) == ["a", "b", "c", "g"]
    assert found.stops.set_index("tiang")["along_m"].to_dict() == {
        "g": 0,
        "a": 40,
        "b": 80,
        "c": 40,
    }


def test_a_part_that_is_not_joined_comes_after_with_its_straight_distance():
    town = poles(g=(0, 0), a=(0, 40), far=(0, 90), end=(0, 130))
    drawn = spans(town, ("g", "a", HERE, "1"), ("far", "end", HERE, "1"))
    found = walk_of_gardu(HERE, houses(), drawn, town, site=SITE)
    assert found.stops["tiang"].tolist() == ["g", "a", "far", "end"]
    assert found.stops["along_m"].tolist() == [0, 40, 90, 130]


def test_a_gardu_without_a_place_still_has_its_poles():
    found = walk_of_gardu(HERE, houses(), spans(TOWN, *TREE), TOWN)
    assert sorted(found.stops["tiang"]) == sorted(TOWN.index)


def test_members_hang_by_record_else_by_place_and_the_lost_come_last():
    people = houses(("1", None, "n4", "m"), ("2", (38, 5), None, "m"), ("3", None, None, "m"),
                    ("4", (500, 500), "x9", "m"))  # fmt: skip
    found = walk_of_gardu(HERE, people, spans(TOWN, *TREE), TOWN, site=SITE)
    at = found.houses.join(found.stops["tiang"], on="stop")["tiang"]
    assert at["1"] == "n4" and at["2"] == "e1"
    assert found.houses.loc[["3", "4"], "stop"].tolist() == [-1, -1]


def test_neighbours_come_if_they_stand_at_a_pole_or_a_finding_names_the_gardu():
    town = pd.concat([TOWN, poles(q=(60, 0))])
    people = houses(("1", None, "n3", "n"), ("2", (42, 3), None, "n"), ("3", (56, 0), None, "n"),
                    ("4", (56, 0), None, "p"), ("5", (41, 0), "q", "n"), ("6", None, None, "p"))  # fmt: skip
    drawn = pd.concat([spans(town, *TREE), spans(town, ("e1", "q"), gardu="PD2").rename(index={"s0": "z"})])  # fmt: skip
    found = walk_of_gardu(HERE, people, drawn, town, site=SITE)
    assert found.houses.index.tolist() == ["1", "2", "4", "6"]
    assert found.stops.set_index("tiang").at["e1", "shared"] == ("PD2",)
    # Whom a finding names though it stands at another pole is never answered by a tap here.
    assert found.houses.loc[["4", "6"], "stop"].tolist() == [-1, -1]


def test_without_lines_poles_go_by_distance():
    people = houses(("1", None, "n4", "m"), ("2", None, "e1", "m"), ("3", (1, 82), None, "m"))
    found = walk_of_gardu(HERE, people, spans(TOWN), TOWN, site=SITE)
    assert (found.basis, walked(found)) == (BY_POLE, [("", ["e1", "n3", "n4"])])


def test_without_poles_houses_go_by_distance():
    people = houses(("1", (50, 0), None, "m"), ("2", (10, 0), None, "m"), ("3", None, None, "m"),
                    ("4", (5, 0), None, "n"), ("5", (30, 0), None, "p"))  # fmt: skip
    found = walk_of_gardu(HERE, people, spans(poles()), poles(), site=SITE)
    assert found.basis == BY_HOUSE
    assert found.houses["stop"].to_dict() == {"1": 2, "2": 0, "3": -1, "5": 1}
    assert found.stops["along_m"].tolist() == [10, 30, 50]


def test_one_pole_of_two_jurusan_has_each_house_once_at_its_own():
    two = spans(TOWN, ("g", "n1", HERE, "1"), ("g", "n1", HERE, "2"))
    people = houses(("1", None, "n1", "m"), ("2", None, "n1", "m")).assign(jurusan=["2", None])
    found = walk_of_gardu(HERE, people, two, TOWN, site=SITE)
    where = found.houses.join(found.stops["jurusan"], on="stop")["jurusan"]
    assert where.to_dict() == {"1": "2", "2": "1"}


NAMES = list(TOWN.index)
place = st.none() | st.tuples(st.integers(-200, 200), st.integers(-200, 200))


@given(
    st.lists(st.tuples(place, st.sampled_from([None, "weg", *NAMES]), st.sampled_from("mnp")), max_size=12),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from([HERE, "PD2", None]),
                       st.sampled_from([None, "1", "2"])), max_size=12),
    st.booleans(),
)  # fmt: skip
def test_every_member_and_every_pole_of_a_jurusan_is_there_exactly_once(people, drawn, placed):
    crowd = houses(*[(f"{n:03d}", p, t, k) for n, (p, t, k) in enumerate(people)])
    found = walk_of_gardu(HERE, crowd, spans(TOWN, *drawn), TOWN, site=SITE if placed else None)
    assert found.houses.index.is_unique
    assert set(crowd.index[crowd["member"] | crowd["proposed"]]) <= set(found.houses.index)
    assert not found.stops.dropna(subset="tiang").duplicated(["jurusan", "tiang"]).any()
    assert found.houses["stop"].isin([-1, *found.stops.index]).all()
    own = {t for a, b, g, _ in drawn if g == HERE for t in (a, b)}
    if own:
        assert set(found.stops["tiang"]) == own
