"""When a backup is due and when it is late, at the hour of the office's own clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.operations.schedule import AGAIN, is_due, is_late, last_due

ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
NOW = datetime(2026, 11, 26, 19, 30, tzinfo=UTC)  # 02.30 WIB, 03.30 WITA


@pytest.mark.parametrize(
    ("hour", "zone", "expected"),
    [
        (2, "Asia/Jakarta", datetime(2026, 11, 26, 19, tzinfo=UTC)),
        (3, "Asia/Jakarta", datetime(2026, 11, 25, 20, tzinfo=UTC)),
        (3, "Asia/Makassar", datetime(2026, 11, 26, 19, tzinfo=UTC)),
    ],
)
def test_the_hour_is_that_of_the_office(hour, zone, expected):
    assert last_due(NOW, hour=hour, zone=zone) == expected


@given(st.integers(0, 10 * 365 * 86_400), st.integers(0, 23), ZONES)
def test_one_backup_a_night(seconds, hour, zone):
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    due = last_due(now, hour=hour, zone=zone)
    assert timedelta(0) <= now - due < timedelta(days=1)
    told = {"failed_at": None, "hour": hour, "zone": zone}
    assert is_due(now, good_at=due - timedelta(seconds=1), **told)
    assert is_due(now, good_at=None, **told)
    assert not is_due(now, good_at=now, **told)
    assert is_due(due + timedelta(days=1), good_at=now, **told)


def test_a_failure_is_tried_again_but_not_at_once():
    told = {"good_at": None, "hour": 2, "zone": "Asia/Jakarta"}
    assert not is_due(NOW, failed_at=NOW - AGAIN / 2, **told)
    assert is_due(NOW, failed_at=NOW - AGAIN, **told)


def test_two_days_are_not_late_a_second_more_is():
    two = NOW - timedelta(days=2)
    assert not is_late(NOW, good_at=two, since=None)
    assert is_late(NOW, good_at=two - timedelta(seconds=1), since=None)
    assert is_late(NOW, good_at=None, since=two - timedelta(seconds=1))
    assert not is_late(NOW, good_at=NOW, since=two - timedelta(days=9)), "data older than a backup"
    assert not is_late(NOW, good_at=None, since=None), "there is nothing to save yet"
