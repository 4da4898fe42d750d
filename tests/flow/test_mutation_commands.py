"""From two months' lists to what AP2T applied, as a planner types it."""

import csv
import json

import pytest

from rbmgeo.cli.main import main

pytestmark = pytest.mark.database

HEAD = ["BLTH", "IDPEL", "NAMA", "UNITUP", "KDDK", "TARIF", "DAYA", "SAHLWBP", "PEMKWH", "TGLBACA",
        "KODERBM", "KODE_BACA", "PTGENTRIMETER"]  # fmt: skip


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("RBMGEO_DATABASE_URL", make_database("mutation_commands"))
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return typed


def dpm(path, blth, places, kwh="100,50"):
    """Write a DPM; places: idpel number -> urut/sisipan or None."""
    rows = []
    for n, place in places.items():
        kddk = "" if place is None else f"JPAABKC{place[0]:03d}{place[1]:02d}"
        rows.append(
            [blth, f"5135400{n:05d}", f"=Nama {n}", "51354", kddk, "R1", "900", "900,00", kwh, "",
             "51354BKC", "Z", "P-01"]
        )  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEAD, *rows])
    return path


def test_the_loop_closes(run, tmp_path):
    old = {n: (n, 0) for n in range(1, 41)}
    now = {n: p for n, p in old.items() if n != 7} | {100 + n: (5, 0) for n in range(3)}
    assert run("import", dpm(tmp_path / "a.csv", "202601", old), "--ulp", "51354")[0] == 0
    assert run("mutations", "--lang", "en")[0] == 1  # one month alone has nothing to compare with
    assert run("import", dpm(tmp_path / "b.csv", "202602", now), "--ulp", "51354")[0] == 0

    code, out, _ = run("mutations", "--json", "--csv", tmp_path / "m.csv")
    found = json.loads(out)
    assert code == 0
    assert {k: v["open"] for k, v in found["kinds"].items()} == {"baru": 3, "hilang": 1}
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 4
    for kind in ("hilang", "baru"):
        code, out, _ = run("mutations", "accept", "--all-of", kind, "--who", "ratna", "--json")
        assert code == 0
    assert json.loads(out)["changed"] == 3
    number = found["mutations"][0]["mutation_id"]
    assert run("mutations", "undo", number)[0] == 0
    assert run("mutations", "accept", number)[0] == 0
    code, _, err = run("mutations", "accept", number)
    assert code == 1
    assert "sudah diputuskan" in err
    assert run("mutations", "accept")[0] == 1

    assert run("handoff", "cater", "--blth", "202602", tmp_path / "x")[0] == 1  # nothing published
    assert run("routes", "submit", "--who", "ratna")[0] == 0
    assert run("routes", "approve", "--who", "ratna")[0] == 1  # she accepted the mutations
    assert run("routes", "approve", "--who", "budi")[0] == 0
    assert run("publish", "--blth", "202602")[0] == 0
    for folder in ("x", "y"):
        assert run("handoff", "cater", "--blth", "202602", tmp_path / folder)[0] == 0
        code, out, _ = run("handoff", "ap2t", "--blth", "202602", tmp_path / folder, "--json")
        assert code == 0
    told = json.loads(out)
    assert (told["again"], told["changes"]) == (True, {"ubah": 3})
    first = {p.name: p.read_bytes() for p in (tmp_path / "x").iterdir()}
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "y").iterdir()}
    assert b"'=Nama 1," in first["CATER_51354_202602_51354BKC.csv"]
    assert run("handoff", "readings", "--blth", "202602", tmp_path / "z")[0] == 1  # none of our own
    assert run("handoff", "check", "--blth", "202602")[0] == 1  # the next list is not there

    back = csv.DictReader(first["AP2T_LENGKAP_51354_202602.csv"].decode().splitlines())
    applied = {int(r["IDPEL"][-5:]): (int(r["URUT"]), int(r["SISIPAN"])) for r in back}
    applied[102] = (40, 1)
    assert run("import", dpm(tmp_path / "c.csv", "202603", applied), "--ulp", "51354")[0] == 0
    code, out, _ = run("handoff", "check", "--blth", "202602")
    assert code == 0
    assert out.splitlines()[0].startswith("AP2T sudah menerapkan 2 dari 3")
    code, out, _ = run("reading", "status", "--blth", "202603", "--on", "2026-03-30", "--json")
    assert code == 0
    assert (json.loads(out)["read"], json.loads(out)["customers"]) == (42, 42)
