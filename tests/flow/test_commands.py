"""The commands as a person types them: exit codes, one object, one clear sentence."""

import csv
import json
import re
import uuid

import pytest

from rbmgeo.cli.main import COMMANDS, main
from rbmgeo.sample import SampleParams, make_sample

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def url(make_database):
    return make_database("commands")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("ulp")
    make_sample(where, SampleParams(customers=400, seed=2))
    return where


@pytest.fixture
def run(url, monkeypatch, capsys, tmp_path):
    """Type a command; returns exit code, standard output, standard error."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", url)
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return typed


def one_object(out):
    """Standard output holds one JSON object and nothing else."""
    assert len(out.strip().splitlines()) == 1
    return json.loads(out)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(run, name):
    code, out, _ = run(name, "--help")
    assert code == 0
    assert "Usage: rbmgeo" in out


@pytest.mark.parametrize(
    "words",
    [
        ("tidakada",), ("match", "--tidakada"), ("import",), ("design", "--version", "x"),
        ("survey", "plan"), ("map", "rbm"),
    ],
)  # fmt: skip
def test_bad_use_is_one_sentence_and_exit_2(run, words):
    code, out, err = run(*words)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_before_any_import_a_step_names_the_first_one(run):
    code, out, err = run("match")
    assert (code, out) == (1, "")
    assert "rbmgeo import" in err
    code, _, err = run("match", "--ulp", "99999", "--lang", "en")
    assert code == 1
    assert "99999" in err and "rbmgeo ulp set" in err


def test_a_file_that_is_not_there_is_named(run):
    code, _, err = run("import", "hilang.csv")
    assert code == 1
    assert "hilang.csv" in err


class TestInTheOrderOfTheWork:
    """One unit from its files to its report; each test goes on from the one before."""

    def test_import_is_strict_unless_told(self, run, folder):
        code, out, err = run("import", folder, "--json")
        strict = one_object(out)
        assert code == 1 and "--accept-good" in err
        refused = [f for f in strict["files"] if not f["loaded"]]
        assert refused and all(f["rejected"] for f in refused)

    def test_good_rows_are_loaded_when_told_and_rejects_are_written(self, run, folder, tmp_path):
        code, out, _ = run(
            "import", folder, "--accept-good", "--json", "--rejects", tmp_path / "r.csv"
        )
        done = one_object(out)
        assert code == 0
        for file in done["files"]:
            assert file["read"] == file["good"] + file["rejected"] + file["skipped"]
        rows = rows_of(tmp_path / "r.csv")
        assert len(rows) >= 1
        assert all(r["rule"] and r["message_id"] and r["message_en"] for r in rows)

    def test_a_known_file_is_no_fault(self, run, folder):
        code, out, _ = run("import", folder, "--json")
        assert code == 0
        assert all(f["known"] for f in one_object(out)["files"])

    def test_evaluate_writes_a_row_per_customer(self, run, tmp_path):
        code, out, _ = run("evaluate", "--csv", tmp_path / "e.csv", "--json")
        rows = rows_of(tmp_path / "e.csv")
        assert code == 0
        assert len(rows) == one_object(out)["customers"]
        assert {"idpel", "ulp", "rbm", "urut", "sisipan", "gardu", "tiang", "daya_va",
                "coordinate_quality"} <= set(rows[0])  # fmt: skip
        assert {r["coordinate_quality"] for r in rows} > {"ok", "tanpa_koordinat"}

    def test_match_without_detection_finds_nothing_yet(self, run):
        code, out, _ = run("match", "--no-detect", "--json")
        done = one_object(out)
        assert code == 0 and done["findings"] is None
        assert sum(done["classes"].values()) == done["customers"]

    def test_findings_are_ranked_and_have_every_recorded_customer(self, run, tmp_path):
        assert run("match", "--json")[0] == 0
        code, out, _ = run("findings", "--csv", tmp_path / "f.csv", "--json")
        rows = rows_of(tmp_path / "f.csv")
        assert code == 0 and len(rows) == one_object(out)["rows"]
        p = [float(r["p"]) for r in rows]
        assert p == sorted(p, reverse=True)
        assert {"idpel", "kind", "p", "gardu", "proposed_gardu", "patch", "tier", "reasons",
                "question"} <= set(rows[0])  # fmt: skip

    def test_findings_in_words(self, run):
        code, out, _ = run("findings", "--top", "3", "--lang", "en")
        assert code == 0
        assert "neighbours" in out and len(out.strip().splitlines()) == 3

    def test_a_survey_goes_out_and_comes_back(self, run, tmp_path):
        code, out, _ = run("survey", "plan", "--visits", "20", "--csv", "s.csv", "--xlsx", "s.xlsx",
                           "--gpx", "s.gpx", "--json")  # fmt: skip
        assert code == 0 and one_object(out)["visits"] == 20
        rows = rows_of(tmp_path / "s.csv")
        assert (tmp_path / "s.xlsx").read_bytes()[:2] == b"PK"
        assert (tmp_path / "s.gpx").read_text("utf-8").count("<wpt") == sum(
            1 for r in rows if r["lon"]
        )
        lead = next(r for r in rows if r["proposed_gardu"])
        answers = tmp_path / "jawaban.csv"
        with answers.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["idpel", "outcome", "gardu", "tiang", "control", "officer", "at",
                             "client_id"])  # fmt: skip
            writer.writerow([lead["idpel"], "gardu_lain", lead["proposed_gardu"], "", 0, "S1",
                             "2025-01-06T09:00", uuid.UUID(int=7)])  # fmt: skip
        code, out, _ = run("survey", "import", answers, "--json", "--who", "surya")
        assert code == 0 and one_object(out)["proposals"] == 1
        _, out, _ = run("survey", "proposals", "--json")
        number = one_object(out)["proposals"][0]["proposal"]
        code, _, err = run("survey", "decide", number, "--decision", "approve", "--who", "surya")
        assert code == 1 and "surya" in err
        assert run("survey", "decide", number, "--decision", "approve", "--who", "ratna")[0] == 0
        assert run("survey", "decide", number, "--decision", "undo", "--who", "ratna")[0] == 0

    def test_an_answer_that_is_none_is_refused_with_its_place(self, run, tmp_path):
        path = tmp_path / "salah.csv"
        path.write_text("idpel,outcome,client_id\n123,cocok,x\n", encoding="utf-8")
        code, out, err = run("survey", "import", path, "--json")
        assert code == 1 and one_object(out)["rejected"] == 1
        assert "baris 2" in err and "idpel" in err

    def test_routes_from_draft_to_target(self, run, tmp_path):
        assert run("design", "--json")[0] == 0
        code, out, _ = run("order", "--csv", tmp_path / "o.csv", "--json")
        rows = rows_of(tmp_path / "o.csv")
        assert code == 0 and len(rows) == one_object(out)["customers"]
        assert len({(r["rbm"], r["urut"], r["sisipan"]) for r in rows}) == len(rows)
        code, _, err = run("publish", "--blth", "202501")
        assert code == 1 and "disetujui" in err
        assert run("routes", "submit")[0] == 0
        assert run("routes", "approve", "--who", "peninjau")[0] == 0
        code, _, err = run("publish", "--blth", "2025")
        assert code == 1 and "2025" in err
        assert run("publish", "--blth", "202501", "--json")[0] == 0
        code, out, _ = run("targets", "--blth", "202501", "--json")
        assert code == 0 and one_object(out)["customers"] == len(rows)

    def test_kwh_per_rbm_per_gardu(self, run, tmp_path):
        code, out, _ = run("report", "kwh", "--blth", "202401..202412", "--json")
        year = one_object(out)
        assert code == 0 and year["rows"] > 0
        months = [
            one_object(run("report", "kwh", "--blth", f"2024{m:02}", "--json")[1])["total_kwh"]
            for m in range(1, 13)
        ]
        assert sum(round(m * 100) for m in months) == round(year["total_kwh"] * 100)
        code, _, err = run("report", "kwh", "--blth", "202613")
        assert code == 1 and "202613" in err

    def test_the_attention_list_and_a_month_under_two_mappings(self, run, tmp_path):
        found = one_object(run("report", "dlpd", "--csv", "dlpd.csv", "--json")[1])
        rows = rows_of(tmp_path / "dlpd.csv")
        assert len(rows) == found["to_look_at"] == sum(found["by_kind"].values())
        stakes = [float(r["stake_kwh"]) for r in rows if r["stake_kwh"]]
        assert stakes == sorted(stakes, reverse=True)
        some = one_object(run("report", "dlpd", "--agreement", "hanya_kita", "--json")[1])
        assert some["to_look_at"] == found["by_agreement"]["hanya_kita"]
        for by in ("gardu", "rbm"):
            told = one_object(run("report", "restate", "--by", by, "--json")[1])
            kwh = one_object(run("report", "kwh", "--blth", told["blth"], "--json")[1])
            assert told["old_kwh"] == told["new_kwh"] == kwh["total_kwh"]
        for words in (("--by", "x"), ("--old", "kemarin"), ("--by", "rbm", "--new", "baru")):
            code, out, err = run("report", "restate", *words)
            assert (code, out) == (1, "")
            assert len(err.strip().splitlines()) == 1

    def test_the_network_and_maps(self, run, tmp_path):
        code, out, _ = run("network", "stats", "--json")
        assert code == 0
        stats = one_object(out)
        assert {"nodes", "edges", "km", "components", "largest_share"} <= set(stats)
        assert sum(stats["km_by_road"].values()) == pytest.approx(stats["km"], abs=0.01)
        code, out, _ = run("network", "unreachable", "--csv", "apart.csv", "--json")
        listed = one_object(out)["unreachable"]
        assert {k: n for k, n in stats["unreachable"].items() if n} == listed
        assert len((tmp_path / "apart.csv").read_text("utf-8").splitlines()) == 1 + sum(
            listed.values()
        )
        code, out, _ = run("map", "energy", "--blth", "202405", "--out", "e.html", "--json")
        assert code == 0
        page = (tmp_path / "e.html").read_text("utf-8")
        assert not re.findall(r"<(?:script|img|link)[^>]*(?:src|href)=", page)
        code, _, err = run("map", "gardu", "TIDAKADA")
        assert code == 1 and "TIDAKADA" in err


def test_a_list_of_one_rbm_is_looked_at_mapped_and_loaded(run, tmp_path):
    rows = "".join(f"51354{n:07d};Orang;{n},50\n" for n in range(6))
    (tmp_path / "a.csv").write_text(f"RBM 51354BKC periode 122024;;\nIDPEL;NAMA;PEMKWH\n{rows}")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/b.csv").write_text(f"RBM 51354BKD periode 122024;;\nIDPEL;NAMA;PEMKWH\n{rows}")
    code, out, _ = run("import", "--look", "a.csv", "b", "--json")
    seen = one_object(out)
    assert code == 0
    assert [(g["kind"], g["tables"], g["asked"]) for g in seen["groups"]] == [("dpm", 2, True)]
    assert [t["values"]["rbm"] for t in seen["tables"]] == ["51354BKC", "51354BKD"]
    assert run("profile", "guess", "a.csv", "--json")[0] == 0
    code, out, _ = run("profile", "guess", "a.csv")
    (tmp_path / "p.toml").write_text(out)
    assert run("profile", "save", "p.toml", "--name", "satu-rbm", "--ulp", "51399")[0] == 0
    names = [p["name"] for p in one_object(run("profile", "list", "--json")[1])["profiles"]]
    assert names[0] == "satu-rbm"
    assert "diingat" in run("import", "--look", "b", "--ulp", "51399")[1]
    code, out, _ = run("import", "a.csv", "--ulp", "51399", "--json")
    (file,) = one_object(out)["files"]
    assert (code, file["read"], file["good"], file["kind"]) == (0, 6, 6, "dpm")
    assert set(file["declared"]) == {"from_title"}
    sheet = one_object(run("first-sheet", "--ulp", "51399", "--json")[1])
    assert (sheet["customers"], sheet["rbm"], sheet["gardu"]) == (6, 1, 0)
    assert (sheet["not_comparable"], sheet["to_see"]) == (6, 0), "no list accuses for another"
    assert sheet["next_files"]["lists"] == "pdpj"


def test_a_profile_that_is_none_is_said_so(run, tmp_path):
    (tmp_path / "x.toml").write_text('kind = "pelanggan"\n')
    code, _, err = run("profile", "save", "x.toml", "--lang", "en")
    assert code != 0
    assert "this is no profile" in err


def test_a_messy_kit_is_the_same_for_the_same_seed(run, tmp_path):
    first = one_object(run("sample", "a", "--messy", "--customers", 900, "--json")[1])
    again = one_object(run("sample", "b", "--messy", "--customers", 900, "--json")[1])
    assert first == again
    for path in sorted((tmp_path / "a").rglob("*")):
        if path.is_file():
            assert (
                path.read_bytes()
                == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
            )
