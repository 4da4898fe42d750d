"""`rbmgeo sampling` as a person types it."""

import json

import pytest
import sampled_unit as sampled

from rbmgeo.cli.main import main

pytestmark = pytest.mark.database
UNIT = ("--ulp", "51354", "--json")


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    """Type a command; returns exit code and standard output."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", make_database("sampling_commands", filled=sampled.build))  # fmt: skip
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, capsys.readouterr().out

    return typed


def test_a_budget_is_told_a_lot_drawn_shown_and_its_ledger_read(run, tmp_path):
    told = json.loads(run("sampling", "budget", "--photos", 0, "--visits", 20, "--csv", tmp_path / "r.csv", *UNIT)[1])  # fmt: skip
    assert (told["rbm"], told["due"], told["room"], told["enough"]) == (2, ["51354BKA"], 2, True)
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 3
    assert "± 100.0 %" in run("sampling", "budget", "--photos", 0, "--visits", 0, "--ulp", "51354", "--lang", "en")[1]  # fmt: skip
    draw = ("sampling", "draw", "--seed", "rapat", "--who", "r", "--lot", "petugas:P-01")
    made = json.loads(run(*draw, *UNIT)[1])
    assert (made["lot"], made["size"], made["accept"]) == (7, 7, 0)
    assert run(*draw, *UNIT)[0] == 1, "a lot with a plan is drawn once"
    code, out = run("sampling", "show", made["sample"], "--pdf", tmp_path / "s.pdf", "--csv", tmp_path / "s.csv", *UNIT)  # fmt: skip
    shown = json.loads(out)
    assert code == 0 and (shown["seen"], shown["decision"]) == (0, "belum_lengkap")
    assert (tmp_path / "s.pdf").read_bytes().startswith(b"%PDF")
    listed = (tmp_path / "s.csv").read_text()
    assert not [n for n in range(7) if str(sampled.stand(n)) in listed], "blind (R-SA-19)"
    assert "Nothing was checked yet" in run("sampling", "show", made["sample"], "--ulp", "51354", "--lang", "en")[1]  # fmt: skip
    assert run("sampling", "ledger", *UNIT)[0] == 1, "no lot was closed"
    assert run(*draw[:-1], "tiang:1", *UNIT)[0] == 1
