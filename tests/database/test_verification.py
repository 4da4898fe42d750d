"""SOP IV.6 on a small gardu: changed, drawn, answered, looked at again, accepted or sent back."""

import checked_gardu as drawn
import pytest
from checked_gardu import FIRST, PLANNER, SECOND, THIRD, ULP
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import looks, proposals, survey
from rbmgeo.db.queries import verification as kept
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.sampling.draw import draw
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.verification import changed_gardu, one, overview
from rbmgeo.workflows.verification_draw import draw_gardu
from rbmgeo.workflows.verification_steps import act

pytestmark = pytest.mark.database


@pytest.fixture
def unit(session):
    drawn.build(session)
    drawn.correct(session, 0, "PD2")
    return session


@pytest.fixture
def number(unit):
    """PD1 with its 39 houses, drawn."""
    return draw_gardu(unit, ULP, "PD1", seed="benih-1", who=PLANNER)


def states(session, number):
    return one(session, ULP, number).items.set_index("idpel")["state"].to_dict()


def listed(session):
    return set(changed_gardu(session, ULP).index)


def a_second_later(session, table, column, which):
    """now() stands still within one transaction: write that a row came later."""
    session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    session.execute(text(f"UPDATE {table} SET {column} = now() + interval '1 second' WHERE {which}"))  # fmt: skip


def accept(session, number, who=PLANNER):
    return act(session, ULP, number, "terima", who=who)


def test_both_gardu_of_an_approved_proposal_are_to_be_verified(unit):
    found = overview(unit, ULP).changed
    assert found.index.tolist() == ["PD1", "PD2"]
    assert found["usulan"].tolist() == [1, 1]
    assert found["customers"].tolist() == [39, 11]
    assert found["size"].tolist() == [17, 8]


def test_the_draw_is_the_published_one(unit, number):
    check = one(unit, ULP, number)
    lot = kept.lot(unit, ulp=ULP, gardu="PD1")
    again = draw(lot, 17, seed="benih-1", reserve=5)
    assert drawn.sampled(unit, number) == list(again.sample)
    assert check.items.loc[check.items["part"].eq("cadangan"), "idpel"].tolist() == [*again.reserve]
    assert check.draws[0]["list_hash"] == again.list_hash
    assert check.draws[0]["content"]["changed"] == {"usulan": 1}


def test_a_tenth_of_the_sample_is_visited_by_a_second_person(unit, number):
    tasks = drawn.tasks(unit, one(unit, ULP, number).draws[0]["run_id"])
    assert sorted(tasks.index[~tasks["second"]]) == sorted(drawn.sampled(unit, number))
    assert tasks.index[tasks["second"]].isin(drawn.sampled(unit, number)[:2]).all()
    assert tasks["second"].sum() == 2
    assert set(tasks["question"]) == {"question.pole"}
    assert set(tasks.loc[tasks["second"], "surveyor"]) == {2}


def test_one_verification_of_a_gardu_at_a_time_and_a_seed_is_told(unit, number):
    with pytest.raises(NotAllowed, match="under way"):
        draw_gardu(unit, ULP, "PD1", seed="lain", who=PLANNER)
    with pytest.raises(UsageError):
        draw_gardu(unit, ULP, "PD2", seed=" ", who=PLANNER)
    with pytest.raises(NothingToDo):
        draw_gardu(unit, ULP, "PD3", seed="x", who=PLANNER)


def test_the_quiet_case_ends_accepted(unit, number):
    with pytest.raises(NotAllowed):
        accept(unit, number)
    drawn.answer_rest(unit, number)
    with pytest.raises(NotAllowed, match="another person"):
        accept(unit, number, who=FIRST)
    assert accept(unit, number) == 17
    check = one(unit, ULP, number)
    assert check.state == "diterima"
    told = check.told
    assert (told["seen"], told["size"], told["confirmed"]) == (17, 17, 0)
    assert told["officers"] == [FIRST]
    assert told["corrected"] == []
    assert listed(unit) == {"PD2"}
    # What is answered later is of another survey.
    drawn.answer(unit, drawn.sampled(unit, number)[0], "gardu_lain", "PD2", who=THIRD)
    a_second_later(unit, "survey_answer", "received_at", f"officer = '{THIRD}'")
    assert set(states(unit, number).values()) == {"cocok", "belum"}


