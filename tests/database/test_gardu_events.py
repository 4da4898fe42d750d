"""A gardu event moves its members as one act, names who stays, and comes back as one act."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from rbmgeo.db.bulk import copy_rows, ensure_month
from rbmgeo.db.queries import (
    energy,
    event_effects,
    event_moves,
    events,
    lists,
    pages,
    proposals,
    records,
    survey,
    units,
)
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, UsageError
from rbmgeo.matching.trace import recorded_poles
from rbmgeo.network.downstream import houses_behind, spans_of
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.event_choice import (
    choose_by_border,
    choose_by_circle,
    choose_by_line,
    choose_by_numbers,
    keep_choice,
    poles_to_cut,
)
from rbmgeo.workflows.event_decisions import approve_event, reject_event, undo_event
from rbmgeo.workflows.event_survey import plan_event
from rbmgeo.workflows.events import Asked, draft_event, keep_event, look_at
from rbmgeo.workflows.match import match_ulp

pytestmark = pytest.mark.database
ULP, OTHER, ON = "T0026", "T0027", date(2025, 1, 15)
MANY = 2_000


def idpel(n):
    return f"51354{n:07d}"


def build(session, many=6):
    """Houses 20 m apart on PD1 (the last one on PD2), 900 VA each; PD9 is not in the list yet."""
    for code in (ULP, OTHER):
        units.ensure_unit(session, ulp=code)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for number, code in enumerate(("PD1", "PD2")):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code, rating_kva, geom) VALUES "
                 "(:u, :g, :g, 100, ST_SetSRID(ST_MakePoint(:x, -7.65), 4326))"),
            {"u": ULP, "g": code, "x": 112.70 + number * 0.01},
        )  # fmt: skip
    ids = [idpel(n) for n in range(many)]
    copy_rows(
        session, "customer",
        pd.DataFrame({"ulp": ULP, "idpel": ids, "daya_va": Decimal(900),
                      "geom": [f"SRID=4326;POINT({112.70 + n * 0.0002} -7.65)" for n in range(many)]}),
    )  # fmt: skip
    copy_rows(
        session, "pdpj",
        pd.DataFrame({"ulp": ULP, "idpel": ids, "valid_from": date(2024, 1, 1), "line": "",
                      "gardu": ["PD1"] * (many - 1) + ["PD2"], "tiang": "T7", "source": "pdpj"}),
    )  # fmt: skip
    return session


@pytest.fixture
def unit(session):
    return build(session)


def draft(session, **more):
    told = {"kind": "sisipan", "new_gardu": "pd-9", "old_gardu": "PD1", "happened_on": ON,
            "kva": 100.0, "place": (112.7006, -7.65)}  # fmt: skip
    return draft_event(session, ULP, Asked(**{**told, **more}), who="rani")


def opened(session, numbers=(1, 2, 3), also=()):
    event = draft(session)
    told = " ".join(idpel(n) for n in numbers)
    keep_choice(session, ULP, event, choose_by_numbers(session, ULP, event, told))
    keep_event(session, ULP, event, who="rani", also=set(also))
    return event


def in_force(session):
    rows = session.execute(
        text("SELECT idpel, line, gardu, tiang, deret, jurusan, penyulang, conflict, active "
             "FROM pdpj WHERE ulp = :u AND valid_to IS NULL ORDER BY 1, 2"), {"u": ULP}
    )  # fmt: skip
    return [tuple(r) for r in rows]


def gardu_of(session):
    return {r[0]: r[2] for r in in_force(session)}


def test_members_wait_and_nothing_moves_before_another_person_approves(unit):
    before = in_force(unit)
    event = opened(unit)
    assert in_force(unit) == before
    with pytest.raises(NotAllowed, match="another person"):
        approve_event(unit, ULP, event, who="rani")
    done = approve_event(unit, ULP, event, who="sari")
    assert (done.moved, done.refused, done.new_in_list) == (3, {}, True)
    assert [i for i, g in gardu_of(unit).items() if g == "PD9"] == [idpel(n) for n in (1, 2, 3)]
    history = survey.history(unit, ulp=ULP, idpel=idpel(1))
    assert history["valid_from"].tolist() == [date(2024, 1, 1), ON]
    assert history["tiang"].tolist() == ["T7", "T7"]


def test_an_undo_restores_the_records_in_force_and_keeps_history(unit):
    before = in_force(unit)
    event = opened(unit)
    approve_event(unit, ULP, event, who="sari")
    assert undo_event(unit, ULP, event, who="sari").moved == 3
    assert in_force(unit) == before
    assert len(survey.history(unit, ulp=ULP, idpel=idpel(1))) == 3
    assert [d.decision for d in events.decisions(unit, ulp=ULP, event_id=event)] == [
        "approved", "undone",
    ]  # fmt: skip


def test_who_changed_meanwhile_stays_only_if_the_approver_agrees(unit):
    event = opened(unit)
    records.move_to_gardu(
        unit, ulp=ULP, idpel=idpel(2), gardu="PD2", on=date(2025, 2, 1), proposal_id=0
    )
    before = in_force(unit)
    with pytest.raises(NotAllowed, match=idpel(2)):
        approve_event(unit, ULP, event, who="sari")
    assert in_force(unit) == before
    done = approve_event(unit, ULP, event, who="sari", leaving=1)
    assert (done.moved, done.refused) == (2, {idpel(2): "record"})
    assert gardu_of(unit)[idpel(2)] == "PD2"


def test_an_undo_leaves_who_moved_again_only_if_agreed(unit):
    event = opened(unit)
    approve_event(unit, ULP, event, who="sari")
    records.move_to_gardu(
        unit, ulp=ULP, idpel=idpel(3), gardu="PD2", on=date(2025, 3, 1), proposal_id=0
    )
    with unit.begin_nested() as step:
        with pytest.raises(NotAllowed):
            undo_event(unit, ULP, event, who="sari")
        step.rollback()
    unit.expire_all()
    done = undo_event(unit, ULP, event, who="sari", leaving=1)
    assert (done.moved, done.refused) == (2, {idpel(3): "record"})
    assert gardu_of(unit)[idpel(3)] == "PD2"


def test_those_of_other_gardu_are_shown_apart_and_taken_only_if_ticked(unit):
    event = draft(unit)
    told = choose_by_numbers(unit, ULP, event, f"{idpel(1)}\n{idpel(5)}\n999999999999\nBudi")
    assert (told.strangers, len(told.faults)) == (("999999999999",), 1)
    keep_choice(unit, ULP, event, told)
    look = look_at(unit, ULP, event)
    assert look.people["group"].to_dict() == {idpel(1): "old", idpel(5): "elsewhere"}
    assert list(look.taking.index) == [idpel(1)]
    assert [(r.gardu, r.before_va, r.after_va) for r in look.rooms] == [
        ("PD9", 0, 900), ("PD1", 4500, 3600),
    ]  # fmt: skip
    ticked = look_at(unit, ULP, event, also={idpel(5)})
    assert list(ticked.taking.index) == [idpel(1), idpel(5)]


def test_border_and_circle_choose_the_same_houses(unit):
    event = draft(unit)
    ring = "[[112.70015,-7.651],[112.70045,-7.651],[112.70045,-7.649],[112.70015,-7.649]]"
    border = choose_by_border(unit, ULP, event, ring)
    circle = choose_by_circle(unit, ULP, event, radius_m=15, centre=(112.7003, -7.65))
    assert list(border.members.index) == list(circle.members.index) == [idpel(1), idpel(2)]


def test_a_customer_waits_in_one_event_at_most(unit):
    opened(unit)
    second = draft(unit)
    keep_choice(unit, ULP, second, choose_by_numbers(unit, ULP, second, f"{idpel(1)} {idpel(4)}"))
    assert look_at(unit, ULP, second).people["group"].tolist() == ["in_event", "old"]
    assert keep_event(unit, ULP, second, who="rani") == 1


def test_a_rejected_event_moves_nobody_and_frees_its_members(unit):
    before = in_force(unit)
    event = opened(unit)
    reject_event(unit, ULP, event, who="rani", reason="keliru")
    assert in_force(unit) == before
    assert keep_event(unit, ULP, _again(unit), who="rani") == 3


def _again(session):
    event = draft(session)
    told = " ".join(idpel(n) for n in (1, 2, 3))
    keep_choice(session, ULP, event, choose_by_numbers(session, ULP, event, told))
    return event


def test_a_member_is_not_decided_alone_nor_listed_alone(unit):
    event = opened(unit)
    number = int(events.people(unit, ulp=ULP, event_id=event)["proposal_id"].iloc[0])
    with pytest.raises(NotAllowed, match="part of event"):
        decide(unit, ULP, number, "approved", who="sari")
    assert proposals.proposals(unit, ulp=ULP) == []
    assert pages.proposal_rows(unit, ulp=ULP, state="open") == []


def test_an_event_of_another_unit_is_not_there(unit):
    event = opened(unit)
    for act in (approve_event, undo_event, reject_event):
        with pytest.raises(NotThere):
            act(unit, OTHER, event, who="sari")


@pytest.mark.parametrize(
    "change", [{"kva": None}, {"place": None}, {"old_gardu": "PD77"}, {"new_gardu": "PD1"},
               {"new_gardu": "PD2", "kva": 50.0}, {"place": (0.0, 0.0)}, {"kind": "x"}],
)  # fmt: skip
def test_what_cannot_be_an_event_is_refused(unit, change):
    with pytest.raises(UsageError):
        draft(unit, **change)


@pytest.mark.parametrize(("which", "visits"), [("semua", 5), ("ujung", 3)])
def test_the_list_of_an_event_is_its_own_and_not_the_units_plan(unit, which, visits):
    event = opened(unit, numbers=(0, 1, 2, 3, 4))
    done = plan_event(unit, ULP, event, which, who="rani")
    tasks = survey.tasks(unit, ulp=ULP, run_id=done.run_id)
    assert len(tasks) == visits and tasks["patch"].nunique() == 1
    assert tasks.index[0] == idpel(0)
    assert pages.survey_runs(unit, ulp=ULP).empty
    assert [r["tasks"] for r in event_effects.own_lists(unit, ulp=ULP)] == [visits]


def test_open_members_are_no_findings_of_their_own(unit):
    for n in (1, 2):
        unit.execute(
            text("INSERT INTO finding (ulp, idpel, run_id, kind, p, gardu, tier, reasons) "
                 "VALUES (:u, :i, 1, 'gardu_diragukan', 0.9, 'PD1', 'T1', '[]')"),
            {"u": ULP, "i": idpel(n)},
        )  # fmt: skip
    assert pages.finding_counts(unit, ulp=ULP, limit=0.5)["customers"] == 2
    opened(unit, numbers=(1, 3))
    assert pages.finding_counts(unit, ulp=ULP, limit=0.5)["customers"] == 1


def test_after_approval_the_matching_sees_members_on_the_new_gardu(unit):
    event = opened(unit)
    approve_event(unit, ULP, event, who="sari")
    match_ulp(unit, ULP)
    rows = unit.execute(text("SELECT idpel, gardu FROM match_row WHERE ulp = :u"), {"u": ULP})
    assert {i for i, g in rows if g == "PD9"} == {idpel(n) for n in (1, 2, 3)}


def test_kwh_before_the_date_stay_on_the_old_gardu_and_sums_equal_the_source(unit):
    for blth in ("202412", "202501"):
        ensure_month(unit, blth=blth)
        copy_rows(
            unit, "reading",
            pd.DataFrame({"ulp": ULP, "blth": blth, "idpel": [idpel(n) for n in range(6)],
                          "source": "dpm", "line": "", "kwh": Decimal("100.5")}),
        )  # fmt: skip
    approve_event(unit, ULP, opened(unit), who="sari")

    def kwh(blth):
        rows = energy.kwh_per_rbm_gardu(unit, ulp=ULP, blth=blth)
        return rows.groupby("gardu")["kwh"].sum().to_dict()

    each = Decimal("100.5")
    assert kwh("202412") == {"PD1": 5 * each, "PD2": each}
    assert kwh("202501") == {"PD1": 2 * each, "PD2": each, "PD9": 3 * each}


@pytest.mark.parametrize("state", ["plain", "later", "two lines", "closed", "none"])
def test_moving_many_is_moving_each(unit, state):
    one, other = idpel(1), idpel(2)
    for who in (one, other):
        key = {"u": ULP, "i": who}
        if state in ("none", "closed"):
            change = (
                "DELETE FROM pdpj" if state == "none" else "UPDATE pdpj SET valid_to = '2025-03-01'"
            )
            unit.execute(text(f"{change} WHERE ulp = :u AND idpel = :i"), key)
        if state == "later":
            unit.execute(
                text("UPDATE pdpj SET valid_from = '2025-05-01' WHERE ulp = :u AND idpel = :i"), key
            )
        if state == "two lines":
            unit.execute(
                text("INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, source, conflict) "
                     "VALUES (:u, :i, '2', '2024-03-01', 'PD2', 'pdpj', true)"), key,
            )  # fmt: skip
    first = records.move_to_gardu(unit, ulp=ULP, idpel=one, gardu="PD9", on=ON, proposal_id=7)
    many = event_moves.move_many(unit, ulp=ULP, gardu="PD9", on=ON, proposals={other: 7})
    assert many == {other: first}
    same = [survey.history(unit, ulp=ULP, idpel=i) for i in (one, other)]
    pd.testing.assert_frame_equal(*same)
    back = records.undo_move(unit, ulp=ULP, idpel=one, on=date(2025, 8, 1), proposal_id=7)
    all_back = event_moves.undo_many(unit, ulp=ULP, on=date(2025, 8, 1), proposals={other: 7})
    assert all_back == {other: back}
    same = [survey.history(unit, ulp=ULP, idpel=i) for i in (one, other)]
    pd.testing.assert_frame_equal(*same)


def test_two_thousand_members_move_at_once_and_no_day_has_two_records(session):
    build(session, many=MANY + 1)
    event = draft(session)
    told = "\n".join(idpel(n) for n in range(MANY))
    keep_choice(session, ULP, event, choose_by_numbers(session, ULP, event, told))
    keep_event(session, ULP, event, who="rani")
    numbers = {
        str(i): int(n)
        for i, n in events.people(session, ulp=ULP, event_id=event)["proposal_id"].items()
    }
    with session.begin_nested() as step:
        event_moves.move_many(session, ulp=ULP, gardu="PD9", on=ON, proposals=numbers)
        step.rollback()
    session.expire_all()
    assert approve_event(session, ULP, event, who="sari").moved == MANY
    twice = session.scalar(
        text("SELECT count(*) FROM pdpj a JOIN pdpj b USING (ulp, idpel, line) WHERE a.ulp = :u "
             "AND a.valid_from < b.valid_from AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)"),
        {"u": ULP},
    )  # fmt: skip
    assert twice == 0


def with_lines(session):
    """PD1 feeds T0 - T1 - T2 and T1 - T3; house n hangs on pole n of T0, T1, T2, T3."""
    for n in range(4):
        session.execute(
            text("INSERT INTO tiang (ulp, tiang, geom) VALUES "
                 "(:u, :t, ST_SetSRID(ST_MakePoint(:x, -7.65), 4326))"),
            {"u": ULP, "t": f"T{n}", "x": 112.70 + n * 0.0003},
        )  # fmt: skip
        session.execute(
            text("UPDATE pdpj SET tiang = :t WHERE ulp = :u AND idpel = :i"),
            {"u": ULP, "t": f"T{n}", "i": idpel(n)},
        )
    for a, b, jurusan in ((0, 1, "A"), (1, 2, "B"), (1, 3, "A")):
        session.execute(
            text("INSERT INTO jtr_span (ulp, span, gardu, jurusan, tiang_1, tiang_2, length_m) "
                 "VALUES (:u, :s, 'PD1', :j, :a, :b, 40)"),
            {"u": ULP, "s": f"S{a}{b}", "j": jurusan, "a": f"T{a}", "b": f"T{b}"},
        )  # fmt: skip


def test_a_pole_of_the_lines_takes_along_who_hangs_behind_it(unit):
    with_lines(unit)
    event = draft(unit, jurusan="B")
    assert poles_to_cut(unit, ULP, event).to_dict() == {"T1": 3, "T2": 1, "T3": 1}
    told = choose_by_line(unit, ULP, event, tiang=["T1"], spans=[])
    assert told.members["distance_m"].to_dict() == {idpel(1): 0, idpel(2): 40, idpel(3): 40}
    whole = choose_by_line(unit, ULP, event, tiang=[], spans=[])
    assert list(whole.members.index) == [idpel(2)]
    with pytest.raises(UsageError, match="T77"):
        choose_by_line(unit, ULP, event, tiang=["T77"], spans=[])


def test_what_one_gardu_feeds_is_counted_as_from_the_tables_of_the_whole_unit(unit):
    with_lines(unit)
    for sql in (
        # Tied by a drop alone (5), by another list alone (4); a second line names another pole (3).
        "UPDATE pdpj SET tiang = NULL WHERE ulp = :u AND idpel IN (:five, :four)",
        "UPDATE customer SET service_point = 'P5' WHERE ulp = :u AND idpel = :five",
        "UPDATE customer SET tiang = 'T2' WHERE ulp = :u AND idpel = :four",
        "INSERT INTO service_drop (ulp, drop_id, tiang, service_point) VALUES (:u, 'D1', 'T3', 'P5'), "
        "(:u, 'D2', 'T77', 'P5')",
        "INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, tiang, source) "
        "VALUES (:u, :three, '2', '2024-01-01', 'PD1', 'T1', 'pdpj')",
        "INSERT INTO jtr_span (ulp, span, tiang_1, tiang_2, length_m) VALUES (:u, 'S3', 'T3', 'T9', 40)",
        "INSERT INTO jtr_span (ulp, span, gardu, tiang_1, tiang_2) VALUES (:u, 'S4', 'PD2', 'T0', 'T9')",
        "UPDATE customer SET active = false WHERE ulp = :u AND idpel = :two",
    ):
        ids = {"five": idpel(5), "four": idpel(4), "three": idpel(3), "two": idpel(2)}
        unit.execute(text(sql), {"u": ULP, **ids})
    whole = spans_of(lists.jtr(unit, ulp=ULP, srid=32749), "PD1")
    people = lists.customers(unit, ulp=ULP, srid=32749)
    people = people[people["active"]]
    poles = recorded_poles(lists.pdpj_lines(unit, ulp=ULP), people["tiang"])
    expected = houses_behind(
        whole, [("tiang", "T0")], poles[poles.index.isin(people.index)], lists.drops(unit, ulp=ULP),
        people["service_point"],
    )  # fmt: skip
    assert expected.to_dict() == {"T1": 4, "T2": 1, "T3": 2, "T9": 0}
    pd.testing.assert_series_equal(poles_to_cut(unit, ULP, draft(unit)), expected)


def test_without_lines_no_pole_is_offered_and_the_other_ways_are_named(unit):
    event = draft(unit)
    assert poles_to_cut(unit, ULP, event).empty
    with pytest.raises(NothingToDo, match="border or numbers"):
        choose_by_line(unit, ULP, event, tiang=["T1"], spans=[])


def test_the_rbm_that_will_hold_two_gardu_are_named(unit):
    ensure_month(unit, blth="202501")
    copy_rows(
        unit, "rbm_list",
        pd.DataFrame({"ulp": ULP, "blth": "202501", "idpel": [idpel(n) for n in range(5)],
                      "line": "", "source": "dpm", "rbm": ["A", "A", "B", "B", "C"]}),
    )  # fmt: skip
    event = opened(unit, numbers=(1, 2, 3))
    named = event_effects.rbms(unit, ulp=ULP, event_id=event)
    assert [(r["rbm"], r["members"], r["others"], r["gardu"]) for r in named] == [
        ("A", 1, 1, 2), ("B", 2, 0, 1),
    ]  # fmt: skip


def test_approval_names_those_with_a_proposal_of_their_own_and_leaves_it_to_be_decided(unit):
    event = opened(unit)
    row = {"idpel": idpel(1), "field": "gardu", "before": "PD1", "after": "PD9", "client_id": None,
           "state": "open", "proposed_by": "tono"}  # fmt: skip
    proposals.add_numbered_proposals(unit, ulp=ULP, rows=[row])
    assert approve_event(unit, ULP, event, who="sari").also_asked == 1
    assert [p.state for p in proposals.proposals(unit, ulp=ULP)] == ["open"]


MEANWHILE = ("", "inactive", "moved")


@examples(0.5)
@given(
    st.dictionaries(st.integers(0, 4), st.sampled_from(MEANWHILE), min_size=1),
)
def test_members_are_those_moved_and_those_refused_and_an_undo_restores_the_records(unit, houses):
    with unit.begin_nested() as step:
        event = opened(unit, numbers=sorted(houses))
        for n, change in houses.items():
            key = {"u": ULP, "i": idpel(n)}
            if change == "inactive":
                unit.execute(
                    text("UPDATE customer SET active = false WHERE ulp = :u AND idpel = :i"), key
                )
            if change == "moved":
                unit.execute(
                    text("UPDATE pdpj SET gardu = 'PD2' WHERE ulp = :u AND idpel = :i"), key
                )
        before, stay = in_force(unit), {idpel(n) for n, change in houses.items() if change}
        move = {idpel(n) for n in houses} - stay
        if move:
            done = approve_event(unit, ULP, event, who="sari", leaving=len(stay))
            assert (done.moved, set(done.refused)) == (len(move), stay)
            assert done.moved + len(done.refused) == len(houses)
            assert {i for i, g in gardu_of(unit).items() if g == "PD9"} == move
            undo_event(unit, ULP, event, who="sari")
        else:
            with pytest.raises(NotAllowed, match="reject"):
                approve_event(unit, ULP, event, who="sari", leaving=len(stay))
        assert in_force(unit) == before
        step.rollback()
    unit.expire_all()
