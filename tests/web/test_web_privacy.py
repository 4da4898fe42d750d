"""Record of access as a page, retention, a customer's rights: on the walked unit's own database."""

import io
import json
import os
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import access_walk as walk
import pandas as pd
import pytest
import small_unit as small
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db import bulk
from rbmgeo.db.queries import access, erasures, units
from rbmgeo.db.queries import photo_retention as kept
from rbmgeo.db.session import Database
from rbmgeo.errors import NotAllowed
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.jobs.nightly import tidy
from rbmgeo.privacy.classes import missing
from rbmgeo.privacy.retention import Retention
from rbmgeo.settings import Settings
from rbmgeo.workflows import audit, retention, subject_rights
from rbmgeo.workflows.decisions import decide
from web import create_app

pytestmark = pytest.mark.database
U = f"/{small.SMALL}/{small.BLTH}"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    """The walked unit's database with the photos of three houses, its app, and a client by log-in."""
    database, home = Database(make_database("privacy", filled=walk.build)), tmp_path_factory.mktemp("home")  # fmt: skip
    app = create_app(Settings(home=home), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    store = PhotoStore.of(home.resolve(), small.SMALL)
    with database.writing() as session:
        for n, month in ((1, "202401"), (2, "202401"), (3, small.BLTH)):
            sha256, beside = store.write(f"photo {n}".encode(), ".jpg")
            store.name([beside])
            session.execute(text("INSERT INTO photo (ulp, blth, idpel, sha256, suffix, size_bytes) VALUES (:u, :b, :i, :h, '.jpg', 7)"), {"u": small.SMALL, "b": month, "i": small.idpel(n), "h": sha256})  # fmt: skip
        session.execute(text("INSERT INTO proposal (ulp, idpel, field, before, after, state, proposed_by) VALUES (:u, :i, 'gardu', 'PD001', 'PD002', 'open', 'surveyor')"), {"u": small.SMALL, "i": small.idpel(2)})  # fmt: skip
        session.execute(text("INSERT INTO customer_point (ulp, idpel, source, quality, lon_raw, lat_raw, geom) VALUES (:u, :i, 'gis', 'ok', '112.7', '-7.65', 'SRID=4326;POINT(112.7 -7.65)')"), {"u": small.SMALL, "i": small.idpel(5)})  # fmt: skip
        for n in (4, 5):
            _facts(session, n)
    clients = {}

    def client(login):
        if login not in clients:
            clients[login] = app.test_client()
            clients[login].post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return clients[login]

    yield database, home, client
    database.close()


def _facts(session, n):
    """Write a visit and an answer with a place about the n-th house: facts that nobody changes."""
    told = {"u": small.SMALL, "i": small.idpel(n), "c": str(uuid.UUID(int=n))}
    for sql in (
        "INSERT INTO field_visit (ulp, client_id, sha256, idpel, job, outcome, given, lon, lat, device_at, device_id, officer, content, received_by) VALUES (:u, :c, 'x', :i, 'survei', 'cocok', jsonb_build_object('note', 'pagar hijau'), 112.7, -7.65, now(), :c, 'surveyor', 'semua', 'surveyor')",
        "INSERT INTO survey_answer (ulp, client_id, idpel, outcome, control) VALUES (:u, :c, :i, 'cocok', false)",
        "INSERT INTO survey_observation (ulp, client_id, conflict_no, field, value) VALUES (:u, :c, 0, 'point', '112.7 -7.65')",
    ):  # fmt: skip
        session.execute(text(sql), told)


def count(database, sql, **told):
    with database.reading() as session:
        return session.scalar(text(sql), {"u": small.SMALL, **told})


def test_every_column_of_the_database_has_a_class(unit):
    assert missing(erasures.schema(unit[0].engine)) == []


@pytest.mark.parametrize("act", ["UPDATE access_log SET login = 'x'", "DELETE FROM access_log", "TRUNCATE access_log"])  # fmt: skip
def test_nobody_changes_the_record_of_access(unit, act):
    database = unit[0]
    unit[2]("perencana").get(f"{U}/pelanggan/{small.public_id(0)}")
    part = f"part_access_{NOW:%Y%m}"
    for sql in (act, act.replace("access_log", part)):
        with pytest.raises(DBAPIError, match="never changed"), database.writing() as session:
            session.execute(text(sql))
    assert count(database, "SELECT count(*) FROM access_log") > 0


def test_one_question_says_whose_data_a_person_saw_between_two_moments(unit):
    database, _, client = unit
    before = datetime.now(UTC)
    client("pengawas").get(f"{U}/pelanggan/{small.public_id(6)}")
    after = datetime.now(UTC)
    with database.reading() as session:
        assert int(small.idpel(6)) in access.customers_seen(session, login="pengawas", begin=before, until=after)  # fmt: skip
        assert access.customers_seen(session, login="pengawas", begin=before - DAY, until=before) == []  # fmt: skip
        assert access.customers_seen(session, login="perencana", begin=before, until=after) == []


def test_by_customer_who_saw_and_who_changed_is_told(unit):
    database, _, client = unit
    client("perencana").get(f"{U}/pelanggan/{small.public_id(1)}")
    with database.writing() as session:
        proposal = session.scalar(text("SELECT min(proposal_id) FROM proposal WHERE idpel = :i AND state = 'open'"), {"i": small.idpel(2)})  # fmt: skip
        decide(session, small.SMALL, proposal, "rejected", who="pengawas")
    with database.reading() as session:
        one = audit.of_customer(session, small.SMALL, small.idpel(1), NOW - DAY, NOW + DAY)
        assert "perencana" in set(one.rows["login"])
        two = audit.of_customer(session, small.SMALL, small.idpel(2), NOW - DAY, NOW + DAY)
        assert ("pengawas", "proposal rejected") in {(c["who"], c["command"]) for c in two.changes}
        assert not [c for c in one.changes if c["command"] == "proposal rejected"]
    with database.writing() as session:
        session.execute(text("INSERT INTO proposal (ulp, idpel, field, before, after, state, proposed_by) VALUES (:u, :i, 'gardu', 'PD001', 'PD002', 'open', 'surveyor')"), {"u": small.SMALL, "i": small.idpel(2)})  # fmt: skip


def test_a_file_of_many_is_found_by_each_of_its_customers(unit):
    database = unit[0]
    many = range(513540500000, 513540502500)
    with database.asking() as connection:
        access.add(connection, user_id=1, login="besar", ulp=small.SMALL, route="first.file",
                   request_id="r", kind="export", numbers=many)  # fmt: skip
    with database.reading() as session:
        told = {"ulp": small.SMALL, "begin": NOW - DAY, "until": NOW + DAY}
        assert set(access.of_customer(session, number=513540502499, **told)["login"]) == {"besar"}
        assert access.of_customer(session, number=513540502500, **told).empty
        assert access.customers_seen(session, login="besar", begin=NOW - DAY, until=NOW + DAY) == list(many)  # fmt: skip


def test_the_page_answers_both_questions_by_form_and_is_written_down_itself(unit):
    database, _, client = unit
    admin = client("admin")
    client("perencana").get(f"{U}/pelanggan/{small.public_id(4)}")
    person = admin.post(f"{U}/jejak-akses/orang", data={"siapa": "perencana"})
    assert "customers.page" in person.text and person.status_code == 200
    of = admin.post(f"{U}/jejak-akses/pelanggan", data={"idpel": f"{small.idpel(4)[:4]} {small.idpel(4)[4:]}"})  # fmt: skip
    assert "perencana" in of.text and of.status_code == 200
    assert admin.post(f"{U}/jejak-akses/pelanggan", data={"idpel": "51"}).status_code == 422
    assert count(database, "SELECT count(*) FROM access_log WHERE login = 'admin' AND route LIKE 'audit.%' AND ulp = :u") >= 2  # fmt: skip
    assert count(database, "SELECT count(*) FROM command_log WHERE command = 'audit of-customer' AND ulp = :u") == 1  # fmt: skip


def test_photos_go_only_when_old_free_and_allowed(unit):
    database, home, _ = unit
    with database.reading() as session:
        nothing = retention.due(session, small.SMALL, Retention(), now=NOW)
        due = retention.due(session, small.SMALL, Retention(photo_months=6), now=datetime(2024, 9, 1, tzinfo=UTC))  # fmt: skip
    assert nothing.last is None and nothing.photos == 0
    assert (due.photos, due.stays) == (1, {"open_question": 1})
    assert retention.delete_due(database, home, small.SMALL, Retention(), now=NOW) == 0
    assert count(database, "SELECT count(*) FROM photo WHERE blth = '202401' AND ulp = :u") == 2


def test_a_machine_that_dies_between_mark_and_rows_goes_on_where_it_was(unit, monkeypatch):
    database, home, _ = unit
    rule, when = Retention(photo_months=6), datetime(2024, 9, 1, tzinfo=UTC)

    def dies(*args, **told):
        raise OSError("the machine died")

    with monkeypatch.context() as broken:
        broken.setattr(kept, "forget", dies)
        with pytest.raises(OSError, match="died"):
            retention.delete_due(database, home, small.SMALL, rule, now=when)
    # The file is gone, its row and the mark are there: nothing is forgotten half.
    assert (
        count(database, "SELECT count(*) FROM photo_gone WHERE done_at IS NULL AND ulp = :u") == 1
    )
    assert count(database, "SELECT count(*) FROM photo WHERE blth = '202401' AND ulp = :u") == 2
    assert retention.delete_due(database, home, small.SMALL, rule, now=when) == 1
    assert count(database, "SELECT count(*) FROM photo WHERE blth = '202401' AND ulp = :u") == 1
    assert (
        count(database, "SELECT count(*) FROM photo_gone WHERE done_at IS NULL AND ulp = :u") == 0
    )
    assert count(database, "SELECT after->>'photos' FROM command_log WHERE command = 'retention' AND ulp = :u") == "1"  # fmt: skip
    assert retention.delete_due(database, home, small.SMALL, rule, now=when) == 0


def test_the_night_deletes_nothing_where_no_time_is_fixed_and_begins_the_next_months(unit):
    database, home, _ = unit
    later = datetime(NOW.year + 5, 6, 30, tzinfo=UTC)
    assert tidy(database.url, Settings(home=home), now=later) == 0
    with database.reading() as session:
        names = [name for name, _ in access.parts(session)]
    assert [f"part_access_{NOW.year + 5}{m:02d}" in names for m in (6, 7, 8)] == [True] * 3


def test_whole_months_of_the_record_go_by_command_alone_and_say_so(unit):
    database = unit[0]
    with database.writing() as session:
        access.begin_month(session, at=datetime(2020, 3, 9, tzinfo=UTC))
        session.execute(text("INSERT INTO access_log (at, login, ulp, route, request_id, kind, customers, numbers) VALUES ('2020-03-10+00', 'lama', :u, 'r', 'q', 'page', 1, '{513540000001}')"), {"u": small.SMALL})  # fmt: skip
    with database.writing() as session:
        gone = retention.drop_access_months(session, Retention(), now=NOW, who="it")
    assert gone == {"part_access_202003": 1}
    assert count(database, "SELECT after::text FROM command_log WHERE command = 'access log retention'") == '{"part_access_202003": 1}'  # fmt: skip
    with pytest.raises(ValueError, match="no month"), database.writing() as session:
        access.drop_part(session, part="customer")


def test_all_data_of_a_customer_leave_as_one_file_that_names_nobody_else(unit):
    database, _, client = unit
    file = client("admin").post(f"{U}/hak-pelanggan/berkas", data={"idpel": small.idpel(3)})
    assert file.status_code == 200 and small.idpel(3) not in file.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(file.data)) as parcel:
        names = set(parcel.namelist())
        assert {"customer.json", "customer.csv", "reading.json", "rbm_list.csv", "dilihat-oleh.json"} <= names  # fmt: skip
        assert any(n.startswith("foto/") for n in names)
        assert json.loads(parcel.read("customer.json"))[0]["name"] == walk.name(3)
    others = walk.customers_in(file.data, "application/zip") - {small.idpel(3)}
    assert not [
        i for i in others if walk.name(int(i[-1])) in walk.words(file.data, "application/zip")
    ]
    assert count(database, "SELECT count(*) FROM command_log WHERE command = 'customer export' AND :n = ANY(numbers) AND ulp = :u", n=int(small.idpel(3))) == 1  # fmt: skip


