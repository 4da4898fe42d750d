"""What a folder of anything holds: kinds, how sure, what to ask; nothing guessed in silence."""

import zipfile

import pytest
import xlsxwriter
from drawn import written

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.folder import files_of
from rbmgeo.intake.guess import How, Sure, guess, month_of, picks_of
from rbmgeo.intake.look import QUESTIONS, Look, survey_of
from rbmgeo.intake.profiles import as_toml, keep_profile, own_profiles, profile_of_text, profiles
from rbmgeo.intake.readers import open_file


def ids(many: int, start: int = 0) -> list[str]:
    return [f"51354{start + n:07d}" for n in range(many)]


def seen(path):
    (source,) = open_file(path)
    return guess(source)


def how(found) -> dict[str, How]:
    return {p.ours: p.how for p in found.picks}


def test_a_known_export_is_certain_and_asks_nothing(tmp_path):
    path = written(tmp_path / "a.csv", "BLTH;IDPEL;KODERBM\n202405;513540000001;R1\n")
    found = seen(path)
    assert (found.kind, found.sure, found.month) == ("dpm", Sure.CERTAIN, "202405")
    assert found.to_confirm == ()


def test_a_list_of_one_rbm_takes_it_from_its_title(tmp_path):
    rows = "".join(f"{i};x\n" for i in ids(5))
    found = seen(written(tmp_path / "x.csv", f"RBM 51354BKC periode 052016;\nIDPEL;NAMA\n{rows}"))
    assert (found.kind, found.sure, found.month) == ("dpm", Sure.LIKELY, "201605")
    assert how(found)["rbm"] == How.TITLE
    assert {p.ours: p.samples for p in found.to_confirm} == {
        "rbm": ("51354BKC",), "blth": ("052016",)
    }  # fmt: skip


def test_or_from_the_name_of_its_file(tmp_path):
    rows = "".join(f"{i};x\n" for i in ids(5))
    found = seen(written(tmp_path / "RBM_51354BKC_052016.csv", f"IDPEL;NAMA\n{rows}"))
    assert (how(found)["rbm"], how(found)["blth"]) == (How.NAME, How.NAME)
    assert found.month == "201605"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.csv", "BLTH;IDPEL;KODERBM\n202405;513540000001;R1\n"),
        ("b.csv", "RBM 51354BKC periode 052024;\nIDPEL;NAMA\n"),
        ("RBM_51354BKC_052024.csv", "IDPEL;NAMA\n"),
    ],
)
def test_one_column_alone_comes_from_where_it_does_among_all(tmp_path, name, head):
    body = "" if "202405" in head else "".join(f"{i};x\n" for i in ids(5))
    (source,) = open_file(written(tmp_path / name, head + body))
    profile = guess(source).profile
    among_all = picks_of(source, profile)
    for pick in among_all:
        assert picks_of(source, profile, only=pick.ours) == (pick,)
    assert {"blth", "idpel", "rbm"} <= {p.ours for p in among_all}
    assert month_of(source, profile) == guess(source).month == "202405"


def test_a_list_with_every_gardu_filled_is_not_merged(tmp_path):
    rows = "".join(f"PD {n // 4:04d};{i}\n" for n, i in enumerate(ids(20)))
    assert seen(written(tmp_path / "p.csv", f"KODE GARDU;IDPEL\n{rows}")).sure == Sure.CERTAIN


def test_a_list_with_a_few_empty_gardu_is_not_merged(tmp_path):
    rows = "".join(f"{'' if n % 5 == 3 else f'PD {n // 4}'};{i}\n" for n, i in enumerate(ids(20)))
    found = seen(written(tmp_path / "p.csv", f"KODE GARDU;IDPEL\n{rows}"))
    assert found.sure == Sure.CERTAIN, "an empty gardu stays empty"


