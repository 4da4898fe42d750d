"""Setelan dokumen over HTTP: numbers that stay apart, names and sentences on the papers issued next."""

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
PAGE = f"/{small.SMALL}/{small.BLTH}/setelan/dokumen"


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    database = Database(make_database("documents", filled=small.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    yield client, database
    database.close()


def kept(database):
    with database.reading() as session:
        return units.unit_settings(session, ulp=small.SMALL)


DEED = {
    "deed_number": "{number:04d}/SERAH/{ulp}/{year}", "deed_place": "Pandaan",
    "deed_giver_name": "  Budi   Santoso ", "deed_giver_position": "Koordinator",
    "deed_receiver_name": "", "deed_receiver_position": "Manajer ULP", "deed_opening": "Kami:\r\n",
    "deed_closing": "",
}  # fmt: skip


def test_what_is_written_is_kept_and_shown_with_an_example_of_the_number(unit):
    client, database = unit
    planner = client("perencana")
    assert planner.post(f"{PAGE}/berita", data=DEED).status_code == 302
    found = kept(database)
    assert (found.deed_giver_name, found.deed_opening) == ("Budi Santoso", "Kami:")
    assert "0007/SERAH/51354/" in planner.get(PAGE).text
    words = {
        "form_number": "{number}/{kind}/{ulp}",
        "words:kml": "Tulis stand.",
        "words:informasi": " ",
    }
    assert planner.post(f"{PAGE}/formulir", data=words).status_code == 302
    assert kept(database).form_words == {"kml": "Tulis stand."}
    with database.reading() as session:
        log = session.scalars(text("SELECT after::text FROM command_log WHERE command = 'document settings'")).all()  # fmt: skip
    assert len(log) == 2 and "Budi" not in " ".join(log)


@pytest.mark.parametrize(
    ("part", "told", "said"),
    [
        ("berita", {**DEED, "deed_number": "tanpa nomor"}, "{number}"),
        ("berita", {**DEED, "deed_number": "{nomor}"}, "{number}"),
        ("formulir", {"form_number": "{number}/{ulp}"}, "{kind}"),
        ("berita", {**DEED, "deed_giver_name": "x" * 121}, "121 huruf"),
    ],
)
def test_a_pattern_that_gives_two_papers_one_number_is_said_and_not_kept(unit, part, told, said):
    client, database = unit
    before = kept(database)
    answer = client("perencana").post(f"{PAGE}/{part}", data=told)
    assert answer.status_code == 422 and said in answer.text
    assert kept(database) == before


def test_who_only_looks_may_look_and_a_surveyor_not(unit):
    client, _ = unit
    assert client("pengawas").get(PAGE).status_code == 200
    assert client("pengawas").post(f"{PAGE}/berita", data=DEED).status_code == 403
    assert client("surveyor").get(PAGE).status_code == 403