def test_an_undone_change_lists_the_gardu_anew_and_keeps_the_history(unit, number):
    drawn.answer_rest(unit, number)
    accept(unit, number)
    moved = next(p for p in proposals.proposals(unit, ulp=ULP) if p.idpel == drawn.idpel(0))
    decide(unit, ULP, moved.proposal_id, "undone", who="setuju")
    a_second_later(unit, "approval", "decided_at", "decision = 'undone'")
    found = changed_gardu(unit, ULP)
    assert found.loc["PD1", "urung"] == 1
    assert found.loc["PD1", "usulan"] == 0
    assert one(unit, ULP, number).state == "diterima"


def test_one_look_alone_decides_nothing(unit, number):
    odd = drawn.sampled(unit, number)[0]
    drawn.answer(unit, odd, "gardu_lain", "PD2")
    drawn.answer_rest(unit, number)
    check = one(unit, ULP, number)
    assert states(unit, number)[odd] == "beda_menunggu_lihat_kedua"
    assert (check.result.next, check.result.confirmed) == ("lihat_kedua", 0)
    for what in ("terima", "lanjutan", "kembali"):
        with pytest.raises(NotAllowed):
            act(unit, ULP, number, what, who=PLANNER, seed="x")


def test_the_same_person_again_is_no_second_look(unit, number):
    odd = drawn.sampled(unit, number)[0]
    drawn.answer(unit, odd, "gardu_lain", "PD2")
    assert act(unit, ULP, number, "lihat_kedua", who=PLANNER) == 1
    drawn.looked_again(unit, odd, "gardu_lain", "PD2", who=FIRST)
    assert states(unit, number)[odd] == "beda_menunggu_lihat_kedua"
    assert looks.not_looked_at(unit, ulp=ULP) == []
    act(unit, ULP, number, "lihat_kedua", who=PLANNER)
    assert looks.not_looked_at(unit, ulp=ULP) == [odd]
    drawn.answer(unit, odd, "gardu_lain", "PD2", who=SECOND)  # no photo
    assert states(unit, number)[odd] == "beda_menunggu_lihat_kedua"
    drawn.looked_again(unit, odd, "cocok", who=SECOND)
    assert states(unit, number)[odd] == "cocok_setelah_lihat_kedua"


def test_a_wrong_first_look_ends_accepted_and_its_proposal_is_refused(unit, number):
    odd = drawn.sampled(unit, number)[0]
    drawn.answer(unit, odd, "gardu_lain", "PD2")
    drawn.answer_rest(unit, number)
    act(unit, ULP, number, "lihat_kedua", who=PLANNER)
    drawn.looked_again(unit, odd, "cocok")
    accept(unit, number)
    assert looks.asked(unit, ulp=ULP) == {}
    assert {p.state for p in proposals.proposals(unit, ulp=ULP) if p.idpel == odd} == {"rejected"}
    assert one(unit, ULP, number).told["confirmed"] == 0


def failed(session, number, which=0):
    """A house of a draw differs, and a second look with a photo says so too."""
    odd = drawn.sampled(session, number)[which]
    drawn.answer(session, odd, "gardu_lain", "PD2")
    act(session, ULP, number, "lihat_kedua", who=PLANNER)
    drawn.looked_again(session, odd, "gardu_lain", "PD2")
    return odd


def further(session, number):
    act(session, ULP, number, "lanjutan", who=PLANNER, seed="benih-2")
    return int(one(session, ULP, number).draws[-1]["verification_id"])


