"""Instances whose shortest tour is proven (TSPLIB, Reinelt 1991); two of them in clusters."""

import numpy as np
import pytest

from rbmgeo.routes.order import order, path_length_m

pytestmark = pytest.mark.shared_data


@pytest.mark.parametrize(("name", "optimum"), [("fl417", 11861), ("pr439", 107217)])
def test_a_tour_through_clusters_is_within_a_hundredth_of_the_shortest(shared_data, name, optimum):
    text = (shared_data / "routing" / f"{name}.tsp").read_text()
    rows = text[text.index("NODE_COORD_SECTION") :].splitlines()[1:]
    xy = np.array([line.split()[1:] for line in rows if line.strip()[:1].isdigit()], dtype=float)
    matrix = np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 0.5)
    tour = order(matrix, closed=True)
    assert sorted(tour.tolist()) == list(range(len(xy)))
    assert optimum <= path_length_m(matrix, tour, closed=True) <= 1.01 * optimum
