"""A vendor's coordinator: the RBM assigned to him, and nothing beside."""

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import vendor
from rbmgeo.db.scope import VENDOR, Scope
from rbmgeo.db.session import Database
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.settings import Settings
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}"
HIS, OTHER = small.VENDORS_RBM, "51354BKB"


@pytest.fixture(scope="module")
def database(make_database):
    made = Database(make_database("vendor", filled=small.build))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(database, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def of(login):
        made = app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    return of


@pytest.fixture(scope="module")
def user_id(database):
    with database.reading() as session:
        return session.scalar(text("SELECT user_id FROM app_user WHERE login = 'vendor'"))


def test_he_is_led_to_his_rbm_and_how_far_each_is_read(client):
    his = client("vendor")
    assert his.get(f"/{small.SMALL}").location == f"{U}/rbm-saya"
    page = his.get(f"{U}/rbm-saya").text
    assert HIS in page
    assert OTHER not in page
    # None of the four has a stand in the month: kWh alone is no reading of a stand (R-PO-04).
    assert "0 dari 4 pelanggan terbaca" in page


def test_a_month_without_a_list_knows_nothing_not_zero(client):
    page = client("vendor").get(f"/{small.SMALL}/202409/rbm-saya").text
    assert "tidak ada daftar bulan ini" in page


def test_he_sees_map_list_and_sheet_of_his_rbm(client):
    his = client("vendor")
    page = his.get(f"{U}/rbm-saya/peta/{HIS}").text
    for n in range(4):
        assert f"Nama {n}<" in page
        assert f"Jl. Kenanga {n}<" in page
    assert "Nama 4" not in page
    assert "100,5" not in page
    sheet = his.get(f"{U}/rbm-saya/lembar/{HIS}.pdf")
    assert sheet.data.startswith(b"%PDF")


@pytest.mark.parametrize("page", ["peta/{}", "lembar/{}.pdf"])
@pytest.mark.parametrize("code", [OTHER, "TIADA"])
def test_an_rbm_of_another_is_not_there_whether_it_is_or_not(client, page, code):
    answer = client("vendor").get(f"{U}/rbm-saya/{page.format(code)}")
    assert answer.status_code == 404
    assert "Nama 4" not in answer.text


def test_nobody_else_has_the_page(client):
    for login in ("perencana", "pengawas", "surveyor", "admin"):
        assert client(login).get(f"{U}/rbm-saya").status_code == 403


def test_the_database_shows_him_no_more(database, user_id):
    with database.within(Scope(VENDOR, small.SMALL, user_id)).reading() as session:
        seen = session.scalars(text("SELECT idpel FROM customer ORDER BY 1")).all()
        assert seen == [small.idpel(n) for n in range(4)]
        assert session.scalars(text("SELECT DISTINCT rbm FROM rbm_list")).all() == [HIS]
        assert session.scalars(text("SELECT idpel FROM near.customer ORDER BY 1")).all() == seen
        assert session.scalar(text("SELECT count(*) FROM match_row")) == 0
        assert session.scalar(text("SELECT count(*) FROM finding")) == 0
    for scope in (
        Scope(VENDOR, small.SMALL),
        Scope(VENDOR, small.EMPTY, user_id),
        Scope(VENDOR, small.SMALL, user_id + 999),
    ):
        with database.within(scope).reading() as session:
            assert session.scalar(text("SELECT count(*) FROM customer")) == 0
            assert session.scalar(text("SELECT count(*) FROM vendor.progress")) == 0


def test_the_planner_assigns_takes_back_and_all_of_it_stays(client, database, user_id):
    planner, his = client("perencana"), client("vendor")
    assert (
        planner.post(f"{U}/vendor", data={"orang": user_id, "rbm": [OTHER, HIS]}).status_code == 302
    )
    assert OTHER in his.get(f"{U}/rbm-saya").text
    with database.reading() as session:
        rows = vendor.assignments(session, ulp=small.SMALL)
    one = next(r for r in rows if r["rbm"] == OTHER)
    assert len(rows) == 2, "what he had already is not assigned twice"
    back = f"{U}/vendor/{one['assigned_id']}/cabut"
    assert planner.post(back).status_code == 302
    assert planner.post(back).status_code == 404
    assert OTHER not in his.get(f"{U}/rbm-saya").text
    page = planner.get(f"{U}/vendor").text
    assert page.count(f'<td class="b">{OTHER}</td>') == 1
    # Given again, the ended one stays.
    planner.post(f"{U}/vendor", data={"orang": user_id, "rbm": [OTHER]})
    with database.reading() as session:
        told = [(r["rbm"], r["ended_by"]) for r in vendor.assignments(session, ulp=small.SMALL)]
        log = session.scalars(
            text("SELECT command FROM command_log WHERE command LIKE 'vendor%' ORDER BY log_id")
        ).all()
    assert sorted(told, key=str) == sorted(
        [(HIS, None), (OTHER, None), (OTHER, "perencana")], key=str
    )
    assert log == ["vendor assign", "vendor take back", "vendor assign"]


def test_only_a_coordinator_and_only_an_rbm_of_the_list_is_assigned(database, user_id):
    with database.writing() as session:
        with pytest.raises(UsageError, match="no vendor coordinator"):
            vendor.assign(session, ulp=small.SMALL, user_id=999, rbms=[HIS], who="uji")
        with pytest.raises(UsageError, match="not on the newest list"):
            vendor.assign(session, ulp=small.SMALL, user_id=user_id, rbms=["TIADA"], who="uji")
        with pytest.raises(NotThere):
            vendor.take_back(session, ulp=small.EMPTY, assigned_id=1, who="uji")


def test_without_an_rbm_the_page_says_whom_to_ask(client):
    page = client("vendor").get(f"/{small.EMPTY}/{small.BLTH}/rbm-saya").text
    assert "Belum ada RBM untuk Anda" in page
