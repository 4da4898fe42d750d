"""Wrong records are found by their surroundings alone, and p says why it is what it is."""

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from rbmgeo.matching.calibrate import log_odds
from rbmgeo.matching.detector.detect import ADDED, PARTS, detect


def wrong(town):
    return (town.recorded != town.true).to_numpy()


def precision(p, town):
    return average_precision_score(wrong(town), p)


def farther_than_the_nearest(town):
    houses = np.c_[town.points.x, town.points.y]
    sites = np.c_[town.gardu.geometry.x, town.gardu.geometry.y]
    away_m = np.hypot(*(houses[:, None] - sites[None]).transpose(2, 0, 1))
    own = town.gardu.index.get_indexer(town.recorded)
    return away_m[np.arange(len(houses)), own] - away_m.min(axis=1)


def test_it_finds_more_than_the_nearest_gardu_does(town, found):
    """What it gains over votes on towns of size, bench/matching.py says."""
    assert precision(found.frame["p"], town) > precision(farther_than_the_nearest(town), town) + 0.1
    assert precision(found.frame["p"], town) > 0.8


def test_lines_are_used_where_they_are_known(town, found, found_along_lines):
    assert set(found.frame["tier"]) == {"T1"}
    assert set(found_along_lines.frame["tier"]) == {"T2"}
    assert precision(found_along_lines.frame["p"], town) > 0.9


def test_the_right_gardu_is_proposed_first_for_most_errors(town, found_along_lines):
    bad = wrong(town)
    proposed = found_along_lines.frame["proposed_gardu"]
    assert (proposed[bad] == town.true[bad]).mean() > 0.85
    assert (proposed != town.recorded).all()


def test_everybody_has_a_p_and_its_parts_sum_to_it(town, found_along_lines):
    frame = found_along_lines.frame
    assert frame.index.tolist() == town.points.index.tolist()
    assert frame["p"].between(0, 1).all()
    parts = pd.DataFrame(frame["parts"].tolist(), index=frame.index)
    assert list(parts.columns)[:8] == ["base", *PARTS, "together"]
    assert set(parts.columns) <= {"base", *PARTS, "together", *ADDED}
    assert np.allclose(parts.sum(axis=1), log_odds(frame["p"]), atol=0.01)


def test_without_lines_the_part_of_the_lines_weighs_nothing(found):
    parts = pd.DataFrame(found.frame["parts"].tolist())
    assert (parts["line"] == 0).all()
    assert (parts["distance"] != 0).any()


def test_the_order_of_the_rows_changes_nothing(town, found, quick):
    order = np.random.default_rng(3).permutation(len(town.points))
    again = detect(
        town.points.iloc[order],
        town.recorded.iloc[order[::-1]],
        town.gardu.iloc[::-1],
        params=quick,
    )
    pd.testing.assert_frame_equal(again.frame, found.frame)


def test_where_every_record_is_right_hardly_anybody_is_almost_certainly_wrong(town, quick):
    clean = detect(town.points, town.true, town.gardu, params=quick).frame
    assert (clean["p"] > 0.9).mean() < 0.01
    assert clean["p"].mean() < 0.03


def test_a_unit_too_small_to_learn_from_is_judged_all_the_same(town):
    few = town.points.index[:200]
    told = detect(town.points[few], town.recorded[few], town.gardu).frame
    assert told["p"].notna().all()
    assert set(told["tier"]) == {"T1"}


def test_those_tied_to_the_lines_teach_and_vote_and_are_not_judged(town, found, quick):
    tied = town.points.index[::2]
    known = town.true[tied]
    told = detect(town.points, town.recorded, town.gardu, params=quick, known=known).frame
    assert told["p"].notna().all()
    assert told.loc[tied, "parts"].isna().all()
    asked = told.drop(index=tied)
    assert asked["parts"].notna().all()
    # What is known of half the town finds more in the other half than the records alone.
    bad = (town.recorded != town.true)[asked.index]
    alone = average_precision_score(bad, found.frame.loc[asked.index, "p"])
    assert average_precision_score(bad, asked["p"]) > alone - 0.02


def test_a_known_gardu_votes_in_the_place_of_a_wrong_record(town, quick):
    """A block of which most houses were walked: the rest is found by them."""
    block = town.recorded.index[town.recorded != town.true]
    groups = town.true[block].groupby([town.true[block], town.recorded[block]])
    members = max(groups.groups.values(), key=len)
    assert len(members) >= 8
    walked, left = members[3:], members[:3]
    known = town.true[walked]
    p = detect(town.points, town.recorded, town.gardu, params=quick, known=known).frame["p"]
    assert (p[left] > 0.5).all()


def test_where_all_are_tied_nothing_is_learned(town):
    told = detect(town.points, town.recorded, town.gardu, known=town.true).frame
    assert "parts" not in told
    assert told["p"].notna().all()