def sums(database):
    return [count(database, f"SELECT {what} WHERE ulp = :u") for what in (
        "sum(kwh) FROM reading", "count(*) FROM reading", "count(*) FROM receivable",
        "count(*) FROM customer", "count(*) FROM rbm_member", "count(*) FROM proposal",
        "count(*) FROM customer_point", "count(*) FROM field_visit", "sum(customers) FROM handover_deed, LATERAL (SELECT 1 AS customers) c",
    )]  # fmt: skip


@pytest.fixture(scope="module")
def erased(unit):
    """Customer 5 asked to be forgotten; two administrators did it."""
    database, _, client = unit
    # What an import before changed and turned away of that customer and of another.
    with database.writing() as session:
        for n in (4, 5):
            session.execute(
                text("INSERT INTO import_before (ulp, batch_id, relation, made, was) SELECT ulp, 1, 'customer', "
                     "false, to_jsonb(c) FROM customer c WHERE ulp = :u AND idpel = :i"),
                {"u": small.SMALL, "i": small.idpel(n)},
            )  # fmt: skip
            session.execute(
                text("INSERT INTO import_reject (ulp, batch_id, row_no, value, rule, message_id, message_en, cells) "
                     "VALUES (:u, 1, :n, 'x', 'R-IM-01', 'a', 'b', CAST(:c AS jsonb))"),
                {"u": small.SMALL, "n": 900 + n, "c": json.dumps({"IDPEL": small.idpel(n), "NAMA": walk.name(n)})},
            )  # fmt: skip
    before = sums(database)
    asked = client("admin").post(f"{U}/hak-pelanggan/minta", data={"idpel": small.idpel(5), "catatan": "surat 12-11-2026"})  # fmt: skip
    assert asked.status_code == 302
    number = count(database, "SELECT max(erasure_id) FROM erasure WHERE ulp = :u")
    with pytest.raises(NotAllowed, match="another person"), database.writing() as session:
        subject_rights.decide_erasure(session, small.SMALL, number, approve=True, who="admin")
    assert count(database, "SELECT name FROM customer WHERE ulp = :u AND idpel = :i", i=small.idpel(5)) == walk.name(5)  # fmt: skip
    done = client("kepala").post(f"{U}/hak-pelanggan/{number}/putuskan", data={"putusan": "hapus"})
    assert done.status_code == 302
    return number, before


