"""The second wall: what the database shows to a scope, whatever a query forgot."""

import threading

import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from rbmgeo.db import bulk, rights, roles
from rbmgeo.db.queries import board
from rbmgeo.db.scope import (
    EVERY,
    FIELD,
    GROUPS,
    NOWHERE,
    OVER_UNITS,
    REGION,
    UNIT,
    VENDOR,
    WEB,
    Scope,
)
from rbmgeo.db.session import Database

A, B = "51354", "52321"
ACTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


def test_a_policy_that_says_something_else_is_made_anew(make_database):
    """Names alone were compared: what a version tightened never reached a database that was there."""
    database = Database(make_database("policies"))
    told = text("SELECT qual FROM pg_policies WHERE tablename = 'gardu' AND policyname = 'of_unit'")
    with database.writing() as session:
        right = session.scalar(told)
        session.execute(text("DROP POLICY of_unit ON gardu"))
        session.execute(text("CREATE POLICY of_unit ON gardu TO rbmgeo_unit USING (true)"))
        session.execute(text("CREATE POLICY of_old ON gardu TO rbmgeo_field USING (true)"))
    rights.secure(database.url)
    with database.reading() as session:
        assert session.scalar(told) == right != "true"
        assert not session.scalar(text("SELECT count(*) FROM pg_policies WHERE policyname = 'of_old'"))  # fmt: skip
    database.close()


def fill(session):
    """Two units with the same gardu and customers, but for their names."""
    for ulp in (A, B):
        session.execute(
            text("INSERT INTO ulp (ulp, name, utm_srid) VALUES (:u, :n, 32749)"),
            {"u": ulp, "n": f"ULP {ulp}"},
        )
        for n in range(40):
            point = f"SRID=4326;POINT({112.7 + n / 10000} -7.65)"
            session.execute(
                text("INSERT INTO gardu (ulp, gardu, raw_code, name, geom) VALUES (:u, :g, :g, :n, CAST(:p AS geometry))"),
                {"u": ulp, "g": f"PD{n:03d}", "n": f"nama {ulp}", "p": point},
            )  # fmt: skip
        session.execute(
            text("INSERT INTO command_log (who, ulp, command) VALUES ('uji', :u, 'coba')"),
            {"u": ulp},
        )


@pytest.fixture(scope="module")
def owner(make_database):
    database = Database(make_database("walls", filled=fill))
    yield database
    database.close()


@pytest.fixture(scope="module")
def pages_url(owner, server_url):
    """Address of the pages' own log-in, where the server is ours; else the owner's, roles taken on."""
    own = make_url(owner.url)
    ours = own.host is None and own.password is None
    return own.set(username=WEB).render_as_string() if ours else owner.url


@pytest.fixture
def pages(pages_url):
    database = Database(pages_url, pool_size=1)
    yield database
    database.close()


def units_of(session, table="gardu"):
    return set(session.scalars(text(f"SELECT DISTINCT ulp FROM {table}")))


def test_every_table_with_a_unit_stands_behind_the_wall(owner):
    with owner.reading() as session:
        rows = session.execute(
            text(
                "SELECT c.relname, c.relrowsecurity AND (SELECT array_agg(polname) @> '{of_unit,of_every}' FROM pg_policy WHERE polrelid = c.oid) "
                "FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attname = 'ulp' "
                "WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
            )
        ).all()
    assert len(rows) > 80
    assert [name for name, closed in rows if not closed] == []


def test_parts_of_tables_are_reached_through_their_table_alone(owner):
    with owner.reading() as session:
        open_parts = session.scalars(
            text(
                "SELECT relname || ' ' || r FROM pg_class c, unnest(CAST(:roles AS text[])) AS r "
                "WHERE relispartition AND relkind = 'r' AND has_table_privilege(r, c.oid, 'SELECT')"
            ),
            {"roles": [*GROUPS, WEB]},
        ).all()
    assert open_parts == []


