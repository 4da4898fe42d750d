"""A file taken back leaves every table as it was; what leans on it keeps it."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import incoming
from rbmgeo.db.queries import board
from rbmgeo.errors import NotAllowed
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.batches import difference, holds, undo
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "51354"
#: What tells that something happened is no part of the unit's data.
APART = {"import_batch", "import_file", "command_log", "alembic_version", "spatial_ref_sys"}


def state(url):
    """Every row of every table as text, by table; the unit's data version aside."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"
            )
        ).all()
        return {
            t: connection.scalars(
                text(f"SELECT x::text FROM {t} x ORDER BY 1" if t != "ulp" else
                     "SELECT (to_jsonb(x) - 'data_version')::text FROM ulp x ORDER BY 1")
            ).all()
            for t in tables if t not in APART
        }  # fmt: skip


def load(database, path, body, **options):
    path.write_text(body, encoding="utf-8")
    return import_files(database, [path], ulp=ULP, accept_good=True, **options).files[0]


DPM = "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KODERBM;PTGENTRIMETER;PEMKWH\n"
PDPJ = "UNITUP,IDPEL,KODE_GARDU,NO_TIANG,NAMAPENYULANG\n"


def dpm(*, month="202405", first=1, last=8, kwh=100, name="A", rbm="51354BAA"):
    return DPM + "".join(
        f"{month};51354;{513540000000 + n};{name}{n};R1;900;{rbm};P1;{kwh + n}\n"
        for n in range(first, last + 1)
    )


def pdpj(first=1, last=8, gardu="PD1", tiang="T"):
    return PDPJ + "".join(
        f"51354,{513540000000 + n},{gardu},{tiang}{n},FEEDER\n" for n in range(first, last + 1)
    )


POINTS = "KD_PETUGAS,TANGGAL_PEMBACAAN,JAM_PEMBACAAN,KOORDINAT_X,KOORDINAT_Y,IDPEL,STAND_BACA,STAN_METER\n"


def points(first=1, last=8, shift=0.0):
    return POINTS + "".join(
        f"P7,2024-05-{n:02d},08:00,{112.7 + shift + n * 0.001:.6f},{-7.65 - n * 0.0007:.6f},"
        f"{513540000000 + n},10,20\n"
        for n in range(first, last + 1)
    )


