import io

import numpy as np
from PIL import Image

from rbmgeo.maps.change_picture import MOST_BYTES, Pictured, change_picture


def test_a_picture_of_six_hundred_houses_stays_under_the_limit_and_is_the_same_each_time():
    draw = np.random.default_rng(1)
    spots = draw.uniform(0, 2000, (600, 2))
    streets = [draw.uniform(0, 2000, (8, 2)) for _ in range(400)]
    what = Pictured(spots, spots[::-1], draw.random(600) < 0.1, streets)
    png = change_picture(what, title="RBM A", words="12 pindah, 11 nomor berubah, 4,1 -> 3,3 km")
    assert len(png) <= MOST_BYTES
    assert Image.open(io.BytesIO(png)).size == (1080, 1080)
    assert png == change_picture(
        what, title="RBM A", words="12 pindah, 11 nomor berubah, 4,1 -> 3,3 km"
    )


def test_houses_without_a_place_and_an_empty_walk_are_no_fault():
    nobody = np.zeros((0, 2))
    some = np.array([[0.0, 0.0], [np.nan, np.nan], [10.0, 5.0]])
    assert change_picture(
        Pictured(nobody, some, np.array([True, False, False]), []), title="A", words=""
    )
    assert change_picture(Pictured(some, nobody, np.zeros(0, dtype=bool), []), title="A", words="")
