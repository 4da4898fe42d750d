"""Many units: the pages of a region open within a second, whatever stands behind them."""

import time

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import people
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

#: Figures of a unit as they are kept: not made from customers, which nobody here has.
CONTENT = """
    jsonb_build_object('customers', 90000 + n, 'compared', 90000, 'agreeing', 80000 + 7 * n % 9000,
        'open', n % 500, 'settled', n % 40, 'planned', NULL, 'visited', NULL, 'newest', '202412',
        'handed_at', '2024-12-09T03:00:00+00:00', 'months', jsonb_build_object('202412',
            jsonb_build_object('read', 80000, 'unread', 100, 'kwh', (9000000 + n)::text || '.5',
                'tolerance_days', 0, 'waits', jsonb_build_array(jsonb_build_array('2024-12-03', 2)))))
"""


def fill(session):
    """A thousand units with figures of their present data, in forty UP3 and five UID."""
    session.execute(
        text("INSERT INTO ulp (ulp, name, up3, uid) SELECT (20000 + n)::text, 'Unit ' || n, "
             "'UP3 ' || n / 25, 'UID ' || n / 200 FROM generate_series(0, 999) n")
    )  # fmt: skip
    from rbmgeo.db.queries.region import _MARK

    session.execute(
        text(f"INSERT INTO unit_figures (ulp, mark, content, area) SELECT u.ulp, {_MARK}, {CONTENT}, "
             "ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(95 + n % 40, -9 + n / 40 * 0.5), 4326), 0.2)) "
             "FROM (SELECT *, ulp::int - 20000 AS n FROM ulp) u")
    )  # fmt: skip
    people.add_user(session, login="kepala", password=small.PASSWORD, grants=[("*", "admin")])


def opened(make_database, tmp_path_factory, name, filled):
    database = Database(make_database(name, filled=filled))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    client = app.test_client()
    client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD})
    return database, client


@pytest.fixture(scope="module")
def thousand(make_database, tmp_path_factory):
    database, client = opened(make_database, tmp_path_factory, "thousand", fill)
    yield client
    database.close()


def best(act, tries=3):
    """Return what an act answers, the fewest seconds it took, and of its own work alone."""
    took, work = [], []
    for _ in range(tries):
        began, at_work = time.perf_counter(), time.process_time()
        answer = act()
        took.append(time.perf_counter() - began)
        work.append(time.process_time() - at_work)
    return answer, min(took), min(work)


@pytest.mark.parametrize(
    "page", ["/wilayah", "/wilayah?urut=kwh&hal=4", "/wilayah/up3/UP3 7", "/wilayah/peta"]
)
def test_a_thousand_units_open_within_a_second(thousand, page):
    answer, took, work = best(lambda: thousand.get(page))
    print(f"{page}: {took:.2f} s ({work:.2f} of its own), {len(answer.data) / 1e3:.0f} kB")
    assert answer.status_code == 200 and "belum dihitung" not in answer.text
    # Whatever else the machine does meanwhile.
    assert work <= 1, work
    # Loose, for a loaded machine: what the database does for it is no page's second five times.
    assert took <= 3, took


def test_a_thousand_units_are_summed_exactly(thousand):
    answer = thousand.get("/wilayah").text
    assert "9.000.499.999,5" not in answer
    # 1,000 times 9,000,000.5 and 0 + 1 + ... + 999
    assert "9.000.500.000" in answer.replace("&nbsp;", "")


def many(session):
    """Twenty units of fifty thousand customers, with lists, gardu and readings of a month."""
    from rbmgeo.db.bulk import ensure_month

    ensure_month(session, blth=small.BLTH)
    session.execute(text("SET LOCAL statement_timeout = 0"))
    for k in range(20):
        u = {"u": str(30000 + k), "k": k, "b": small.BLTH}
        for sql in _UNIT:
            session.execute(text(sql), u)
    people.add_user(session, login="kepala", password=small.PASSWORD, grants=[("*", "admin")])


_UNIT = (
    "INSERT INTO ulp (ulp, name, up3, uid, utm_srid) VALUES (:u, 'Unit ' || :k, 'UP3 ' || CAST(:k AS int) / 5, 'Timur', 32749)",
    "INSERT INTO gardu (ulp, gardu, raw_code, geom) SELECT :u, 'G' || n, 'G' || n, "
    "ST_SetSRID(ST_MakePoint(112 + CAST(:k AS int) * 0.1 + n % 20 * 0.005, -7.6 + n / 20 * 0.005), 4326) FROM generate_series(0, 399) n",
    "INSERT INTO customer (ulp, idpel, meter_number, tarif, geom, coordinate_quality) "
    "SELECT :u, :u || lpad(n::text, 7, '0'), 'M' || :u || n, 'R1', ST_SetSRID(ST_MakePoint("
    "112 + CAST(:k AS int) * 0.1 + n % 400 % 20 * 0.005 + n % 97 * 0.00006 - 0.003, -7.6 + n % 400 / 20 * 0.005 + n % 89 * 0.00006 - 0.003), 4326), 'ok' "
    "FROM generate_series(0, 49999) n",
    "INSERT INTO pdpj (ulp, idpel, valid_from, gardu, source) SELECT :u, :u || lpad(n::text, 7, '0'), '2024-01-01', "
    "'G' || n % 400, 'pdpj' FROM generate_series(0, 49999) n",
    "INSERT INTO rbm_list (ulp, blth, idpel, source, rbm) SELECT :u, :b, :u || lpad(n::text, 7, '0'), 'dpm', "
    ":u || 'R' || n % 150 FROM generate_series(0, 49999) n",
    "INSERT INTO reading (ulp, blth, idpel, source, kwh) SELECT :u, :b, :u || lpad(n::text, 7, '0'), 'dpm', "
    "n % 300 + 0.5 FROM generate_series(0, 49999) n",
)


@pytest.mark.drill
def test_twenty_units_stay_within_the_targets(make_database, tmp_path_factory):
    from rbmgeo.workflows.border import border_pass
    from rbmgeo.workflows.region import freshen_units

    began = time.perf_counter()
    database, client = opened(make_database, tmp_path_factory, "twenty", many)
    print(f"\nmade in {time.perf_counter() - began:.0f} s")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("VACUUM ANALYZE"))
    units = [str(30000 + k) for k in range(20)]
    _, took, _ = best(lambda: client.get("/wilayah"), 1)
    print(f"/wilayah before any figure is kept: {took:.2f} s")
    began = time.perf_counter()
    assert freshen_units(database, units) == 20
    print(f"figures of 20 units: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    with database.writing() as session:
        found = border_pass(session, units[3], who="uji")
    print(f"border pass of one: {time.perf_counter() - began:.1f} s, {found}")
    slow = {}
    for page in (
        "/wilayah",
        "/wilayah/up3/UP3 2",
        "/wilayah/peta",
        f"/{units[3]}/{small.BLTH}/perbatasan",
    ):
        answer, took, _ = best(lambda page=page: client.get(page), 4)
        print(f"{page}: {took:.2f} s, {len(answer.data) / 1e3:.0f} kB")
        slow[page] = took
    for words in (units[7] + "0000123", "0123", "M300051", "G12", "R75"):
        answer, took, _ = best(
            lambda words=words: client.post("/wilayah/cari", data={"kata": words}), 4
        )
        print(f"search {len(words)} signs: {took:.3f} s")
        assert "Tidak ketemu" not in answer.text
        assert took <= 0.5, (words, took)
    database.close()
    assert max(slow.values()) <= 0.3, slow