def test_an_erasure_empties_name_address_and_place_and_changes_no_sum(unit, erased):
    database, _, _ = unit
    assert sums(database) == erased[1]
    row = count(database, "SELECT concat(name, address, geom::text) FROM customer WHERE ulp = :u AND idpel = :i", i=small.idpel(5))  # fmt: skip
    assert row == ""
    assert count(database, "SELECT count(*) FROM customer_point WHERE ulp = :u AND idpel = :i AND (geom IS NOT NULL OR lon_raw IS NOT NULL)", i=small.idpel(5)) == 0  # fmt: skip
    assert count(database, "SELECT count(*) FROM customer WHERE ulp = :u AND name IS NOT NULL") >= 7
    with database.reading() as session:
        told = json.dumps([erasures.rows(session, ulp=small.SMALL, idpel=small.idpel(5), table=t)
                           for t in subject_rights._mine()])  # fmt: skip
    assert walk.name(5) not in told and "Kenanga 5" not in told


def test_what_imports_keep_of_that_customer_is_emptied_and_of_nobody_else(unit, erased):
    database = unit[0]
    kept = "SELECT was->>'name' FROM import_before WHERE ulp = :u AND was->>'idpel' = :i"
    assert count(database, kept, i=small.idpel(5)) is None
    assert count(database, kept, i=small.idpel(4)) == walk.name(4)
    turned = "SELECT count(*) FROM import_reject WHERE ulp = :u AND row_no = :n AND cells->>'NAMA' IS NOT NULL AND value IS NOT NULL"  # fmt: skip
    assert (count(database, turned, n=905), count(database, turned, n=904)) == (0, 1)


