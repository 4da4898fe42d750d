"""Events, the schedule and second looks through the commands, as a person types them."""

import json
import uuid
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.cli.main import main
from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries import proposals, units
from rbmgeo.db.session import Database
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.looks import add_photo

pytestmark = pytest.mark.database
ULP, HOUSES = "T0028", 12


def idpel(n):
    return f"51354{n:07d}"


def fill(session):
    """Houses 20 m apart, the first ten on PD1 and two on PD2; the first three are doubted."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    codes = ["PD1"] * 10 + ["PD2"] * 2
    ids = [idpel(n) for n in range(HOUSES)]
    for number, code in enumerate(("PD1", "PD2")):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code, rating_kva, geom) VALUES "
                 "(:u, :g, :g, 100, ST_SetSRID(ST_MakePoint(:x, -7.65), 4326))"),
            {"u": ULP, "g": code, "x": 112.70 + number * 0.01},
        )  # fmt: skip
    places = [f"SRID=4326;POINT({112.70 + n * 0.0002} -7.65)" for n in range(HOUSES)]
    copy_rows(session, "customer", pd.DataFrame(
        {"ulp": ULP, "idpel": ids, "daya_va": Decimal(900), "geom": places}))  # fmt: skip
    copy_rows(session, "pdpj", pd.DataFrame(
        {"ulp": ULP, "idpel": ids, "valid_from": date(2024, 1, 1), "line": "", "gardu": codes,
         "tiang": "T7", "source": "pdpj"}))  # fmt: skip
    copy_rows(session, "finding", pd.DataFrame(
        {"ulp": ULP, "idpel": ids, "run_id": 1, "kind": "ok", "gardu": codes, "tier": "T1",
         "p": [0.9] * 3 + [0.02] * (HOUSES - 3), "reasons": "[]"}))  # fmt: skip


@pytest.fixture(scope="module")
def address(make_database):
    return make_database("survey_commands", filled=fill)


@pytest.fixture
def run(address, monkeypatch, capsys, tmp_path):
    """Type a command of `survey`; returns exit code, standard output and standard error."""
    monkeypatch.setenv("RBMGEO_DATABASE_URL", address)
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["rbmgeo", "survey", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return typed


@pytest.fixture
def said(run):
    """Type a command that succeeds; returns its one object."""

    def told(*words):
        code, out, err = run(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    return told


def test_an_event_is_shown_kept_planned_approved_by_another_and_undone(run, said, tmp_path):
    numbers = tmp_path / "pindah.txt"
    numbers.write_text("\n".join(idpel(n) for n in (1, 2, 3, 99)), encoding="utf-8")
    asked = ("event", "new", "--old", "PD1", "--new", "PD9", "--on", "2024-12-01", "--kva", 100,
             "--at", "112.7006,-7.65", "--who", "rani")  # fmt: skip
    code, out, err = run(*asked, "--idpel-file", numbers, "--preview")
    assert (code, "tidak ada yang disimpan" in out) == (0, True)
    assert f"{idpel(99)}: tidak ada di unit ini" in err
    assert said("event", "list")["events"] == []

    made = said(*asked, "--circle", "112.7004,-7.65,25")
    assert (made["state"], made["members"], made["kept"]) == ("open", 3, True)
    number = made["event"]
    assert [e["event_id"] for e in said("event", "list", "--state", "open")["events"]] == [number]
    shown = said("event", "show", number)
    assert [p["idpel"] for p in shown["people"]] == [idpel(n) for n in (1, 2, 3)]
    assert {r["gardu"]: r["va_after"] for r in shown["rooms"]} == {"PD1": 6300, "PD9": 2700}
    assert said("event", "survey", number, "--who", "rani")["visits"] == 3

    code, _, err = run("event", "approve", number, "--who", "rani")
    assert (code, "rani" in err) == (1, True)
    assert said("event", "approve", number, "--who", "surya")["moved"] == 3
    code, out, _ = run("event", "undo", number, "--who", "surya", "--lang", "en")
    assert (code, out.splitlines()[0]) == (0, f"event {number}: 3 moved, 0 left behind")
    assert said("event", "list", "--state", "undone")["events"][0]["event_id"] == number


@pytest.mark.parametrize(
    ("option", "value"),
    [("--on", "besok"), ("--at", "7.65,112.70"), ("--circle", "1,2"), ("--idpel-file", "tiada")],
)
def test_an_event_that_says_nonsense_is_refused_in_a_sentence(run, said, option, value):
    asked = {"--old": "PD1", "--new": "PD9", "--on": "2024-12-01", "--who": "rani", option: value}
    code, _, err = run("event", "new", *(w for pair in asked.items() for w in pair))
    assert (code, value in err) == (1, True)
    assert said("event", "list", "--state", "draft")["events"] == []


def test_the_schedule_is_proposed_shown_changed_and_sent_out(run, said, tmp_path):
    assert run("schedule", "show")[0] == 1  # none yet
    done = said("schedule", "propose", "P-01", "P-02", "--from", "2030-01-07", "--capacity", 2)
    assert (done["gardu"], done["houses"]) == (1, 3)
    shown = said("schedule", "show", "--on", "2030-01-09", "--csv", tmp_path / "jadwal.csv")
    assert (shown["target"], shown["done"], sum(shown["states"].values())) == (3, 0, done["pieces"])
    assert (tmp_path / "jadwal.csv").read_text(encoding="utf-8-sig").count("PD1") == done["pieces"]
    first = shown["rows"][0]
    said("schedule", "set", first["schedule_id"], "--officer", "P-03", "--on", "2030-01-10")
    moved = {r["schedule_id"]: r for r in said("schedule", "show", "--on", "2030-01-09")["rows"]}
    assert moved[first["schedule_id"]]["officer"] == "P-03"
    assert moved[first["schedule_id"]]["due_on"] == "2030-01-10"
    letter = said("schedule", "letter", "P-03", "--from", "2030-01-07", "--to", "2030-01-11")
    assert letter["number"] == 1
    assert run("schedule", "letter", "P-09", "--from", "2030-01-07", "--to", "2030-01-11")[0] == 1
    assert run("schedule", "set", 999, "--officer", "P-01")[0] == 1


def give(address, number, gardu, who, photo=""):
    """Give an answer about house 5 as the pages do."""
    row = {"client_id": str(uuid.UUID(int=number)), "idpel": idpel(5), "outcome": "gardu_lain",
           "gardu": gardu, "tiang": None, "control": False, "officer": who,
           "answered_at": pd.Timestamp("2025-01-06T09:00+07:00"), "observed": ()}  # fmt: skip
    database = Database(address)
    with database.writing() as session:
        record_answers(session, ULP, pd.DataFrame([row]), who=who)
        if photo:
            of = {"sha256": photo * 64, "suffix": ".jpg", "size_bytes": 9, "blth": "202501"}
            add_photo(session, ULP, row["client_id"], idpel=idpel(5), photo=of, who=who)
    database.close()
    return row["client_id"]


def test_contradicting_answers_are_listed_looked_at_again_settled_and_opened_again(
    run, said, address
):
    assert said("looks", "list")["houses"] == []
    assert run("looks", "ask", idpel(5), "--who", "rencana")[0] == 1  # nothing contradicts
    assert run("looks", "ask", idpel(99), "--who", "rencana")[0] == 1
    give(address, 1, "PD2", "s1")
    give(address, 2, "PD3", "s2")
    house = said("looks", "list")["houses"][0]
    assert (house["idpel"], house["look"]) == (idpel(5), None)
    assert [a["gardu"] for a in house["answers"]] == ["PD2", "PD3"]
    look = said("looks", "ask", idpel(5), "--who", "rencana")["look"]
    assert said("looks", "ask", idpel(5), "--who", "rencana") == {
        "ulp": ULP, "look": look, "known": True}  # fmt: skip
    code, _, err = run(
        "looks", "settle", look, "--answer", house["answers"][0]["answer"], "--who", "w"
    )
    assert (code, "R-SB-02" in err) == (1, True)

    right = give(address, 3, "PD2", "s3", photo="a")
    assert said("looks", "list")["houses"][0]["looked"] is True
    assert (
        run("looks", "settle", look, "--answer", right, "--who", "s3")[0] == 1
    )  # answered himself
    assert run("looks", "settle", look, "--answer", "yang itu", "--who", "ratna")[0] == 1
    done = said("looks", "settle", look, "--answer", right, "--who", "ratna", "--reason", "foto")
    assert (len(done["opened"]), len(done["rejected"])) == (1, 1)
    after = said("looks", "list")
    assert (after["houses"], after["decided"][0]["look_id"]) == ([], look)
    assert run("looks", "undo", look, "--who", "ratna")[0] == 0
    code, out, _ = run("looks", "list", "--lang", "en")
    assert (code, "no answers contradict" in out) == (0, False)
    database = Database(address)
    with database.reading() as session:
        states = {
            p.after: p.state for p in proposals.proposals(session, ulp=ULP) if p.idpel == idpel(5)
        }
    database.close()
    assert set(states.values()) == {"conflict"}
