"""Own readings on a real database: sent again, in conflict, handed over, never counted twice."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.queries import own_readings, units
from rbmgeo.errors import NothingToDo
from rbmgeo.fieldwork.record import Record
from rbmgeo.terms import Service
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.handoff_own import hand_over_own
from rbmgeo.workflows.own_readings import take_readings
from rbmgeo.workflows.reading import reading_status

pytestmark = pytest.mark.database
ULP, BEFORE, MONTH = "T0031", "202411", "202412"
NOW = datetime(2024, 12, 26, 3, 0, tzinfo=UTC)
PHOTO = "a" * 64


def idpel(n):
    return f"51354{n:07d}"


@pytest.fixture
def unit(session):
    """Four customers with a stand of 1000 last month; the fourth is prepaid and has an order."""
    units.ensure_unit(session, ulp=ULP)
    for blth in (BEFORE, MONTH):
        ensure_month(session, blth=blth)
    for n in range(1, 5):
        prepaid = n == 4
        session.execute(
            text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                 "VALUES (:u, :i, :t, 1300, :s, :r)"),
            {"u": ULP, "i": idpel(n), "t": "R1T" if prepaid else "R1",
             "s": "pra" if prepaid else "pasca", "r": "tidak" if prepaid else "vendor"},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO reading (ulp, blth, idpel, source, kwh, stand_kwh) "
                 "VALUES (:u, :b, :i, 'dpm', 100, 1000)"),
            {"u": ULP, "b": BEFORE, "i": idpel(n)},
        )  # fmt: skip
    session.execute(
        text("INSERT INTO reading (ulp, blth, idpel, source, kwh, stand_kwh) "
             "VALUES (:u, :b, :i, 'dpm', 111, 1111)"),
        {"u": ULP, "b": MONTH, "i": idpel(1)},
    )  # fmt: skip
    session.execute(
        text("INSERT INTO prepaid_order (ulp, order_no, idpel) VALUES (:u, 'PRA-1', :i)"),
        {"u": ULP, "i": idpel(4)},
    )
    own_readings.add_photo(
        session, ulp=ULP, idpel=idpel(4), blth=MONTH, sha256=PHOTO, suffix=".jpg", size=9
    )
    return session


def record(n, key, stand="1100", **more):
    values = {
        "client_id": f"00000000-0000-4000-8000-{key:012d}", "idpel": idpel(n), "blth": MONTH,
        "service": Service.PASCA, "read_at": NOW, "officer": "P-01", "lbkb_code": "Z",
        "stand_kwh": None if stand is None else Decimal(stand),
    }  # fmt: skip
    return Record(**{**values, **more})


CHECK = {
    "service": Service.PRA, "order_no": "PRA-1", "sisa_token_kwh": Decimal("7.5"), "lon": 112.7,
    "lat": -7.65, "accuracy_m": 5.0, "photo_sha256": PHOTO, "checks": {"tegangan": "220"},
}  # fmt: skip


def file(done, name):
    return next(f.content.decode() for f in done.files if f.name.startswith(name))


def take(session, *records, now=NOW):
    return take_readings(session, ULP, list(records), who="budi", now=now)


def test_the_same_reading_sent_again_is_accepted_and_changes_nothing(unit):
    first = take(unit, record(1, 1), record(2, 2))
    assert (first.good, first.skipped, first.conflicts) == (2, 0, 0)
    again = take(unit, record(1, 1), record(2, 2, "1100.0"))
    assert (again.good, again.skipped) == (0, 2)
    other = take(unit, record(2, 2, "1200"))
    assert (other.good, other.conflicts) == (1, 1)
    kept = own_readings.month(unit, ulp=ULP, blth=MONTH, service="pasca")
    assert list(kept["clashes"]) == [False, True, True]


def test_one_fault_refuses_all_and_is_placed(unit):
    done = take(unit, record(1, 1), record(2, 2, None), record(9, 3))
    assert [(at, r.column, r.rule) for at, r in done.refused] == [
        (1, "stand_kwh", "R-PO-01"), (2, "idpel", "R-PO-01"),
    ]  # fmt: skip
    assert own_readings.counts(unit, ulp=ULP, blth=MONTH) == {}


def test_facts_are_never_changed(unit):
    take(unit, record(1, 1))
    for sql in ("UPDATE own_reading SET stand_kwh = 1", "DELETE FROM own_reading"):
        with pytest.raises(DBAPIError, match="never changed"), unit.begin_nested():
            unit.execute(text(sql))


def test_what_was_met_is_kept_with_the_reading(unit):
    take(unit, record(1, 1), record(2, 2, "900"))
    one, two = own_readings.month(unit, ulp=ULP, blth=MONTH, service="pasca").to_dict("records")
    assert (one["previous_stand_kwh"], one["kwh"]) == (Decimal(1000), Decimal(100))
    assert "lain_dari_impor" in one["marks"] and one["imported_stand_kwh"] == Decimal(1111)
    assert two["kwh"] is None and "stand_mundur" in two["marks"]


def test_an_own_reading_neither_replaces_an_import_nor_counts_twice(unit):
    before = kwh_report(unit, ULP, blth_from=MONTH).totals
    take(unit, record(1, 1), record(2, 2))
    assert kwh_report(unit, ULP, blth_from=MONTH).totals == before
    imported = unit.scalar(
        text("SELECT stand_kwh FROM reading WHERE ulp = :u AND blth = :b"), {"u": ULP, "b": MONTH}
    )
    assert imported == Decimal(1111)


def test_an_own_stand_is_read_and_an_estimate_is_not(unit):
    def read():
        return reading_status(unit, ULP, MONTH, on=date(2024, 12, 27)).totals["read"]

    assert read() == 1
    for blth in ("202410", "202409"):
        ensure_month(unit, blth=blth)
        unit.execute(
            text("INSERT INTO reading (ulp, blth, idpel, source, kwh) VALUES (:u, :b, :i, 'dpm', 100)"),
            {"u": ULP, "b": blth, "i": idpel(3)},
        )  # fmt: skip
    take(unit, record(3, 3, None, lbkb_code="E"))
    kept = own_readings.month(unit, ulp=ULP, blth=MONTH, service="pasca").iloc[0]
    assert kept["taksasi_kwh"] == Decimal(100) and "taksasi" in kept["marks"]
    assert read() == 1
    take(unit, record(2, 2))
    assert read() == 2


def test_a_hand_off_reconciles_and_is_the_same_to_the_byte(unit):
    take(unit, record(1, 1), record(2, 2), record(2, 2, "1150"), record(3, 3, None, lbkb_code="E"))
    take(unit, record(1, 5, "1105", read_at=datetime(2024, 12, 26, 2, tzinfo=UTC)))
    first = hand_over_own(unit, ULP, "readings", MONTH, who="budi")
    said = json.loads(first.files[-1].content)
    assert (said["readings"], said["listed"], said["apart"]) == (5, 2, 3)
    assert (said["rows"], said["kwh"], said["read"]) == (5, "100", 1)
    listed = file(first, f"LBKB_{ULP}").splitlines()
    assert listed[0].startswith("NOMOR,IDPEL,ALAMAT,BLTH,NAMA,TARIF,DAYA,KDBACA")
    assert [line.split(",")[1] for line in listed[1:]] == [idpel(1), idpel(3)]
    apart = file(first, "LBKB_TERPISAH")
    assert (apart.count("konflik"), apart.count("diganti")) == (2, 1)
    unit.execute(text("UPDATE customer SET name = 'lain' WHERE ulp = :u"), {"u": ULP})
    again = hand_over_own(unit, ULP, "readings", MONTH, who="orang lain")
    assert (again.again, again.stale, again.handoff_id) == (True, True, first.handoff_id)
    assert [(f.name, f.content) for f in sorted(again.files, key=lambda f: f.name)] == [
        (f.name, f.content) for f in sorted(first.files, key=lambda f: f.name)
    ]
    take(unit, record(2, 6, "1160"))
    more = hand_over_own(unit, ULP, "readings", MONTH, who="budi")
    assert (more.again, more.kwh) == (False, Decimal(260))


def test_prepaid_checks_leave_with_their_checks(unit):
    with pytest.raises(NothingToDo, match="Baca ulang"):
        hand_over_own(unit, ULP, "prepaid", MONTH, who="budi")
    done = take(unit, record(4, 7, None, **CHECK))
    assert (done.good, done.refused, done.marks) == (1, (), ())
    out = hand_over_own(unit, ULP, "prepaid", MONTH, who="budi")
    head, line = file(out, f"PRABAYAR_{ULP}").splitlines()
    told = dict(zip(head.split(","), line.split(","), strict=True))
    assert (told["idpel"], told["sisa_kwh"], told["tegangan"], told["no_order"]) == (
        idpel(4), "7.5", "220", "PRA-1",
    )  # fmt: skip
    assert out.kwh is None and out.version_id is None
