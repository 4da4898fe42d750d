"""R-SB-02: contradicting answers are looked at again with a photo, and decided by a third person."""

import uuid
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import looks, observations, pages, proposals, records, survey, units
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.survey.observations import Observation
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.looks import add_photo, ask_again, believe, contradicting, undo
from rbmgeo.workflows.stopping import first_next, when_to_stop
from rbmgeo.workflows.survey_plan import plan_survey

pytestmark = pytest.mark.database
ULP, ONE, TWO = "T0023", "513540000001", "513540000002"
PHOTO = {"sha256": "a" * 64, "suffix": ".jpg", "size_bytes": 9, "blth": "202501"}


@pytest.fixture
def unit(session):
    """Two houses on PD1 and one pole, with places; three gardu."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for code in ("PD1", "PD2", "PD3"):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, :g, :g)"),
            {"u": ULP, "g": code},
        )
    for idpel in (ONE, TWO):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, meter_number) VALUES (:u, :i, 'M1')"),
            {"u": ULP, "i": idpel},
        )
        session.execute(
            text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, tiang, source) "
                 "VALUES (:u, :i, '2024-01-01', 'PD1', 'T7', 'pdpj')"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    return session


def give(session, number, outcome, gardu=None, *, who="s1", idpel=ONE, seen=(), tiang=None):
    row = {"client_id": str(uuid.UUID(int=number)), "idpel": idpel, "outcome": outcome,
           "gardu": gardu, "tiang": tiang, "control": False, "officer": who,
           "answered_at": pd.Timestamp("2025-01-06T09:00+07:00"), "observed": tuple(seen)}  # fmt: skip
    return record_answers(session, ULP, pd.DataFrame([row]), who=who)


def key(number):
    return str(uuid.UUID(int=number)), 0


def states(session):
    return {p.after: p.state for p in proposals.proposals(session, ulp=ULP)}


@pytest.fixture
def asked(unit):
    """Two surveyors disagree; a second look is asked for."""
    give(unit, 1, "gardu_lain", "PD2", who="s1")
    give(unit, 2, "gardu_lain", "PD3", who="s2")
    return ask_again(unit, ULP, ONE, who="rencana")


def test_a_house_with_two_answers_waits_with_both_of_them(unit, asked):
    house = contradicting(unit, ULP)[0]
    assert [(a["gardu"], a["officer"]) for a in house.answers] == [("PD2", "s1"), ("PD3", "s2")]
    assert (house.look_id, house.looked) == (asked, False)
    assert ask_again(unit, ULP, ONE, who="rencana") is None


def test_a_conflict_is_not_decided_among_the_proposals(unit, asked):
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    for decision in ("approved", "rejected"):
        with pytest.raises(NotAllowed, match="R-SB-02"):
            decide(unit, ULP, number, decision, who="pengawas")


def test_without_a_second_look_with_a_photo_nothing_is_decided(unit, asked):
    with pytest.raises(NotAllowed, match="photo"):
        believe(unit, ULP, asked, key(1), who="pengawas")
    give(unit, 3, "gardu_lain", "PD2", who="s3")
    with pytest.raises(NotAllowed, match="photo"):
        believe(unit, ULP, asked, key(3), who="pengawas")


def looked(session):
    give(session, 3, "gardu_lain", "PD2", who="s3")
    for _ in range(2):
        add_photo(session, ULP, key(3)[0], idpel=ONE, photo=PHOTO, who="s3")


def test_who_answered_does_not_decide(unit, asked):
    looked(unit)
    for who in ("s1", "S3", ""):
        with pytest.raises(NotAllowed, match="another person"):
            believe(unit, ULP, asked, key(3), who=who)


def test_what_is_believed_goes_on_and_what_contradicts_it_is_refused(unit, asked):
    looked(unit)
    assert looks.not_looked_at(unit, ulp=ULP) == []
    believe(unit, ULP, asked, key(3), who="pengawas", reason="foto jelas")
    assert states(unit) == {"PD2": "open", "PD3": "rejected"}
    assert contradicting(unit, ULP) == []
    number = next(p.proposal_id for p in proposals.proposals(unit, ulp=ULP) if p.after == "PD2")
    decide(unit, ULP, number, "approved", who="pengawas", on=date(2025, 2, 1))
    assert records.standing(unit, ulp=ULP, idpels=[ONE]).loc[ONE, "gardu"] == "PD2"
    with pytest.raises(NotAllowed, match="acted on"):
        undo(unit, ULP, asked, who="pengawas")


def test_a_decision_taken_back_leaves_the_answers_contradicting_again(unit, asked):
    looked(unit)
    believe(unit, ULP, asked, key(3), who="pengawas")
    undo(unit, ULP, asked, who="pengawas")
    assert set(states(unit).values()) == {"conflict"}
    assert [h.idpel for h in contradicting(unit, ULP)] == [ONE]


def test_cannot_tell_contradicts_nothing_and_is_believed_by_nobody(unit, asked):
    give(unit, 4, "tidak_terlacak", idpel=TWO)
    give(unit, 5, "cocok", idpel=TWO, who="s2")
    assert [h.idpel for h in contradicting(unit, ULP)] == [ONE]
    with pytest.raises(NothingToDo):
        ask_again(unit, ULP, TWO, who="rencana")
    looked(unit)
    give(unit, 6, "tidak_terlacak", who="s3")
    with pytest.raises(NotAllowed, match="settles nothing"):
        believe(unit, ULP, asked, key(6), who="pengawas")


@pytest.mark.parametrize(
    ("seen", "column", "before", "after"),
    [
        (Observation("meter_number", "M-9"), "meter_number", "M1", "M-9"),
        (Observation("tiang", "T8"), "tiang", "T7", "T8"),
        (Observation("status", "putus"), "status", "aktif", "putus"),
        (Observation("point", "112.700000,-7.650000", None, 5.0), "point", None,
         "112.700000,-7.650000"),
    ],
)  # fmt: skip
def test_what_was_seen_is_proposed_approved_by_another_and_undone(
    unit, seen, column, before, after
):
    def now():
        value = records.standing(unit, ulp=ULP, idpels=[ONE]).loc[ONE, column]
        return value if isinstance(value, str) else None

    pole = seen.value if seen.field == "tiang" else None
    give(unit, 1, "cocok", seen=() if pole else (seen,), tiang=pole)
    made = proposals.proposals(unit, ulp=ULP)
    assert [(p.field, p.before, p.after) for p in made] == [(column, before, after)]
    assert now() == before, "an answer changes nothing by itself"
    number = made[0].proposal_id
    with pytest.raises(NotAllowed):
        decide(unit, ULP, number, "approved", who="s1")
    decide(unit, ULP, number, "approved", who="pengawas", on=date(2025, 2, 1))
    assert now() == after
    decide(unit, ULP, number, "undone", who="pengawas", on=date(2025, 3, 1))
    assert now() == before
    if seen.field == "point":
        kept = unit.scalar(text("SELECT count(*) FROM customer_point WHERE ulp = :u"), {"u": ULP})
        assert kept == 1, "the surveyed place is kept, it only counts no more"


@pytest.mark.parametrize("kind", ["gardu_point", "tiang_point"])
def test_the_place_of_a_gardu_or_pole_is_proposed_and_comes_back(unit, kind):
    code = "PD2" if kind == "gardu_point" else "T99"
    place = "112.700000,-7.650000"
    give(unit, 1, "cocok", seen=(Observation(kind, place, code, 4.0),))
    it = proposals.proposals(unit, ulp=ULP)[0]
    assert (it.field, it.subject, it.after) == (kind, code, place)
    decide(unit, ULP, it.proposal_id, "approved", who="pengawas")
    assert observations.places(unit, ulp=ULP, kind=kind, codes=[code]) == {code: place}
    decide(unit, ULP, it.proposal_id, "undone", who="pengawas")
    assert not observations.places(unit, ulp=ULP, kind=kind, codes=[code]).get(code)


def test_whoever_is_on_no_list_is_kept_and_settled_by_a_person(unit):
    note = Observation("note", "rumah baru di belakang masjid")
    done = give(unit, 1, "tidak_di_daftar", idpel=None, seen=(note,))
    again = give(unit, 1, "tidak_di_daftar", idpel=None, seen=(note,))
    assert (done.strangers, again.strangers, again.skipped) == (1, 0, 1)
    assert observations.open_strangers(unit, ulp=ULP) == 1
    observations.settle_stranger(
        unit, ulp=ULP, client_id=key(1)[0], conflict_no=0, who="rencana", said="pasang baru"
    )
    assert observations.open_strangers(unit, ulp=ULP) == 0


def test_two_meter_numbers_of_one_house_contradict_and_leave_its_gardu_alone(unit):
    give(unit, 1, "cocok", seen=(Observation("meter_number", "A1"),))
    give(unit, 2, "gardu_lain", "PD1", who="s2", seen=(Observation("meter_number", "B2"),))
    assert [h.fields for h in contradicting(unit, ULP)] == [("meter_number",)]


def test_a_confirmed_error_sends_the_next_plan_to_the_same_pole(unit):
    """R-SB-03: one person alone confirms nothing; the approval of another does."""
    for idpel in (ONE, TWO):
        unit.execute(
            text("INSERT INTO finding (ulp, idpel, run_id, kind, p, raw_p, gardu, tier, reasons) "
                 "VALUES (:u, :i, 1, 'gardu_diragukan', 0.5, 0.5, 'PD1', 'T1', '[]')"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    give(unit, 1, "gardu_lain", "PD2")
    assert first_next(unit, ULP) == []
    number = proposals.proposals(unit, ulp=ULP)[0].proposal_id
    decide(unit, ULP, number, "approved", who="pengawas", on=date(2025, 2, 1))
    assert first_next(unit, ULP) == [TWO]
    done = when_to_stop(unit, ULP)
    assert done.gardu.loc["PD1", ["surveyed", "confirmed", "next"]].tolist() == [1, 1, "sekitar"]
    assert done.first.loc[TWO, "why"] == "tiang_sama"


def test_the_next_plan_visits_a_house_asked_for_again_and_no_old_answer_counts_as_its_visit(
    unit, asked
):
    for idpel in (ONE, TWO):
        unit.execute(
            text("INSERT INTO match_row (ulp, idpel, run_id, gardu, match, tanpa_koordinat, kode_d, "
                 "home_rbm_differs) VALUES (:u, :i, 1, 'PD1', 'selaras', true, false, false)"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    done = plan_survey(unit, ULP, visits=1, surveyors=1, who="rencana")
    tasks = survey.tasks(unit, ulp=ULP, run_id=done.run_id)
    assert tasks.index.tolist() == [ONE]
    # All of a test is one moment; the answers that contradict came before the plan.
    unit.execute(text("UPDATE run SET finished_at = finished_at + interval '1 hour'"))
    assert pages.survey_runs(unit, ulp=ULP)["answered"].tolist() == [0]
    assert not survey.tasks(unit, ulp=ULP, run_id=done.run_id)["answered"].any()