def test_merged_cells_and_sections_are_seen_and_asked_about(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "pdpj.xlsx")
    merged, parts = book.add_worksheet("gabung"), book.add_worksheet("bagian")
    merged.write_row(0, 0, ["KODE GARDU", "IDPEL"])
    parts.write_row(0, 0, ["IDPEL", "NAMA"])
    for block in range(3):
        merged.merge_range(1 + block * 4, 0, 4 + block * 4, 0, f"PD 00{block}")
        parts.write(1 + block * 5, 0, f"GARDU: PD 00{block}")
        for n, idpel in enumerate(ids(4, block * 4)):
            merged.write(1 + block * 4 + n, 1, idpel)
            parts.write_row(2 + block * 5 + n, 0, [idpel, "x"])
    book.close()
    look = survey_of([tmp_path / "pdpj.xlsx"])
    assert [(g.kind, g.sure, g.asked) for g in look.groups] == [("pdpj", "mungkin", True)] * 2
    assert {p["how"] for g in look.groups for p in g.picks if p["ours"] == "gardu"} == {
        How.DOWN, How.SECTION
    }  # fmt: skip


def test_columns_are_known_by_their_values_where_no_header_names_them(tmp_path):
    rows = "".join(f"{i};PD {n // 12:04d};Jl. {n}\n" for n, i in enumerate(ids(40)))
    found = seen(written(tmp_path / "p.csv", f"NOMOR;SUMBER LISTRIK;JALAN\n{rows}"))
    assert (found.kind, found.sure) == ("pdpj", Sure.LIKELY)
    assert how(found) == {"idpel": How.VALUES, "gardu": How.VALUES}


def test_two_columns_that_may_be_it_are_not_chosen_between(tmp_path):
    rows = "".join(f"{i};{j}\n" for i, j in zip(ids(20), ids(20, 500), strict=True))
    assert "idpel" not in how(seen(written(tmp_path / "p.csv", f"A;B\n{rows}")))


def test_an_address_detail_that_holds_the_gardu_is_pointed_out(tmp_path):
    rows = "".join(f"202405;{i};R1;PD {n // 12:04d}\n" for n, i in enumerate(ids(40)))
    found = seen(written(tmp_path / "s.csv", f"BLTH;IDPEL;KODERBM;KETNODLMRT\n{rows}"))
    assert (found.sure, found.hint) == (Sure.CERTAIN, "KETNODLMRT")
    rows = "".join(f"202405;{i};R1;{n % 9}\n" for n, i in enumerate(ids(40)))
    found = seen(written(tmp_path / "s.csv", f"BLTH;IDPEL;KODERBM;KETNODLMRT\n{rows}"))
    assert found.hint == "", "house numbers are house numbers"


def test_a_header_that_says_idpel_over_names_is_doubted(tmp_path):
    found = seen(written(tmp_path / "s.csv", "BLTH;IDPEL;KODERBM\n202405;Siti;R1\n202405;Adi;R1\n"))
    assert (found.sure, found.doubts) == (Sure.LIKELY, ("idpel",))


def test_mangled_ids_are_faults_of_rows_not_of_the_column(tmp_path):
    rows = "".join(f"202405;5,1354E+11;R{n}\n" for n in range(30))
    assert seen(written(tmp_path / "s.csv", f"BLTH;IDPEL;KODERBM\n{rows}")).sure == Sure.CERTAIN


def test_twelve_files_of_one_kind_are_one_group_and_one_question(tmp_path):
    for n in range(12):
        text = f"RBM 51354B{chr(65 + n)}A periode 052016\nIDPEL;NAMA\n{ids(1, n)[0]};x\n"
        written(tmp_path / f"{n:02d}.csv", text)
    look = survey_of(files_of([tmp_path]))
    assert [(g.tables, g.asked) for g in look.groups] == [(12, True)]
    assert {t.values["rbm"] for t in look.tables} == {f"51354B{chr(65 + n)}A" for n in range(12)}


