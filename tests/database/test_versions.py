import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from rbmgeo.db.queries import board, units, versions
from rbmgeo.errors import NotAllowed

pytestmark = pytest.mark.database

ULP = "T0001"


@pytest.fixture
def draft(session):
    units.ensure_unit(session, ulp=ULP)
    version_id = versions.add_draft(session, ulp=ULP, note="uji", who="a")
    fill(session, version_id, {"100000000001": ("A", 1), "100000000002": ("A", 2)})
    return version_id


def fill(session, version_id, places):
    members = pd.DataFrame(
        [(i, r, u, 0) for i, (r, u) in places.items()], columns=["idpel", "rbm", "urut", "sisipan"]
    ).set_index("idpel")
    routes = pd.DataFrame({"customers": members.groupby("rbm").size()})
    versions.replace_routes(session, ulp=ULP, version_id=version_id, routes=routes, members=members)


def test_a_draft_can_be_written_again(session, draft):
    fill(session, draft, {"100000000002": ("B", 1)})
    assert versions.members(session, ulp=ULP, version_id=draft).index.tolist() == ["100000000002"]


def test_a_published_version_is_closed_by_the_database_itself(session, draft):
    versions.publish(session, ulp=ULP, version_id=draft, effective_blth="202501", who="b")
    # Done in December for January; by February it is old news.
    for blth, version in (("202411", None), ("202412", draft), ("202501", draft), ("202502", None)):
        assert board.facts(session, ulp=ULP, blth=blth, limit=0.5).published_for == version
    for statement in (
        "UPDATE rbm_member SET urut = 9 WHERE ulp = :u",
        "DELETE FROM rbm_member WHERE ulp = :u",
        "UPDATE rbm SET officer = 'x' WHERE ulp = :u",
        "UPDATE rbm_version SET state = 'draft', published_at = NULL WHERE ulp = :u",
        "DELETE FROM rbm_version WHERE ulp = :u",
    ):
        with pytest.raises(DBAPIError, match="published"), session.begin_nested():
            session.execute(text(statement), {"u": ULP})
    session.expire_all()
    with pytest.raises(NotAllowed):
        fill(session, draft, {"100000000001": ("A", 1)})


def test_no_version_is_born_published(session):
    units.ensure_unit(session, ulp=ULP)
    with pytest.raises(DBAPIError, match="born a draft"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO rbm_version (ulp, state, published_at) VALUES (:u, 'published', now())"
            ),
            {"u": ULP},
        )


def test_two_customers_never_hold_one_place(session, draft):
    session.execute(text("UPDATE rbm_member SET urut = 1 WHERE ulp = :u"), {"u": ULP})
    with pytest.raises(IntegrityError):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_version_in_force_is_the_newest_that_began_by_then(session, draft):
    versions.publish(session, ulp=ULP, version_id=draft, effective_blth="202405", who="b")
    assert versions.in_force(session, ulp=ULP, blth="202404") is None
    assert versions.in_force(session, ulp=ULP, blth="202405") == draft
    assert versions.in_force(session, ulp=ULP, blth="202412") == draft
