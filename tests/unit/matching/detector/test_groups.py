"""Groups that are left out together, and what the nearest gardu says by itself."""

from types import SimpleNamespace

import numpy as np

from rbmgeo.matching.detector.detect import NEARER, NEARER_EVEN, NEARER_MOST, nearer
from rbmgeo.matching.detector.evidence import records
from rbmgeo.matching.detector.groups import branches, groups, patches
from rbmgeo.matching.detector.scene import scene

#: Twelve houses along one street, 20 m apart, a gardu at either end of it.
STREET = np.column_stack([np.arange(12) * 20.0, np.arange(12) % 2 * 1.0])
ENDS = np.array([[-20.0, 0.0], [240.0, 0.0]])
OF = np.repeat([0, 1], 6)


def branch(label, most):
    seen = scene(STREET, ENDS)
    return branches(seen, label, records(seen, label).way.flow, most)


def test_a_branch_is_the_far_end_of_a_gardu_with_so_many_behind_it():
    number = branch(OF, 3)
    assert len(set(number[3:6])) == 1  # the last three of gardu 0
    assert len(set(number[:3])) == 3  # nearer to it everybody has more behind him
    assert not set(number[:6]) & set(number[6:])


def test_a_moved_piece_of_a_street_is_a_branch_of_the_gardu_that_records_it():
    moved = OF.copy()
    moved[2:5] = 1  # truly of gardu 0, recorded on the one at the other end
    number = branch(moved, 3)
    assert len(set(number[2:5])) == 1
    assert number[2] not in np.delete(number, [2, 3, 4])


def test_who_has_no_record_is_a_group_of_its_own():
    some = np.where(np.arange(12) == 4, -1, OF)
    number = branch(some, 30)
    assert (number == number[4]).sum() == 1


def test_the_border_of_a_group_counts_the_links_out_of_it_alone():
    seen = scene(STREET, ENDS)
    found = groups(seen, OF, patches(seen, OF))
    assert sorted(found.size[found.size > 0].tolist()) == [6.0, 6.0]
    border = found.border.toarray()
    assert border[found.number[0]].tolist() == [0.0, 1.0]
    assert border[found.number[11]].tolist() == [1.0, 0.0]


def told(label, *, spans=None):
    away = np.sort(np.hypot(*(STREET[:, None] - ENDS).transpose(2, 0, 1)), axis=1)
    return nearer(SimpleNamespace(xy=STREET, site=ENDS, site_m=away, spans=spans), label)


def test_a_nearer_gardu_speaks_against_the_record_and_the_nearest_for_it():
    said = told(np.where(np.arange(12) == 0, 1, OF))
    assert said[0] == NEARER * (NEARER_MOST - NEARER_EVEN)
    assert (said[1:] < 0).all()


def test_the_nearest_gardu_says_nothing_where_lines_are_known_or_no_record_is():
    assert not told(OF[::-1], spans=object()).any()
    assert told(np.full(12, -1)).tolist() == [0.0] * 12