def test_a_later_table_is_closed_and_opened_to_its_unit_without_anybody_thinking_of_it(
    make_database,
):
    url = make_database("later")
    database = Database(url)
    with database.writing() as session:
        session.execute(text("CREATE TABLE later (ulp varchar(8) NOT NULL, said text)"))
        session.execute(text("INSERT INTO later VALUES ('51354', 'a'), ('52321', 'b')"))
    rights.secure(url)
    with database.within(Scope(UNIT, A)).reading() as session:
        assert session.scalars(text("SELECT said FROM later")).all() == ["a"]
    database.close()


def test_the_pages_own_nothing_make_nothing_and_empty_nothing(owner):
    roles = [*GROUPS, WEB]
    with owner.reading() as session:
        owned = session.scalars(
            text("SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE rolname = ANY(:r)"),
            {"r": roles},
        ).all()  # fmt: skip
        strong = session.scalars(
            text(
                "SELECT rolname FROM pg_roles WHERE rolname = ANY(:r) AND (rolsuper OR rolbypassrls OR "
                "rolcreaterole OR rolcreatedb OR rolinherit)"
            ),
            {"r": roles},
        ).all()
        makes = session.scalars(
            text("SELECT r FROM unnest(CAST(:r AS text[])) AS r WHERE has_schema_privilege(r, 'public', 'CREATE')"),
            {"r": roles},
        ).all()  # fmt: skip
        empties = session.scalars(
            text(
                "SELECT relname || ' ' || r FROM pg_class c, unnest(CAST(:r AS text[])) AS r WHERE relkind IN ('r', 'p') "
                "AND relnamespace = 'public'::regnamespace AND has_table_privilege(r, c.oid, 'TRUNCATE')"
            ),
            {"r": roles},
        ).all()
    assert (owned, strong, makes, empties) == ([], [], [], [])


def test_what_is_append_only_gives_no_role_the_right_to_change_it(owner):
    with owner.reading() as session:
        found = session.execute(
            text(
                "SELECT c.relname, r, a FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
                "JOIN pg_proc p ON p.oid = tgfoid, unnest(CAST(:roles AS text[])) AS r, "
                "(VALUES ('UPDATE', 16), ('DELETE', 8)) AS v (a, bit) WHERE proname = 'refuse_change' "
                "AND tgtype & bit > 0 AND has_table_privilege(r, c.oid, a)"
            ),
            {"roles": [*GROUPS, WEB]},
        ).all()
        many = session.scalar(text("SELECT count(*) FROM pg_trigger WHERE tgname = 'append_only'"))
    assert many > 30
    assert found == []


def test_who_said_no_scope_reads_nothing(pages):
    for table in ("gardu", "customer", "app_user", "ulp", "app_secret"):
        with pages.within(NOWHERE).reading() as session, pytest.raises(ProgrammingError):
            session.execute(text(f"SELECT * FROM {table}"))


def test_the_pages_log_in_reads_nothing_by_itself(pages, pages_url, owner):
    if pages_url == owner.url:
        pytest.skip("the server is not ours: the pages have no log-in of their own")
    assert rights.too_much(pages_url) == []
    with pages.reading() as session, pytest.raises(ProgrammingError):
        session.execute(text("SELECT * FROM gardu"))


def test_a_scope_sees_its_unit_whatever_a_query_forgot(pages):
    for ulp in (A, B):
        with pages.within(Scope(UNIT, ulp)).reading() as session:
            assert units_of(session) == {ulp}
            assert units_of(session, "ulp") == {ulp}
            assert units_of(session, "near.gardu") == {ulp}
            assert units_of(session, "gis.gardu") == {ulp}
        with pages.within(Scope(UNIT, ulp)).asking() as connection:
            assert units_of(connection) == {ulp}


