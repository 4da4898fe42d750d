"""Own readings and spellings through the commands, as a person types them."""

import json

import pytest

from rbmgeo.cli.main import main

ULP, IDPEL = "51354", "513540000001"


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    """Type a command; returns exit code and standard output."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", make_database("own_commands"))
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, capsys.readouterr().out

    return typed


def said(result):
    return json.loads(result[1])


def test_a_file_is_taken_in_handed_over_and_faults_end_with_an_exit_code(run, tmp_path):
    lists = tmp_path / "a.csv"
    lists.write_text(f"BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n202411;{IDPEL};{ULP};51354BAA;1\n")
    assert run("import", lists, "--ulp", ULP)[0] == 0
    file = tmp_path / "bacaan.csv"
    head = "idpel,blth,service,at,stand_kwh,lbkb_code,client_id\n"
    row = f"{IDPEL},202412,pasca,2024-12-26T08:30,90,%s,00000000-0000-4000-8000-000000000001\n"
    file.write_text(head + row % "Q")
    bad = run("reading", "own", file, "--ulp", ULP, "--json")
    assert bad[0] == 1
    assert [(f["row"], f["rule"]) for f in said(bad)["faults"]] == [(2, "R-PO-01")]
    file.write_text(head + row % "Z")
    for good, known in ((1, 0), (0, 1)):
        done = said(run("reading", "own", file, "--ulp", ULP, "--json"))
        assert (done["good"], done["known"]) == (good, known)
    out = tmp_path / "keluar"
    given = said(run("handoff", "readings", out, "--blth", "202412", "--ulp", ULP, "--json"))
    assert (given["rows"], given["version"], given["again"]) == (1, None, False)
    assert sorted(p.name for p in out.iterdir()) == sorted(f["file"] for f in given["files"])
