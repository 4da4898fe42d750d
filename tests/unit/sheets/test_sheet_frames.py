"""What a sheet shows at which scale, and what gets a frame of its own."""

import numpy as np
import pytest

from rbmgeo.sheets.frames import SCALES, framed, parts_of, scale_bar
from rbmgeo.sheets.panels import INSET_MOST, MAP_ROOM, panels

DRAW = np.random.default_rng(7)
CORNER = np.array([687_000, 9_154_000])
HAMLET = np.array([[k * 20.0, 0.0] for k in range(200)]) + CORNER
VILLAGE = DRAW.uniform(0, 400, (200, 2)) + CORNER


def test_a_frame_has_a_scale_of_a_ruler_and_shows_every_house_with_room_around():
    frame = framed(VILLAGE, *MAP_ROOM)
    assert frame.scale in SCALES
    at = frame.paper(VILLAGE)
    assert (at > np.array(MAP_ROOM[:2]) + 10).all()
    assert (at < np.array(MAP_ROOM[:2]) + MAP_ROOM[2:] - 10).all()
    metres = np.hypot(*(VILLAGE[0] - VILLAGE[1]))
    assert np.hypot(*(at[0] - at[1])) == pytest.approx(frame.mm(metres))


def test_a_long_thin_walk_is_turned_to_lie_along_the_paper_and_keeps_its_shape():
    thin = np.column_stack([DRAW.uniform(0, 80, 200), DRAW.uniform(0, 2000, 200)])
    frame = framed(thin, *MAP_ROOM)
    assert frame.turn and frame.scale < framed(thin, *MAP_ROOM, turned=False).scale
    at = frame.paper(thin)
    assert np.ptp(at[:, 0]) > np.ptp(at[:, 1])
    west, south, east, north = frame.box_m
    assert (thin >= (west, south)).all() and (thin <= (east, north)).all()
    step, drawn = thin[1] - thin[0], at[1] - at[0]
    assert np.hypot(*drawn) == pytest.approx(frame.mm(float(np.hypot(*step))))
    other, seen = thin[2] - thin[0], at[2] - at[0]
    assert turns_left(step, other) == turns_left(drawn, seen)


def turns_left(a, b):
    return bool(a[0] * b[1] - a[1] * b[0] > 0)


def test_parts_are_chains_of_neighbours_the_largest_first():
    far = np.vstack([HAMLET[:5] + np.array([15_000, 0]), VILLAGE])
    part = parts_of(far)
    assert part[:5].tolist() == [1] * 5 and (part[5:] == 0).all()


@pytest.mark.parametrize(
    ("rest", "pages"),
    [((5,), 1), ((5, 4, 3), 1), ((INSET_MOST + 40,), 2), ((3, 3, 3, 3, 3), 2)],
)
def test_every_house_is_in_exactly_one_frame_and_frames_of_a_page_do_not_overlap(rest, pages):
    away = [HAMLET[:n] + np.array([15_000 * (k + 1), 3_000 * k]) for k, n in enumerate(rest)]
    xy = np.vstack([VILLAGE, *away])
    made = panels(xy)
    assert sorted(np.concatenate([p.rows for p in made]).tolist()) == list(range(len(xy)))
    assert max(p.page for p in made) + 1 == pages
    assert made[0].frame.scale == framed(VILLAGE, *MAP_ROOM).scale or made[0].frame.w < MAP_ROOM[2]
    for one in made:
        at = one.frame.paper(xy[one.rows])
        left, low, right, up = one.frame.borders
        assert ((at > (left, low)) & (at < (right, up))).all()
        for hole in one.holes:
            assert not ((at > hole[:2]) & (at < hole[2:])).all(axis=1).any()


def test_one_village_is_one_frame_without_a_letter():
    made = panels(VILLAGE)
    assert len(made) == 1 and made[0].letter == ""


def test_a_scale_bar_fits_and_says_round_metres():
    for scale in SCALES[:20]:
        long, metres = scale_bar(scale)
        assert long <= 46 and metres in (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
