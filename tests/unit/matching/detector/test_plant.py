"""Planted errors: as many as asked for, of the kinds asked for, and nobody else changed."""

import numpy as np
import pytest

from rbmgeo.matching.detector.plant import Mix, planted
from rbmgeo.matching.detector.scene import scene


@pytest.fixture(scope="module")
def seen():
    rng = np.random.default_rng(2)
    site = rng.uniform(0, 1500, (20, 2))
    of = rng.integers(20, size=900)
    return scene(site[of] + rng.normal(0, 60, (900, 2)), site), of.astype(np.int64)


ALL = np.ones(900, dtype=bool)


@pytest.mark.parametrize(
    "mix", [Mix(0.08), Mix(0.1, 1, 0, 0), Mix(0.1, 0, 1, 0), Mix(0.1, 0, 0, 1)]
)
def test_so_many_records_are_wrong(seen, mix):
    where, label = seen
    wrong = planted(where, label, ALL, mix, 7) != label
    assert wrong.sum() == pytest.approx(mix.rate * 900, abs=6)


def test_neighbour_errors_name_a_gardu_near_by(seen):
    where, label = seen
    out = planted(where, label, ALL, Mix(0.1, 1, 0, 0), 7)
    wrong = np.flatnonzero(out != label)
    assert (where.near_site[wrong][:, :5] == out[wrong][:, None]).any(axis=1).all()


def test_a_block_is_of_one_gardu_and_goes_to_one(seen):
    where, label = seen
    out = planted(where, label, ALL, Mix(0.02, 0, 0, 1), 7)
    wrong = np.flatnonzero(out != label)
    pairs = {(label[i], out[i]) for i in wrong}
    assert 0 < len(pairs) <= 5
    assert len(wrong) >= 2 * len(pairs)


def test_only_those_among_are_touched_and_the_unrecorded_stay_so(seen):
    where, label = seen
    label = label.copy()
    label[:100] = -1
    among = np.arange(900) < 500
    out = planted(where, label, among, Mix(0.2), 7)
    assert (out[500:] == label[500:]).all()
    assert (out[:100] == -1).all()


def test_the_same_seed_plants_the_same(seen):
    where, label = seen
    one, other = (planted(where, label, ALL, Mix(), s) for s in (7, 8))
    assert (one == planted(where, label, ALL, Mix(), 7)).all()
    assert (one != other).any()
