"""Konsistensi jadwal over HTTP: what the log says of each RBM, asked and answered by a person."""

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
PAGE = f"/{small.SMALL}/{small.BLTH}/konsistensi"
RBM = "51354BKA"


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    """The small unit with a log: its RBM read on two days, by two officers, once at four in the morning."""

    def build(session):
        small.build(session)
        people = session.scalars(
            text("SELECT idpel FROM rbm_list WHERE ulp = :u AND blth = :b AND rbm = :r ORDER BY idpel"),
            {"u": small.SMALL, "b": small.BLTH, "r": RBM},
        ).all()  # fmt: skip
        assert len(people) >= 2
        for n, idpel in enumerate(people):
            session.execute(
                text("INSERT INTO reader_log (ulp, idpel, blth, officer, read_at, accuracy_m, geom) VALUES "
                     "(:u, :i, :b, :o, :at, 5, ST_SetSRID(ST_MakePoint(112.7, -7.65), 4326))"),
                {"u": small.SMALL, "i": idpel, "b": small.BLTH, "o": "BUDI" if n else "SITI",
                 "at": f"2024-12-{10 + min(n, 1)} {'04:30' if not n else '09:00'}:00+07"},
            )  # fmt: skip

    database = Database(make_database("consistency", filled=build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    client.database = database
    yield client
    database.close()


@pytest.fixture
def unit_without_zone(unit):
    """The same unit before anything told where it lies, then as it was."""
    was = _zone(unit.database, None)
    yield unit
    _zone(unit.database, was)


def _zone(database, srid):
    with database.writing() as session:
        was = session.scalar(text("SELECT utm_srid FROM ulp WHERE ulp = :u"), {"u": small.SMALL})
        session.execute(text("UPDATE ulp SET utm_srid = :s WHERE ulp = :u"), {"s": srid, "u": small.SMALL})  # fmt: skip
        # Another answer: what was computed before is not shown again.
        session.execute(text("INSERT INTO reading_answer (ulp, rbm, blth, ask, verdict, note, answered_by) "
                             "VALUES (:u, 'x', '200001', 'x', 'dijelaskan', 'x', 'x')"), {"u": small.SMALL})  # fmt: skip
    return was


def test_each_question_stands_with_why_it_may_be_nothing_and_accuses_nobody(unit):
    page = unit("pengawas").get(PAGE).text
    for words in (
        "dibaca pada beberapa tanggal",
        "dibaca beberapa petugas",
        "di luar jam 05.00-20.00",
    ):
        assert words in page
    assert "petugas pengganti" in page and "bukan tuduhan" in page
    assert "SITI" not in page and "BUDI" not in page


def test_a_person_answers_with_words_and_the_question_is_closed(unit):
    awas = unit("pengawas")
    told = {"rbm": RBM, "bulan": small.BLTH, "tanya": "beberapa_petugas", "putusan": "dijelaskan"}
    assert awas.post(PAGE, data=told).status_code == 422
    assert (
        awas.post(PAGE, data={**told, "catatan": "pengganti, seizin pengawas"}).status_code == 302
    )
    page = awas.get(PAGE).text
    assert "pengganti, seizin pengawas" in page
    assert awas.post(PAGE, data={**told, "catatan": "x", "putusan": "bersalah"}).status_code == 422
    assert unit("perencana").post(PAGE, data={**told, "catatan": "x"}).status_code == 403


def test_one_rbm_shows_its_facts_month_by_month(unit):
    page = unit("perencana").get(f"{PAGE}?rbm={RBM}").text
    assert f"Fakta {RBM}" in page and "Des 2024" in page
    assert unit("perencana").get(f"{PAGE}?rbm=TIDAK-ADA").status_code == 200


def test_without_a_log_the_page_says_what_comes_next(unit):
    page = unit("pengawas").get(f"/{small.SMALL}/202001/konsistensi").text
    assert "Impor log aplikasi baca meter" in page


def test_a_unit_that_nothing_places_is_asked_about_days_and_not_about_places(unit_without_zone):
    page = unit_without_zone("pengawas").get(PAGE).text
    assert "dibaca pada beberapa tanggal" in page
    assert "jauh dari titik pelanggan" not in page
