"""`rbmgeo verify` from the list to the decision, in both shapes of its answer."""

import json

import checked_gardu as drawn
import pytest
from checked_gardu import PLANNER, ULP
from typer.testing import CliRunner

from rbmgeo.cli.verify import app
from rbmgeo.db.session import Database

pytestmark = pytest.mark.database


def build(session):
    drawn.build(session)
    drawn.correct(session, 0, "PD2")


@pytest.fixture(scope="module")
def ask(make_database):
    url = make_database("verify", filled=build)
    runner = CliRunner()

    def asked(*words, code=0):
        done = runner.invoke(app, [*words, "--ulp", ULP], env={"RBMGEO_DATABASE_URL": url})
        assert done.exit_code == code, (done.output, done.exception)
        return done.stdout

    asked.url = url
    return asked


def test_from_the_list_to_the_decision(ask, tmp_path):
    told = json.loads(ask("list", "--json"))
    assert [(r["gardu"], r["customers"], r["size"]) for r in told["changed"]] == [("PD1", 39, 17), ("PD2", 11, 8)]  # fmt: skip
    made = json.loads(ask("draw", "PD1", "--seed", "s", "--who", PLANNER, "--json"))
    number = str(made["verification"])
    assert [h["place"] for h in made["houses"]] == list(range(1, 23))
    pdf = tmp_path / "lembar.pdf"
    assert "0 dari 17 dilihat" in ask("show", number, "--pdf", str(pdf), "--lang", "id")
    assert pdf.read_bytes()[:5] == b"%PDF-"
    database = Database(ask.url)
    with database.writing() as session:
        drawn.answer_rest(session, int(number))
    database.close()
    assert "0 of 17 differ: gardu accepted" in ask("act", number, "terima", "--who", PLANNER, "--lang", "en")  # fmt: skip
    assert "PD1" not in ask("list", "--lang", "id")