def test_facts_of_that_customer_give_way_and_of_nobody_else(unit, erased):
    database = unit[0]
    rows = "SELECT string_agg(concat_ws(':', lon, given->>'note', content), '' ORDER BY visit_no) FROM field_visit WHERE ulp = :u AND idpel = :i"  # fmt: skip
    assert count(database, rows, i=small.idpel(5)).strip(":") == ""
    assert "pagar hijau" in count(database, rows, i=small.idpel(4))
    points = "SELECT string_agg(value, '') FROM survey_observation o JOIN survey_answer a USING (ulp, client_id, conflict_no) WHERE o.ulp = :u AND a.idpel = :i"  # fmt: skip
    assert count(database, points, i=small.idpel(5)) == ""
    assert count(database, points, i=small.idpel(4)) == "112.7 -7.65"


def test_facts_give_way_to_an_erasure_that_is_approved_and_not_done(unit, erased):
    change = "UPDATE field_visit SET lon = 0 WHERE ulp = :u"
    for setting in ("", str(erased[0])):  # none, and one that was done already
        with unit[0].writing() as session:
            session.execute(text("SELECT set_config('rbmgeo.erasure', :s, true)"), {"s": setting})
            with pytest.raises(DBAPIError, match="never changed"):
                session.execute(text(change), {"u": small.SMALL})
            session.rollback()


