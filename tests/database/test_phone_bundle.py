"""What a phone takes along, on a real database: all it needs at the door, and no more."""

import json
import uuid
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.queries import units, visits
from rbmgeo.errors import NotAllowed, NothingToDo, NotThere
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows import phone_bundle
from rbmgeo.workflows.phone_bundle import admit, bundle, open_lists
from rbmgeo.workflows.receive_visits import receive_visits

pytestmark = pytest.mark.database
ULP, MONTH, PHONE = "T0042", "202412", str(uuid.UUID(int=42))
LON, LAT = 112.70, -7.65


def idpel(number):
    return f"{ULP[1:]}0{number:07d}"


@pytest.fixture
def walk(session):
    """Ten houses 20 m apart, of which the first four are on siti's list; returns its id."""
    units.ensure_unit(session, ulp=ULP)
    for n in range(10):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, public_id, name, address, tarif, daya_va, meter_number, jenis_layanan, "
                 "dibaca_oleh, geom) VALUES (:u, :i, :p, 'Orang Rahasia', :a, 'R1', 1300, :m, 'pasca', 'vendor', "
                 "ST_SetSRID(ST_MakePoint(:x, :y), 4326))"),
            {"u": ULP, "i": idpel(n), "p": uuid.UUID(int=n), "a": f"Jl. Melati {n}", "m": f"140000{n:05d}",
             "x": LON + n * 0.00018, "y": LAT},
        )  # fmt: skip
    # One 280 m from the walk, one 320 m.
    for n, metres in ((20, 280), (21, 320)):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, jenis_layanan, dibaca_oleh, geom) VALUES (:u, :i, 'pasca', 'vendor', "
                 "ST_SetSRID(ST_MakePoint(:x, :y), 4326))"),
            {"u": ULP, "i": idpel(n), "x": LON, "y": LAT + metres / 110_574},
        )  # fmt: skip
    for n in range(7):
        for table, code in (("gardu", f"G{n}"), ("tiang", f"T{n}")):
            raw = ", raw_code" if table == "gardu" else ""
            session.execute(
                text(f"INSERT INTO {table} (ulp, {table}, geom{raw}) VALUES "
                     f"(:u, :c, ST_SetSRID(ST_MakePoint(:x, :y), 4326){', :c' if raw else ''})"),
                {"u": ULP, "c": code, "x": LON + n * 0.0005, "y": LAT + 0.0001},
            )  # fmt: skip
    for y in (LAT, LAT + 1):
        session.execute(
            text("INSERT INTO street (ulp, highway, geom) VALUES (:u, 'residential', "
                 "ST_SetSRID(ST_MakeLine(ST_MakePoint(:x, :y), ST_MakePoint(:x + 0.001, :y)), 4326))"),
            {"u": ULP, "x": LON, "y": y},
        )  # fmt: skip
    phone_bundle._KEPT.clear()
    return a_list(session)


def a_list(session, *, job="survei", officer="siti", houses=range(4), content=None):
    orders = pd.DataFrame({
        "idpel": [idpel(n) for n in houses], "reason": "temuan", "due_on": date(2026, 12, 1),
        "content": [content or {"question": "question.gardu", "patch": "7"}] * len(houses),
    })  # fmt: skip
    return str(
        visits.add_list(
            session, ulp=ULP, job=job, blth=MONTH, title="Hari 1", officer=officer,
            planned_on=date(2026, 11, 26), content={}, orders=orders, who="rencana",
        )
    )  # fmt: skip


def taken(session, list_id, officer="siti"):
    phone_bundle._KEPT.clear()  # every act of this test is of one transaction
    return bundle(session, ULP, list_id, officer)


def test_a_bundle_holds_what_is_needed_at_the_door_and_no_more(session, walk):
    made = taken(session, walk)
    told = json.loads(made.body)
    assert [o["stop"] for o in told["orders"]] == [1, 2, 3, 4]
    first = told["orders"][0]
    assert (first["idpel"], first["meter"], first["address"]) == ("00000", "00000", "Jl. Melati 0")
    assert first["question"] == [
        "Gardu mana yang memasok rumah ini?",
        "Which gardu feeds this house?",
    ]
    assert first["content"] == {"patch": "7"}
    assert [code for code, _ in first["near_gardu"]] == ["G0", "G1", "G2", "G3", "G4"]
    assert first["near_tiang"][0] == ["T0", 11]
    assert set(told["gardu"]) >= {"G0", "G4"} and "G6" not in told["gardu"]
    assert told["form"]["outcomes"][0]["code"] == "cocok"
    assert told["words"]["visit.survei.outcome.cocok"] == ["Gardu benar", "Gardu right"]
    assert told["words"]["visit.reason.temuan"][1].startswith("finding")
    assert len(told["streets"]) == 1, "a street of another town"
    text_of_it = made.body.decode()
    for secret in ("Orang Rahasia", idpel(0), idpel(9), "14000000000", "R1"):
        assert secret not in text_of_it, secret


