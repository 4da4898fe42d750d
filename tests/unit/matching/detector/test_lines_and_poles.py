"""How far the lines of a gardu are, and what the recorded pole says."""

import numpy as np
import pandas as pd
import pytest

from rbmgeo.matching.detector.poles import Poles
from rbmgeo.matching.detector.spans import Spans

HOUSES = np.array([[0.0, 10.0], [50.0, 30.0], [500.0, 0.0]])


def spans():
    start = np.array([[0.0, 0.0], [0.0, 100.0], [0.0, -5.0]])
    end = np.array([[100.0, 0.0], [100.0, 100.0], [100.0, -5.0]])
    return Spans(start, end, np.array([0, 1, -1]), HOUSES)


def test_metres_to_the_lines_of_a_gardu():
    told = spans().pairs_m(np.array([0, 1]), np.array([[0, 1], [0, 1]]))
    assert told[0] == pytest.approx([10, 90], abs=0.5)
    assert told[1] == pytest.approx([30, 70], abs=1)


def test_a_gardu_without_lines_and_an_empty_candidate_are_unknown():
    assert np.isnan(spans().pairs_m(np.array([0]), np.array([[2, -1]]))).all()


def test_asked_again_and_for_more_it_says_the_same():
    lines = spans()
    first = lines.pairs_m(np.array([0]), np.array([[0]]))
    lines.pairs_m(np.array([2, 1]), np.array([[1, 0], [0, 1]]))
    assert lines.pairs_m(np.array([0]), np.array([[0]])) == first


def poles():
    tiang = pd.Series(["T1", "T1", None, "T2", "T9"])
    carried = pd.DataFrame({"tiang": ["T1", "T1", "T2"], "gardu": ["A", "B", "B"]})
    return Poles(tiang, carried, pd.Index(["A", "B"]))


def test_a_pole_carries_what_its_spans_are_tagged_with():
    told = poles().carries(np.arange(5), np.tile([0, 1], (5, 1)))
    assert told[0].tolist() == [1, 1]
    assert told[3].tolist() == [0, 1]


def test_without_a_pole_or_a_line_at_it_nothing_is_known():
    told = poles().carries(np.array([2, 4]), np.array([[0, 1], [0, 1]]))
    assert np.isnan(told).all()


def test_mates_are_the_others_on_the_pole():
    mates = poles().mates
    assert mates[0][0] == 1
    assert mates[1][0] == 0
    assert (mates[0][1:] == 5).all()
    assert (mates[2] == 5).all()


def test_a_crowded_pole_tells_everybody_of_others():
    crowd = Poles(pd.Series(["T"] * 30), pd.DataFrame({"tiang": [], "gardu": []}), pd.Index(["A"]))
    assert all(i not in crowd.mates[i] for i in range(30))
    assert (crowd.mates < 30).all()
