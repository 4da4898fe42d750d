"""The same file from four sides at once is there once; three are told which import it is."""

import io
import json
import shutil
import threading

import pandas as pd
import pytest
from forked import command, state
from sqlalchemy import text

from rbmgeo.db.queries import jobs, people, units
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from rbmgeo.workflows.import_files import import_files
from web import create_app

pytestmark = pytest.mark.database
ULP = "51354"
HEAD = ["BLTH", "UNITUP", "IDPEL", "NAMA", "TARIF", "DAYA", "KODERBM", "PEMKWH"]
ROWS = [
    ["202405", ULP, str(513540000000 + n), f"A {n}", "R1", "900", "51354BAA", str(n)]
    for n in range(1, 40)
]
BODY = "\n".join(";".join(r) for r in [HEAD, *ROWS]) + "\n"


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "dpm.csv"
    made.write_text(BODY, encoding="utf-8")
    return made


def test_four_commands(fresh_database, file, tmp_path):
    env = {"RBMGEO_DATABASE_URL": fresh_database.url}
    argv = ["import", str(file), "--ulp", ULP, "--lang", "en"]
    outs = [tmp_path / f"said-{n}" for n in range(4)]
    started = [command(argv, env=env, out=out) for out in outs]
    for process in started:
        process.join(90)
    assert [p.exitcode for p in started] == [0] * 4
    said = [out.read_text() for out in outs]
    assert sum("already imported as batch 1" in s.replace("\n", " ") for s in said) == 3
    assert sum("read 39 = good 39" in s for s in said) == 1
    assert _count(fresh_database, "import_batch") == 1
    assert _count(fresh_database, "reading") == 39


def test_four_posts(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ULP)
        people.add_user(
            session, login="p", password="sandi-uji-panjang", grants=[(ULP, "perencana")]
        )
    app = create_app(Settings(home=tmp_path), fresh_database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    made: list[int] = []

    def post():
        client = app.test_client()
        client.post("/masuk", data={"nama": "p", "sandi": "sandi-uji-panjang"})
        sent = {"berkas": (io.BytesIO(BODY.encode()), "dpm.csv"), "cara": "semua"}
        made.append(int(client.post(f"/{ULP}/202405/impor", data=sent).location.rpartition("/")[2]))

    def work(job):
        run_job(fresh_database, ulp=ULP, job_id=job, tasks=TASKS)

    _at_once([threading.Thread(target=post) for _ in range(4)])
    # The queue would let them follow each other; here nothing but the import itself does.
    _at_once([threading.Thread(target=work, args=(job,)) for job in made])
    with fresh_database.reading() as session:
        found = [jobs.job(session, ulp=ULP, job_id=j).result["files"][0] for j in made]
    assert sorted(f["known"] for f in found) == [False, True, True, True]
    assert len({f["batch"] for f in found}) == 1
    assert _count(fresh_database, "reading") == 39
    client = app.test_client()
    client.post("/masuk", data={"nama": "p", "sandi": "sandi-uji-panjang"})
    known = made[[f["known"] for f in found].index(True)]
    text_ = client.get(f"/{ULP}/202405/pekerjaan/{known}").text
    assert f"sudah diimpor sebagai impor {found[0]['batch']}" in text_


def _at_once(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _count(database, table):
    with database.reading() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_the_same_rows_in_another_file_change_nothing(fresh_database, file, tmp_path):
    """Another name, order, delimiter or format: every row is counted as one that changed nothing."""
    import_files(fresh_database, [file], ulp=ULP)
    before = _data(fresh_database.url)
    renamed = shutil.copy(file, tmp_path / "salinan.csv")
    assert import_files(fresh_database, [tmp_path / "salinan.csv"], ulp=ULP).files[0].known, renamed
    frame = pd.DataFrame(ROWS, columns=HEAD).iloc[::-1]
    frame[HEAD[::-1]].to_csv(tmp_path / "urut.csv", index=False)
    frame.to_excel(tmp_path / "buku.xlsx", index=False)
    for name in ("urut.csv", "buku.xlsx"):
        done = import_files(fresh_database, [tmp_path / name], ulp=ULP).files[0]
        assert not done.known
        assert (done.good, done.unchanged, done.skipped) == (39, 39, 0), name
        assert _data(fresh_database.url) == before, name
    frame.assign(PEMKWH=["7"] * 3 + list(frame["PEMKWH"][3:])).to_csv(
        tmp_path / "tiga.csv", index=False
    )
    done = import_files(fresh_database, [tmp_path / "tiga.csv"], ulp=ULP).files[0]
    assert (done.good, done.unchanged) == (39, 36)
    with fresh_database.reading() as session:
        row = session.execute(
            text("SELECT kwh_good, kwh_file FROM import_batch ORDER BY batch_id DESC LIMIT 1")
        ).one()
    assert row.kwh_good == row.kwh_file == sum(range(1, 37)) + 21


def test_points_told_again_are_there_once(fresh_database, tmp_path):
    head = "KD_PETUGAS,TANGGAL_PEMBACAAN,JAM_PEMBACAAN,KOORDINAT_X,KOORDINAT_Y,IDPEL,STAND_BACA,STAN_METER\n"
    rows = [f"P7,2024-05-{n:02d},08:00,112.69{n:02d},-7.65{n:02d},{513540000000 + n},10,20\n" for n in range(1, 9)]  # fmt: skip
    (tmp_path / "a.csv").write_text(head + "".join(rows), encoding="utf-8")
    (tmp_path / "b.csv").write_text(head + "".join(reversed(rows)), encoding="utf-8")
    import_files(fresh_database, [tmp_path / "a.csv"], ulp=ULP)
    done = import_files(fresh_database, [tmp_path / "b.csv"], ulp=ULP).files[0]
    assert (done.good, done.unchanged) == (8, 8)
    assert _count(fresh_database, "customer_point") == _count(fresh_database, "reader_log") == 8


def _data(url):
    apart = {"import_batch", "import_file", "import_list", "import_before", "ulp"}
    return {t: s for t, s in state(url, exact=True).items() if t not in apart}


def test_what_the_commands_say(fresh_database, file, tmp_path):
    env = {"RBMGEO_DATABASE_URL": fresh_database.url}

    def said(*argv):
        out = tmp_path / "said"
        process = command(list(argv), env=env, out=out)
        process.join(60)
        return process.exitcode, out.read_text()

    assert said("import", str(file), "--ulp", ULP)[0] == 0
    code, listed = said("batches", "--json")
    row = json.loads(listed)["batches"][0]
    assert (code, row["read"], row["good"], row["kwh_agrees"]) == (0, 39, 39, True)
    shown = json.loads(said("batches", "show", "1", "--json")[1])
    assert shown["tables"]["reading"] == {"new": 39, "changed": 0}
    assert shown["undo"] == []
    code, undone = said("batches", "undo", "1", "--who", "budi")
    assert code == 0 and "diurungkan" in undone
    code, twice = said("batches", "undo", "1")
    assert code == 1 and "sudah diurungkan" in twice and "Traceback" not in twice
    assert json.loads(said("batches", "--json")[1])["batches"][0]["undone_by"] == "budi"
    assert said("batches", "show", "99")[0] == 1
