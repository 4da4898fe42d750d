"""Berkas masuk: the sums of a file, what it changed, and taking it back."""

import pytest
import small_unit as small

from rbmgeo.db.queries import people, units
from rbmgeo.settings import Settings
from rbmgeo.workflows.import_files import import_files
from web import create_app

HEAD = "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KODERBM;PEMKWH\n"
U = f"/{small.SMALL}/202406/berkas"


def rows(month, first, last, name):
    return HEAD + "".join(
        f"{month};51354;{513540000000 + n};{name};R1;900;51354BAA;{n}\n"
        for n in range(first, last + 1)
    )


@pytest.fixture
def client(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=small.SMALL)
        grants = [(small.SMALL, "perencana")]
        people.add_user(session, login="rencana", password=small.PASSWORD, grants=grants)
    (tmp_path / "mei.csv").write_text(rows("202405", 1, 6, "A"))
    (tmp_path / "juni.csv").write_text(rows("202406", 3, 9, "B") + "202406;51354;x;C;R1;900;R;50\n")
    for name in ("mei.csv", "juni.csv"):
        import_files(
            fresh_database, [tmp_path / name], ulp=small.SMALL, accept_good=True, who="budi"
        )
    app = create_app(Settings(home=tmp_path), fresh_database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    made = app.test_client()
    made.post("/masuk", data={"nama": "rencana", "sandi": small.PASSWORD})
    return made


def test_a_file_says_what_it_brought_and_is_taken_back(client):
    listed = client.get(U).text
    assert "juni.csv" in listed and "mei.csv" in listed and "budi" in listed
    page = client.get(f"{U}/2").text
    assert page.count("jumlah cocok") == 2  # rows, and kWh
    assert "dimuat <b>42</b> + ditolak <b>50</b> = isi berkas <b>92</b>" in page
    changes = client.get(f"{U}/2/perubahan.csv").text
    assert [changes.count(f"\n{what},") for what in ("new", "gone", "changed")] == [3, 2, 4]
    assert "513540000007" in page and "513540000001" in page
    assert "R-IM-01" in client.get(f"{U}/2/ditolak.csv").text
    held = client.get(f"{U}/1/urungkan").text
    assert "urungkan impor 2 dulu" in held and "Lihat impor 2" in held
    assert client.post(f"{U}/1/urungkan").status_code == 403
    assert "Urungkan impor 2" in client.get(f"{U}/2/urungkan").text
    assert client.post(f"{U}/2/urungkan").status_code == 302
    assert "Diurungkan oleh rencana" in client.get(f"{U}/2").text
    assert "diurungkan" in client.get(U).text
    assert client.post(f"{U}/1/urungkan").status_code == 302
    assert client.get(f"{U}/99").status_code == 404
