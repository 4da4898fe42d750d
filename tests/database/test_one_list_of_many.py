"""Files or sheets that a vendor keeps one per RBM are one list: one batch, each row in its place."""

import zipfile

import pytest
import xlsxwriter
from sqlalchemy import text

from rbmgeo.db.queries import imports
from rbmgeo.workflows.batches import undo
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.import_jobs import file_jobs, lists_of

pytestmark = pytest.mark.database
ULP = "51354"
HEAD = "BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n"


def write(folder, rbm, *rows, month="202405"):
    body = [f"{month};{idpel};51354;51354{rbm};{kwh}\n" for idpel, kwh in rows]
    (folder / f"RBM_{rbm}_{month}.csv").write_text(HEAD + "".join(body), encoding="utf-8")


def who(n):
    return f"5135400{n:05d}"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "kiriman"
    place.mkdir()
    write(place, "BAA", (who(1), 10), (who(2), 20), (who(2), 20))
    write(place, "BAB", (who(3), 30), (who(4), "rusak"))
    write(place, "BAC", (who(5), 50), (who(1), 10))
    return place


def scalar(database, sql):
    with database.reading() as session:
        return session.scalar(text(sql))


def counts(done):
    return {f.file[4:7]: (f.read, f.good, f.rejected, f.skipped) for f in done.files}


def test_one_batch_holds_them_all_and_each_row_is_counted_with_its_file(fresh_database, folder):
    refused = []
    done = import_files(fresh_database, [folder], ulp=ULP, accept_good=True, rejects=refused.append)
    assert {f.batch for f in done.files} == {1}
    assert counts(done) == {"BAA": (3, 2, 0, 1), "BAB": (2, 1, 1, 0), "BAC": (2, 2, 0, 0)}
    with fresh_database.reading() as session:
        (batch,) = imports.batches(session, ulp=ULP)
        assert (batch.read, batch.good, batch.rejected, batch.skipped) == (7, 5, 1, 1)
        assert (batch.blth, batch.file_name) == ("202405", "RBM_BAA_202405.csv (+2)")
        kept = imports.rejects(session, ulp=ULP, batch_id=1)
        assert [f.file_name[4:7] for f in imports.files(session, ulp=ULP, batch_id=1)] == [
            "BAA", "BAB", "BAC",
        ]  # fmt: skip
    assert kept[["file", "row_no"]].values.tolist() == [["RBM_BAB_202405.csv", 3]]
    assert [(r["file"].iloc[0], r["row_no"].iloc[0]) for r in refused] == [
        ("RBM_BAB_202405.csv", 3)
    ]
    assert float(batch.kwh_good + batch.kwh_skipped) == float(batch.kwh_file) == 140


def test_who_stands_in_two_of_the_files_is_seen_twice_not_overwritten(fresh_database, folder):
    done = import_files(fresh_database, [folder], ulp=ULP, accept_good=True)
    told = {f.file[4:7]: f.warnings.get("R-IM-04", 0) for f in done.files}
    assert told == {"BAA": 1, "BAB": 0, "BAC": 1}
    rbm = f"SELECT string_agg(rbm, ',' ORDER BY rbm) FROM rbm_list WHERE idpel = '{who(1)}'"
    assert scalar(fresh_database, rbm) == "51354BAA,51354BAC"


def test_one_of_them_alone_is_known_and_a_new_one_is_a_batch_of_its_own(fresh_database, folder):
    import_files(fresh_database, [folder], ulp=ULP, accept_good=True)
    again = import_files(fresh_database, [folder / "RBM_BAB_202405.csv"], ulp=ULP).files[0]
    assert (again.known, again.batch, again.read, again.skipped) == (True, 1, 2, 2)
    write(folder, "BAD", (who(7), 70))
    more = import_files(fresh_database, [folder], ulp=ULP)
    assert {f.file[4:7]: (f.known, f.batch) for f in more.files} == {
        "BAA": (True, 1), "BAB": (True, 1), "BAC": (True, 1), "BAD": (False, 2),
    }  # fmt: skip


def test_strict_one_bad_row_turns_the_whole_list_away_and_undo_takes_all_of_it(
    fresh_database, folder
):
    done = import_files(fresh_database, [folder], ulp=ULP)
    assert not any(f.loaded for f in done.files)
    assert scalar(fresh_database, "SELECT count(*) FROM import_file") == 0
    batch = import_files(fresh_database, [folder], ulp=ULP, accept_good=True).files[0].batch
    with fresh_database.writing() as session:
        undo(session, ULP, batch, who="uji")
    assert scalar(fresh_database, "SELECT count(*) FROM rbm_list") == 0
    assert not any(
        f.known for f in import_files(fresh_database, [folder], ulp=ULP, accept_good=True).files
    )


def test_two_months_or_two_lists_of_the_same_rbm_are_two_batches(fresh_database, folder):
    write(folder, "BAA", (who(1), 11), month="202406")
    write(folder, "BAB", (who(3), 31), month="202406")
    done = import_files(fresh_database, [folder], ulp=ULP, accept_good=True)
    assert {f.file[4:14]: f.batch for f in done.files} == {
        "BAA_202405": 1, "BAB_202405": 1, "BAC_202405": 1, "BAA_202406": 2, "BAB_202406": 2,
    }  # fmt: skip


