"""A draw in which everybody has the same chance, however many strata there are (R-SA-18)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sampling.draw import draw_evenly, even_shares, list_hash

COUNTS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 40), min_size=1)


@given(COUNTS, st.integers(0, 120), st.text(max_size=5))
def test_a_stratum_gives_its_share_rounded_down_or_up(counts, size, seed):
    out = even_shares(counts, size, seed=seed)
    total = sum(counts.values())
    used = min(size, total)
    assert sum(out.values()) == used
    for stratum, count in counts.items():
        assert used * count // total <= out[stratum] <= -(-used * count // total)


def test_of_more_strata_than_checks_none_is_left_out_by_its_name():
    """150 RBM of one size and 50 checks: by their names the last 100 would never be drawn."""
    counts = {f"R{k:03d}": 300 for k in range(150)}
    hits = dict.fromkeys(counts, 0)
    for seed in range(300):
        for stratum, n in even_shares(counts, 50, seed=str(seed)).items():
            hits[stratum] += n
    # 100 expected each, binomial sd 8: five of them either way.
    assert 60 < min(hits.values()) <= max(hits.values()) < 140


NAMES = st.dictionaries(st.text("0123456789", min_size=1, max_size=6), st.sampled_from("ABC"), max_size=50)  # fmt: skip


def as_bytes(drawn):
    return json.dumps({k: [d.seed, d.list_hash, d.sample, d.reserve] for k, d in drawn.items()}).encode()  # fmt: skip


@given(NAMES, st.randoms(use_true_random=False), st.integers(0, 60), st.integers(0, 20))
def test_the_same_seed_draws_the_same_list_byte_for_byte(strata, chance, size, reserve):
    mixed = list(strata.items())
    chance.shuffle(mixed)
    one = draw_evenly(strata, size, seed="rapat", reserve=reserve)
    assert as_bytes(one) == as_bytes(draw_evenly(dict(mixed), size, seed="rapat", reserve=reserve))
    names = [i for d in one.values() for i in d.sample + d.reserve]
    assert len(set(names)) == len(names) == min(size + reserve, len(strata))
    assert all(strata[i] == s for s, d in one.items() for i in d.sample + d.reserve)


def test_another_seed_draws_another_list_of_the_same_hash():
    strata = {f"{k:04d}": "AB"[k % 2] for k in range(400)}
    lists = {as_bytes(draw_evenly(strata, 20, seed=s)) for s in "123456"}
    assert len(lists) == 6
    assert list_hash(strata) == list_hash(reversed(list(strata)))
