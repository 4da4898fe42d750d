"""After two days without a backup every page tells the administrator, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
import small_unit as small

from rbmgeo.db.queries import units
from rbmgeo.workflows.backup_state import NAME, note

PAGE = f"/{small.SMALL}/{small.BLTH}/temuan"
NOW = datetime.now(UTC)
LATE, NEVER = "lebih dari 2 hari lalu", "belum pernah dicadangkan"


@pytest.fixture
def home(app):
    folder = app.extensions["rbmgeo"][0].home
    yield folder
    (folder / NAME).unlink(missing_ok=True)


def test_a_late_backup_is_told_on_every_page_until_there_is_one(home, as_role):
    note(home, at=NOW - timedelta(days=2, minutes=1), who="uji", folder=home)
    admin = as_role("kepala")
    for address in (PAGE, f"/{small.SMALL}/{small.BLTH}/pekerjaan", "/kata-sandi", "/"):
        answer = admin.get(address)
        assert LATE in answer.text, address
    note(home, at=NOW, who="malam", failed="OperationalError")
    assert "gagal" in admin.get(PAGE).text
    note(home, at=NOW, who="uji", folder=home)
    assert LATE not in admin.get(PAGE).text


def test_an_administrator_of_one_unit_is_told_and_no_other_role(home, as_role):
    note(home, at=NOW - timedelta(days=3), who="uji", folder=home)
    assert LATE in as_role("admin").get(PAGE).text
    assert LATE not in as_role("perencana").get(PAGE).text


@pytest.mark.parametrize(
    ("days", "told"), [(None, False), (1, False), (3, True)], ids=["invented", "new", "old"]
)
def test_data_that_were_never_saved(home, as_role, monkeypatch, days, told):
    since = None if days is None else NOW - timedelta(days=days)
    monkeypatch.setattr(units, "first_real_at", lambda session: since)
    assert (NEVER in as_role("kepala").get(PAGE).text) is told
