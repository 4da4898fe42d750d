"""A consignment in the pages: seen, asked about, mapped, checked, loaded; nothing in silence."""

import io
import re
import zipfile

import pytest
import small_unit as small
from test_web_pages import check_page

from rbmgeo.db.queries import imports, jobs, people, units
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}"
#: A list of one RBM: only its title says which, and of what month.
LIST = "RBM {rbm} periode 122024;;\nIDPEL;NAMA;PEMKWH\n{rows}"


def rbm_list(rbm: str, first: int, many: int = 3, bad: int = 0) -> str:
    good = [f"51354{first + n:07d};Orang;{n},50" for n in range(many)]
    broken = [f"5,1354E+11;Orang;{n},00" for n in range(bad)]
    return LIST.format(rbm=rbm, rows="\n".join([*good, *broken]) + "\n")


class Office:
    """A planner at the pages of a product with one unit; jobs run when they are asked for."""

    def __init__(self, database, home):
        self.database, self.home = database, home
        self.app = create_app(Settings(home=home), database)
        self.app.testing, self.app.config["WTF_CSRF_ENABLED"] = True, False
        self.client = self.app.test_client()
        self.client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD})

    def send(self, *files):
        data = {"berkas": [(io.BytesIO(b), n) for n, b in files]}
        return self.follow(self.client.post(f"{U}/kiriman", data=data))

    def post(self, path, **data):
        return self.follow(self.client.post(path, data=data))

    def follow(self, answer):
        """Do the jobs that wait, then show the page that the answer leads to."""
        assert answer.status_code == 302, answer.text
        with self.database.reading() as session:
            waiting = [
                (u.ulp, j.job_id)
                for u in units.units(session)
                for j in jobs.jobs(session, ulp=u.ulp)
                if j.state == jobs.WAITING
            ]
        for ulp, job in waiting:
            run_job(self.database, ulp=ulp, job_id=job, tasks=TASKS)
        self.at = answer.location
        return self.page(answer.location)

    def page(self, address):
        text = self.client.get(address).text
        check_page(text, "id")
        return text

    def batches(self):
        with self.database.reading() as session:
            found = imports.batches(session, ulp=small.SMALL)
            session.expunge_all()
        return found


@pytest.fixture
def office(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=small.SMALL)
        people.add_user(session, login="kepala", password=small.PASSWORD, grants=[("*", "admin")])
    return Office(fresh_database, tmp_path)


def key_of(text: str) -> str:
    return re.search(r'name="jawab-([0-9a-f]{12})"', text)[1]


def test_files_of_one_kind_are_one_question_with_their_own_values(office):
    text = office.send(
        ("a.csv", rbm_list("51354BKA", 1).encode()), ("b.csv", rbm_list("51354BKB", 9).encode())
    )
    assert text.count("ask-card") == 1
    assert "2 tabel sejenis" in text
    assert "51354BKA" in text and "51354BKB" in text
    assert "diambil dari judul di atas tabel" in text
    assert office.batches() == [], "nothing is loaded by looking"


