"""A file taken back leaves every table as it was; what leans on it keeps it."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.errors import NotAllowed
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.batches import difference, holds, undo
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "51354"
#: What tells that something happened is no part of the unit's data.
APART = {"import_batch", "command_log", "alembic_version", "spatial_ref_sys"}


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
                text(f"SELECT (to_jsonb(x) - 'data_version')::text || COALESCE(md5(x::text), '') "
                     f"FROM {t} x ORDER BY 1" if t != "ulp" else
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


POINTS = (
    "KD_PETUGAS,TANGGAL_PEMBACAAN,JAM_PEMBACAAN,KOORDINAT_X,KOORDINAT_Y,IDPEL,STAND_BACA,STAN_METER\n"
)


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
            text("SELECT who, (after ->> 'batch')::int FROM command_log WHERE command = 'import undo'")
        ).all()
        kept = session.execute(text("SELECT undone_by FROM import_batch WHERE undone_at IS NOT NULL"))
        assert [tuple(r) for r in log] == [("uji", done.batch)]
        assert kept.all() == [("uji",)]


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
