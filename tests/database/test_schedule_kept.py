"""The schedule in the database: proposed, changed, seen against answers; letters numbered once."""

import uuid
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from rbmgeo.db.queries import schedule as kept
from rbmgeo.db.queries import survey, units
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.workflows.letters import letter_from_schedule
from rbmgeo.workflows.schedule import propose_schedule, schedule_status, set_piece

pytestmark = pytest.mark.database
ULP, MONDAY, TUESDAY = "T0025", date(2030, 1, 7), date(2030, 1, 8)


@pytest.fixture
def unit(session):
    """Three gardu, ten customers each; two, one and none of them doubted."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for k, doubted in enumerate((2, 1, 0)):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code, geom) VALUES (:u, :g, :g, "
                 "ST_SetSRID(ST_MakePoint(112.7 + :k * 0.001, -7.65), 4326))"),
            {"u": ULP, "g": f"PD{k}", "k": k},
        )  # fmt: skip
        for n in range(10):
            session.execute(
                text("INSERT INTO finding (ulp, idpel, run_id, kind, p, gardu, tier, reasons) "
                     "VALUES (:u, :i, 1, 'ok', :p, :g, 'T1', '[]')"),
                {"u": ULP, "i": idpel(k, n), "p": 0.9 if n < doubted else 0.02, "g": f"PD{k}"},
            )  # fmt: skip
    return session


def idpel(gardu, number):
    return f"51354{gardu:03d}{number:04d}"


def propose(session, **values):
    asked = {"officers": ["P-01"], "begin_on": MONDAY, "capacity": 2, "who": "planner", **values}
    return propose_schedule(session, ULP, **asked)


def answered(session, house, officer, on, gardu="PD0"):
    row = {"client_id": str(uuid.uuid4()), "conflict_no": 0, "idpel": house, "outcome": "cocok",
           "gardu": None, "tiang": None, "control": False, "officer": officer,
           "answered_at": pd.Timestamp(f"{on} 23:30", tz="Asia/Jakarta"),
           "received_at": pd.Timestamp("2031-01-01", tz="UTC"), "recorded_gardu": gardu}  # fmt: skip
    survey.add_answers(session, ulp=ULP, rows=pd.DataFrame([row]))


def test_doubtful_houses_are_the_target_and_what_is_scheduled_stays(unit):
    done = propose(unit)
    assert (done.pieces, done.gardu, done.houses) == (2, 2, 3)
    assert (done.first_on, done.last_on) == (MONDAY, TUESDAY)
    table = kept.schedule(unit, ulp=ULP)
    assert table["gardu"].tolist() == ["PD0", "PD1"]
    assert table["expected"].tolist() == pytest.approx([1.8, 0.9])
    with pytest.raises(NothingToDo, match="already"):
        propose(unit)
    assert propose(unit, whole=True, capacity=70).houses == 10  # the third gardu has no doubt
    assert len(kept.schedule(unit, ulp=ULP)) == 3


def test_answers_count_in_the_units_own_day(unit):
    propose(unit)
    answered(unit, idpel(0, 0), "P-01", MONDAY)
    answered(unit, idpel(0, 1), "P-02", TUESDAY)
    done = schedule_status(unit, ULP, on=date(2030, 1, 9))
    first, second = (done.rows[done.rows["gardu"] == g].iloc[0] for g in ("PD0", "PD1"))
    assert (first["own"], first["other"], first["state"]) == (1, 1, "selesai")
    assert (second["done"], second["state"], second["days_late"]) == (0, "terlambat", 1)
    assert (done.target, done.done, done.states["terlambat"]) == (3, 2, 1)


def test_a_line_goes_to_another_officer_or_to_nobody(unit):
    propose(unit)
    line = int(kept.schedule(unit, ulp=ULP).index[0])
    set_piece(unit, ULP, line, officer="P-09", due_on=TUESDAY, who="planner")
    unit.flush()
    assert kept.schedule(unit, ulp=ULP).loc[line, ["officer", "due_on"]].tolist() == [
        "P-09",
        TUESDAY,
    ]
    set_piece(unit, ULP, line, officer="", due_on=None, who="planner")
    unit.flush()
    assert schedule_status(unit, ULP, on=MONDAY).states["belum_dibagi"] == 1
    with pytest.raises(NotThere):
        set_piece(unit, ULP, 10**9, officer="", due_on=None, who="planner")


def letter(session, on=MONDAY):
    return letter_from_schedule(
        session, ULP, officer="P-01", first_on=MONDAY, last_on=TUESDAY, on=on, who="planner"
    )


def test_a_letter_keeps_what_it_said_when_the_schedule_moves_on(unit):
    propose(unit)
    first = letter(unit)
    assert first.full_number == f"001/ST/{ULP}/I/2030"
    said = dict(kept.letter(unit, ulp=ULP, year=2030, number=1).content)
    assert [(t["gardu"], t["on"], t["houses"]) for t in said["tasks"]] == [
        ("PD0", "2030-01-07", 2), ("PD1", "2030-01-08", 1),
    ]  # fmt: skip
    set_piece(
        unit, ULP, int(kept.schedule(unit, ulp=ULP).index[0]), officer="", due_on=None, who="x"
    )
    unit.flush()
    unit.expire_all()
    assert kept.letter(unit, ulp=ULP, year=2030, number=1).content == said
    assert letter(unit).number == 2
    assert letter(unit, on=date(2031, 2, 1)).full_number == f"001/ST/{ULP}/II/2031"


def test_no_number_is_given_twice_and_no_letter_is_empty(unit):
    with pytest.raises(NothingToDo):
        letter(unit)
    propose(unit)
    letter(unit)
    values = {"year": 2030, "number": 1, "full_number": "x", "officer": "P", "first_on": MONDAY,
              "last_on": MONDAY, "content": {}, "made_by": "x"}  # fmt: skip
    with pytest.raises(IntegrityError):
        kept.add_letter(unit, ulp=ULP, **values)
