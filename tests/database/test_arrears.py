"""SOP VI on a real database: notice, check, cut, payment, reconnection, report, removal."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.models import Receivable
from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import units, visits
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.terms import ArrearsState
from rbmgeo.workflows.arrears import arrears_now, follow_payments, set_arrears
from rbmgeo.workflows.arrears_work import (
    check_by_file,
    decide_removal,
    order_cuts,
    propose_removals,
    report_day,
    work_days,
)
from rbmgeo.workflows.forms import Choice, issue_forms
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.receive_visits import receive_visits

pytestmark = pytest.mark.database
ULP = "T0046"
WIB = "+07:00"
TODAY = date(2026, 10, 26)
NOW = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)  # 15:00 in Java
ONE, TWO, PAID = "513540000001", "513540000002", "513540000003"
PHOTO, SCREEN = "a" * 64, "b" * 64


def bill(session, idpel, month, paid_on=None):
    session.merge(Receivable(ulp=ULP, idpel=idpel, blth=month, line="", paid_on=paid_on))
    session.flush()


@pytest.fixture
def unit(session):
    """One customer with a sheet, one with two, one who paid."""
    units.ensure_unit(session, ulp=ULP)
    for idpel in (ONE, TWO, PAID):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, name, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                 "VALUES (:u, :i, 'Orang', 'R1', 1300, 'pasca', 'vendor')"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    bill(session, ONE, "202610")
    bill(session, TWO, "202609")
    bill(session, TWO, "202610")
    bill(session, PAID, "202610", date(2026, 10, 19))
    for sha in (PHOTO, SCREEN):
        visits.add_photo(session, ulp=ULP, sha256=sha, suffix=".jpg", size=9, who="siti")
    return session


def printed(session, idpels=(ONE, TWO)):
    return issue_forms(
        session, ULP, kind="tul_vi_01", blth="202610", on=date(2026, 10, 25),
        choice=Choice("idpel", idpels), who="rencana",
    ).print_id  # fmt: skip


def ordered(session, idpels=(ONE, TWO), signer="Manajer ULP", **more):
    told = {"officer": "siti", "planned_on": TODAY, "signer": signer, "who": "rencana", "now": NOW}
    return order_cuts(session, ULP, printed(session, idpels), **{**told, **more})


def order_of(session, idpel, job="putus"):
    return session.scalar(
        text("SELECT order_id::text FROM visit_order WHERE ulp = :u AND idpel = :i AND job = :j"),
        {"u": ULP, "i": idpel, "j": job},
    )


def sent(job, outcome, order_id, at, photos, number, **values):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order_id, "job": job,
        "customer": values.pop("customer", None),
        "outcome": outcome, "values": values, "officer": "siti", "place": None,
        "device_id": str(uuid.UUID(int=99)), "device_at": at + WIB,
        "photos": [{"sha256": sha, "kind": kind, "bytes": 9} for kind, sha in photos],
    })  # fmt: skip


def cut(session, at="2026-10-26T10:00:00", idpel=ONE, number=1, **more):
    values = {"cek_waktu": "09.15", "cek_sumber": "hp", "cek_hasil": "belum_lunas",
              "cara": "mcb_off_segel", "nomor_segel": "S1", "stand_kwh": 1250, "lembar_kedua": True,
              **more}  # fmt: skip
    photos = [("kwh_diputus", PHOTO), ("cek_layar", SCREEN)]
    it = sent("putus", "diputus", order_of(session, idpel), at, photos, number, **values)
    receive_visits(session, ULP, [it], who="siti", now=NOW)
    return it


def effect(session, it):
    return session.scalar(
        text("SELECT state FROM visit_effect WHERE ulp = :u AND client_id = :c"),
        {"u": ULP, "c": it.client_id},
    )


def state(session, idpel, on=TODAY):
    found = arrears_now(session, ULP, on)
    return found.loc[idpel, "state"] if idpel in found.index else None


def taken_back(session):
    rows = session.execute(
        text("SELECT idpel, cancel_reason FROM visit_order WHERE ulp = :u AND cancelled_at IS NOT NULL ORDER BY 1, 2"),
        {"u": ULP},
    )  # fmt: skip
    return [tuple(r) for r in rows]


def test_only_who_may_be_cut_is_ordered_with_the_number_of_its_notice(unit):
    done = ordered(unit)
    assert (done.orders, done.left) == (1, {ArrearsState.PERUSAHAAN_LAIN: 1})
    told = unit.scalar(text("SELECT content FROM visit_order WHERE ulp = :u"), {"u": ULP})
    assert (told["tul_no"], told["tul_on"], told["tul_signer"]) == ("00001/TUL-VI-01/T0046/X/2026", "2026-10-25", "Manajer ULP")  # fmt: skip
    found = arrears_now(unit, ULP, TODAY)
    assert list(found["state"]) == [ArrearsState.DIPERINTAHKAN, ArrearsState.PERUSAHAAN_LAIN]
    assert found.loc[ONE, "tul_no"] == told["tul_no"]


def test_a_print_is_ordered_once_signed_and_not_before_its_day(unit):
    with pytest.raises(UsageError, match="signed"):
        ordered(unit, signer=" ")
    with pytest.raises(UsageError, match="dated"):
        ordered(unit, planned_on=date(2026, 10, 24))
    number = printed(unit)
    told = {"officer": None, "planned_on": TODAY, "signer": "M", "who": "r", "now": NOW}
    order_cuts(unit, ULP, number, **told)
    with pytest.raises(UsageError, match="before"):
        order_cuts(unit, ULP, number, **told)
    with pytest.raises(NothingToDo):
        order_cuts(unit, ULP, printed(unit, (TWO,)), **told)


def test_a_cut_within_the_rules_stands_and_its_check_is_kept_once(unit):
    ordered(unit)
    it = cut(unit)
    assert (effect(unit, it), state(unit, ONE)) == ("masuk", ArrearsState.DIPUTUS)
    receive_visits(unit, ULP, [it], who="siti", now=NOW)
    checks = kept.checks_of(unit, ulp=ULP, idpels=[ONE])
    assert [(c.paid, c.source, c.told) for c in checks.itertuples()] == [(False, "layar", "hp")]
    with pytest.raises(DBAPIError, match="never changed"), unit.begin_nested():
        unit.execute(text("UPDATE payment_check SET paid = true"))


def test_a_cut_without_a_check_waits_yet_the_house_is_dark(unit):
    ordered(unit)
    bare = {"cek_waktu": None, "cek_sumber": None, "cek_hasil": None}
    it = cut(unit, **bare)
    assert (effect(unit, it), state(unit, ONE)) == ("menunggu", ArrearsState.DIPUTUS)
    bill(unit, ONE, "202610", TODAY)
    follow_payments(unit, ULP, who="impor", now=NOW)
    assert order_of(unit, ONE, "sambung") is not None


def test_a_payment_takes_the_order_to_cut_back_and_the_fact_stays(unit):
    ordered(unit)
    bill(unit, ONE, "202610", TODAY)
    done = follow_payments(unit, ULP, who="impor", now=NOW)
    assert (done.taken_back, done.reconnections) == (1, 0)
    assert taken_back(unit) == [(ONE, "lunas")]
    assert follow_payments(unit, ULP, who="impor", now=NOW).taken_back == 0
    assert state(unit, ONE) is None


def test_a_second_sheet_takes_the_order_back_for_the_other_company(unit):
    ordered(unit)
    bill(unit, ONE, "202611")
    later = NOW + timedelta(days=30)
    assert follow_payments(unit, ULP, who="impor", now=later).taken_back == 1
    assert taken_back(unit) == [(ONE, "perusahaan_lain")]


def test_a_payment_after_a_cut_opens_one_reconnection_due_on_the_next_day(unit):
    ordered(unit)
    cut(unit)
    bill(unit, ONE, "202610", TODAY)
    assert follow_payments(unit, ULP, who="impor", now=NOW).reconnections == 1
    assert follow_payments(unit, ULP, who="impor", now=NOW).reconnections == 0
    row = unit.execute(
        text("SELECT o.due_on, l.officer, o.reason FROM visit_order o JOIN visit_list l USING (ulp, list_id) "
             "WHERE o.ulp = :u AND o.job = 'sambung'"), {"u": ULP},
    ).one()  # fmt: skip
    assert tuple(row) == (date(2026, 10, 27), "siti", "lunas_setelah_putus")
    found = arrears_now(unit, ULP, date(2026, 10, 28)).loc[ONE]
    assert (found["state"], bool(found["late"]), bool(found["ordered"])) == (ArrearsState.PERLU_DISAMBUNG, True, True)  # fmt: skip
    back = sent("sambung", "disambung", order_of(unit, ONE, "sambung"), "2026-10-27T09:00:00",
                [("kwh_disambung", PHOTO)], 7, stand_kwh=1251)  # fmt: skip
    receive_visits(unit, ULP, [back], who="siti", now=NOW + timedelta(days=1))
    assert (effect(unit, back), state(unit, ONE)) == ("masuk", None)


def test_a_cut_that_comes_in_after_the_payment_opens_its_reconnection_at_once(unit):
    ordered(unit)
    bill(unit, ONE, "202610", TODAY)
    follow_payments(unit, ULP, who="impor", now=NOW)
    cut(unit)
    assert state(unit, ONE) == ArrearsState.PERLU_DISAMBUNG
    assert order_of(unit, ONE, "sambung") is not None


def test_an_officer_who_finds_a_payment_does_not_cut_and_nobody_is_sent_again(unit):
    ordered(unit)
    found = sent("putus", "lunas", order_of(unit, ONE), "2026-10-26T10:00:00", [], 3,
                 cek_waktu="09.15", cek_sumber="ppob")  # fmt: skip
    receive_visits(unit, ULP, [found], who="siti", now=NOW)
    assert state(unit, ONE) == ArrearsState.LUNAS_MENURUT_CEK
    with pytest.raises(NothingToDo):
        ordered(unit, (ONE,))


def test_work_is_reported_and_what_comes_later_is_told_apart(unit):
    ordered(unit)
    cut(unit)
    days, acts = work_days(unit, ULP, TODAY)
    assert (days.loc[TODAY, "cuts"], days.loc[TODAY, "left"], len(acts)) == (1, 1, 1)
    assert report_day(unit, ULP, TODAY, who="rencana", now=NOW) == 1
    with pytest.raises(NothingToDo):
        report_day(unit, ULP, TODAY, who="rencana", now=NOW)
    nobody_ordered = unit.scalar(text("SELECT public_id::text FROM customer WHERE idpel = :i AND ulp = :u"), {"i": TWO, "u": ULP})  # fmt: skip
    cut(unit, idpel=TWO, number=8, at="2026-10-26T11:00:00", customer=nobody_ordered)
    assert report_day(unit, ULP, TODAY, who="rencana", now=NOW) == 1
    assert [r["acts"] for r in kept.reports(unit, ulp=ULP)[TODAY]] == [1, 1]


def ripe(unit):
    """Cut on 26 October, three sheets by 21 December; day 60 is 25 December."""
    ordered(unit)
    cut(unit)
    bill(unit, ONE, "202611")
    bill(unit, ONE, "202612")


def test_removal_is_proposed_on_day_sixty_and_approved_by_another_person(unit):
    ripe(unit)
    day59, day60 = (
        datetime(2026, 12, 24, 3, 0, tzinfo=UTC),
        datetime(2026, 12, 25, 3, 0, tzinfo=UTC),
    )
    with pytest.raises(NotAllowed, match="R-AR-07"):
        propose_removals(unit, ULP, [ONE], who="rencana", now=day59)
    assert propose_removals(unit, ULP, [ONE], who="rencana", now=day60) == 1
    assert state(unit, ONE, day60.date()) == ArrearsState.BONGKAR_DIUSULKAN
    (row,) = kept.removals(unit, ulp=ULP, state="open").itertuples()
    with pytest.raises(NotAllowed, match="another person"):
        decide_removal(unit, ULP, row.proposal_id, "approved", who="rencana", now=day60)
    decide_removal(unit, ULP, row.proposal_id, "approved", who="pengawas", now=day60)
    assert state(unit, ONE, day60.date()) == ArrearsState.DIBONGKAR
    decide_removal(unit, ULP, row.proposal_id, "undone", who="pengawas", now=day60)
    assert state(unit, ONE, day60.date()) == ArrearsState.BOLEH_BONGKAR


def test_a_payment_withdraws_a_removal_and_forbids_its_approval(unit):
    ripe(unit)
    day60 = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)
    propose_removals(unit, ULP, [ONE], who="rencana", now=day60)
    (row,) = kept.removals(unit, ulp=ULP, state="open").itertuples()
    bill(unit, ONE, "202610", date(2026, 12, 25))
    with pytest.raises(NotAllowed, match="R-AR-07"):
        decide_removal(unit, ULP, row.proposal_id, "approved", who="pengawas", now=day60)
    done = follow_payments(unit, ULP, who="impor", now=day60)
    assert (done.withdrawn, done.reconnections) == (1, 1)
    assert kept.removals(unit, ulp=ULP, state="open").empty


def test_settings_hold_together_and_are_logged(unit):
    with pytest.raises(UsageError):
        set_arrears(unit, ULP, {"arrears_cut_sheets": 2}, who="rencana")
    set_arrears(unit, ULP, {"arrears_cut_sheets": 2, "arrears_other_sheets": 3}, who="rencana")
    assert state(unit, TWO) == ArrearsState.BOLEH_DIPUTUS


HEAD = "BLTH;UNITUP;IDPEL;RPPTL;TGLBAYAR;STATUS\n"


def test_files_of_payments_take_orders_back_and_are_checks_of_whom_they_name(fresh_database, tmp_path):  # fmt: skip
    """The next import: paid is taken back, unpaid may be checked, who is not named is not."""
    code = "T46AB"
    people = [f"51354000000{n}" for n in range(1, 4)]
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=code)

    def load(name, *paid):
        rows = "".join(
            f"202610;{code};{i};90000;{'26/10/2026' if i in paid else ''};{'LUNAS' if i in paid else 'BELUM'}\n"
            for i in people[:2] + ([people[2]] if name == "a" else [])
        )  # fmt: skip
        path = tmp_path / f"DPP_{name}.csv"
        path.write_text(HEAD + rows)
        import_files(fresh_database, [path], ulp=code, who="impor", home=tmp_path)

    load("a")
    with fresh_database.writing() as session:
        for i in people:
            session.execute(
                text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                     "VALUES (:u, :i, 'R1', 1300, 'pasca', 'vendor') ON CONFLICT DO NOTHING"),
                {"u": code, "i": i},
            )  # fmt: skip
        number = issue_forms(
            session, code, kind="tul_vi_01", blth="202610", on=TODAY, who="r",
            choice=Choice("idpel", tuple(people)),
        ).print_id  # fmt: skip
        now = datetime.now(UTC)
        done = order_cuts(session, code, number, officer=None, planned_on=now.date(), signer="M", who="r", now=now)  # fmt: skip
        assert done.orders == 3
    load("b", people[0])
    with fresh_database.writing() as session:
        off = session.execute(
            text("SELECT idpel, cancel_reason, cancelled_by FROM visit_order WHERE cancelled_at IS NOT NULL")
        ).all()  # fmt: skip
        assert [tuple(r) for r in off] == [(people[0], "lunas", "impor")]
        newest = int(kept.receivable_batches(session, ulp=code).iloc[0]["batch_id"])
        now = datetime.now(UTC)
        with pytest.raises(UsageError, match="brought in"):
            check_by_file(session, code, newest, at=now + timedelta(hours=1), who="r", now=now)
        said = check_by_file(session, code, newest, at=now - timedelta(hours=1), who="r", now=now)
        assert (said.unpaid, said.paid, said.unnamed) == (1, 0, 1)
