"""A finding settled at the desk leaves the list, never becomes truth, and comes back when undone."""

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import desk, pages, proposals, records, survey, units
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.desk import settle, take_back

pytestmark = pytest.mark.database
ULP, ONE, TWO = "T0009", "513540000001", "513540000002"


@pytest.fixture
def unit(session):
    """Two customers recorded on PD1 and doubted; for the second nothing else is proposed."""
    units.ensure_unit(session, ulp=ULP)
    for code in ("PD1", "PD2"):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, :g, :g)"),
            {"u": ULP, "g": code},
        )
    for idpel, other in ((ONE, "PD2"), (TWO, None)):
        values = {"u": ULP, "i": idpel, "o": other}
        session.execute(text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"), values)
        session.execute(
            text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, source) "
                 "VALUES (:u, :i, '2024-01-01', 'PD1', 'pdpj')"), values,
        )  # fmt: skip
        session.execute(
            text("INSERT INTO finding (ulp, idpel, run_id, kind, p, raw_p, gardu, proposed_gardu, "
                 "tier, reasons) VALUES (:u, :i, 1, 'gardu_diragukan', 0.9, 0.9, 'PD1', :o, 'T1', "
                 "'[]')"), values,
        )  # fmt: skip
    return session


def settled(session, verdict, *idpels, reason="gambar JTR 12 Mei", who="budi"):
    chosen = desk.of_customers(session, ulp=ULP, idpels=list(idpels))
    return settle(session, ULP, chosen, verdict, reason=reason, who=who)


def to_see(session):
    return pages.finding_counts(session, ulp=ULP, limit=0.5)["customers"]


def test_a_record_called_right_leaves_the_list_and_nothing_else_changes(unit):
    assert to_see(unit) == 2
    done = settled(unit, "catatan_benar", ONE)
    assert (done.settled, done.proposals, to_see(unit)) == (1, 0, 1)
    assert [r["idpel"] for r in pages.doubts(unit, ulp=ULP, limit=0.5, first=0, size=9)] == [TWO]
    assert proposals.proposals(unit, ulp=ULP) == []
    assert desk.settled(unit, ulp=ULP) == {ONE}
    # Nobody stood there: it corrects no p.
    assert survey.answered_promises(unit, ulp=ULP).empty


def test_another_gardu_is_a_proposal_that_a_second_person_approves(unit):
    assert settled(unit, "gardu_lain", ONE).proposals == 1
    made = proposals.proposals(unit, ulp=ULP)[0]
    assert (made.before, made.after, made.state, made.client_id) == ("PD1", "PD2", "open", None)
    decide(unit, ULP, made.proposal_id, "approved", who="siti")
    assert records.standing(unit, ulp=ULP, idpels=[ONE]).loc[ONE, "gardu"] == "PD2"


def test_undone_the_finding_is_open_again_and_ones_own_proposal_withdrawn(unit):
    settled(unit, "gardu_lain", ONE)
    number = desk.decisions(unit, ulp=ULP)[0]["decision_id"]
    assert take_back(unit, ULP, [number], who="budi") == 1
    assert to_see(unit) == 2
    assert [p.state for p in proposals.proposals(unit, ulp=ULP)] == ["rejected"]
    row = desk.decisions(unit, ulp=ULP)[0]
    assert (row["undone_by"], row["standing"]) == ("budi", False)
    with pytest.raises(NothingToDo):
        take_back(unit, ULP, [number], who="budi")


def test_it_stands_only_while_the_record_is_what_it_was(unit):
    settled(unit, "catatan_benar", ONE)
    unit.execute(text("UPDATE finding SET gardu = 'PD2' WHERE idpel = :i"), {"i": ONE})
    assert to_see(unit) == 2
    assert desk.decisions(unit, ulp=ULP)[0]["standing"] is False


@pytest.mark.parametrize(
    ("verdict", "reason", "idpels"),
    [("benar", "x", (ONE,)), ("catatan_benar", "  ", (ONE,)), ("gardu_lain", "x", (ONE, TWO))],
)
def test_what_makes_no_sense_settles_nobody(unit, verdict, reason, idpels):
    with pytest.raises(UsageError):
        settled(unit, verdict, *idpels, reason=reason)
    assert to_see(unit) == 2
    assert desk.count(unit, ulp=ULP) == 0


def test_settled_twice_is_said(unit):
    settled(unit, "catatan_benar", ONE)
    with pytest.raises(NothingToDo):
        settled(unit, "catatan_benar", ONE)


def test_a_patch_is_settled_whole(unit):
    unit.execute(text("UPDATE finding SET patch = 'P-PD1-PD2-1' WHERE ulp = :u"), {"u": ULP})
    chosen = desk.open_findings(unit, ulp=ULP, lines=["P-PD1-PD2-1"])
    assert chosen["idpel"].tolist() == [ONE, TWO]
    assert isinstance(chosen, pd.DataFrame)
    assert settle(unit, ULP, chosen, "catatan_benar", reason="x", who="budi").settled == 2


def test_refused_by_the_second_person_the_finding_is_open_again(unit):
    settled(unit, "gardu_lain", ONE)
    assert to_see(unit) == 1
    made = proposals.proposals(unit, ulp=ULP)[0]
    decide(unit, ULP, made.proposal_id, "rejected", who="siti")
    assert to_see(unit) == 2
    assert desk.settled(unit, ulp=ULP) == set()


def test_a_survey_after_it_outranks_it(unit):
    settled(unit, "catatan_benar", ONE)
    unit.execute(text("UPDATE finding SET tier = 'SV', p = 0.99 WHERE idpel = :i"), {"i": ONE})
    assert to_see(unit) == 2


def test_undo_withdraws_its_own_proposal_whoever_undoes_and_no_other(unit):
    values = {"idpel": TWO, "field": "gardu", "before": "PD1", "after": "PD2", "client_id": None,
              "state": "open", "proposed_by": "budi"}  # fmt: skip
    proposals.add_proposals(unit, ulp=ULP, rows=[values])
    settled(unit, "gardu_lain", ONE)
    number = desk.decisions(unit, ulp=ULP)[0]["decision_id"]
    take_back(unit, ULP, [number], who="siti")
    states = {p.idpel: p.state for p in proposals.proposals(unit, ulp=ULP)}
    assert states == {ONE: "rejected", TWO: "open"}


def test_of_a_patch_only_who_is_on_the_rbm_that_the_page_showed(unit):
    unit.execute(text("UPDATE finding SET patch = 'P' WHERE ulp = :u"), {"u": ULP})
    unit.execute(
        text("INSERT INTO match_row (ulp, idpel, run_id, rbm, match, tanpa_koordinat, kode_d, "
             "home_rbm_differs) VALUES (:u, :i, 1, 'R1', 'selaras', false, false, false)"),
        {"u": ULP, "i": ONE},
    )  # fmt: skip
    chosen = desk.open_findings(unit, ulp=ULP, lines=["P"], rbm="R1")
    assert chosen["idpel"].tolist() == [ONE]
