"""`rbmgeo arrears` as a person types it, on an invented unit."""

import json

import pytest

from rbmgeo.cli.main import main
from rbmgeo.sample import SampleParams, make_sample

pytestmark = pytest.mark.database


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    """Type a command; returns exit code and standard output."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", make_database("arrears_commands"))
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, capsys.readouterr().out

    return typed


def test_arrears_are_listed_ordered_checked_and_followed(run, tmp_path):
    """The list counts everybody once; a print of TUL VI-01 becomes a list of cuts, once."""
    make_sample(tmp_path / "ulp", SampleParams(customers=300, seed=2))
    assert run("import", tmp_path / "ulp" / "piutang", tmp_path / "ulp" / "dpm", "--ulp", "51354", "--accept-good")[0] == 0  # fmt: skip
    code, out = run("arrears", "list", "--csv", tmp_path / "a.csv", "--json")
    told = json.loads(out)
    assert code == 0 and sum(told["states"].values()) == told["customers"] > 0
    assert len((tmp_path / "a.csv").read_text().splitlines()) == told["customers"] + 1
    may = told["states"]["boleh_diputus"]
    printed = run("form", "print", "tul_vi_01", "--arrears", "1", "--out", tmp_path / "t.pdf", "--who", "r", "--on", "2025-01-02", "--json")  # fmt: skip
    number = json.loads(printed[1])["print"]
    order = ("arrears", "order", number, "--who", "r", "--signer", "M", "--json")
    code, out = run(*order)
    assert code == 0 and json.loads(out)["orders"] == may
    assert run(*order)[0] == 1
    assert json.loads(run("arrears", "list", "--json")[1])["states"]["putus_diperintahkan"] == may
    assert run("arrears", "check", "1", "--at", "pagi", "--who", "r")[0] == 1
    assert run("arrears", "report", "--who", "r")[0] == 1
    assert json.loads(run("arrears", "follow", "--who", "r", "--json")[1])["taken_back"] == 0
