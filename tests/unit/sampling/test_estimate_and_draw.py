"""What a sample says, how large it must be, and that anyone can draw it again."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sampling.draw import draw, list_hash
from rbmgeo.sampling.estimate import half_width, size_for, wilson
from rbmgeo.sampling.hypergeometric import smallest_sample


@pytest.mark.parametrize(
    ("wrong", "seen", "low", "high"),
    [(0, 50, 0, 7.1), (1, 50, 0.35, 10.5), (3, 125, 0.82, 6.82)],
)
def test_the_interval_of_a_share_is_wilsons(wrong, seen, low, high):
    """R-SA-15."""
    assert [100 * x for x in wilson(wrong, seen)] == pytest.approx([low, high], abs=0.05)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("lot", "size"), [(150, 109), (250, 152), (350, 184), (450, 208), (600, 235), (40_000, 381)]
)
def test_the_size_to_know_a_share_within_five_per_cent(lot, size):
    """R-SA-16."""
    assert size_for(lot) == size
    assert half_width(lot, size) <= 0.051


@pytest.mark.parametrize(
    ("lot", "wrong", "size"), [(40, 4, 17), (100, 10, 20), (100, 5, 37), (250, 25, 21)]
)
def test_the_smallest_sample_of_a_changed_gardu(lot, wrong, size):
    """R-SA-20."""
    assert smallest_sample(lot, wrong) == size


def test_a_checker_who_errs_sends_a_right_gardu_back():
    """R-SB-02: why a disagreement counts only after a second look."""
    assert pytest.approx(0.58, abs=0.005) == 1 - 0.95**17
    assert pytest.approx(0.85, abs=0.005) == 1 - 0.95**37
    assert pytest.approx(0.095) == 0.05 * 0.95 + 0.95 * 0.05


NAMES = st.lists(st.text("0123456789", min_size=1, max_size=12), unique=True, max_size=60)


@given(NAMES, st.randoms(use_true_random=False), st.integers(0, 70), st.integers(0, 10))
def test_the_same_seed_draws_the_same_list_whatever_its_order(names, random, size, reserve):
    """R-SA-18."""
    drawn = draw(names, size, seed="2025-01", reserve=reserve)
    shuffled = list(names)
    random.shuffle(shuffled)
    assert draw(shuffled, size, seed="2025-01", reserve=reserve) == drawn
    assert set(drawn.sample) | set(drawn.reserve) <= set(names)
    assert len(drawn.sample) == min(size, len(names))
    assert not set(drawn.sample) & set(drawn.reserve)
    more = draw(names, size + 1, seed="2025-01")
    assert more.sample[:size] == drawn.sample


def test_anyone_can_draw_it_again_with_a_hash_alone():
    names = [f"5135400000{k:02d}" for k in range(40)]
    told = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
    by_hand = sorted(names, key=lambda n: hashlib.sha256(f"42\n{told}\n{n}".encode()).hexdigest())
    assert draw(names, 8, seed="42").sample == tuple(by_hand[:8])
    assert list_hash(reversed(names)) == told
    assert draw(names, 8, seed="43").sample != tuple(by_hand[:8])
    with pytest.raises(ValueError, match="stands twice"):
        draw(["1", "1"], 1, seed="42")


def test_every_name_is_drawn_as_easily():
    names = [str(k) for k in range(50)]
    seen = dict.fromkeys(names, 0)
    for seed in range(2000):
        for name in draw(names, 10, seed=str(seed)).sample:
            seen[name] += 1
    # 400 expected, binomial sd 18: four of them either way.
    assert 325 < min(seen.values()) <= max(seen.values()) < 475
