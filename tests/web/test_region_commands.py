"""`rbmgeo region` and `rbmgeo border` as a person types them."""

import json

import pytest
import region_units as made
import small_unit as small

from rbmgeo.cli.main import main

pytestmark = pytest.mark.database


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    """Type a command; returns exit code and standard output."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", make_database("region_commands", filled=made.build))
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, capsys.readouterr().out

    return typed


def test_units_are_rolled_up_and_borders_looked_at(run):
    told = json.loads(run("region", "--json")[1])
    assert (told["blth"], told["computed"], told["totals"]["customers"]) == (small.BLTH, 3, 9)
    groups = {g["code"]: g for g in told["groups"]}
    assert groups["Pasuruan"]["totals"]["kwh"] == {
        "value": 703.5, "known": 1, "of": 2, "missing": [small.EMPTY],
    }  # fmt: skip
    assert json.loads(run("region", "--by", "uid", "--json")[1])["computed"] == 0
    done = json.loads(run("border", "--json", "--who", "uji")[1])["units"]
    assert {d["ulp"]: d["candidates"] for d in done} == {small.EMPTY: 0, made.A: 1, made.B: 0}
    assert "1 candidates of 7 customers" in run("border", "--ulp", made.A, "--lang", "en")[1]
    assert run("ulp", "set", made.B, "--up3", "Kediri", "--json")[0] == 0
    assert run("ulp", "set", made.B, "--up3", "<b>")[0] == 1
    groups = json.loads(run("region", "--json")[1])["groups"]
    assert {g["code"] for g in groups} == {"Kediri", "Pasuruan"}
