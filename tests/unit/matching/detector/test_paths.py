"""Trees of walks: who lies on the way from a gardu to a house."""

import numpy as np

from rbmgeo.matching.detector.paths import on_the_way
from rbmgeo.matching.detector.scene import scene

#: A street of houses 20 m apart, a gardu at each end.
STREET = np.array([[20.0 * k, 0.0 + (k % 2)] for k in range(1, 9)])
ENDS = np.array([[0.0, 0.0], [180.0, 0.0]])


def way(label):
    seen = scene(STREET, ENDS)
    label = np.asarray(label)
    trees = seen.forest
    belongs = (label[trees.customer] == trees.gardu).astype(float)
    return trees, on_the_way(trees, belongs, np.arange(len(label)))


def row(trees, gardu, customer):
    return int(trees.rows(np.array([gardu]), np.array([customer]))[0])


def test_the_walk_goes_from_house_to_house():
    trees, _ = way([0] * 8)
    third = row(trees, 0, 2)
    assert trees.customer[trees.parent[third]] == 1
    assert trees.depth[third] == 2


def test_a_house_behind_others_of_its_gardu_has_them_on_its_way():
    trees, told = way([0, 0, 0, 0, 1, 1, 1, 1])
    assert told.share[row(trees, 0, 3)] == 1
    assert told.gap_m[row(trees, 0, 3)] < 25


def test_a_house_beyond_those_of_another_gardu_has_a_gap_before_it():
    trees, told = way([0, 0, 1, 1, 1, 0, 1, 1])
    lonely = row(trees, 0, 5)
    assert told.share[lonely] == 2 / 5
    assert told.gap_m[lonely] > 70
    assert told.longest_m[lonely] >= told.gap_m[lonely]


def test_ones_own_record_counts_neither_on_the_way_nor_in_the_flow():
    trees, with_own = way([0, 0, 0, 1, 1, 1, 1, 1])
    _, without = way([0, 0, 1, 1, 1, 1, 1, 1])
    third = row(trees, 0, 2)
    assert with_own.share[third] == without.share[third]
    assert with_own.flow[third] == without.flow[third]


def test_who_is_out_of_reach_has_no_row():
    trees, _ = way([0] * 8)
    assert row(trees, -1, 2) == -1
