"""Walking along a gardu: what the pages show a surveyor, and what an answer becomes."""

import re
import uuid

import pytest
import small_unit as small
import telusur_unit as drawn
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

PAGE = f"/{small.SMALL}/{small.BLTH}/survei/telusur"


@pytest.fixture
def walked(make_database, tmp_path_factory):
    """A database of its own, for answers change it: (database, a log-in as a role)."""
    database = Database(make_database("telusur", filled=drawn.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False

    def client(login="surveyor"):
        made = app.test_client()
        answer = made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        assert answer.status_code == 302
        return made

    yield database, client
    database.close()


def line(number, house, outcome, gardu=""):
    return f"{uuid.UUID(int=number)}|{small.public_id(house)}|{outcome}|{gardu}"


def kept(database):
    with database.reading() as session:
        rows = session.execute(
            text("SELECT idpel, outcome, gardu, tiang, officer FROM survey_answer ORDER BY idpel")
        )
        return [tuple(r) for r in rows]


def asked(database):
    with database.reading() as session:
        rows = session.execute(
            text("SELECT idpel, after, proposed_by FROM proposal WHERE client_id IS NOT NULL")
        )
        return [tuple(r) for r in rows]


def test_poles_come_in_line_order_with_the_stranger_at_the_end_of_the_line(walked):
    page = walked[1]().get(f"{PAGE}/{drawn.HERE}").text
    assert re.findall(r"Tiang (T\d)", page) == ["T1", "T2", "T3", "T4"]
    assert "2 rumah di tiang ini: semua PD001" in page
    assert "juga lewat jalur PD002" in page


def test_a_surveyor_is_told_no_guess(walked):
    client = walked[1]()
    for address in (PAGE, f"{PAGE}/{drawn.HERE}", f"{PAGE}/{drawn.HERE}/cetak"):
        page = client.get(address)
        assert page.status_code == 200
        assert not re.search(r"log-odds|tier |p = |diragukan|usulan gardu", page.text), address


def test_one_tap_answers_every_house_of_a_pole_and_twice_is_once(walked):
    database, client = walked
    surveyor = client()
    sent = {"lewat": "skrip", "tiang": "T4", "pada": "2026-11-26T09:00:00+07:00",
            "jawab": [line(1, 3, "cocok"), line(2, 4, "gardu_lain", "pd-001")]}  # fmt: skip
    first = surveyor.post(f"{PAGE}/{drawn.HERE}/jawaban", data=sent).json
    again = surveyor.post(f"{PAGE}/{drawn.HERE}/jawaban", data=sent).json
    assert (first["good"], first["proposals"]) == (2, 2)
    assert (again["good"], again["skipped"], again["proposals"]) == (0, 2, 0)
    assert kept(database) == [
        (small.idpel(3), "cocok", None, "T4", "surveyor"),
        (small.idpel(4), "gardu_lain", "PD001", "T4", "surveyor"),
    ]
    # Whoever hangs on another pole than recorded is proposed for it too.
    assert asked(database) == [
        (small.idpel(3), "T4", "surveyor"),
        (small.idpel(4), "PD001", "surveyor"),
    ]


def test_without_a_script_nothing_is_kept_before_it_is_confirmed(walked):
    database, client = walked
    surveyor = client()
    sent = {"tiang": "T1", "jurusan": "1", "jawab": f"{uuid.UUID(int=5)}|{small.public_id(0)}",
            "hasil": "tidak_terlacak|"}  # fmt: skip
    assert surveyor.post(f"{PAGE}/{drawn.HERE}/jawaban", data=sent).status_code == 422
    assert kept(database) == []
    done = surveyor.post(f"{PAGE}/{drawn.HERE}/jawaban", data={**sent, "yakin": "1"})
    assert done.status_code == 302
    assert kept(database) == [(small.idpel(0), "tidak_terlacak", None, "T1", "surveyor")]
    assert "1 dari 2 rumah" not in surveyor.get(PAGE).text
    assert "1 dari 4 rumah dijawab" in surveyor.get(PAGE).text


@pytest.mark.parametrize(
    "bad",
    [
        {"jawab": "x"},
        {"jawab": []},
        {"jawab": line(1, 0, "dibongkar")},
        {"jawab": line(1, 0, "gardu_lain", "PD999")},
        {"jawab": f"{'-' * 36}|{'-' * 36}|cocok|"},
    ],
)
def test_what_is_no_answer_is_refused_and_not_kept(walked, bad):
    database, client = walked
    answer = client().post(f"{PAGE}/{drawn.HERE}/jawaban", data={"lewat": "skrip", **bad})
    assert answer.status_code == 422
    assert kept(database) == []


def test_a_supervisor_may_walk_and_a_stranger_may_not(walked):
    client = walked[1]
    sent = {"lewat": "skrip", "tiang": "T1", "jawab": line(9, 0, "cocok")}
    assert client("pengawas").post(f"{PAGE}/{drawn.HERE}/jawaban", data=sent).json["good"] == 1
    assert client("tamu").post(f"{PAGE}/{drawn.HERE}/jawaban", data=sent).status_code == 403


def test_a_gardu_without_lines_is_walked_by_distance(as_role):
    page = as_role("surveyor").get(f"{PAGE}/PD002").text
    assert "anpa gambar JTR: urut jarak" in page


def test_a_gardu_that_is_not_there_is_said(as_role):
    client = as_role("surveyor")
    assert client.get(f"{PAGE}/TIDAK").status_code == 404
    assert "cocok dengan pencarian" in client.get(f"{PAGE}?cari=zzz").text
    assert "PD001" in client.get(f"{PAGE}?cari=pd001").text
