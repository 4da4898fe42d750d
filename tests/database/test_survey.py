import uuid
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import proposals, records, survey, units, work
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.survey.outcomes import surveyed_gardu
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.sureness import how_sure

pytestmark = pytest.mark.database
ULP, ONE, TWO = "T0002", "513540000001", "513540000002"


@pytest.fixture
def unit(session):
    """Two customers, recorded on PD1; three gardu."""
    units.ensure_unit(session, ulp=ULP)
    for code in ("PD1", "PD2", "PD3"):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, :g, :g)"),
            {"u": ULP, "g": code},
        )
    for idpel in (ONE, TWO):
        session.execute(
            text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"), {"u": ULP, "i": idpel}
        )
        session.execute(
            text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, tiang, source) "
                 "VALUES (:u, :i, '2024-01-01', 'PD1', 'T7', 'pdpj')"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    return session


def answer(number, idpel, outcome, gardu=None, at="2025-01-06T09:00+07:00"):
    return {"client_id": str(uuid.UUID(int=number)), "idpel": idpel, "outcome": outcome,
            "gardu": gardu, "tiang": None, "control": False, "officer": "S1",
            "answered_at": pd.Timestamp(at), "row_no": number}  # fmt: skip


def give(session, *rows):
    return record_answers(session, ULP, pd.DataFrame(list(rows)), who="surveyor")


def gardu_now(session, idpel):
    return records.standing(session, ulp=ULP, idpels=[idpel]).loc[idpel, "gardu"]


def test_the_same_upload_twice_is_one_answer_and_one_proposal(unit):
    first = give(unit, answer(1, ONE, "gardu_lain", "pd-2"), answer(2, TWO, "cocok"))
    again = give(unit, answer(1, ONE, "gardu_lain", "pd-2"), answer(2, TWO, "cocok"))
    assert (first.good, first.proposals, again.good, again.skipped) == (2, 1, 0, 2)
    # The code is written as the unit's lists do (R-IM-10).
    assert proposals.proposals(unit, ulp=ULP)[0].after == "PD2"


