import numpy as np
import shapely

from rbmgeo.sheets.ground import own_area, rings, settled

DRAW = np.random.default_rng(2)


def test_every_house_lies_on_the_ground_of_its_own_rbm_and_neighbours_hardly_overlap():
    own, others = DRAW.uniform(0, 300, (120, 2)), DRAW.uniform(150, 450, (120, 2))
    mine, theirs = own_area(own, others), own_area(others, own)
    assert shapely.intersects_xy(mine, *own.T).all()
    assert shapely.intersects_xy(theirs, *others.T).all()
    assert mine.intersection(theirs).area < 0.08 * mine.area


def test_nobody_has_no_ground():
    assert own_area(np.empty((0, 2)), np.empty((0, 2))).is_empty
    assert settled(np.empty((0, 2))).is_empty
    assert rings(shapely.Polygon()) == []


def test_houses_on_one_spot_are_no_fault():
    spot = np.tile([[5.0, 5.0]], (4, 1))
    assert own_area(spot, spot[:1]).area > 0