def test_a_real_query_without_its_condition_lets_nothing_out(pages, monkeypatch):
    """The wall behind the wall: the first one taken away, on a query of the product itself."""
    told = {"ulp": A, "q": "x", "like": "%PD%", "limit": 1000}
    bare = board._SEARCH.replace("ulp = :ulp AND", "").replace("WHERE ulp = :ulp", "WHERE true")
    assert bare != board._SEARCH
    # Asked as the owner it does: the test can fail.
    with Database(pages.url.replace(f"{WEB}@", "rbmgeo@")).reading() as session:
        if session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            assert len(session.execute(text(bare), told).all()) == 80
    with pages.within(Scope(UNIT, A)).reading() as session:
        assert len(session.execute(text(bare), told).all()) == 40


def test_nobody_writes_into_another_unit(pages):
    for write in (
        "INSERT INTO gardu (ulp, gardu, raw_code) VALUES ('52321', 'BARU', 'BARU')",
        "INSERT INTO command_log (who, ulp, command) VALUES ('uji', '52321', 'x')",
        "UPDATE gardu SET ulp = '52321' WHERE gardu = 'PD001'",
    ):
        refused = pytest.raises(DBAPIError, match="row-level security")
        with refused, pages.within(Scope(UNIT, A)).writing() as session:
            session.execute(text(write))
    with pages.within(Scope(UNIT, A)).writing() as session:
        assert session.execute(text("UPDATE gardu SET name = name")).rowcount == 40
        assert session.execute(text("DELETE FROM gardu WHERE ulp = '52321'")).rowcount == 0


def test_rows_written_in_bulk_meet_the_same_wall(pages):
    def rows(ulp):
        return pd.DataFrame({"ulp": [ulp], "gardu": ["BANYAK"], "raw_code": ["BANYAK"]})

    refused = pytest.raises(DBAPIError, match="row-level security")
    with refused, pages.within(Scope(UNIT, A)).writing() as session:
        bulk.copy_rows(session, "gardu", rows(B))
    with pages.within(Scope(UNIT, A)).writing() as session:
        assert bulk.copy_rows(session, "gardu", rows(A)) == 1
        assert session.execute(text("DELETE FROM gardu WHERE gardu = 'BANYAK'")).rowcount == 1


def read_nothing(database):
    with database.within(NOWHERE).reading() as session, pytest.raises(ProgrammingError):
        session.execute(text("SELECT * FROM gardu"))
    with database.within(Scope(UNIT, B)).reading() as session:
        assert units_of(session) == {B}


def test_a_connection_carries_no_scope_to_the_next_one(pages):
    """One connection in the pool: after a commit, an error, a lost server process."""
    with pages.within(Scope(UNIT, A)).writing() as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    read_nothing(pages)
    with pytest.raises(DBAPIError), pages.within(Scope(UNIT, A)).writing() as session:
        session.execute(text("SELECT 1 / 0"))
    read_nothing(pages)
    with pytest.raises(DBAPIError), pages.within(Scope(UNIT, A)).asking() as connection:
        connection.execute(text("SELECT 1 / 0"))
    read_nothing(pages)
    with pages.within(Scope(UNIT, A)).reading() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == first


def test_nor_does_one_whose_server_process_was_killed(pages, owner):
    with pages.within(Scope(UNIT, A)).reading() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with owner.writing() as other:
            other.execute(text("SELECT pg_terminate_backend(:p, 5000)"), {"p": pid})
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT count(*) FROM gardu"))
    read_nothing(pages)


def test_a_transaction_after_a_commit_within_one_session_says_its_scope_again(pages):
    with pages.within(Scope(UNIT, A)).reading() as session:
        assert units_of(session) == {A}
        session.rollback()
        assert units_of(session) == {A}


