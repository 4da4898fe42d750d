"""Work lists on a real database: made once, moved with their history, decided and undone, found by index."""

import uuid
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import people, survey, units, visit_reviews, visits, work
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.receive import Mark
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.terms import OrderState
from rbmgeo.workflows.forms import Choice
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.visit_lists import issue_choice, issue_plan
from rbmgeo.workflows.visit_office import late_rows, order_states, overview, reassign, take_back
from rbmgeo.workflows.visit_reviews import belongs_to, decide, marks_of

pytestmark = pytest.mark.database
ULP, MONTH, TODAY = "T0044", "202412", date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
IDPELS = [f"5135400000{n:02d}" for n in range(6)]


@pytest.fixture
def unit(session):
    """Six customers along a line, two surveyors, a survey plan of two days for one of them."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for login in ("siti", "budi"):
        people.add_user(session, login=login, password="sandi-uji-panjang", grants=[(ULP, "surveyor")])  # fmt: skip
    for n, idpel in enumerate(IDPELS):
        # The third stands nowhere.
        at = None if n == 3 else f"SRID=4326;POINT({112.70 + (n * 7 % 6) * 0.0003} -7.65)"
        session.execute(
            text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh, geom) "
                 "VALUES (:u, :i, 'R1', 1300, 'pasca', 'vendor', CAST(:g AS geometry))"),
            {"u": ULP, "i": idpel, "g": at},
        )  # fmt: skip
    return session


def plan(session):
    run = work.add_run(session, ulp=ULP, step="survey", params={}, summary={}, who="uji")
    tasks = pd.DataFrame({"surveyor": 1, "day": [1, 1, 2], "stop": [1, 2, 1], "control": [False, True, False],
                          "patch": None, "question": "question.gardu"},
                         index=pd.Index(IDPELS[:3], name="idpel"))  # fmt: skip
    survey.add_tasks(session, ulp=ULP, run_id=run, tasks=tasks)
    return run


def issue(session, run):
    return issue_plan(session, ULP, run_id=run, officers={1: "siti"}, first_on=date(2026, 11, 28), blth=MONTH, who="uji")  # fmt: skip


def chosen(session, *numbers, officers=("siti",)):
    done = issue_choice(session, ULP, job="survei", choice=Choice("idpel", tuple(IDPELS[n] for n in numbers)),
                        officers=officers, on=TODAY, blth=MONTH, who="uji")  # fmt: skip
    return done.lists[0], session.scalars(
        text("SELECT order_id::text FROM visit_order WHERE ulp = :u AND list_id = :l ORDER BY stop"),
        {"u": ULP, "l": done.lists[0]},
    ).all()  # fmt: skip


def sent(number, order_id, officer="siti", at="2026-11-26T09:00:00+07:00", **other):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order_id, "customer": None, "job": "survei",
        "outcome": "cocok", "values": {}, "photos": [], "officer": officer, "place": None,
        "device_id": str(uuid.UUID(int=7)), "device_at": at, **other,
    })  # fmt: skip


def receive(session, *those):
    receive_visits(session, ULP, those, who="siti", now=NOW)


def newest(session):
    return visit_reviews.record(session, ulp=ULP, visit_no=session.scalar(text("SELECT max(visit_no) FROM field_visit")))  # fmt: skip


def states(session, list_id):
    found = order_states(session, ULP, [list_id], on=TODAY)["state"].to_dict()
    seen = overview(session, ULP, on=TODAY).loc[list_id]
    assert {s: int(seen[s]) for s in OrderState} == {
        s: list(found.values()).count(s) for s in OrderState
    }, "what is counted in the database is what the core says"
    return found


def test_a_plan_is_issued_once_and_sundays_are_left_out(unit):
    run = plan(unit)
    done = issue(unit, run)
    again = issue(unit, run)
    assert (len(done.lists), done.orders, len(again.lists), again.known) == (2, 3, 0, 2)
    rows = unit.execute(text("SELECT planned_on, officer FROM visit_list WHERE ulp = :u ORDER BY 1"), {"u": ULP}).all()  # fmt: skip
    assert rows == [(date(2026, 11, 28), "siti"), (date(2026, 11, 30), "siti")]
    with pytest.raises(DBAPIError), unit.begin_nested():
        kept.name_source(
            unit, ulp=ULP, list_id=uuid.UUID(done.lists[0]), source=f"rencana/{run}/1/2"
        )


def test_a_choice_is_one_walk_whose_nowhere_house_is_last_and_nobody_is_ordered_twice(unit):
    _, orders = chosen(unit, 0, 1, 2, 3, 4, 5)
    walk = kept.rows(unit, ulp=ULP, order_ids=orders)
    assert walk["idpel"].iloc[-1] == IDPELS[3]
    lons = walk["lon"].iloc[:-1].astype(float)
    assert lons.is_monotonic_increasing or lons.is_monotonic_decreasing
    with pytest.raises(NothingToDo):
        chosen(unit, 0)
    with pytest.raises(UsageError, match="nobody"):
        chosen(unit, 0, officers=("nobody",))


def test_a_moved_order_knows_who_had_it_when(unit):
    first, orders = chosen(unit, 0, 1)
    receive(unit, sent(1, orders[0], at="2026-11-25T09:00:00+07:00", outcome="tidak_terlacak"))
    second, count = reassign(unit, ULP, first, officer="budi", who="uji", on=TODAY)
    assert count == 2 and states(unit, first) == {}
    assert sorted(states(unit, str(second)).values()) == ["belum", "perlu_ulang"]
    assert Mark.REASSIGNED not in marks_of(newest(unit)), "it was siti's order when she was there"
    receive(unit, sent(2, orders[1], at="2099-01-01T09:00:00+07:00"))
    assert Mark.REASSIGNED in marks_of(newest(unit))
    assert states(unit, str(second))[orders[1]] == "selesai", "taken all the same"
    back, count = reassign(unit, ULP, str(second), officer="siti", who="uji", on=TODAY)
    assert count == 1 and list(states(unit, str(back))) == [orders[0]]


def test_an_order_taken_back_stays_and_a_visit_still_counts(unit):
    one, orders = chosen(unit, 0, 1)
    with pytest.raises(UsageError):
        take_back(unit, ULP, orders, reason=" ", who="uji")
    assert take_back(unit, ULP, orders, reason="pindah", who="uji") == 2
    receive(unit, sent(1, orders[0]))
    assert states(unit, one) == {orders[0]: "selesai", orders[1]: "batal"}


def test_of_two_contents_one_is_chosen_and_the_word_is_taken_back(unit):
    one, orders = chosen(unit, 0)
    receive(unit, sent(1, orders[0]), sent(1, orders[0], outcome="tidak_terlacak"))
    numbers = visit_reviews.conflicts(unit, ulp=ULP, limit=9)["visit_no"].to_list()
    assert len(numbers) == 2 and states(unit, one)[orders[0]] == "konflik"
    answers = unit.scalar(text("SELECT count(*) FROM survey_answer WHERE ulp = :u"), {"u": ULP})
    for number, state in zip(numbers, ("selesai", "perlu_ulang"), strict=True):
        for _ in range(2):
            decide(unit, ULP, number, verdict="berlaku", who="uji", now=NOW)
        assert states(unit, one)[orders[0]] == state
        assert visit_reviews.counts(unit, ulp=ULP)["conflicts"] == 0
    assert (
        unit.scalar(text("SELECT count(*) FROM survey_answer WHERE ulp = :u"), {"u": ULP})
        == answers
    )
    decide(unit, ULP, numbers[0], verdict="dibuka", who="uji", now=NOW)
    assert states(unit, one)[orders[0]] == "konflik"
    decide(unit, ULP, numbers[0], verdict="ditolak", note="salah rumah", who="uji", now=NOW)
    assert states(unit, one)[orders[0]] == "perlu_ulang", "the other content is what is left"
    assert visit_reviews.counts(unit, ulp=ULP)["conflicts"] == 0


def test_a_record_of_nobody_is_told_whose_and_answers_the_order(unit):
    one, orders = chosen(unit, 0)
    customer = unit.scalar(text("SELECT public_id::text FROM customer WHERE ulp = :u AND idpel = :i"), {"u": ULP, "i": IDPELS[0]})  # fmt: skip
    receive(unit, sent(1, None))
    number = int(newest(unit)["visit_no"])
    assert visit_reviews.counts(unit, ulp=ULP) == {"conflicts": 0, "orphans": 1, "waiting": 0}
    for _ in range(2):
        done = belongs_to(unit, ULP, number, customer=customer, order_id=orders[0], who="uji", now=NOW)  # fmt: skip
    assert done.effect == "masuk" and states(unit, one)[orders[0]] == "selesai"
    assert visits.records(unit, ulp=ULP, order_ids=orders)["client_id"].to_list() == [str(uuid.UUID(int=1))]  # fmt: skip
    decide(unit, ULP, number, verdict="dibuka", who="uji", now=NOW)
    assert visit_reviews.counts(unit, ulp=ULP)["orphans"] == 1
    assert states(unit, one)[orders[0]] == "belum"


def test_late_orders_are_those_that_still_wait_oldest_first(unit):
    _, orders = chosen(unit, 0, 1, 2, 4, 5)
    unit.execute(
        text("UPDATE visit_order SET due_on = DATE '2026-11-20' + stop WHERE ulp = :u"), {"u": ULP}
    )
    receive(unit, sent(1, orders[0]), sent(2, orders[1], outcome="tidak_terlacak"))
    receive(unit, sent(3, orders[2], outcome="tidak_terlacak"), sent(4, orders[2], at="2026-11-26T10:00:00+07:00"))  # fmt: skip
    take_back(unit, ULP, [orders[3]], reason="pindah", who="uji")
    rows, count = late_rows(unit, ULP, on=date(2026, 12, 1))
    assert rows.index.to_list() == [orders[1], orders[4]] and count == 2
    assert late_rows(unit, ULP, on=date(2026, 12, 1), most=1, begin=1)[0].index.to_list() == [
        orders[4]
    ]
    assert late_rows(unit, ULP, on=date(2026, 12, 1), officer="budi")[1] == 0
    assert late_rows(unit, ULP, on=date(2026, 11, 22))[1] == 0, "due that day is not late"
