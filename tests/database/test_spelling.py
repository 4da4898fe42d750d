"""Codes of one gardu are united by two people, remembered by imports, and parted again."""

from datetime import date

import pytest
from sqlalchemy import text

from rbmgeo.db.queries import proposals, spelling, units
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.first_sheet import first_sheet
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.spelling import decide_spelling, judge_spelling

pytestmark = pytest.mark.database
ULP, RIGHT, WRONG = "51354", "KA1316", "KAI316"
DAY = date(2024, 6, 1)


def idpel(n):
    return f"51354{n:07d}"


def build(session):
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    for code in (RIGHT, WRONG):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, :g, :g)"),
            {"u": ULP, "g": code},
        )
    for n in range(5):
        values = {"u": ULP, "i": idpel(n), "g": RIGHT if n < 3 else WRONG}
        session.execute(text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"), values)
        session.execute(
            text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, raw_gardu, source) "
                 "VALUES (:u, :i, '2024-01-01', :g, :g, 'pdpj')"), values,
        )  # fmt: skip


@pytest.fixture
def unit(session):
    build(session)
    return session


def in_force(session):
    rows = session.execute(
        text("SELECT idpel, gardu FROM pdpj WHERE ulp = :u AND valid_to IS NULL"), {"u": ULP}
    )
    return {r[0]: r[1] for r in rows}


def united(session):
    made = judge_spelling(session, ULP, [WRONG, RIGHT], "satukan", gardu=RIGHT, who="ratna")
    return decide_spelling(session, ULP, made.decision_id, "approved", who="budi", on=DAY)


def test_uniting_waits_for_another_person_and_moves_each_customer_by_its_own_proposal(unit):
    before = in_force(unit)
    made = judge_spelling(unit, ULP, [WRONG, RIGHT], "satukan", gardu=RIGHT, who="ratna")
    assert (made.state, made.customers, in_force(unit)) == ("open", 2, before)
    with pytest.raises(NotAllowed, match="another person"):
        decide_spelling(unit, ULP, made.decision_id, "approved", who="ratna")
    decide_spelling(unit, ULP, made.decision_id, "approved", who="budi", on=DAY)
    assert set(in_force(unit).values()) == {RIGHT}
    moved = spelling.moved(unit, ulp=ULP, decision_id=made.decision_id)
    assert [r["idpel"] for r in moved] == [idpel(3), idpel(4)]
    history = unit.execute(
        text("SELECT gardu, valid_to FROM pdpj WHERE idpel = :i ORDER BY valid_from"),
        {"i": idpel(3)},
    ).all()
    assert [tuple(r) for r in history] == [(WRONG, DAY), (RIGHT, None)]


def test_undone_every_record_and_alias_is_as_it_was(unit):
    before = in_force(unit)
    done = united(unit)
    assert spelling.aliases(unit, ulp=ULP) == {WRONG: RIGHT}
    decide_spelling(unit, ULP, done.decision_id, "undone", who="ratna", on=date(2024, 7, 1))
    assert in_force(unit) == before
    assert spelling.aliases(unit, ulp=ULP) == {}
    assert united(unit).state == "approved"


def test_one_customer_of_a_united_code_is_not_undone_alone(unit):
    done = united(unit)
    one = spelling.moved(unit, ulp=ULP, decision_id=done.decision_id)[0]["proposal_id"]
    with pytest.raises(NotAllowed, match="as a whole"):
        decide(unit, ULP, one, "undone", who="ratna")
    assert proposals.proposals(unit, ulp=ULP) == []


def test_codes_called_different_hold_at_once_and_move_nobody(unit):
    before = in_force(unit)
    made = judge_spelling(unit, ULP, [WRONG, RIGHT], "berbeda", reason="dua tiang", who="ratna")
    assert (made.state, in_force(unit)) == ("approved", before)
    with pytest.raises(NotAllowed, match="undo it first"):
        judge_spelling(unit, ULP, [WRONG, RIGHT], "satukan", gardu=RIGHT, who="ratna")
    decide_spelling(unit, ULP, made.decision_id, "undone", who="budi")
    assert in_force(unit) == before and spelling.standing(unit, ulp=ULP) == []


def test_the_right_code_is_one_of_them(unit):
    for codes, right in (([RIGHT], RIGHT), ([RIGHT, WRONG], "PD9"), ([RIGHT, "PD9"], RIGHT)):
        with pytest.raises(UsageError):
            judge_spelling(unit, ULP, codes, "satukan", gardu=right, who="ratna")
    assert len(first_sheet(unit, ULP).look_alikes) == 2


def test_a_later_file_with_the_old_code_is_read_as_the_right_one(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        build(session)
        united(session)
    file = tmp_path / "pdpj.csv"
    file.write_text(
        "UNITUP;IDPEL;KODE_GARDU;NO_TIANG\n"
        + "".join(f"{ULP};{idpel(n)};{WRONG if n != 1 else RIGHT};T{n}\n" for n in range(6))
    )
    done = import_files(fresh_database, [file], ulp=ULP, kind="pdpj", accept_good=True)
    assert done.files[0].good == 6
    with fresh_database.reading() as session:
        assert set(in_force(session).values()) == {RIGHT}
        told = session.scalar(
            text("SELECT raw_gardu FROM pdpj WHERE idpel = :i AND valid_to IS NULL"),
            {"i": idpel(5)},
        )
        assert told == WRONG
