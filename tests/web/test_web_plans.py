"""Plans of routes and the reading calendar on their pages; each change is taken back."""

import contextlib
from datetime import date

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import reading_calendar as kept
from rbmgeo.db.queries import versions
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere, UsageError
from rbmgeo.workflows.design import choose_plan, plans_ulp, preview
from rbmgeo.workflows.reading_calendar import (
    approve_shift,
    plan_month,
    set_holiday,
    set_rbm,
    set_reader,
)
from rbmgeo.workflows.routes import targets_ulp

PLANS = f"/{small.SMALL}/{small.BLTH}/rute/rencana"
CALENDAR = f"/{small.SMALL}/{small.BLTH}/jadwal-baca"


class _TakenBack(Exception):
    """Ends a test's writing without keeping it."""


@contextlib.contextmanager
def taken_back(database):
    with contextlib.suppress(_TakenBack), database.writing() as session:
        yield session
        raise _TakenBack


@pytest.mark.database
def test_a_plan_that_is_chosen_is_a_draft_with_everybody_in_it(web_database):
    with taken_back(web_database) as session:
        with pytest.raises(NothingToDo):
            choose_plan(session, small.SMALL, plan="seimbang")
        done = plans_ulp(session, small.SMALL, who="perencana")
        told = done.summary["plans"][0]
        assert told["disconnected"] == told["empty"] == 0
        with pytest.raises(NotAllowed):
            choose_plan(session, small.SMALL, plan=str(told["number"]), run_id=done.run_id + 1)
        draft = choose_plan(session, small.SMALL, plan=done.recommended, who="perencana")
        members = versions.members(session, ulp=small.SMALL, version_id=draft.version_id)
        assert sorted(members.index) == [small.idpel(n) for n in range(8)]
        looked = preview(session, small.SMALL, "51354BKA", "51354BKB")
        assert looked.after[0].customers == 8


@pytest.mark.database
def test_a_plan_of_other_data_is_not_drafted(web_database):
    with taken_back(web_database) as session:
        done = plans_ulp(session, small.SMALL)
        assert done.plans >= 1
        session.execute(text("UPDATE customer SET active = false WHERE idpel = :i"), {"i": small.idpel(0)})  # fmt: skip
        with pytest.raises(NotAllowed):
            choose_plan(session, small.SMALL, plan=done.recommended)


@pytest.mark.database
def test_a_months_plan_counts_everybody_and_its_dates_avoid_days_off(web_database):
    with taken_back(web_database) as session:
        set_holiday(session, small.SMALL, date(2025, 1, 3), "Libur", who="perencana")
        set_reader(session, small.SMALL, "P-02", capacity=100, areas=["51354BKB"])
        done = plan_month(session, small.SMALL, "202501", who="perencana")
        assert (done.customers, done.rbm, done.beyond) == (8, 2, 0)
        table = targets_ulp(session, small.SMALL, "202501")
        assert table["customers"].sum() == 8
        assert set(table["read_on"]) == {date(2025, 1, 2)}
        set_rbm(session, small.SMALL, "202501", "51354BKA", hari_baca="A", officer="P-02", who="perencana")  # fmt: skip
        assert targets_ulp(session, small.SMALL, "202501").loc["51354BKA", "officer"] == "P-02"
        with pytest.raises(UsageError):
            set_rbm(session, small.SMALL, "202501", "51354BKA", hari_baca="Z", officer="")
        with pytest.raises(NotAllowed):
            approve_shift(session, small.SMALL, "202501", "51354BKA", who="perencana")
        approve_shift(session, small.SMALL, "202501", "51354BKA", who="pengawas")
        plan = kept.plan(session, ulp=small.SMALL, blth="202501")
        assert plan.loc["51354BKA", "shift_approved_by"] == "pengawas"
        with pytest.raises(NotThere):
            approve_shift(session, small.SMALL, "202501", "TIDAKADA", who="pengawas")


def test_the_pages_of_plans_and_calendar_are_shown(as_role):
    shown = as_role("perencana").get(f"{PLANS}?rbm=51354BKA&dengan=51354BKB").text
    assert "Hitung rencana" in shown
    assert "51354BKA + 51354BKB" in shown
    month = as_role("pengawas").get(CALENDAR).text
    assert "<b>A</b>" in month
    assert "51354BKA" in month
    assert 'name="tanggal"' not in month, "a supervisor only reads"
