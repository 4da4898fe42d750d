"""The planner's workbench by command: edit, look, undo, review, publish, compare, all without a browser."""

import json

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from rbmgeo.cli.main import main
from rbmgeo.db.queries import units, versions
from rbmgeo.db.session import Database

pytestmark = pytest.mark.database

ULP = "51354"


def who(number):
    return f"51354{number:07d}"


def build(session):
    """A street of 12 houses on RBM A and B."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for n in range(12):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, geom) VALUES (:u, :i, "
                 "ST_SetSRID(ST_MakePoint(112.69 + :n * 0.00018, -7.65), 4326))"),
            {"u": ULP, "i": who(n), "n": n},
        )  # fmt: skip
    version_id = versions.add_draft(session, ulp=ULP, note="uji", who="ani")
    members = pd.DataFrame(
        {"rbm": ["A"] * 6 + ["B"] * 6, "urut": [*range(1, 7)] * 2, "sisipan": 0},
        index=pd.Index([who(n) for n in range(12)], name="idpel"),
    )
    routes = pd.DataFrame({"customers": members.groupby("rbm").size()})
    versions.replace_routes(session, ulp=ULP, version_id=version_id, routes=routes, members=members)


@pytest.fixture
def run(make_database, monkeypatch, capsys, tmp_path):
    url = make_database("workbench_commands")
    database = Database(url)
    with database.writing() as session:
        build(session)
    database.close()
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


def shown(run, *words):
    code, out, err = run("routes", *words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_a_draft_is_edited_reviewed_published_and_compared_by_command(run, tmp_path):
    told = tmp_path / "surat.txt"
    told.write_text(f"tolong pindah {who(0)}, 5135 4000 0001 dan 999999999999", encoding="utf-8")
    moved = shown(run, "move", "B", "--from", told, "--how", "end")
    assert (moved["moved"], moved["unknown"], moved["revision"]) == (2, ["999999999999"], 1)
    assert [s["idpel"] for s in shown(run, "show", "B")["stops"]][-2:] == [who(0), who(1)]
    assert shown(run, "place", who(0), 1)["revision"] == 2
    assert shown(run, "pin", who(0))["revision"] == 3
    code, _, err = run("routes", "move", "A", who(0))
    assert code == 1 and "dikunci" in err
    code, _, err = run("routes", "rbm", "new", "C", "--revision", 1)
    assert code == 1 and "cli" in err, "who edited an old view is told by whom it was changed"
    assert shown(run, "rbm", "new", "C")["revision"] == 4
    assert shown(run, "rbm", "drop", "C")["revision"] == 5
    assert shown(run, "undo", "--times", 2)["revision"] == 7
    book = tmp_path / "draf.xlsx"
    shown(run, "sheet", book)
    edited = load_workbook(book)
    row = next(r for r in edited.active.iter_rows() if r[0].value == who(2))
    row[2].value = 99
    edited.save(book)
    assert shown(run, "sheet", book, "--back")["renumbered"] == 1
    found = shown(run, "reorder")
    assert found["rbm"] == 2
    assert shown(run, "decide", 0)["accepted"] == found["reordered"]
    assert run("publish", "--blth", "202501")[0] == 1
    assert run("routes", "submit", "--who", "budi")[0] == 0
    code, _, err = run("routes", "approve", "--who", "budi")
    assert code == 1 and "orang lain" in err
    assert run("routes", "send-back", "--reason", "cek lagi", "--who", "citra")[0] == 0
    assert run("routes", "submit", "--who", "budi")[0] == 0
    assert run("routes", "approve", "--who", "citra")[0] == 0
    assert run("publish", "--blth", "202501")[0] == 0
    assert shown(run, "begin", "--blth", "202501")["version"] == 2
    assert shown(run, "show")["pinned"] == 1
    shown(run, "move", "A", who(1))
    diff = shown(run, "diff", 1, 2)
    assert diff["changes"] == {"moved": 1}
    shown(run, "picture", "A", tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size <= 300_000
    code, out, _ = run("routes", "log", "--version", 1)
    assert code == 0 and "citra" in out and who(0) not in out
    assert run("routes", "return-to", 1)[0] == 0
