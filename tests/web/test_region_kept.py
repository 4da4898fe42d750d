"""Figures of units are kept until their data are others; border passes and moves edit no record."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import region_units as made
import small_unit as small
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.models import Reading
from rbmgeo.db.queries import board, border, people, region, unit_moves, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.search import searched_units
from rbmgeo.errors import NotAllowed, NotThere, UsageError
from rbmgeo.matching.unit_moves import MoveState, MoveStep
from rbmgeo.supervision.region import summed
from rbmgeo.workflows.border import border_pass, set_border
from rbmgeo.workflows.region import keep, look
from rbmgeo.workflows.region_rights import grant_region, place_unit
from rbmgeo.workflows.unit_moves import moves, propose, step, waiting

pytestmark = pytest.mark.database
NOW = datetime(2024, 12, 9, 3, tzinfo=UTC)
ALL = [small.EMPTY, made.A, made.B]
SIX = str(small.public_id(6))


@pytest.fixture(scope="module")
def filled(make_database):
    from rbmgeo.db.session import Database

    database = Database(make_database("region_db", filled=made.build))
    yield database
    database.close()


@pytest.fixture
def session(filled):
    """A session on the units of `region_units`, rolled back after the test."""
    with filled.engine.connect() as connection:
        outer = connection.begin()
        from sqlalchemy.orm import Session

        with Session(connection, join_transaction_mode="create_savepoint") as made_session:
            yield made_session
        outer.rollback()


def stale(session):
    return [r["ulp"] for r in region.kept(session, ulps=ALL) if r["stale"]]


def test_figures_are_made_once_and_again_when_the_data_are_others(session):
    assert stale(session) == ALL
    assert [keep(session, u) for u in ALL] == [True] * 3
    assert stale(session) == [] and keep(session, made.A) is False
    log_command(session, who="uji", ulp=made.A, command="anything decided")
    assert stale(session) == [made.A]
    keep(session, made.A)
    units.set_unit(session, ulp=made.B, settings={"finding_limit": 0.4})
    assert stale(session) == [made.B]


def test_figures_are_those_of_the_units_own_pages(session):
    for ulp in ALL:
        keep(session, ulp)
    found = look(session, ALL, blth=small.BLTH, now=NOW)
    rows = {r.ulp: r for r in found.rows}
    facts = board.facts(session, ulp=made.A, blth=small.BLTH, limit=0.5)
    values = rows[made.A].values
    assert values["customers"] == facts.customers == 8
    assert values["compared"] == sum(facts.classes.values())
    assert values["open"] == facts.to_see
    assert values["kwh"] == board.kwh_of_source(session, ulp=made.A, months=[small.BLTH])
    assert (values["read"], values["unread"], values["late"]) == (7, 1, 1)
    assert rows[made.B].values["kwh"] is None and rows[made.B].values["customers"] == 1
    total = summed(found.rows)["kwh"]
    assert (total.value, total.known, total.missing) == (Decimal("703.5"), 1, (small.EMPTY, made.B))


def test_a_month_nobody_asked_for_is_the_newest_that_any_unit_has(session):
    for ulp in ALL:
        keep(session, ulp)
    found = look(session, ALL, blth="190001", now=NOW)
    assert (found.blth, found.months) == (small.BLTH, [small.BLTH])
    assert look(session, [], blth=None, now=NOW).blth is None


def test_what_is_kept_of_a_map_holds_no_place(session):
    session.execute(
        text("INSERT INTO customer (ulp, idpel, geom) SELECT :u, '51354' || (1000000 + n), "
             "ST_SetSRID(ST_MakePoint(112.70123 + n * 0.00001, -7.65123), 4326) FROM generate_series(0, 29) n"),
        {"u": made.A},
    )  # fmt: skip
    keep(session, made.A)
    told = region.kept(session, ulps=[made.A], area=True)[0]["area"]
    assert told is not None and "112.7012" not in told
    corners = json.loads(told)["coordinates"][0][0]
    assert all(abs(lon - 112.70123) > 0.002 or abs(lat + 7.65123) > 0.002 for lon, lat in corners)


def test_a_border_pass_keeps_candidates_and_moves_nothing(session):
    before = session.execute(text("SELECT idpel, gardu FROM pdpj ORDER BY 1")).all()
    done = border_pass(session, made.A, who="uji")
    assert (done.customers, done.asked, done.foreign, done.candidates) == (8, 7, 1, 1)
    found = border.candidates(session, ulp=made.A, size=10, page=1)
    assert [(f["idpel"], f["other_ulp"], f["other_gardu"]) for f in found] == [
        (small.idpel(6), made.B, "MG001")
    ]
    assert (found[0]["own_m"], found[0]["other_m"]) == (
        pytest.approx(77.2, abs=0.4),
        pytest.approx(27.6, abs=0.3),
    )
    assert session.execute(text("SELECT idpel, gardu FROM pdpj ORDER BY 1")).all() == before
    set_border(session, made.A, within_m=20, margin_m=10, who="uji")
    assert border_pass(session, made.A, who="uji").candidates == 0
    assert border.count(session, ulp=made.A) == 0


def test_a_unit_without_neighbours_or_places_has_no_candidates(session):
    done = border_pass(session, small.EMPTY, who="uji")
    assert (done.asked, done.candidates) == (0, 0)
    # B's one customer hangs on its own gardu, 17 m away.
    assert border_pass(session, made.B, who="uji").candidates == 0


def test_a_proposal_needs_both_units_and_another_person(session):
    move = propose(
        session, made.A, SIX, other_ulp=made.B, gardu="mg001", reason="drop dari sana", who="dua"
    )
    with pytest.raises(NotAllowed, match="proposed a move"):
        step(session, made.B, move, MoveStep.ACCEPTED, who="dua")
    with pytest.raises(NotAllowed, match="not open to unit"):
        step(session, made.A, move, MoveStep.ACCEPTED, who="perencana")
    with pytest.raises(NotThere):
        step(session, small.EMPTY, move, MoveStep.ACCEPTED, who="perencana")
    with pytest.raises(UsageError, match="say why"):
        step(session, made.B, move, MoveStep.REJECTED, who="tujuan")
    assert (
        step(session, made.B, move, MoveStep.REJECTED, who="tujuan", reason="bukan gardu itu")
        == MoveState.REJECTED
    )
    again = propose(
        session, made.A, SIX, other_ulp=made.B, gardu="", reason="lihat lagi", who="dua"
    )
    with pytest.raises(NotAllowed, match="already"):
        step(session, made.B, move, MoveStep.REOPENED, who="tujuan")
    assert step(session, made.A, again, MoveStep.WITHDRAWN, who="perencana") == MoveState.WITHDRAWN
    assert step(session, made.B, move, MoveStep.REOPENED, who="tujuan") == MoveState.OPEN


def test_the_other_unit_sees_codes_and_distances_only(session):
    propose(
        session, made.A, SIX, other_ulp=made.B, gardu="MG001", reason="drop dari sana", who="dua"
    )
    seen = moves(session, made.B, who="tujuan")[0]
    assert (seen.idpel, seen.public_id, seen.proposed_by) == (None, None, None)
    assert (seen.gardu, seen.other_gardu) == ("PD002", "MG001")
    assert seen.own_m == pytest.approx(77.2, abs=0.4) and seen.may == ("accepted", "rejected")
    mine = moves(session, made.B, who="dua", both=frozenset({made.A, made.B}))[0]
    assert mine.idpel == small.idpel(6) and mine.may == ()


def test_an_accepted_move_waits_in_both_units_until_the_other_shows_the_customer(session):
    move = propose(
        session, made.A, SIX, other_ulp=made.B, gardu="MG001", reason="drop dari sana", who="dua"
    )
    assert waiting(session, made.A) == waiting(session, made.B) == (0, 0)
    step(session, made.B, move, MoveStep.ACCEPTED, who="tujuan")
    assert (waiting(session, made.A), waiting(session, made.B)) == ((1, 0), (0, 1))
    made.arrive(session, 6)
    assert waiting(session, made.A) == waiting(session, made.B) == (0, 0)
    assert moves(session, made.A, who="dua")[0].state == MoveState.SEEN
    theirs = moves(session, made.B, who="tujuan")[0]
    assert theirs.idpel == small.idpel(6) and theirs.public_id == str(small.public_id(106))


@pytest.mark.parametrize("sql", ["UPDATE unit_move SET reason = 'x'", "DELETE FROM unit_move_step"])
def test_proposals_and_steps_are_never_changed(session, sql):
    move = propose(
        session, made.A, SIX, other_ulp=made.B, gardu="", reason="drop dari sana", who="dua"
    )
    step(session, made.B, move, MoveStep.ACCEPTED, who="tujuan")
    with pytest.raises(DBAPIError):
        session.execute(text(sql))


def test_who_is_in_the_other_unit_already_is_not_proposed(session):
    made.arrive(session, 6)
    with pytest.raises(NotAllowed, match="has this customer"):
        propose(
            session, made.A, SIX, other_ulp=made.B, gardu="", reason="drop dari sana", who="dua"
        )
    with pytest.raises(NotThere, match="not among"):
        propose(
            session,
            made.A,
            str(small.public_id(5)),
            other_ulp=made.B,
            gardu="X9",
            reason="drop",
            who="dua",
        )


def test_nothing_of_a_person_gets_into_the_log(session):
    move = propose(
        session, made.A, SIX, other_ulp=made.B, gardu="", reason="drop dari sana", who="dua"
    )
    step(session, made.B, move, MoveStep.ACCEPTED, who="tujuan")
    lines = (
        session.execute(text("SELECT after::text FROM command_log WHERE command LIKE 'unit move%'"))
        .scalars()
        .all()
    )
    assert len(lines) == 2 and not any(small.idpel(6) in line for line in lines)


def test_a_search_is_of_the_units_asked_for(session):
    def found(words, *ulps):
        return [
            (h["ulp"], h["shown"]) for h in searched_units(session, ulps=list(ulps), words=words)
        ]

    assert found("0001", made.A, made.B) == [(made.A, small.idpel(1)), (made.B, "529990000001")]
    assert found("0001", made.A) == [(made.A, small.idpel(1))]
    assert found("5135 4000 0002", made.A) == [(made.A, small.idpel(2))]
    assert found("40000002", made.A) == [(made.A, small.idpel(2))]
    assert found("MB1", made.A, made.B) == [(made.B, "529990000001")]
    assert found("bkb", *ALL) == [(made.A, "51354BKB")]
    assert found("pd00", made.A) == [(made.A, "PD001"), (made.A, "PD002")]
    assert found("%%%", *ALL) == found("12", *ALL) == found("0001") == []


def test_a_role_in_a_region_is_that_of_its_units(session):
    who = people.add_user(session, login="up3", password=small.PASSWORD).user_id
    given = grant_region(
        session, who, role="pengawas", by="up3", code="Pasuruan", take=False, who="kepala"
    )
    assert given == [small.EMPTY, made.A]
    assert (
        grant_region(
            session, who, role="pengawas", by="up3", code="Pasuruan", take=False, who="kepala"
        )
        == []
    )
    assert people.roles(session, user_id=who) == {small.EMPTY: {"pengawas"}, made.A: {"pengawas"}}
    assert (
        grant_region(
            session, who, role="pengawas", by="uid", code="Jawa Timur", take=True, who="kepala"
        )
        == given
    )
    with pytest.raises(NotThere):
        grant_region(session, who, role="pengawas", by="up3", code="X", take=False, who="kepala")
    assert place_unit(session, made.B, up3=" Kota  Baru ", uid="", who="kepala").up3 == "Kota Baru"
    assert units.unit(session, ulp=made.B).uid is None


def test_a_reading_that_came_makes_the_sum_another(session):
    keep(session, made.A)
    session.add(
        Reading(
            ulp=made.A,
            blth=small.BLTH,
            idpel=small.idpel(3),
            source="dpm",
            line="2",
            kwh=Decimal("0.25"),
        )
    )
    session.flush()
    log_command(session, who="uji", ulp=made.A, command="import")
    keep(session, made.A)
    found = look(session, [made.A], blth=None, now=NOW).rows[0]
    assert found.values["kwh"] == Decimal("703.75") and found.handed_on is None
    assert found.values["late"] is not None and date(2024, 12, 9) > date(2024, 12, 3)
    assert unit_moves.of_unit(session, ulp=made.A) == []
