"""Phones send again what they are not sure has arrived: each answer counts once, none is lost."""

import random
import uuid

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import survey, units
from rbmgeo.workflows.answers import record_answers

pytestmark = pytest.mark.database
ULP = "T0003"


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.drill)])
def test_each_answer_once_whatever_is_sent_again_and_in_which_order(session, count):
    houses = [f"51354{n:07d}" for n in range(count)]
    _unit(session, houses)
    rows = [_answer(n, house) for n, house in enumerate(houses)]
    sent = [rows[i : i + 37] for i in range(0, count, 37)]
    chance = random.Random(count)
    again = [*sent, *chance.sample(sent, len(sent) // 2)]
    chance.shuffle(again)
    good = skipped = proposals = 0
    for part in again:
        done = record_answers(session, ULP, pd.DataFrame(part), who="surveyor")
        good, skipped = good + done.good, skipped + done.skipped
        proposals += done.proposals
    kept = survey.answers(session, ulp=ULP)
    assert good == len(kept) == count
    assert skipped == sum(map(len, again)) - count
    assert set(kept["client_id"]) == {r["client_id"] for r in rows}
    assert (kept["conflict_no"] == 0).all()
    assert proposals == sum(r["outcome"] == "gardu_lain" for r in rows)


def _unit(session, houses):
    units.ensure_unit(session, ulp=ULP)
    session.execute(
        text("INSERT INTO customer (ulp, idpel) SELECT :u, unnest(CAST(:i AS text[]))"),
        {"u": ULP, "i": houses},
    )
    session.execute(
        text(
            "INSERT INTO pdpj (ulp, idpel, valid_from, gardu, source) "
            "SELECT :u, unnest(CAST(:i AS text[])), '2024-01-01', 'PD1', 'pdpj'"
        ),
        {"u": ULP, "i": houses},
    )


def _answer(number, house):
    other = number % 3 == 0
    return {"client_id": str(uuid.UUID(int=number + 1)), "idpel": house, "row_no": number,
            "outcome": "gardu_lain" if other else "cocok", "gardu": "PD2" if other else None,
            "tiang": None, "control": False, "officer": "S1",
            "answered_at": pd.Timestamp("2025-01-06T09:00+07:00")}  # fmt: skip