def test_the_condition_of_the_wall_is_that_of_the_query(pages):
    """One equality: the index is used as without a wall, and rows are estimated once."""
    with pages.within(Scope(UNIT, A)).reading() as session:
        plan = session.scalars(
            text("EXPLAIN SELECT name FROM gardu WHERE ulp = '51354' AND gardu = 'PD007'")
        ).all()
    told = "\n".join(plan)
    assert "Index" in told
    assert "Filter: ((ulp" not in told
    assert told.count("'51354'") <= 2


def test_a_tile_is_that_of_the_scope_whatever_unit_is_asked_for(pages, owner):
    where = {"z": 14, "x": 13321, "y": 8541}
    ask = text("SELECT rbmgeo_tile(:z, :x, :y, CAST(:q AS json))")
    with owner.reading() as session:
        x, y = session.execute(
            text("SELECT floor((112.701 + 180) / 360 * 2 ^ 14), floor((1 - ln(tan(radians(-7.65)) + 1 / cos(radians(-7.65))) / pi()) / 2 * 2 ^ 14)")
        ).one()  # fmt: skip
        where |= {"x": int(x), "y": int(y)}
        session.execute(text("SELECT 1"))
    with owner.writing() as session:
        session.execute(text("DELETE FROM gardu WHERE ulp = '52321' AND gardu > 'PD010'"))
    own, other = ({**where, "q": f'{{"ulp": "{u}"}}'} for u in (A, B))
    with owner.reading() as session:
        assert bytes(session.scalar(ask, own)) != bytes(session.scalar(ask, other)) != b""
        of_a = bytes(session.scalar(ask, own))
    with pages.within(Scope(UNIT, A)).asking() as connection:
        assert bytes(connection.scalar(ask, other)) == of_a
    with pages.within(Scope(FIELD, A)).reading() as session, pytest.raises(ProgrammingError):
        session.execute(ask, own)


def test_only_what_is_listed_runs_with_the_rights_of_the_owner(owner):
    with owner.reading() as session:
        functions = session.scalars(
            text(
                "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE prosecdef AND NOT EXISTS ("
                "SELECT FROM pg_depend d WHERE d.objid = p.oid AND deptype = 'e') ORDER BY 1"
            )
        ).all()
        schemas = session.scalars(
            text(
                "SELECT DISTINCT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'v' "
                "AND nspname NOT IN ('pg_catalog', 'information_schema', 'public') ORDER BY 1"
            )
        ).all()
        anybody = session.scalars(
            text(
                "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE prosecdef AND NOT EXISTS (SELECT "
                "FROM pg_depend d WHERE d.objid = p.oid AND deptype = 'e') AND "
                "(has_function_privilege('rbmgeo_web', p.oid, 'EXECUTE') OR proconfig IS NULL)"
            )
        ).all()
    plain = {f.replace(",", ", ") for f in functions}
    assert plain == set(rights.AUDITED_FUNCTIONS)
    assert set(schemas) == set(rights.AUDITED_SCHEMAS)
    assert anybody == []


def test_a_part_goes_only_where_it_is_empty_and_ones_own(pages, owner):
    with owner.writing() as session:
        for ulp in (A, B):
            bulk.UnitPart.begin(session, "customer", ulp).join(session)
    ask = text("SELECT drop_empty_part('customer', :p)")
    with pytest.raises(DBAPIError), pages.within(Scope(UNIT, A)).writing() as session:
        session.execute(ask, {"p": "part_customer_52321"})
    with pytest.raises(DBAPIError), pages.within(Scope(UNIT, A)).writing() as session:
        session.execute(text("SELECT drop_empty_part('gardu', 'gardu')"))
    with pages.within(Scope(UNIT, A)).writing() as session:
        assert session.scalar(ask, {"p": "part_customer_51354"}) is True
        assert session.scalar(ask, {"p": "part_customer_51354"}) is False