def test_an_import_brings_nobody_back_in_silence(unit, erased):
    database, _, client = unit
    told = {"i": small.idpel(5)}
    put = "UPDATE customer SET name = 'Lagi', geom = 'SRID=4326;POINT(112.7 -7.65)' WHERE ulp = :u AND idpel = :i"  # fmt: skip
    with database.writing() as session:
        session.execute(text(put), {"u": small.SMALL, **told})
    assert (
        count(database, "SELECT name FROM customer WHERE ulp = :u AND idpel = :i", **told) is None
    )
    assert count(database, "SELECT state FROM erasure WHERE ulp = :u AND idpel = :i", **told) == "came_back"  # fmt: skip
    assert "muncul lagi di impor" in client("admin").get(f"{U}/hak-pelanggan").text
    client("admin").post(f"{U}/hak-pelanggan/{erased[0]}/jawab", data={"jawab": "kembali"})
    with database.writing() as session:
        session.execute(text(put), {"u": small.SMALL, **told})
    assert (
        count(database, "SELECT name FROM customer WHERE ulp = :u AND idpel = :i", **told) == "Lagi"
    )


def test_the_page_of_classes_says_what_would_go(unit):
    page = unit[2]("admin").get(f"{U}/kelas-data").text
    assert "photo_keep_months" in page and "password_hash" in page


