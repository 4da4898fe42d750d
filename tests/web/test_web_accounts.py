"""Accounts from a file: each fault named, all or nothing, first passwords told once."""

import io
import json
import re

import openpyxl
import pytest
import small_unit as small
from sqlalchemy import text
from typer.testing import CliRunner

from rbmgeo.cli.main import main  # noqa: F401 - the root command is imported as people call it
from rbmgeo.cli.users import app as users_command
from rbmgeo.db.queries import demo_people, people, units
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from rbmgeo.workflows.starting import UnsafeStart, refuse_weak_people
from web import create_app

HEAD = ("nama_masuk", "nama", "unit", "peran")
AT = "/pengguna/berkas"
DRAWN = re.compile(r"[a-z2-9]{5}(?:-[a-z2-9]{5}){3}")


@pytest.fixture(scope="module")
def office(make_database, tmp_path_factory):
    database = Database(make_database("accounts", filled=small.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    client = app.test_client()
    client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD})
    yield app, client, database
    database.close()


def workbook(*rows: tuple[object, ...], head=HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client, content: bytes, name: str = "akun.xlsx"):
    return client.post(AT, data={"berkas": (io.BytesIO(content), name)})


def logins(database) -> set[str]:
    with database.reading() as session:
        return {p.login for p in people.users(session)}


def test_the_template_holds_the_columns_and_its_example_is_never_taken(office):
    _, client, _ = office
    content = client.get(f"{AT}/templat").data
    sheet = openpyxl.load_workbook(io.BytesIO(content))["akun"]
    assert [c.value for c in sheet[1]] == list(HEAD)
    answer = send(client, content)
    assert answer.status_code == 422 and "belum ada baris" in answer.text


def test_every_fault_is_named_with_its_cell_and_nothing_is_made(office):
    _, client, database = office
    before = logins(database)
    bad = [
        ("ok.satu", "Orang Satu", small.SMALL, "surveyor"), ("dua kata", "X", small.SMALL, "surveyor"),
        ("perencana", "X", small.SMALL, "surveyor"), ("OK.SATU", "X", small.SMALL, "surveyor"),
        ("e", "", "99999", "bos"), ("semua.unit", "X", "*", "perencana"),
    ]  # fmt: skip
    answer = send(client, workbook(*bad))
    assert answer.status_code == 422
    rows = re.findall(r'<tr><td class="num">(\d+)</td><td class="mono">([^<]*)</td>.*?<td class="mono">(\w+)</td></tr>', answer.text)  # fmt: skip
    assert {
        ("3", "nama_masuk", "LOGIN_FORM"), ("4", "nama_masuk", "LOGIN_TAKEN"), ("5", "nama_masuk", "LOGIN_TWICE"),
        ("6", "nama", "NAME_EMPTY"), ("6", "peran", "ROLE_UNKNOWN"), ("6", "unit", "UNIT_UNKNOWN"),
        ("7", "unit", "EVERY_UNIT"),
    } <= set(rows)  # fmt: skip
    assert not any(r[0] == "2" for r in rows)
    assert logins(database) == before


def test_a_computed_formula_is_a_fault_of_its_cell(office, tmp_path):
    import xlsxwriter

    _, client, database = office
    path = tmp_path / "rumus.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for column, head in enumerate(HEAD):
        sheet.write(0, column, head)
    for column, told in enumerate(("x.rumus", "Orang", small.SMALL, "surveyor")):
        sheet.write(1, column, told)
    sheet.write_formula(1, 0, '="x."&"rumus"', None, "x.rumus")
    book.close()
    answer = send(client, path.read_bytes())
    assert answer.status_code == 422 and "FORMULA" in answer.text
    assert "x.rumus" not in logins(database)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [(b"", "akun.xlsx", "EMPTY|kosong|terbaca|dibuka|berkas"), (b"<html>", "akun.pdf", "bukan tabel"),
     (b"a,b\n1,2\n", "akun.csv", "tidak ada lembar dengan kolom")],
)  # fmt: skip
def test_what_is_no_file_of_accounts_is_refused_in_a_sentence(office, content, name, told):
    answer = send(office[1], content, name)
    assert answer.status_code == 422
    assert re.search(told, answer.text)


