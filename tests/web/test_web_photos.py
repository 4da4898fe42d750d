"""Photos of customers: a zip is taken in, a photo is shown to who may see the customer, undone."""

import re
import zipfile

import pytest
import small_unit as small
from pictures import jpeg, png
from sqlalchemy import text

from rbmgeo.db.queries import people, units
from rbmgeo.errors import ImportRefused
from rbmgeo.intake.pictures import drawn_anew
from rbmgeo.settings import Settings
from rbmgeo.workflows.batches import undo
from rbmgeo.workflows.import_files import import_files
from web import create_app

ID = "513540000001"
JPEG, PNG = jpeg(1), png(2)


@pytest.fixture
def taken_in(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=small.SMALL)
        for login, role in (("rencana", "perencana"), ("jalan", "surveyor")):
            people.add_user(
                session, login=login, password=small.PASSWORD, grants=[(small.SMALL, role)]
            )
    (tmp_path / "a.csv").write_text(
        f"BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n202405;{ID};51354;51354BAA;1\n"
    )
    names = {
        f"202405/{ID}.jpg": JPEG, f"{ID}_202406.png": PNG, f"202406/{ID}_2.png": PNG,
        "202405/513540000009.jpg": JPEG, "rumah.jpg": JPEG,
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "foto.zip", "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return import_files(
        fresh_database, [tmp_path / "a.csv", tmp_path / "foto.zip"], ulp=small.SMALL,
        accept_good=True, home=tmp_path,
    )  # fmt: skip


def client(database, home, login="rencana"):
    app = create_app(Settings(home=home), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    made = app.test_client()
    made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
    return made


def page_of(database):
    with database.reading() as session:
        who = session.scalar(text("SELECT public_id::text FROM customer"))
    return f"/{small.SMALL}/202405/pelanggan/{who}"


def test_each_photo_is_kept_once_and_shown_with_its_customer(fresh_database, tmp_path, taken_in):
    file = taken_in.files[1]
    assert (file.kind, file.read, file.good, file.rejected) == ("photos", 5, 4, 1)
    assert [p["rule"] for p in file.problems] == ["PHOTO_NAME"]
    assert len([p for p in (tmp_path / "photos").rglob("*") if p.is_file()]) == 2
    browser = client(fresh_database, tmp_path)
    page = browser.get(page_of(fresh_database)).text
    links = re.findall(r'<img src="([^"]+)"', page)
    assert len(links) == 2, "the same photo of one month is there once"
    for link, (content, mimetype) in zip(
        links, [(PNG, "image/png"), (JPEG, "image/jpeg")], strict=True
    ):
        with browser.get(link) as told:
            assert (told.data, told.mimetype) == (drawn_anew(content)[0], mimetype)
            assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(ID in link for link in links)


def test_who_may_not_see_the_customer_sees_no_photo(fresh_database, tmp_path, taken_in):
    page = client(fresh_database, tmp_path).get(page_of(fresh_database)).text
    link = re.findall(r'<img src="([^"]+)"', page)[0]
    assert client(fresh_database, tmp_path, "jalan").get(link).status_code == 403
    stranger = create_app(Settings(home=tmp_path), fresh_database).test_client()
    assert stranger.get(link).status_code in (302, 401)


def test_a_missing_file_is_said_with_what_to_do(fresh_database, tmp_path, taken_in):
    browser = client(fresh_database, tmp_path)
    link = re.findall(r'<img src="([^"]+)"', browser.get(page_of(fresh_database)).text)[0]
    for file in (tmp_path / "photos").rglob("*.png"):
        file.unlink()
    answer = browser.get(link)
    assert answer.status_code == 404 and "RBMGEO_HOME" in answer.text


def test_a_broken_photo_refuses_the_zip_and_nothing_is_taken_in(fresh_database, tmp_path):
    with zipfile.ZipFile(tmp_path / "rusak.zip", "w") as archive:
        archive.writestr(f"202405/{ID}.jpg", JPEG + b"rumah" * 9000)
    body = (tmp_path / "rusak.zip").read_bytes()
    (tmp_path / "rusak.zip").write_bytes(body.replace(b"rumahrumah", b"rumahRUMAH", 1))
    with pytest.raises(ImportRefused, match=r"rusak\.zip"):
        import_files(fresh_database, [tmp_path / "rusak.zip"], ulp=small.SMALL, home=tmp_path)
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM import_batch")) == 0


def test_undone_and_taken_in_again(fresh_database, tmp_path, taken_in):
    def count():
        with fresh_database.reading() as session:
            return session.scalar(text("SELECT count(*) FROM photo"))

    assert count() == 3
    with fresh_database.writing() as session:
        undo(session, small.SMALL, taken_in.files[1].batch, who="uji")
    assert count() == 0
    again = import_files(
        fresh_database, [tmp_path / "foto.zip"], ulp=small.SMALL, accept_good=True, home=tmp_path
    )
    assert (again.files[0].good, count()) == (4, 3)


def test_what_a_photo_is_its_bytes_say_and_one_known_changes_nothing(
    fresh_database, tmp_path, taken_in
):
    with zipfile.ZipFile(tmp_path / "lagi.zip", "w") as archive:
        archive.writestr(f"202405/{ID}.jpg", JPEG)  # known
        archive.writestr(f"202405/{ID}_2.jpg", PNG)  # called otherwise than it is
        archive.writestr(f"202405/{ID}_3.tmp", JPEG + b"lain")
        archive.writestr(f"202405/{ID}_4.jpg", b"RIFF0000WAVE")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(f"202405/{ID}_3.tmp", JPEG + b"lagi")
    done = import_files(
        fresh_database, [tmp_path / "lagi.zip"], ulp=small.SMALL, accept_good=True, home=tmp_path
    ).files[0]
    assert (done.read, done.good, done.unchanged, done.rejected) == (5, 4, 1, 1)
    assert [(p["rule"], p["row"]) for p in done.problems] == [("PHOTO_BYTES", 4)]
    browser = client(fresh_database, tmp_path)
    kinds = []
    for link in re.findall(r'<img src="([^"]+)"', browser.get(page_of(fresh_database)).text):
        with browser.get(link) as told:
            kinds.append(told.mimetype)
    assert sorted(kinds) == ["image/jpeg"] * 3 + ["image/png"] * 2