def test_at_most_three_questions_and_what_is_left_waits(tmp_path):
    for n in range(5):
        body = "".join(f"{i};x\n" for i in ids(3 + n))
        head = "".join(f"LAIN{k};" for k in range(n))
        written(tmp_path / f"{n}.csv", f"A{n};{head}B\n{body.replace(';', ';' * (n + 1))}")
    look = survey_of(files_of([tmp_path]))
    assert len(look.questions) == QUESTIONS
    assert look.plan() == {}, "nothing unanswered is loaded"
    assert sum(not g.load for g in look.groups) == 2


def test_a_file_that_cannot_be_read_is_a_line_of_its_own(tmp_path):
    (tmp_path / "rusak.xlsx").write_bytes(b"PK\x03\x04")
    written(tmp_path / "a.csv", "BLTH;IDPEL;KODERBM\n202405;513540000001;R1\n")
    look = survey_of(files_of([tmp_path]))
    assert {t.file: t.refused is None for t in look.tables} == {"a.csv": True, "rusak.xlsx": False}


def test_what_was_seen_survives_being_kept(tmp_path):
    written(tmp_path / "a.csv", "BLTH;IDPEL;KODERBM\n202405;513540000001;R1\n")
    look = survey_of(files_of([tmp_path]))
    assert Look.of_dict(look.as_dict()).as_dict() == look.as_dict()


def test_a_confirmed_mapping_is_found_again_by_its_headers(tmp_path):
    rows = "".join(f"{i};PD {n // 12:04d};Jl. {n}\n" for n, i in enumerate(ids(40)))
    first = seen(written(tmp_path / "p.csv", f"NOMOR;SUMBER LISTRIK;JALAN\n{rows}"))
    keep_profile(tmp_path / "kept/51354", first.profile)
    own = own_profiles(tmp_path / "kept", "51354")
    (again,) = open_file(written(tmp_path / "q.csv", f"nomor;Sumber_Listrik;JALAN\n{rows}"))
    assert guess(again, own).sure == Sure.REMEMBERED
    (other,) = open_file(written(tmp_path / "r.csv", f"NOMOR;SUMBER LISTRIK;BARU\n{rows}"))
    assert guess(other, own).sure != Sure.REMEMBERED


@pytest.mark.parametrize("profile", profiles(), ids=lambda p: p.name)
def test_a_profile_written_as_toml_is_read_as_the_same(profile):
    again = profile_of_text(profile.name, as_toml(profile))
    assert (again.columns, again.needs, again.filling) == (
        profile.columns, profile.needs, profile.filling
    )  # fmt: skip
    same = ("kind", "locale", "area", "position", "geometry", "id_pad", "row_key", "first_month")
    assert [getattr(again, n) for n in same] == [getattr(profile, n) for n in same]


@pytest.mark.parametrize("name", ["../keluar.csv", "/etc/x.csv", "C:/x.csv", "a/../../x.csv"])
def test_an_archive_that_leads_outside_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "IDPEL\n")
    with pytest.raises(ImportRefused, match="ZIP_PATH"):
        files_of([tmp_path / "a.zip"], unpack_into=tmp_path / "isi")
    assert not (tmp_path / "keluar.csv").exists()


def test_html_that_calls_itself_xls_is_text(tmp_path):
    page = (
        "<html><table><tr><td colspan=3>PERIODE 052016</td></tr><tr><th>IDPEL<th>KWH<th>NAMA</tr>"
        "<tr><td>001234567890<td>1.234<td>Siti &amp; Adi</tr>"
        "<tr><td rowspan=2>5,1354E+11<td>NA<td>x</tr><tr><td>2<td>y</tr></table></html>"
    )
    (source,) = open_file(written(tmp_path / "a.xls", page))
    assert source.titles == ("PERIODE 052016",)
    assert source.whole().rows.to_numpy().tolist() == [
        ["001234567890", "1.234", "Siti & Adi"], ["5,1354E+11", "NA", "x"], ["", "2", "y"]
    ]  # fmt: skip