def test_the_second_confirmed_error_sends_the_whole_gardu_back(unit, number):
    odd = failed(unit, number)
    drawn.answer_rest(unit, number)
    assert one(unit, ULP, number).result.next == "sekitar"
    second = further(unit, number)
    check = one(unit, ULP, number)
    late = check.items[check.items["verification_id"].eq(second)]
    around = late[late["part"].eq("sekitar")]
    poles = {int(str(i)[-7:]) // 4 for i in around["idpel"]}
    assert poles <= {int(odd[-7:]) // 4 + k for k in (-1, 0, 1)}
    assert len(around)
    assert not set(late["idpel"]) & set(check.items.loc[check.items["verification_id"].eq(number) & check.items["counts"], "idpel"])  # fmt: skip
    assert not survey_controls(unit, check, around)
    failed(unit, second)
    assert one(unit, ULP, number).result.next == "seluruh"
    with pytest.raises(NotAllowed):
        accept(unit, number)
    act(unit, ULP, number, "kembali", who=PLANNER)
    done = one(unit, ULP, number)
    assert done.state == "kembali_survei"
    tasks = drawn.tasks(unit, done.step["step_run"])
    judged = set(done.items.loc[done.items["state"].isin(["cocok", "beda_pasti"]), "idpel"])
    assert set(tasks.index) == set(kept.lot(unit, ulp=ULP, gardu="PD1")) - judged
    assert "PD1" in listed(unit)


def survey_controls(session, check, around):
    """Say whether houses around an error count as random controls."""
    tasks = drawn.tasks(session, check.draws[-1]["run_id"])
    return bool(tasks.loc[tasks.index.isin(around["idpel"]), "control"].any())


def test_one_error_put_right_and_a_clean_fresh_sample_is_accepted(unit, number):
    odd = failed(unit, number)
    drawn.answer_rest(unit, number)
    second = further(unit, number)
    with pytest.raises(NotAllowed):
        further(unit, number)
    drawn.answer_rest(unit, second)
    accept(unit, number)
    told = one(unit, ULP, number).told
    assert (told["samples"], told["confirmed"], told["wrong"]) == (2, 1, 0)
    assert told["corrected"] == [odd]
    # Putting right what the verification found is no new change of the gardu.
    right = next(p for p in proposals.proposals(unit, ulp=ULP) if p.idpel == odd and p.after == "PD2")  # fmt: skip
    decide(unit, ULP, right.proposal_id, "approved", who="setuju")
    a_second_later(unit, "approval", "decided_at", f"proposal_id = {right.proposal_id}")
    assert "PD1" not in listed(unit)


def test_who_is_not_met_is_replaced_from_the_reserve_in_order(unit, number):
    sample = drawn.sampled(unit, number)
    reserve = [i for i in states(unit, number) if i not in sample]
    drawn.answer(unit, sample[3], "tidak_ditemukan")
    drawn.answer(unit, sample[5], "tidak_terlacak")
    drawn.answer(unit, reserve[4])  # out of turn: it counts for nothing
    check = one(unit, ULP, number)
    assert check.uncalled["idpel"].tolist() == reserve[:2]
    assert act(unit, ULP, number, "cadangan", who=PLANNER) == 2
    with pytest.raises(NothingToDo):
        act(unit, ULP, number, "cadangan", who=PLANNER)
    tasks = drawn.tasks(unit, check.draws[0]["run_id"])
    assert set(tasks.index[tasks["day"] == 2]) == set(reserve[:2])
    drawn.answer_rest(unit, number)
    accept(unit, number)
    told = one(unit, ULP, number).told
    assert (told["seen"], told["replaced"]) == (17, 2)


def test_a_word_is_taken_back_and_said_again_and_nothing_is_lost(unit, number):
    drawn.answer_rest(unit, number)
    accept(unit, number)
    act(unit, ULP, number, "urung", who=PLANNER)
    assert one(unit, ULP, number).state == "berjalan"
    with pytest.raises(NotAllowed):
        act(unit, ULP, number, "urung", who=PLANNER)
    accept(unit, number)
    assert [s.step for s in kept.steps(unit, ulp=ULP, root_id=number)] == ["diterima", "urung", "diterima"]  # fmt: skip
    for table in ("verification", "verification_item", "verification_step"):
        with pytest.raises(DBAPIError), unit.begin_nested():
            unit.execute(text(f"DELETE FROM {table}"))


def test_the_lists_wait_apart_from_the_units_plan(unit, number):
    assert [(r["gardu"], r["tasks"], r["answered"]) for r in kept.own_lists(unit, ulp=ULP)] == [("PD1", 17, 0), ("PD1", 2, 0)]  # fmt: skip
    drawn.answer_rest(unit, number)
    assert [r["surveyor"] for r in kept.own_lists(unit, ulp=ULP)] == [2]
    act(unit, ULP, number, "batal", who=PLANNER, reason="salah gardu")
    assert kept.own_lists(unit, ulp=ULP) == []
    assert survey.tasks(unit, ulp=ULP, run_id=one(unit, ULP, number).draws[0]["run_id"]).shape[0]
