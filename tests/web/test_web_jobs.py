"""Long work on the pages: its state, its result in words, and files that name another unit."""

import io

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import jobs, people, units
from rbmgeo.db.session import Database
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}"
DPM = (
    "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KDDK;SLALWBP;SAHLWBP;FAKM;PEMKWH\n"
    "202412;51400;514000000001;A;R1;900;51400BAA00100;10;20;1;10\n"
)


@pytest.fixture
def job(web_database):
    def put(state: str, **values):
        with web_database.writing() as session:
            made = jobs.ask(session, ulp=small.SMALL, task="match", args={}, who="perencana")
            if state != jobs.WAITING:
                jobs.finish(session, ulp=small.SMALL, job_id=made, state=state, **values)
        return made

    yield put
    with web_database.writing() as session:
        for one in jobs.jobs(session, ulp=small.SMALL):
            session.delete(one)


@pytest.mark.parametrize(
    ("state", "values", "said"),
    [
        (jobs.WAITING, {}, "menunggu"),
        (jobs.RUNNING, {}, "berjalan"),
        (jobs.DONE, {"result": {"customers": 5981, "classes": {"ganda": 1}, "tiers": {}}}, "5.981"),
        (jobs.FAILED, {"error": "impor dulu\nimport first"}, "impor dulu"),
        (jobs.FAILED, {"error": "program"}, "Tidak ada data yang berubah"),
        (jobs.FAILED, {"error": "worker"}, "Mesin pekerjaan terhenti"),
        (jobs.CANCELLED, {}, "Dibatalkan"),
        (jobs.ASIDE, {"error": "worker"}, "Coba lagi"),
        (jobs.DROPPED, {"error": "program"}, "Dibuang"),
    ],
)
def test_a_job_says_how_it_stands(as_role, job, state, values, said):
    client, made = as_role("perencana"), job(state, **values)
    answer = client.get(f"{U}/pekerjaan/{made}")
    assert answer.status_code == 200
    assert said in answer.text
    assert client.get(f"{U}/pekerjaan/{made}/keadaan").json["state"] == state
    assert str(made) in client.get(f"{U}/pekerjaan").text


@pytest.mark.parametrize(("way", "becomes"), [("coba-lagi", jobs.WAITING), ("buang", jobs.DROPPED)])
def test_a_planner_decides_about_a_job_that_was_set_aside(as_role, job, web_database, way, becomes):
    made = job(jobs.ASIDE, error="worker")
    listed = as_role("pengawas").get(f"{U}/pekerjaan").text
    assert "Disisihkan, perlu keputusan" in listed and f"/{made}/{way}" not in listed
    assert as_role("pengawas").post(f"{U}/pekerjaan/{made}/{way}").status_code == 403
    client = as_role("perencana")
    assert f"/pekerjaan/{made}/{way}" in client.get(f"{U}/pekerjaan").text
    assert client.post(f"{U}/pekerjaan/{made}/{way}").status_code == 302
    with web_database.reading() as session:
        assert jobs.job(session, ulp=small.SMALL, job_id=made).state == becomes
        assert session.scalar(
            text("SELECT who FROM command_log WHERE command = :c ORDER BY log_id DESC LIMIT 1"),
            {"c": "job retry" if way == "coba-lagi" else "job drop"},
        ) == "perencana"  # fmt: skip
    again = client.post(f"{U}/pekerjaan/{made}/{way}")
    assert again.status_code == 422 and "disisihkan" in again.text


def test_progress_is_said_in_one_language(as_role, job, web_database):
    client, made = as_role("perencana"), job(jobs.RUNNING)
    with web_database.writing() as session:
        jobs.progress(
            session, ulp=small.SMALL, job_id=made, step="memuat / loading", done=1, total=3
        )
    assert client.get(f"{U}/pekerjaan/{made}/keadaan").json["step"] == "memuat"
    client.post("/bahasa", data={"lang": "en"})
    assert client.get(f"{U}/pekerjaan/{made}/keadaan").json["step"] == "loading"


@pytest.fixture
def office(fresh_database, tmp_path):
    """A product with one unit and its administrator, who also has a colleague as planner."""
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=small.SMALL)
        people.add_user(session, login="kepala", password=small.PASSWORD, grants=[("*", "admin")])
        grants = [(small.SMALL, "perencana")]
        people.add_user(session, login="rencana", password=small.PASSWORD, grants=grants)
    app = create_app(Settings(home=tmp_path), fresh_database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    return app, fresh_database


def sent(app, database: Database, login: str):
    """Upload a DPM of another unit and let the job run; return the client and the job's id."""
    client = app.test_client()
    client.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
    file = (io.BytesIO(DPM.encode()), "DPM_51400.csv")
    answer = client.post(f"{U}/impor", data={"berkas": file, "cara": "semua"})
    made = int(answer.location.rpartition("/")[2])
    assert run_job(database, ulp=small.SMALL, job_id=made, tasks=TASKS) == jobs.DONE
    return client, made


def test_files_of_an_unknown_unit_are_asked_about_and_then_loaded(office):
    app, database = office
    client, made = sent(app, database, "kepala")
    page = client.get(f"{U}/pekerjaan/{made}").text
    assert "Berkas ini menyebut unit 51400" in page
    assert "Buat unit 51400 dan muat" in page
    with database.reading() as session:
        assert "51400" not in {u.ulp for u in units.units(session)}, "nothing without an answer"
    answer = client.post(f"{U}/impor/unit-lain/{made}", data={"unit": "51400"})
    assert answer.status_code == 302
    assert answer.location.startswith("/51400/")
    asked = int(answer.location.rpartition("/")[2])
    run_job(database, ulp="51400", job_id=asked, tasks=TASKS)
    with database.reading() as session:
        done = jobs.job(session, ulp="51400", job_id=asked).result
    assert (done["read"], done["good"]) == (1, 1)
    again = client.post(f"{U}/impor/unit-lain/{made}", data={"unit": "51400"})
    assert again.status_code == 404, "once only"


def test_who_may_not_make_units_is_told_whom_to_ask(office):
    app, database = office
    client, made = sent(app, database, "rencana")
    answer = client.post(f"{U}/impor/unit-lain/{made}", data={"unit": "51400"})
    assert answer.status_code == 403
    assert "minta administrator" in answer.text
    assert client.post(f"{U}/impor/unit-lain/{made}", data={"unit": "99999"}).status_code == 404
    with database.reading() as session:
        assert {u.ulp for u in units.units(session)} == {small.SMALL}


def test_a_unit_gets_another_name(office):
    app, _ = office
    client = app.test_client()
    client.post("/masuk", data={"nama": "kepala", "sandi": small.PASSWORD})
    done = client.post(f"/unit/{small.SMALL}/nama", data={"unit": "Pandaan"})
    assert done.status_code == 302
    assert "Pandaan" in client.get("/pengguna").text
    assert client.post(f"/unit/{small.SMALL}/nama", data={"unit": " "}).status_code == 422