def test_everybody_within_300_m_of_the_walk_is_found_and_nobody_beyond(session, walk):
    near = json.loads(taken(session, walk).body)["around"]
    tails = [row[1] for row in near]
    assert set(tails) == {f"{n:05d}" for n in (*range(10), 20)}
    assert near[0][2:] == ["00000", LON, LAT]


def test_the_same_data_give_the_same_bytes_and_another_order_another_version(session, walk):
    first, again = taken(session, walk), taken(session, walk)
    assert first == again
    session.execute(
        text("UPDATE visit_order SET cancelled_at = now() WHERE ulp = :u AND stop = 2"), {"u": ULP}
    )
    less = taken(session, walk)
    assert less.version != first.version
    assert [o["stop"] for o in json.loads(less.body)["orders"]] == [1, 3, 4]
    assert open_lists(session, ULP, "siti")[0]["orders"] == 3


def test_what_was_done_is_told_and_makes_no_other_version(session, walk):
    before = taken(session, walk)
    order = json.loads(before.body)["orders"][1]
    sent = visit_of({
        "client_id": str(uuid.UUID(int=1)), "order_id": order["id"], "customer": None, "job": "survei",
        "outcome": "cocok", "values": {}, "photos": [], "place": None, "officer": "siti",
        "device_id": PHONE, "device_at": "2026-11-26T09:00:00+07:00",
    })  # fmt: skip
    receive_visits(session, ULP, [sent], who="siti", now=datetime(2026, 11, 26, 3, tzinfo=UTC))
    after = taken(session, walk)
    assert json.loads(after.body)["done"] == [order["id"]]
    assert after.version == before.version and json.loads(before.body)["done"] == []


def test_lists_are_those_of_their_officer_with_their_size(session, walk):
    (row,) = open_lists(session, ULP, "siti")
    made = taken(session, walk)
    assert row == {"list_id": walk, "job": "survei", "title": "Hari 1", "planned_on": "2026-11-26",
                   "orders": 4, "bytes": len(made.body), "version": made.version}  # fmt: skip
    assert open_lists(session, ULP, "budi") == []
    with pytest.raises(NotThere):
        taken(session, walk, officer="budi")
    with pytest.raises(NotThere):
        taken(session, str(uuid.UUID(int=5)))
    session.execute(text("UPDATE visit_list SET closed_at = now() WHERE ulp = :u"), {"u": ULP})
    assert open_lists(session, ULP, "siti") == []


def test_a_name_goes_along_only_where_somebody_is_asked_for(session, walk):
    told = json.loads(taken(session, a_list(session, job="informasi", content={"x": 1})).body)
    assert told["orders"][0]["name"] == "Orang Rahasia"
    assert "near_gardu" not in told["orders"][0]


def test_a_postpaid_order_brings_what_its_stand_is_held_against(session, walk):
    for blth in ("202411", MONTH):
        ensure_month(session, blth=blth)
    session.execute(
        text("INSERT INTO reading (ulp, blth, idpel, source, stand_kwh, kwh, multiplier) "
             "VALUES (:u, '202411', :i, 'dpm', 1234.5, 90, 1), (:u, '202412', :i, 'dpm', 1300, 66, 1)"),
        {"u": ULP, "i": idpel(0)},
    )  # fmt: skip
    told = json.loads(taken(session, a_list(session, job="pasca", content={"order_no": "7"})).body)
    first, second = told["orders"][:2]
    assert first["content"] == {"previous_stand_kwh": 1234.5, "multiplier": 1, "daya_va": 1300,
                                "before_kwh": [90, None, None], "order_no": "7"}  # fmt: skip
    assert second["content"]["previous_stand_kwh"] is None
    # The stand of the month itself would be told to whom reads it again (R-SA-19).
    assert "1300.0" not in json.dumps(first) and told["words"]["mark.naik"]


def test_streets_and_who_is_far_off_are_left_out_before_a_bundle_is_too_large(session, walk, monkeypatch):  # fmt: skip
    whole = taken(session, walk)
    monkeypatch.setattr(phone_bundle, "MOST_BYTES", len(whole.body) - 300)
    told = json.loads(taken(session, walk).body)
    assert told["cut"]["around"] or told["cut"]["streets"]
    assert len(told["orders"]) == 4
    assert [row[1] for row in told["around"]] == [row[1] for row in json.loads(whole.body)["around"]][: len(told["around"])]  # fmt: skip


def test_only_a_phone_that_the_unit_knows_and_did_not_strike_off_gets_lists(session, walk):
    with pytest.raises(NothingToDo):
        admit(session, ULP, PHONE)
    visits.seen_device(session, ulp=ULP, device_id=PHONE, login="siti", told="HP", wrapped_key=b"x")
    admit(session, ULP, PHONE)
    session.execute(
        text("UPDATE field_device SET struck_off_at = now() WHERE ulp = :u"), {"u": ULP}
    )
    with pytest.raises(NotAllowed):
        admit(session, ULP, PHONE)