def test_over_all_units_are_people_and_no_customer(pages):
    with pages.within(OVER_UNITS).reading() as session:
        assert units_of(session, "ulp") == {A, B}
        assert session.scalar(text("SELECT count(*) FROM app_user")) == 0
    for table in ("customer", "gardu", "reading", "receivable"):
        with pages.within(OVER_UNITS).reading() as session, pytest.raises(ProgrammingError):
            session.execute(text(f"SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("role", "asked"),
    [(FIELD, "SELECT * FROM receivable"), (FIELD, "SELECT kwh FROM reading"), (FIELD, "SELECT * FROM arrears_report"),
     (FIELD, "UPDATE gardu SET name = ''"), (FIELD, "DELETE FROM user_role"), (UNIT, "SELECT password_hash FROM app_user"),
     (UNIT, "SELECT * FROM app_secret"), (UNIT, "INSERT INTO user_role VALUES ('51354', 1, 'admin')"), (UNIT, "SELECT * FROM login_try"),
     (VENDOR, "SELECT * FROM receivable"), (VENDOR, "SELECT * FROM reading"), (VENDOR, "SELECT * FROM gis.customer"), (VENDOR, "UPDATE gardu SET name = ''"),
     (EVERY, "UPDATE command_log SET who = ''"),
     # Each function and view of the owner is for those alone whose work asks it.
     (EVERY, "SELECT rbmgeo_tile(0, 0, 0, '{}')"), (EVERY, "SELECT rbmgeo_elsewhere('51354', '513540000001')"),
     (EVERY, "SELECT * FROM near.customer"), (FIELD, "SELECT * FROM near.unit"), (UNIT, "SELECT access_log_month(now())"),
     (VENDOR, "SELECT * FROM near.foreign_gardu"), (VENDOR, "SELECT rbmgeo_elsewhere('51354', '513540000001')"),
     (REGION, "SELECT * FROM near.gardu"), (REGION, "SELECT * FROM near.jtr_span"), (REGION, "SELECT * FROM customer"),
     (REGION, "SELECT rbmgeo_elsewhere('51354', '513540000001')"), (REGION, "DELETE FROM unit_figures")],
)  # fmt: skip
def test_a_role_has_no_right_to_what_its_work_does_not_need(pages, role, asked):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, pages.within(Scope(role, A)).writing() as session:
        session.execute(text(asked))


def test_a_scope_of_several_units_sees_those_alone(pages, owner):
    with owner.writing() as session:
        for ulp in (A, B):
            session.execute(
                text("INSERT INTO customer (ulp, idpel, active) VALUES (:u, :i, true)"),
                {"u": ulp, "i": f"{ulp}0000001"},
            )
    seen = ("gardu", "ulp", "command_log", "near.customer")
    for ulps in ((A,), (A, B), ()):
        with pages.within(Scope(REGION, ulps=ulps)).reading() as session:
            assert [units_of(session, table) for table in seen] == [set(ulps)] * len(seen)


def test_a_scope_takes_nothing_but_codes():
    for ulp in ("5'1", "5 1", "51\u0663"):
        with pytest.raises(ValueError, match="letters and figures"):
            Scope(UNIT, ulp)
    with pytest.raises(ValueError, match="no role"):
        Scope("postgres", A)


def test_many_make_the_roles_at_once(owner):
    """Every test database does so on one server."""
    faults = []

    def one():
        try:
            rights.secure(owner.url)
        except Exception as fault:
            faults.append(fault)

    running = [threading.Thread(target=one) for _ in range(6)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert faults == []


def test_who_may_make_no_roles_is_told_what_its_administrator_runs(owner, monkeypatch):
    monkeypatch.setattr(roles, "missing", lambda connection: [UNIT])
    monkeypatch.setattr(roles, "may_make", lambda connection: False)
    plain = create_engine(owner.url, poolclass=NullPool)
    refused = pytest.raises(roles.RolesMissing, match="CREATE ROLE rbmgeo_unit NOLOGIN")
    with plain.connect() as connection, refused as told:
        roles.make_roles(connection)
    assert "administrator server menjalankan" in told.value.indonesian
