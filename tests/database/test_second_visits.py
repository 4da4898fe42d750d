"""A control on two lists is two visits, each counted once, and neither sees the other's answer."""

import uuid

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import board, pages, survey, units, work
from rbmgeo.workflows.answers import record_answers

pytestmark = pytest.mark.database
ULP, HOUSE = "T0024", "513540000001"


@pytest.fixture
def plan(session):
    units.ensure_unit(session, ulp=ULP)
    session.execute(text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"),
                    {"u": ULP, "i": HOUSE})  # fmt: skip
    run = work.add_run(session, ulp=ULP, step="survey", params={}, summary={}, who="planner")
    tasks = pd.DataFrame({"surveyor": [1, 2], "day": 1, "stop": 1, "control": True,
                          "second": [False, True], "patch": None, "question": None},
                         index=pd.Index([HOUSE] * 2, name="idpel"))  # fmt: skip
    survey.add_tasks(session, ulp=ULP, run_id=run, tasks=tasks)
    return run


def given(session, number, officer):
    row = {"client_id": str(uuid.UUID(int=number)), "idpel": HOUSE, "outcome": "cocok",
           "gardu": None, "tiang": None, "control": True, "officer": officer,
           "answered_at": pd.Timestamp("2025-01-06T09:00+07:00"), "row_no": number}  # fmt: skip
    record_answers(session, ULP, pd.DataFrame([row]), who="planner")


@pytest.mark.parametrize(("officers", "visits", "shown"),
                         [([], 0, False), (["S1"], 1, False), (["S1", "S1"], 1, False),
                          (["S1", "S2"], 2, True)])  # fmt: skip
def test_two_visits_need_two_people(session, plan, officers, visits, shown):
    for number, officer in enumerate(officers, 1):
        given(session, number, officer)
    runs = pages.survey_runs(session, ulp=ULP)
    assert (runs["tasks"].sum(), runs["seconds"].sum(), runs["answered"].sum()) == (2, 1, visits)
    facts = board.facts(session, ulp=ULP, blth="202501", limit=0.5)
    assert (facts.planned, facts.answered) == (2, visits)
    assert survey.tasks(session, ulp=ULP, run_id=plan)["answered"].tolist() == [shown] * 2