def test_a_zip_is_looked_into_and_every_row_accounted_for(office):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bulan ini/a.csv", rbm_list("51354BKA", 1, bad=4))
        archive.writestr("bulan ini/b.csv", rbm_list("51354BKB", 9))
    text = office.send(("bulan.zip", packed.getvalue()))
    text = office.post(f"{office.at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    assert 'data-read="10"' in text and 'data-good="6"' in text and 'data-rejected="4"' in text
    assert "Muat 6 baris baik, simpan 4 ditolak" in text
    assert text.count("R-IM-02") == 1, "equal problems are one line"
    text = office.post(f"{office.at}/muat", cara="baik")
    assert "Buka lembar pertama" in text
    assert [(b.read, b.good, b.rejected) for b in office.batches()] == [(10, 6, 4)]


def test_strictly_only_lists_without_a_fault_are_loaded(office):
    """Two files of one month, one RBM each, are one list; that of the next month is another."""
    later = rbm_list("51354BKA", 1).replace("122024", "012025")
    text = office.send(
        ("a.csv", rbm_list("51354BKA", 1, bad=1).encode()),
        ("b.csv", rbm_list("51354BKB", 9).encode()),
        ("c.csv", later.encode()),
    )
    text = office.post(f"{office.at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    assert "Muat hanya daftar tanpa kesalahan (3 baris)" in text
    text = office.post(f"{office.at}/muat", cara="semua")
    assert "2 tabel tidak dimuat" in text
    assert [(b.good, b.blth) for b in office.batches()] == [(3, "202501")]
    text = office.post(f"{office.at}/muat", cara="baik")
    assert [(b.good, b.blth) for b in office.batches()] == [(6, "202412"), (3, "202501")]


def test_an_answer_is_remembered_and_not_asked_for_again(office):
    text = office.send(("a.csv", rbm_list("51354BKA", 1).encode()))
    office.post(f"{office.at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    office.post(f"{office.at}/muat", cara="baik")
    text = office.send(("lain.csv", rbm_list("51354BKC", 30).encode()))
    assert "ask-card" not in text
    assert "diingat" in text
    assert list((office.home / "profiles" / small.SMALL).glob("*.toml"))


def test_any_column_may_be_mapped_to_anything(office):
    body = "".join(f"51354{n:07d};PD {n // 12:04d};JL MAWAR\n" for n in range(40))
    text = office.send(("pdpj.csv", ("NOMOR PLG;KETNODLMRT;ALAMAT\n" + body).encode()))
    key = key_of(text)
    page = office.page(f"{office.at}/petakan/{key}?jenis=pdpj")
    assert "PD 0000" in page, "values of the user's own file"
    at = office.at
    text = office.post(
        f"{at}/petakan/{key}", jenis="pdpj",
        **{"kolom-idpel": "kolom:NOMOR PLG", "kolom-gardu": "kolom:KETNODLMRT"},
    )  # fmt: skip
    text = office.post(f"{at}/periksa")
    assert 'data-good="40"' in text


def test_a_mapping_without_a_needed_column_says_which(office):
    text = office.send(("x.csv", b"A;B\n1;2\n3;4\n"))
    key = key_of(text)
    answer = office.client.post(f"{office.at}/petakan/{key}", data={"jenis": "pdpj"})
    assert answer.status_code == 400
    assert "memerlukan kolom idpel, gardu" in answer.text
    answer = office.client.post(f"{office.at}/periksa", data={f"jawab-{key}": "atur"})
    assert answer.location.partition("?")[0].endswith(f"/petakan/{key}")


def test_a_pattern_of_a_stranger_is_not_run(office):
    text = office.send(("a.csv", rbm_list("51354BKA", 1).encode()))
    key, at = key_of(text), office.at
    answer = office.client.post(
        f"{at}/petakan/{key}",
        data={"jenis": "dpm", "kolom-idpel": "kolom:IDPEL", "kolom-blth": "judul:(a+)+$",
              "kolom-rbm": "judul:(a+)+$"},
    )  # fmt: skip
    assert answer.status_code == 400


def test_back_is_always_possible_and_undoes_nothing(office):
    text = office.send(("a.csv", rbm_list("51354BKA", 1).encode()))
    office.post(f"{office.at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    text = office.page(f"{office.at}?tahap=petakan")
    assert "Apa isi berkas Anda" in text
    assert 'data-read="3"' in office.client.get(office.at).text


def test_a_file_that_cannot_be_read_hides_no_other(office):
    text = office.send(
        ("rusak.xlsx", b"PK\x03\x04 truncated"), ("a.csv", rbm_list("51354BKA", 1).encode())
    )
    assert "tidak terbaca" in text and "rusak.xlsx" in text
    assert "51354BKA" in text


def test_files_of_another_unit_are_asked_about(office):
    dpm = "IDPEL;BLTH;KODERBM;UNITUP\n514000000001;202412;R1;51400\n"
    text = office.send(("dpm.csv", dpm.encode()))
    text = office.post(f"{office.at}/periksa")
    assert "Buat unit 51400" in text
    text = office.post(f"{office.at}/unit", unit="51400")
    assert office.at.startswith("/51400/")
    assert 'data-good="1"' in text


def test_refused_rows_come_back_mended(office):
    text = office.send(("a.csv", rbm_list("51354BKA", 1, bad=1).encode()))
    office.post(f"{office.at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    office.post(f"{office.at}/muat", cara="baik")
    answer = office.client.get(f"{office.at}/ditolak")
    assert "5,1354E+11" in answer.text and "digits are lost" in answer.text
    mended = answer.text.replace('"5,1354E+11"', "513540000099").replace(
        "5,1354E+11", "513540000099"
    )
    text = office.send(("ditolak.csv", mended.encode()))
    assert "ask-card" not in text, "the columns that were filled come back with the rows"
    text = office.post(f"{office.at}/periksa")
    assert 'data-good="1"' in text
    office.post(f"{office.at}/muat", cara="baik")
    with office.database.reading() as session:
        listed = jobs.jobs(session, ulp=small.SMALL)[0].result
    assert listed["good"] == 1


def test_files_are_kept_before_anything_is_asked_of_them(office, monkeypatch):
    class Killed(Exception):
        pass

    def kill(point):
        kept = [p.read_bytes() for p in (office.home / "uploads").rglob("a.csv")]
        assert (point, kept) == ("after_upload", [rbm_list("51354BKA", 1).encode()])
        raise Killed

    monkeypatch.setattr("web.pages.wizard.fault_point", kill)
    file = (io.BytesIO(rbm_list("51354BKA", 1).encode()), "a.csv")
    with pytest.raises(Killed):
        office.client.post(f"{U}/kiriman", data={"berkas": file})
    assert "Lanjutkan" not in office.page(f"{U}/impor"), "nothing is half there"
    monkeypatch.undo()
    assert "ask-card" in office.send(("a.csv", rbm_list("51354BKA", 1).encode()))


def test_what_was_left_is_found_again_on_the_page(office):
    text = office.send(("a.csv", rbm_list("51354BKA", 1).encode()))
    at = office.at
    assert f'href="{at}"' in office.page(f"{U}/impor")
    office.post(f"{at}/periksa", **{f"jawab-{key_of(text)}": "ya"})
    office.post(f"{at}/muat", cara="baik")
    assert f'href="{at}"' not in office.page(f"{U}/impor")
    assert "51354BKA" not in at


def test_of_an_upload_of_another_unit_nothing_is_shown(office):
    office.send(("a.csv", rbm_list("51354BKA", 1).encode()))
    token = office.at.rpartition("/")[2]
    with office.database.writing() as session:
        units.ensure_unit(session, ulp="51400")
    assert office.client.get(f"/51400/{small.BLTH}/kiriman/{token}").status_code == 404
    assert office.client.get(f"{U}/kiriman/..%2f..").status_code == 404