def test_other_content_under_a_known_id_is_kept_and_conflicts(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    done = give(unit, answer(1, ONE, "gardu_lain", "PD3"))
    kept = survey.answers(unit, ulp=ULP)
    assert kept["conflict_no"].tolist() == [0, 1] and done.conflicts
    assert {p.state for p in proposals.proposals(unit, ulp=ULP)} == {"conflict"}


def test_answers_that_contradict_wait_as_a_conflict_for_a_person(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    give(unit, answer(2, ONE, "cocok"))
    assert [p.state for p in proposals.proposals(unit, ulp=ULP)] == ["conflict"]


def test_a_stranger_is_named_and_not_kept(unit):
    done = give(unit, answer(1, "999999999999", "cocok"), answer(2, TWO, "cocok"))
    assert (done.unknown, done.good) == (("999999999999",), 1)


def test_no_answer_changes_a_record_by_itself(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    assert gardu_now(unit, ONE) == "PD1"


def test_proposer_and_approver_are_two_people(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    with pytest.raises(NotAllowed, match="another person"):
        decide(unit, ULP, number, "approved", who="surveyor")
    decide(unit, ULP, number, "approved", who="pengawas", on=date(2025, 2, 1))
    assert gardu_now(unit, ONE) == "PD2"


def test_an_approved_change_is_dated_and_undone_without_losing_history(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    decide(unit, ULP, number, "approved", who="pengawas", on=date(2025, 2, 1))
    decide(unit, ULP, number, "undone", who="pengawas", on=date(2025, 2, 1), reason="salah")
    history = survey.history(unit, ulp=ULP, idpel=ONE)
    assert history["gardu"].tolist() == ["PD1", "PD2", "PD1"]
    assert history["valid_from"].tolist() == [date(2024, 1, 1), date(2025, 2, 1), date(2025, 2, 2)]
    assert history["valid_to"].tolist()[:2] == [date(2025, 2, 1), date(2025, 2, 2)]
    assert history["tiang"].tolist() == ["T7"] * 3
    decisions = unit.execute(text("SELECT decision FROM approval ORDER BY approval_id")).all()
    assert [d[0] for d in decisions] == ["approved", "undone"]


def test_contradicting_records_come_back_both_when_undone(unit):
    unit.execute(
        text("INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, source, conflict) "
             "VALUES (:u, :i, '2', '2024-03-01', 'PD3', 'pdpj', true)"),
        {"u": ULP, "i": ONE},
    )  # fmt: skip
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id

    def in_force():
        rows = survey.history(unit, ulp=ULP, idpel=ONE)
        return sorted(rows.loc[rows["valid_to"].isna(), "gardu"])

    assert in_force() == ["PD1", "PD3"]
    decide(unit, ULP, number, "approved", who="pengawas")
    assert in_force() == ["PD2"]
    decide(unit, ULP, number, "undone", who="pengawas")
    assert in_force() == ["PD1", "PD3"]


def test_a_proposal_whose_ground_has_moved_is_refused(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    records.move_to_gardu(unit, ulp=ULP, idpel=ONE, gardu="PD3", on=date(2025, 1, 1), proposal_id=0)
    with pytest.raises(NotAllowed, match="PD3"):
        decide(unit, ULP, number, "approved", who="pengawas")


def test_a_gardu_that_the_unit_does_not_have_is_not_invented(unit):
    give(unit, answer(1, ONE, "gardu_lain", "PD99"))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    with pytest.raises(NotAllowed, match="import it first"):
        decide(unit, ULP, number, "approved", who="pengawas")


@pytest.mark.parametrize(
    ("outcome", "column", "before", "after"),
    [("dibongkar", "active", True, False), ("pra_bayar", "dibaca_oleh", "vendor", "tidak")],
)
def test_service_and_status_change_and_come_back(unit, outcome, column, before, after):
    give(unit, answer(1, ONE, outcome))
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id

    def now():
        return records.standing(unit, ulp=ULP, idpels=[ONE]).loc[ONE, column]

    assert now() == before
    decide(unit, ULP, number, "approved", who="pengawas")
    assert now() == after
    decide(unit, ULP, number, "undone", who="pengawas")
    assert now() == before


def test_matching_believes_the_survey_until_a_person_refuses_it(unit):
    """R-MA-10: what was found at the house stands above the record; a refused answer does not."""
    give(unit, answer(1, ONE, "gardu_lain", "PD2"), answer(2, TWO, "cocok"))
    assert surveyed_gardu(survey.told_gardu(unit, ulp=ULP)).to_dict() == {ONE: "PD2", TWO: "PD1"}
    match_ulp(unit, ULP)
    found = work.findings(unit, ulp=ULP)
    assert found.loc[ONE, ["p", "proposed_gardu", "tier"]].tolist() == [0.51, "PD2", "SV"]
    assert found.loc[TWO, ["kind", "p"]].tolist() == ["ok", 0.01]
    proposal = proposals.proposals(unit, ulp=ULP)[0]
    decide(unit, ULP, proposal.proposal_id, "approved", who="planner", on=date(2025, 2, 1))
    match_ulp(unit, ULP)
    assert work.findings(unit, ulp=ULP).loc[ONE, ["kind", "gardu", "p"]].tolist() == [
        "ok",
        "PD2",
        0.01,
    ]
    give(unit, answer(3, TWO, "gardu_lain", "PD3", "2025-06-01T09:00+07:00"))
    again = proposals.proposals(unit, ulp=ULP)[0]
    decide(unit, ULP, again.proposal_id, "rejected", who="planner")
    assert surveyed_gardu(survey.told_gardu(unit, ulp=ULP)).to_dict() == {ONE: "PD2", TWO: "PD1"}


def found(session, idpel, p, tier="T1"):
    """Keep one finding as a matching would."""
    session.execute(
        text("INSERT INTO finding (ulp, idpel, run_id, kind, p, raw_p, gardu, tier, reasons) "
             "VALUES (:u, :i, 1, 'gardu_diragukan', :p, :p / 2, 'PD1', :t, '[]')"),
        {"u": ULP, "i": idpel, "p": p, "t": tier},
    )  # fmt: skip


def test_an_answer_keeps_what_was_promised_when_it_came(unit):
    found(unit, ONE, 0.9)
    found(unit, TWO, 0.05, tier="T0")
    give(unit, answer(1, ONE, "gardu_lain", "PD2"), answer(2, TWO, "cocok"))
    unit.execute(text("UPDATE finding SET p = 0.1, gardu = 'PD3' WHERE ulp = :u"), {"u": ULP})
    kept = survey.answered_promises(unit, ulp=ULP).set_index("idpel")
    assert kept.loc[ONE, ["recorded", "promised_p", "raw_p"]].tolist() == ["PD1", 0.9, 0.45]
    # The base rate alone promises nothing of this house.
    assert pd.isna(kept.loc[TWO, "promised_p"])
    assert kept["run_id"].isna().all()


def test_an_answer_belongs_to_the_newest_plan_that_held_its_house(unit):
    found(unit, ONE, 0.9)
    plans = []
    for _ in range(2):
        plans.append(
            work.add_run(unit, ulp=ULP, step="survey", params={}, summary={}, who="planner")
        )
        tasks = pd.DataFrame({"surveyor": 1, "day": 1, "stop": 1, "control": False, "patch": None,
                              "question": None}, index=pd.Index([ONE], name="idpel"))  # fmt: skip
        survey.add_tasks(unit, ulp=ULP, run_id=plans[-1], tasks=tasks)
    give(unit, answer(1, ONE, "gardu_lain", "PD2"))
    assert survey.answered_promises(unit, ulp=ULP)["run_id"].tolist() == [plans[-1]]
    done = how_sure(unit, ULP)
    assert done.rounds.to_dict("records") == [
        {"run_id": plans[-1], "houses": 1, "promised": 0.9, "found": 1}
    ]


def test_without_a_matching_there_is_nothing_to_be_sure_of(unit):
    with pytest.raises(NothingToDo):
        how_sure(unit, ULP)
