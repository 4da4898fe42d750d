"""Targets counted by the database are those of the customers looked at one by one."""

from datetime import date

import pandas as pd
import pytest
from reviewed import publish
from sqlalchemy import text
from test_mutations import BEFORE, NOW, idpel, unit  # noqa: F401

from rbmgeo.db.models import Calendar, RbmList
from rbmgeo.db.queries import lists, versions
from rbmgeo.routes.targets import targets
from rbmgeo.unit.routed import schedule_today
from rbmgeo.workflows.routed import routed_customers
from rbmgeo.workflows.routes import targets_ulp

pytestmark = pytest.mark.database


@pytest.fixture
def planned(session, unit):  # noqa: F811
    """Both months have a calendar; houses 20-39 move to R2, read on another day; 40 stands on both."""
    for blth, days in ((BEFORE, {"A": 3, "B": 4}), (NOW, {"A": 3, "B": 20})):
        for letter, day in days.items():
            on = date(int(blth[:4]), int(blth[4:]), day)
            session.add(Calendar(ulp=unit, blth=blth, hari_baca=letter, read_on=on))
    session.execute(
        text("UPDATE rbm_list SET rbm = 'R2', hari_baca = CASE WHEN idpel > :k THEN 'B' ELSE 'A' END, "
             "officer = 'P-02' WHERE ulp = :u AND blth = :b AND idpel BETWEEN :i AND :j"),
        {"u": unit, "b": NOW, "i": idpel(20), "j": idpel(39), "k": idpel(29)},
    )  # fmt: skip
    session.add(RbmList(ulp=unit, blth=NOW, idpel=idpel(40), line="2", source="dpm", rbm="R9", hari_baca="B"))  # fmt: skip
    for sql in (
        "UPDATE rbm_list SET rbm = NULL WHERE ulp = :u AND blth = :b AND idpel = :i",
        "UPDATE customer SET dibaca_oleh = 'pln' WHERE ulp = :u AND idpel = :j",
        "UPDATE customer SET active = false WHERE ulp = :u AND idpel = :k",
    ):
        session.execute(
            text(sql), {"u": unit, "b": NOW, "i": idpel(50), "j": idpel(51), "k": idpel(52)}
        )
    return unit


def one_by_one(session, ulp, *, now=None, last=None):
    """Return the targets of NOW from a row a customer; versions where they are named."""

    def placed(version, blth):
        if version is not None:
            rbm = versions.members(session, ulp=ulp, version_id=version)["rbm"]
            return rbm, versions.routes(session, ulp=ulp, version_id=version)
        listed = lists.rbm_list(session, ulp=ulp, blth=blth).sort_values(["idpel", "line"])
        listed = listed.drop_duplicates("idpel").set_index("idpel")
        return listed["rbm"], schedule_today(listed)

    people, _ = routed_customers(session, ulp)
    rbm, routes = placed(now, None)
    before, days = placed(last, BEFORE)
    dates = lists.calendar(session, ulp=ulp, blth=BEFORE).set_index("hari_baca")["read_on"]
    due = before.map(days["hari_baca"]).map(dates)
    return targets(
        pd.DataFrame({"rbm": rbm.reindex(people.index)}), routes,
        lists.calendar(session, ulp=ulp, blth=NOW), last_month=due,
    )  # fmt: skip


def test_targets_of_the_newest_list(session, planned):
    found = targets_ulp(session, planned, NOW)
    expected = one_by_one(session, planned)
    pd.testing.assert_frame_equal(found, expected)
    # Half of R2 says A, half B: the first by code is its day; 17 stood on no list last month.
    assert found.loc["R2", "hari_baca"] == "A"
    assert found["customers"].sum() == 148


def test_targets_of_the_version_in_force(session, planned):
    draft = versions.add_draft(session, ulp=planned, note="", who="rani")
    routes = pd.DataFrame(
        {"hari_baca": ["A", "B"], "officer": ["P-01", None], "minutes": 10.0, "length_estimated": True, "reordered": False},
        index=pd.Index(["R1", "R2"], name="rbm"),
    )  # fmt: skip
    people = sorted(routed_customers(session, planned)[0].index)
    members = pd.DataFrame(
        {"rbm": ["R2" if n % 3 else "R1" for n in range(len(people))],
         "urut": [n + 1 for n in range(len(people))], "sisipan": 0},
        index=pd.Index(people, name="idpel"),
    )  # fmt: skip
    versions.replace_routes(session, ulp=planned, version_id=draft, routes=routes, members=members)
    publish(session, planned, draft, effective_blth=NOW, who="rani")
    found = targets_ulp(session, planned, NOW)
    pd.testing.assert_frame_equal(found, one_by_one(session, planned, now=draft))
    # Who was read on the 3rd moves to the 20th; the fifty newcomers have no last month.
    assert 0 < found.loc["R2", "shifted"] < found.loc["R2", "customers"]
