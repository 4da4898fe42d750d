"""Groups that hang on another gardu together, and what the meters of both gardu say of them."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from rbmgeo.matching.detector.balance import MOST, Balance, weighed
from rbmgeo.matching.detector.blocks import Blocks, lifted, moved_blocks, proposed
from rbmgeo.matching.detector.soft import Belief
from rbmgeo.matching.patches import patches

#: Twelve houses along one street, each beside the next.
STREET = SimpleNamespace(edges=np.column_stack([np.arange(11), np.arange(1, 12)]))


def belief(of_other, *, other=1, recorded=0):
    """Everybody is recorded on gardu 0; ``of_other``: how likely gardu 1 is."""
    share = np.asarray(of_other, dtype=float)
    cand = np.tile([recorded, other], (len(share), 1))
    return Belief(cand, np.column_stack([1 - share, share]))


def test_a_house_amid_a_moved_branch_moves_with_it():
    said = belief([0.02] * 4 + [0.9, 0.8, 0.1, 0.9, 0.95] + [0.02] * 3)
    p = 1 - said.of_recorded()
    found = moved_blocks(STREET, said, p)
    assert np.flatnonzero(found.members).tolist() == [4, 5, 6, 7, 8]
    assert set(found.target[4:9]) == {1}
    after = lifted(p, found)
    assert after[6] >= 0.9
    assert (after >= p).all()
    assert (after[~found.members] == p[~found.members]).all()


def test_two_doubts_are_no_block_and_scattered_ones_are_none_either():
    two = belief([0.02] * 5 + [0.9, 0.9] + [0.02] * 5)
    assert not moved_blocks(STREET, two, 1 - two.of_recorded()).members.any()
    apart = belief([0.9, 0.0, 0.0, 0.0] * 3)
    assert not moved_blocks(STREET, apart, 1 - apart.of_recorded()).members.any()


def test_the_order_of_the_links_changes_no_block():
    said = belief([0.02] * 4 + [0.9, 0.8, 0.1, 0.9, 0.95] + [0.02] * 3)
    p = 1 - said.of_recorded()
    turned = SimpleNamespace(edges=STREET.edges[::-1, ::-1])
    one, other = moved_blocks(STREET, said, p), moved_blocks(turned, said, p)
    assert (one.number == other.number).all()


def test_whoever_is_not_asked_joins_no_block():
    said = belief([0.9] * 12)
    p = 1 - said.of_recorded()
    p[5] = np.nan
    assert not moved_blocks(STREET, said, p).members[5]


def test_a_member_that_believes_in_another_gardu_keeps_its_own_proposal():
    cand = np.tile([0, 1, 2], (12, 1))
    share = np.tile([0.05, 0.9, 0.05], (12, 1))
    share[6] = [0.05, 0.1, 0.85]
    blocks = Blocks(np.zeros(12, dtype=np.int64), np.ones(12, dtype=np.int64))
    told = proposed(blocks, Belief(cand, share))
    assert told[6] == 2
    assert (np.delete(told, 6) == 1).all()


@pytest.fixture
def metered_town():
    """Five gardu of 20 customers, 100 kWh each; 5 of gardu 0 really hang on gardu 1."""
    recorded = np.repeat(np.arange(5), 20)
    used = np.full(100, 100.0)
    true = recorded.copy()
    true[:5] = 1
    metered = np.bincount(true, weights=used) / 0.93
    number = np.full(100, -1)
    number[:5] = 0
    return recorded, Balance(used, metered), Blocks(number, np.where(number == 0, 1, -1))


def test_meters_speak_for_a_group_that_settles_both_gardu(metered_town):
    recorded, balance, blocks = metered_town
    said = weighed(blocks, recorded, balance)
    assert (said[:5] == MOST).all()
    assert (said[5:] == 0).all()


def test_meters_speak_against_a_group_that_unsettles_both(metered_town):
    recorded, balance, _ = metered_town
    number = np.full(100, -1)
    number[40:45] = 0  # of gardu 2, whose sums are right
    said = weighed(Blocks(number, np.where(number == 0, 3, -1)), recorded, balance)
    assert (said[40:45] < 0).all()


def test_without_enough_meters_or_readings_the_balance_says_nothing(metered_town):
    recorded, balance, blocks = metered_town
    few = np.where(np.arange(5) < 2, balance.metered, np.nan)
    assert not weighed(blocks, recorded, Balance(balance.used, few)).any()
    unread = balance.used.copy()
    unread[:40:2] = np.nan  # half of gardu 0 and 1: missing is not zero
    assert not weighed(blocks, recorded, Balance(unread, balance.metered)).any()


def test_a_block_is_one_patch_even_where_its_houses_stand_far_apart():
    idpels = pd.Index([f"51354000000{k}" for k in range(4)], name="idpel")
    doubted = pd.DataFrame({"gardu": "PD01", "proposed_gardu": "PD02"}, index=idpels)
    far = gpd.GeoSeries(gpd.points_from_xy([0, 100, 200, 300], [0] * 4), idpels, crs=32749)
    assert patches(doubted, far).isna().all()
    block = pd.Series([0, 0, 0, -1], index=idpels)
    named = patches(doubted, far, block=block)
    assert named.iloc[:3].nunique() == 1
    assert pd.isna(named.iloc[3])