@pytest.mark.drill
def test_ten_million_answers_and_a_month_of_one_person_is_told_in_a_second(make_database):
    """RBMGEO_ACCESS_ROWS: rows that are made; the measured run had ten million."""
    rows = int(os.environ.get("RBMGEO_ACCESS_ROWS", "1000000"))
    database = Database(make_database("access_many"))
    with database.writing() as session:
        for month in range(1, 13):
            access.begin_month(session, at=datetime(2026, month, 5, tzinfo=UTC))
        session.execute(text(
            "INSERT INTO access_log (at, login, ulp, route, request_id, kind, customers, numbers) "
            "SELECT timestamptz '2026-01-01 00:00+00' + (n % 25920000) * interval '1 second', 'orang' || n % 300, '51354', "
            "'findings.page', 'r', 'page', 10, ARRAY(SELECT 513540000000 + (n * 7 + k) % 150000 FROM generate_series(1, 10) k) "
            "FROM generate_series(1, :rows) n"), {"rows": rows})  # fmt: skip
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as plain:
        plain.execute(text("VACUUM ANALYZE access_log"))
    month = {"begin": datetime(2026, 3, 1, tzinfo=UTC), "until": datetime(2026, 4, 1, tzinfo=UTC)}
    with database.reading() as session:
        began = datetime.now(UTC)
        found = audit.seen_by(session, "orang7", **month)
        person = (datetime.now(UTC) - began).total_seconds()
        began = datetime.now(UTC)
        of = (
            audit.of_customer(session, "51354", "513540000077", **month)
            if _unit(database)
            else None
        )
        customer = (datetime.now(UTC) - began).total_seconds()
        plan = "\n".join(session.scalars(text(f"EXPLAIN {access._SEEN_BY.text}"), {"login": "orang7", "ulp": None, "limit": 500, **month}))  # fmt: skip
    print(
        f"{rows} rows: person {person:.3f} s ({len(found.customers)} customers), customer {customer:.3f} s"
    )
    assert "login_at" in plan and of is not None
    assert person <= 1 and customer <= 1
    database.close()


def _unit(database):
    with database.writing() as session:
        session.execute(text("INSERT INTO ulp (ulp, name) VALUES ('51354', 'Uji') ON CONFLICT DO NOTHING"))  # fmt: skip
    return True


def test_what_imports_bring_again_of_who_was_erased_stays_empty_everywhere(unit, erased):
    """Photos, logs and a first large load brought it back in silence; so did three columns."""
    database = unit[0]
    five = {"u": small.SMALL, "i": small.idpel(5)}
    with database.writing() as session:
        session.execute(text("UPDATE erasure SET state = 'done' WHERE ulp = :u AND idpel = :i"), five)  # fmt: skip
        session.execute(text("UPDATE customer SET service_point = 'TM1', spread_m = 3 WHERE ulp = :u AND idpel = :i"), five)  # fmt: skip
        assert session.execute(text("SELECT service_point, spread_m FROM customer WHERE ulp = :u AND idpel = :i"), five).one() == (None, None)  # fmt: skip
        assert session.scalar(text("SELECT state FROM erasure WHERE ulp = :u AND idpel = :i"), five) == "came_back"  # fmt: skip
        session.rollback()
    with database.writing() as session:
        session.execute(text("UPDATE erasure SET state = 'done' WHERE ulp = :u AND idpel = :i"), five)  # fmt: skip
        session.execute(
            text("INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes) VALUES (:u, :i, '202412', :h, '.jpg', 9)"),
            {**five, "h": "f" * 64},
        )  # fmt: skip
        assert session.scalar(text("SELECT state FROM erasure WHERE ulp = :u AND idpel = :i"), five) == "came_back"  # fmt: skip
        session.rollback()


def test_a_first_large_load_does_not_bring_back_who_was_erased(fresh_database):
    ulp, idpel = small.SMALL, small.idpel(5)
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ulp)
        session.execute(
            text("INSERT INTO erasure (ulp, idpel, state, note, asked_by) VALUES (:u, :i, 'done', 'x', 'a')"),
            {"u": ulp, "i": idpel},
        )  # fmt: skip
        part = bulk.UnitPart.begin(session, "customer", ulp)
        rows = pd.DataFrame(
            {"ulp": ulp, "idpel": [idpel, small.idpel(6)], "name": ["Lama", "Lain"]}
        )
        bulk.copy_rows(session, part.name, rows)
        part.join(session)
        found = dict(session.execute(text("SELECT idpel, name FROM customer WHERE ulp = :u"), {"u": ulp}).all())  # fmt: skip
        assert found == {idpel: None, small.idpel(6): "Lain"}
        assert session.scalar(text("SELECT state FROM erasure")) == "came_back"