#: name, what is there before (bodies), the file that is taken back, options of its import.
CASES = {
    "first dpm": ([], dpm(), {}),
    "dpm of a next month": ([dpm()], dpm(month="202406", first=3, last=12, name="B"), {}),
    "kwh revised": ([dpm()], dpm(kwh=50, last=4, rbm="51354BBB") + "bad\n", {}),
    "first pdpj": ([], pdpj(), {}),
    "pdpj makes gardu": ([dpm()], pdpj(last=12), {}),
    "pdpj moves and corrects": (
        [pdpj()], pdpj(last=3, gardu="PD2") + pdpj(4, 6, tiang="X").split("\n", 1)[1], {},
    ),
    "first points": ([dpm()], points(last=6), {}),
    "points again": ([dpm(), points()], points(shift=0.0003), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_table_is_as_before(fresh_database, tmp_path, name):
    before, body, options = CASES[name]
    with fresh_database.writing() as session:
        session.execute(text("INSERT INTO ulp (ulp, name) VALUES (:u, :u)"), {"u": ULP})
    for number, earlier in enumerate(before):
        load(fresh_database, tmp_path / f"{number}.csv", earlier)
    was = state(fresh_database.url)
    done = load(fresh_database, tmp_path / "x.csv", body, **options)
    assert done.loaded and done.good
    became = state(fresh_database.url)
    assert became != was
    with fresh_database.writing() as session:
        undo(session, ULP, done.batch, who="uji")
    now = state(fresh_database.url)
    for table, rows in was.items():
        assert now[table] == rows, table
    again = load(fresh_database, tmp_path / "x.csv", body, **options)
    assert not again.known and again.good == done.good
    with fresh_database.reading() as session:
        log = session.execute(
            text(
                "SELECT who, (after ->> 'batch')::int FROM command_log WHERE command = 'import undo'"
            )
        ).all()
        kept = session.execute(
            text("SELECT undone_by FROM import_batch WHERE undone_at IS NOT NULL")
        )
        assert [tuple(r) for r in log] == [("uji", done.batch)]
        assert kept.all() == [("uji",)]


@pytest.mark.drill
def test_every_file_of_a_unit_is_taken_back_one_by_one(fresh_database, tmp_path):
    """Of every kind: streets, gardu, spans, drops, lists, tokens, logs, bills, orders, days."""
    make_sample(tmp_path / "ulp", SampleParams(customers=200, seed=3, gardu_meters=True))
    files = sorted(
        p for p in (tmp_path / "ulp").rglob("*")
        if p.is_file() and "truth" not in p.parts and p.suffix != ".txt"
    )  # fmt: skip
    with fresh_database.writing() as session:
        session.execute(text("INSERT INTO ulp (ulp, name) VALUES (:u, :u)"), {"u": ULP})
    was, kinds = [], set()
    for file in files:
        was.append(state(fresh_database.url))
        done = import_files(fresh_database, [file], ulp=ULP, accept_good=True)
        assert done.complete
        kinds |= {f.kind for f in done.files}
    assert len(kinds) >= 10, kinds
    for file, before in zip(reversed(files), reversed(was), strict=True):
        with fresh_database.writing() as session:
            newest = session.scalars(
                text("SELECT batch_id FROM import_batch WHERE file_name = :f AND undone_at IS NULL "
                     "ORDER BY batch_id DESC"), {"f": file.name},
            ).all()  # fmt: skip
            assert newest
            for batch in newest:
                undo(session, ULP, batch, who="uji")
        now = state(fresh_database.url)
        for table, rows in before.items():
            assert now[table] == rows, (file.name, table)


def test_a_part_of_the_units_own_is_taken_back_and_made_again(
    fresh_database, tmp_path, monkeypatch
):
    monkeypatch.setattr(incoming, "PART_ROWS", 5)
    done = load(fresh_database, tmp_path / "a.csv", dpm())
    with fresh_database.writing() as session:
        assert session.scalar(text("SELECT count(*) FROM part_customer_51354")) == 8
        undo(session, ULP, done.batch, who="uji")
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT to_regclass('part_customer_51354')")) is None
    assert load(fresh_database, tmp_path / "a.csv", dpm()).good == 8


def refused(database, batch):
    with database.writing() as session:
        return {(h.what, h.batch) for h in holds(session, ULP, batch)}


def test_what_leans_on_a_file_keeps_it_and_is_named(fresh_database, tmp_path):
    first = load(fresh_database, tmp_path / "1.csv", dpm()).batch
    assert refused(fresh_database, first) == set()
    log = load(fresh_database, tmp_path / "log.csv", points()).batch
    assert refused(fresh_database, first) == {("customers", log)}
    second = load(fresh_database, tmp_path / "2.csv", pdpj()).batch
    assert refused(fresh_database, first) == {("customers", log), ("customers", second)}
    third = load(fresh_database, tmp_path / "3.csv", pdpj(last=3, gardu="PD2")).batch
    assert refused(fresh_database, second) >= {("overwritten", third)}
    assert refused(fresh_database, third) == set()
    with fresh_database.writing() as session, pytest.raises(NotAllowed) as caught:
        undo(session, ULP, second, who="uji")
    assert f"import {third}" in str(caught.value) and f"impor {third}" in caught.value.indonesian
    fourth = load(fresh_database, tmp_path / "4.csv", pdpj(last=3, gardu="PD2") + "\n").batch
    assert refused(fresh_database, third) == {("same", fourth)}, "what it said again leans on it"
    with fresh_database.writing() as session:
        undo(session, ULP, fourth, who="uji")
    assert refused(fresh_database, third) == set()


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("answers", "INSERT INTO survey_answer (ulp, client_id, idpel, outcome, control) VALUES "
                    "('51354', gen_random_uuid(), '513540000001', 'cocok', false)"),
        ("proposals", "WITH p AS (INSERT INTO proposal (ulp, idpel, field, state, proposed_by) VALUES "
                      "('51354', '513540000001', 'gardu', 'approved', 's') RETURNING proposal_id) "
                      "INSERT INTO approval (ulp, proposal_id, decision, decided_by) "
                      "SELECT '51354', proposal_id, 'approved', 'p' FROM p"),
        ("versions", "INSERT INTO rbm_version (ulp, effective_blth) VALUES ('51354', '202406'); "
                     "INSERT INTO rbm (ulp, version_id, rbm) SELECT '51354', max(version_id), 'X' FROM rbm_version; "
                     "INSERT INTO rbm_member (ulp, version_id, idpel, rbm, urut, sisipan) "
                     "SELECT '51354', version_id, idpel, 'X', row_number() OVER (ORDER BY idpel), 0 "
                     "FROM rbm_version, customer; "
                     "UPDATE rbm_version SET state = 'published', published_at = now()"),
    ],
)  # fmt: skip
def test_a_decision_on_its_rows_keeps_a_file(fresh_database, tmp_path, what, sql):
    elsewhere = load(fresh_database, tmp_path / "0.csv", dpm(first=50, last=52)).batch
    batch = load(fresh_database, tmp_path / "1.csv", dpm()).batch
    with fresh_database.writing() as session:
        session.execute(text(sql))
    assert {w for w, _ in refused(fresh_database, batch)} == {what}
    if what != "versions":  # which holds every customer
        assert refused(fresh_database, elsewhere) == set()
    with fresh_database.writing() as session, pytest.raises(NotAllowed):
        undo(session, ULP, batch, who="uji")


def test_a_list_is_held_against_the_last_of_its_kind(fresh_database, tmp_path):
    load(fresh_database, tmp_path / "1.csv", dpm())
    load(fresh_database, tmp_path / "p.csv", pdpj())
    body = dpm(month="202406", first=3, last=10).replace("R1;900", "R1;1300", 1)
    june = load(
        fresh_database, tmp_path / "2.csv", body.replace("51354BAA;P1;104", "51354BBB;P1;104")
    )
    with fresh_database.reading() as session:
        told = difference(session, ULP, june.batch)
    assert told.before.file_name == "1.csv"
    assert told.new == ["513540000009", "513540000010"]
    assert told.gone == ["513540000001", "513540000002"]
    changed = told.changed.to_dict("records")
    assert changed == [
        {"idpel": "513540000003", "field": "daya_va", "before": "900", "after": "1300"},
        {"idpel": "513540000004", "field": "rbm", "before": "51354BAA", "after": "51354BBB"},
    ]


def test_findings_of_a_file_that_is_taken_back_are_stale(fresh_database, tmp_path):
    batch = load(fresh_database, tmp_path / "1.csv", dpm()).batch
    with fresh_database.writing() as session:
        session.execute(text("INSERT INTO run (ulp, step) VALUES ('51354', 'match')"))
    with fresh_database.writing() as session:
        undo(session, ULP, batch, who="uji")
    with fresh_database.reading() as session:
        facts = board.facts(session, ulp=ULP, blth="202405", limit=0.5)
    assert facts.changed_at > facts.matched_at
    assert facts.kinds == frozenset()
