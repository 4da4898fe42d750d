"""`rbmgeo backup`, `verify-backup`, `restore`, `upgrade` and the row of `doctor`, as a person calls them."""

import json

import pytest
from typer.testing import CliRunner

from rbmgeo.cli.main import app
from rbmgeo.db import migrate
from rbmgeo.db.queries import units
from rbmgeo.db.server import databases

pytestmark = pytest.mark.database


def build(session):
    units.ensure_unit(session, ulp="51354", name="Pandaan")


def test_from_the_backup_to_the_trial(make_database, tmp_path, monkeypatch):
    url = make_database("backup_commands", filled=build)
    env = {
        "RBMGEO_DATABASE_URL": url, "RBMGEO_HOME": str(tmp_path / "home"),
        "RBMGEO_BACKUP_TO": str(tmp_path / "disk"),
    }  # fmt: skip

    def ask(*words, code=0):
        done = CliRunner().invoke(app, [*words], env=env)
        assert done.exit_code == code, (done.output, done.exception)
        return done

    made = json.loads(ask("backup", "--who", "rini", "--json").stdout)
    assert made["rows"] >= 2 and made["folder"].startswith(str(tmp_path / "disk"))
    assert "password hashes" in made["secrets"]
    told = ask("verify-backup", made["folder"], "--lang", "id").stdout
    assert told.startswith("sama: ") and "menit" in told
    assert "holds data" in str(ask("restore", made["folder"], code=1).exception)
    assert json.loads(ask("upgrade", "--json").stdout)["now"] == migrate.head()
    rows = {c["name"]: c for c in json.loads(ask("doctor", "--json").stdout)["checks"]}
    assert rows["Backup (2 days)"]["ok"] and made["folder"] in rows["Backup (2 days)"]["found"]
    (tmp_path / "disk" / made["folder"].rpartition("/")[2] / "manifest.json").unlink()
    assert "is no backup" in str(ask("verify-backup", made["folder"], code=1).exception)
    assert databases.exists(url)