def test_a_good_file_waits_for_the_word_then_everybody_gets_a_password_once(office):
    app, client, database = office
    rows = [("orang.satu", "Orang <b>Satu</b>", small.SMALL, "perencana, pengawas"),
            ("orang.dua", "Orang Dua", f"{small.SMALL} {small.OTHER}", "surveyor")]  # fmt: skip
    page = send(client, workbook(*rows))
    assert page.status_code == 200 and "orang.satu" not in logins(database)
    assert "<b>Satu" not in page.text
    confirm = re.search(rf'action="({AT}/[0-9a-f-]+)"', page.text)[1]
    other = app.test_client()
    other.post("/masuk", data={"nama": "perencana", "sandi": small.PASSWORD})
    assert other.post(confirm, data={"cara": "cetak"}).status_code == 403
    made = client.post(confirm, data={"cara": "cetak"})
    drawn = DRAWN.findall(made.text)
    assert made.status_code == 200 and len(drawn) == len(set(drawn)) == 2
    assert made.headers["Cache-Control"] == "no-store"
    assert client.post(confirm, data={"cara": "cetak"}).status_code == 404, "once"
    with database.reading() as session:
        one = people.by_login(session, login="orang.satu")
        assert one.must_change and one.password_until is not None
        assert people.roles(session, user_id=one.user_id) == {
            small.SMALL: {"perencana", "pengawas"}
        }
        log = session.scalar(text("SELECT after FROM command_log WHERE command = 'users import' ORDER BY log_id DESC LIMIT 1"))  # fmt: skip
        everything = json.dumps([
            session.scalar(text("SELECT json_agg(a)::text FROM account_sheet a")),
            session.scalar(text("SELECT json_agg(l)::text FROM command_log l")),
        ])  # fmt: skip
    assert log["users"] == 2
    assert not any(d in everything for d in drawn), "told once and kept nowhere"
    person = app.test_client()
    assert person.post("/masuk", data={"nama": "orang.satu", "sandi": drawn[0]}).status_code == 302
    assert person.get("/").location == "/kata-sandi"


def test_a_login_taken_meanwhile_leaves_nothing_half_done(office):
    _, client, database = office
    rows = [(f"balap.{n}", "Orang", small.SMALL, "surveyor") for n in range(3)]
    confirm = re.search(rf'action="({AT}/[0-9a-f-]+)"', send(client, workbook(*rows)).text)[1]
    with database.writing() as session:
        people.add_user(session, login="balap.2", password=small.PASSWORD)
    assert client.post(confirm).status_code == 409
    assert {"balap.0", "balap.1"} & logins(database) == set()


def test_the_command_makes_them_too_or_says_what_is_wrong(office, tmp_path, monkeypatch):
    _, _, database = office
    monkeypatch.setenv("RBMGEO_DATABASE_URL", database.url)
    file, to = tmp_path / "akun.xlsx", tmp_path / "sandi.xlsx"
    file.write_bytes(workbook(("cli.satu", "Orang", small.SMALL, "surveyor")))
    run = CliRunner().invoke(users_command, ["import", str(file), "--to", str(to), "--json"])
    assert run.exit_code == 0, run.output
    sheet = openpyxl.load_workbook(to).active
    assert sheet.max_row == 2 and DRAWN.fullmatch(sheet["C2"].value)
    assert to.stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(users_command, ["import", str(file), "--json"])
    assert again.exit_code != 0 and "LOGIN_TAKEN" in str(again.exception)


def test_the_samples_password_never_opens_real_data(session):
    units.ensure_unit(session, ulp="51354")
    units.set_unit(session, ulp="51354", sample=True)
    demo_people.ensure_demo_users(session, ulp="51354")
    refuse_weak_people(session, Settings())
    units.ensure_unit(session, ulp="52999")
    with pytest.raises(UnsafeStart, match="admin"):
        refuse_weak_people(session, Settings())
    people.set_password(session, login="admin", password=small.PASSWORD)
    refuse_weak_people(session, Settings())
