import pandas as pd
import pytest
from reviewed import publish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from rbmgeo.db.queries import board, units, versions, work
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.routes.design import UNPLACED
from rbmgeo.workflows import change_sets, workbench
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.routes import publish_version
from rbmgeo.workflows.survey_plan import plan_survey

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


def test_no_row_leaves_a_published_version_for_a_draft_or_at_once(session, draft):
    versions.publish(session, ulp=ULP, version_id=draft, effective_blth="202501", who="b")
    other = versions.add_draft(session, ulp=ULP, note="lain", who="a")
    for statement in (
        "UPDATE rbm_member SET version_id = :v WHERE ulp = :u",
        "UPDATE rbm SET version_id = :v WHERE ulp = :u",
        "INSERT INTO rbm_member SELECT ulp, :d, '100000000009', rbm, 9, 0 FROM rbm WHERE ulp = :u",
    ):
        with pytest.raises(DBAPIError, match="published"), session.begin_nested():
            session.execute(text(statement), {"u": ULP, "v": other, "d": draft})
    for table in ("rbm_member", "rbm", "rbm_version", "command_log", "survey_answer", "approval"):
        with pytest.raises(DBAPIError, match="never emptied"), session.begin_nested():
            session.execute(text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize(
    "spoil",
    [
        "INSERT INTO customer (ulp, idpel) VALUES (:u, '100000000003')",
        "DELETE FROM rbm WHERE ulp = :u",
    ],
)
def test_the_database_itself_publishes_nothing_incomplete(session, draft, spoil):
    session.execute(text(spoil), {"u": ULP})
    with pytest.raises(DBAPIError, match="not complete"), session.begin_nested():
        versions.publish(session, ulp=ULP, version_id=draft, effective_blth="202501", who="b")
    assert versions.version(session, ulp=ULP, version_id=draft).state == "draft"


def test_a_publication_waits_for_who_still_writes_the_draft(fresh_database):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ULP)
        draft = versions.add_draft(session, ulp=ULP, note="uji", who="a")
        fill(session, draft, {"100000000001": ("A", 1)})
    with fresh_database.writing() as writer:
        fill(writer, draft, {"100000000001": ("B", 1)})
        with fresh_database.writing() as other:
            other.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(DBAPIError, match="lock timeout"), other.begin_nested():
                versions.publish(other, ulp=ULP, version_id=draft, effective_blth="202501", who="b")


def test_the_log_says_what_a_version_was_before_and_after(session, draft):
    publish(session, ULP, draft, effective_blth="202501", who="ratna")
    line = session.execute(
        text("SELECT who, before, after FROM command_log WHERE ulp = :u AND command = 'publish'"),
        {"u": ULP},
    ).one()
    assert line.who == "ratna"
    assert line.before == {"version_id": draft, "state": "draft"}
    assert line.after == {"version_id": draft, "state": "published", "effective_blth": "202501"}


@pytest.mark.parametrize("code", ["A B", "A", "../etc", "123456789", ""])
def test_a_unit_has_a_code_that_an_address_can_hold(session, code):
    with pytest.raises(UsageError, match="51354"):
        units.ensure_unit(session, ulp=code)


def test_a_unit_lies_in_a_time_zone_that_there_is(session, draft):
    with pytest.raises(UsageError, match="Asia/Makassar"):
        units.set_unit(session, ulp=ULP, time_zone="Foo/Bar")
    assert units.set_unit(session, ulp=ULP, time_zone="Asia/Jayapura").time_zone == "Asia/Jayapura"


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


def test_who_has_no_place_is_published_on_an_rbm_that_everybody_sees(session, draft):
    session.execute(
        text("INSERT INTO customer (ulp, idpel) VALUES (:u, '100000000003')"), {"u": ULP}
    )
    fill(session, draft, {"100000000001": ("A", 1)})
    publish(session, ULP, draft, effective_blth="202501")
    members = versions.members(session, ulp=ULP, version_id=draft)
    assert members.at["100000000003", "rbm"] == UNPLACED
    assert versions.unplaced(session, ulp=ULP, version_id=draft) == 1


@pytest.mark.parametrize("steps", [[], ["open"], ["open", "submit"]])
def test_no_draft_is_published_that_nobody_else_approved(session, draft, steps):
    if "open" in steps:
        workbench.open_draft(session, ULP, draft, who="a")
    if "submit" in steps:
        change_sets.submit(session, ULP, draft, revision=0, who="b")
    with pytest.raises(NotAllowed, match="another person"):
        publish_version(session, ULP, draft, effective_blth="202501", who="b")


def test_who_made_a_draft_or_had_it_ordered_does_not_approve_it(session, draft):
    work.add_run(session, ulp=ULP, step="order", params={"version_id": draft}, summary={}, who="c")
    workbench.open_draft(session, ULP, draft, who="x")
    change_sets.submit(session, ULP, draft, revision=0, who="b")
    for own in ("a", "b", "c"):
        with pytest.raises(NotAllowed, match="another person"):
            change_sets.approve(session, ULP, draft, revision=1, who=own)
    assert change_sets.approve(session, ULP, draft, revision=1, who="x") == 2


def test_a_matched_unit_without_findings_gets_a_plan_of_controls(session):
    """Only an RBM list: no record can be doubted, and the sentence names no command."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    with pytest.raises(NothingToDo, match="not matched yet") as told:
        plan_survey(session, ULP, visits=4)
    assert "`" not in told.value.indonesian
    for n in range(12):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, geom) VALUES "
                 "(:u, :i, ST_SetSRID(ST_MakePoint(112.69, -7.65 - :n * 0.0001), 4326))"),
            {"u": ULP, "i": f"1000000000{n:02d}", "n": n},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO rbm_list (ulp, blth, idpel, line, source, rbm, urut, sisipan) "
                 "VALUES (:u, '202412', :i, '', 'dpm', 'A', :n, 0)"),
            {"u": ULP, "i": f"1000000000{n:02d}", "n": n + 1},
        )  # fmt: skip
    match_ulp(session, ULP)
    done = plan_survey(session, ULP, visits=4)
    assert (done.visits, done.controls) == (4, 4)
