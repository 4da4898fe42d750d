"""The backup of the night: once, where a second path is set, and tried again after a failure."""

from datetime import UTC, datetime, timedelta

import pytest

from rbmgeo.jobs import nightly
from rbmgeo.settings import Settings
from rbmgeo.workflows.backup_state import note, state
from rbmgeo.workflows.backups import complete

pytestmark = pytest.mark.database
NIGHT = datetime(2026, 11, 26, 19, 5, tzinfo=UTC)  # 02.05 WIB


def test_once_a_night_and_only_with_a_second_path(database_url, tmp_path):
    bare = Settings(home=tmp_path)
    assert not nightly.back_up_if_due(database_url, bare, now=NIGHT)
    settled = Settings(home=tmp_path, backup_to=tmp_path / "disk", backup_keep=2)
    assert nightly.back_up_if_due(database_url, settled, now=NIGHT)
    assert not nightly.back_up_if_due(database_url, settled, now=NIGHT + timedelta(hours=23))
    assert nightly.back_up_if_due(database_url, settled, now=NIGHT + timedelta(hours=24))
    assert len(complete(tmp_path / "disk")) == 2
    assert '"who": "malam"' in (tmp_path / "backups.jsonl").read_text()


def test_what_goes_wrong_harms_no_job_and_is_tried_again(tmp_path, caplog):
    gone = "postgresql+psycopg2://u:rahasia@127.0.0.1:1/d"
    settled = Settings(home=tmp_path, backup_to=tmp_path / "disk")
    assert not nightly.back_up_if_due(gone, settled, now=NIGHT)
    assert "OperationalError" in caplog.text and "rahasia" not in caplog.text
    assert state(tmp_path).why == "OperationalError"
    failed = state(tmp_path).failed_at
    assert failed is not None
    caplog.clear()
    assert not nightly.back_up_if_due(gone, settled, now=failed + timedelta(minutes=1))
    assert caplog.text == "", "not tried yet"


def test_a_line_that_was_cut_short_counts_for_nothing(tmp_path):
    note(tmp_path, at=NIGHT, who="uji", folder=tmp_path)
    note(tmp_path, at=NIGHT + timedelta(days=1), who="uji", did="upgrade", folder=tmp_path)
    with (tmp_path / "backups.jsonl").open("a") as file:
        file.write('{"at": "2026-1')
    assert state(tmp_path).good_at == NIGHT
    assert (tmp_path / "backups.jsonl").stat().st_mode & 0o077 == 0
