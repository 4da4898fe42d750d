"""A unit's area follows coarse cells: no point can be read from it, no stray one widens it."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.supervision.areas import CELL, LEAST, unit_area

AT = (22540, -1530)


def cell(dx, dy, n):
    return (AT[0] + dx, AT[1] + dy, n)


def test_under_twenty_points_nothing_is_drawn():
    assert unit_area([]) is None
    assert unit_area([cell(0, 0, LEAST - 1)]) is None
    assert unit_area([cell(0, 0, LEAST)]) is not None
    assert unit_area([cell(0, 0, 10), cell(1, 1, 10)]) is not None
    assert unit_area([cell(0, 0, 10), cell(5, 5, 10)]) is None


def test_a_stray_point_far_away_widens_nothing():
    near = [cell(x, y, 8) for x in range(4) for y in range(4)]
    assert unit_area([*near, cell(900, 0, 3)]).equals(unit_area(near))


def test_every_dense_cell_lies_inside():
    near = [cell(x, y, 30) for x in range(6) for y in range(2)]
    area = unit_area(near)
    for x, y, _ in near:
        assert area.covers(shapely.Point((x + 0.5) * CELL, (y + 0.5) * CELL))
    # Widened by a cell: the outline is never the cells' own edge.
    assert area.boundary.distance(shapely.Point(AT[0] * CELL, AT[1] * CELL)) > CELL / 2


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 60)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_no_order_of_cells_shows(rows, random):
    unique = list({(x, y): (x + AT[0], y + AT[1], n) for x, y, n in rows}.values())
    other = list(unique)
    random.shuffle(other)
    one, two = unit_area(unique), unit_area(other)
    assert (one is None and two is None) or one.wkb == two.wkb