def test_a_newer_copy_of_one_rbm_beside_the_older_is_no_other_part(tmp_path):
    write(tmp_path, "BAA", (who(1), 10))
    write(tmp_path, "BAB", (who(2), 10))
    newer = (tmp_path / "RBM_BAA_202405.csv").read_text().replace(";10", ";12")
    (tmp_path / "RBM_BAA_202405_baru.csv").write_text(newer)
    jobs = file_jobs(sorted(tmp_path.glob("*.csv")), tell=lambda *_: None)
    assert [len(one.jobs) for one in lists_of(jobs)] == [1, 1, 1]


def test_what_corrects_some_rows_of_a_whole_list_is_no_part_of_it(fresh_database, tmp_path):
    """A short list of one gardu beside the whole PDPJ moves its customers; nobody is in dispute."""
    head = "UNITUP,IDPEL,KODE_GARDU\n"
    whole = "".join(f"51354,{who(n)},GA{n // 100:02d}\n" for n in range(300))
    (tmp_path / "1_pdpj.csv").write_text(head + whole)
    (tmp_path / "2_koreksi.csv").write_text(
        head + "".join(f"51354,{who(n)},GB02\n" for n in range(30))
    )
    done = import_files(fresh_database, [tmp_path], ulp=ULP)
    assert [f.batch for f in done.files] == [1, 2]
    assert done.files[1].warnings == {"PDPJ_MOVED": 30}
    assert scalar(fresh_database, "SELECT count(*) FROM pdpj WHERE conflict") == 0


def test_a_table_longer_than_was_looked_at_is_a_list_of_its_own(tmp_path):
    write(tmp_path, "BAA", *[(who(n), n) for n in range(9_000)])
    write(tmp_path, "BAB", (who(9_999), 1))
    jobs = file_jobs(sorted(tmp_path.glob("*.csv")), tell=lambda *_: None)
    assert [len(one.jobs) for one in lists_of(jobs)] == [1, 1]


def test_members_of_one_zip_keep_their_own_counts_and_months(fresh_database, tmp_path):
    for rbm, rows, month in (
        ("BAA", [(who(1), 10), ("rusak", 5), (who(2), 20)], "202405"),
        ("BAB", [(who(3), 30)], "202405"), ("BAA", [(who(1), 11)], "202406"),
    ):  # fmt: skip
        write(tmp_path, rbm, *rows, month=month)
    with zipfile.ZipFile(tmp_path / "k.zip", "w") as archive:
        for path in sorted(tmp_path.glob("*.csv")):
            archive.write(path, path.name)
    done = import_files(fresh_database, [tmp_path / "k.zip"], ulp=ULP, accept_good=True)
    assert sorted((f.file[6:20], f.batch, f.read, f.good, f.rejected) for f in done.files) == [
        ("RBM_BAA_202405", 1, 3, 2, 1), ("RBM_BAA_202406", 2, 1, 1, 0), ("RBM_BAB_202405", 1, 1, 1, 0),
    ]  # fmt: skip
    assert scalar(fresh_database, "SELECT sum(kwh) FROM reading") == 71
    again = import_files(fresh_database, [tmp_path / "k.zip"], ulp=ULP, accept_good=True)
    assert all(f.known for f in again.files) and len(again.files) == 3


def test_a_copy_among_them_is_known_and_the_rest_stay_one_list(fresh_database, folder):
    copied = (folder / "RBM_BAC_202405.csv").read_bytes()
    (folder / "RBM_BAC_202405 (1).csv").write_bytes(copied)
    done = import_files(fresh_database, [folder], ulp=ULP, accept_good=True)
    assert {f.batch for f in done.files} == {1}
    assert [f.file for f in done.files if f.known] == ["RBM_BAC_202405.csv"]


def test_what_is_said_of_positions_stays_with_the_table(fresh_database, tmp_path):
    head = "IDPEL;KODERBM;LAT;LON\n"
    (tmp_path / "a.csv").write_text(head + f"{who(1)};51354BAA;-7,651234;112,691234\n")
    (tmp_path / "b.csv").write_text(head + f"{who(2)};51354BAB;112,691834;-7,652834\n")
    done = import_files(fresh_database, [tmp_path], ulp=ULP, kind="customers")
    assert {f.file: f.warnings.get("R-IM-06", 0) for f in done.files} == {"a.csv": 0, "b.csv": 1}
    assert {f.batch for f in done.files} == {1}


def test_sheets_of_one_workbook_are_one_batch(fresh_database, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "DPM 202405.xlsx")) as book:
        for number, rbm in enumerate(["BAA", "BAB"]):
            sheet = book.add_worksheet(rbm)
            sheet.write_row(0, 0, HEAD.strip().split(";"))
            sheet.write_row(1, 0, ["202405", who(number), ULP, f"51354{rbm}", 5])
            sheet.write_row(2, 0, ["202405", f"{number}", ULP, f"51354{rbm}", 5])
    done = import_files(fresh_database, [tmp_path / "DPM 202405.xlsx"], ulp=ULP, accept_good=True)
    assert [(f.sheet, f.batch, f.good, f.rejected) for f in done.files] == [
        ("BAA", 1, 1, 1), ("BAB", 1, 1, 1),
    ]  # fmt: skip
    with fresh_database.reading() as session:
        kept = imports.rejects(session, ulp=ULP, batch_id=1)
    assert kept[["sheet", "row_no"]].values.tolist() == [["BAA", 3], ["BAB", 3]]
