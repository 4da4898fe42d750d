"""Survey answers from CSV: facts with a time, or a row with its reason."""

import pytest
from drawn import written

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.answers import read_answers

HEAD = "idpel,outcome,gardu,tiang,control,officer,at,client_id\n"
UID = "11111111-1111-4111-8111-11111111111"


def read(tmp_path, *lines, head=HEAD):
    path = written(tmp_path / "a.csv", head + "\n".join(lines) + "\n")
    return read_answers(path, time_zone="Asia/Jakarta")


def test_an_answer_is_read_with_the_units_zone(tmp_path):
    good, bad = read(tmp_path, f"513540000001,Gardu_lain,ka 1,T1,1,S1,2026-11-23T08:30,{UID}1")
    assert bad == []
    row = good.iloc[0]
    assert (row["outcome"], row["gardu"], row["control"]) == ("gardu_lain", "ka 1", True)
    assert row["answered_at"].isoformat() == "2026-11-23T08:30:00+07:00"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"51354,cocok,,,,,,{UID}1", "idpel"), (f"51354000000\u0661,cocok,,,,,,{UID}1", "idpel"),
        (f"513540000001,mungkin,,,,,,{UID}1", "outcome"),
        (f"513540000001,gardu_lain,,,,,,{UID}1", "gardu"),
        (f"513540000001,cocok,,,2,,,{UID}1", "control"), ("513540000001,cocok,,,,,,17", "client_id"),
        (f"513540000001,cocok,,,,,kemarin,{UID}1", "at"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_answer_names_its_column(tmp_path, line, column):
    good, bad = read(tmp_path, f"513540000009,cocok,,,0,,,{UID}9", line)
    assert len(good) == 1
    assert [(b.row_no, b.column) for b in bad] == [(3, column)]


def test_only_the_needed_columns_are_needed(tmp_path):
    good, bad = read(tmp_path, f"513540000001;cocok;{UID}1", head="IDPEL;Outcome;client_id\n")
    assert (len(good), bad) == (1, [])


def test_a_file_without_them_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="client_id"):
        read(tmp_path, "513540000001,cocok", head="idpel,outcome\n")
    with pytest.raises(ImportRefused, match="UTF-8"):
        read_answers(written(tmp_path / "b.csv", b"idpel\xe9"), time_zone="Asia/Jakarta")


def test_an_open_quote_is_refused_and_not_a_crash(tmp_path):
    with pytest.raises(ImportRefused, match="quote"):
        read(tmp_path, f'513540000001,"cocok,,,,,,{UID}1')


SEEN = "idpel,outcome,tiang,gardu,client_id,house_lon,house_lat,accuracy_m,tiang_lon,tiang_lat,meter_found,rbm_found,status_found,note\n"


def test_what_else_was_seen_is_read(tmp_path):
    line = f"513540000001,cocok,T1,,{UID}1,112.7,-7.65,4,112.7001,-7.65,MX1,51354BKA,diputus,pagar"
    good, bad = read(tmp_path, line, head=SEEN)
    assert bad == []
    seen = {o.field: (o.value, o.subject, o.accuracy_m) for o in good.iloc[0]["observed"]}
    assert seen == {
        "point": ("112.700000,-7.650000", None, 4.0),
        "tiang_point": ("112.700100,-7.650000", "T1", 4.0), "meter_number": ("MX1", None, None),
        "rbm": ("51354BKA", None, None), "status": ("putus", None, None),
        "note": ("pagar", None, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("112.7,,,,,,,,", "house_lat"), ("-7.65,112.7,,,,,,,", "house_lat"),
        ("timur,-7,,,,,,,", "house_lon"), ("112.7,-7.65,9999,,,,,,", "accuracy_m"),
        (",,,112.7,-7.65,,,,", "tiang"), (",,,,,1.2E+11,,,", "meter_found"),
        (",,,,,,,mati,", "status_found"), (f",,,,,,,,{'x' * 501}", "note"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_names_its_column_in_both_languages(tmp_path, cells, column):
    good, bad = read(tmp_path, f"513540000001,cocok,,,{UID}1,{cells}", head=SEEN)
    assert len(good) == 0
    assert [b.column for b in bad] == [column]
    assert bad[0].indonesian and bad[0].english


def test_somebody_on_no_list_needs_something_to_be_found_by(tmp_path):
    good, bad = read(
        tmp_path, f",tidak_di_daftar,,,{UID}1,,,,,,,,,", f",tidak_di_daftar,,,{UID}2,,,,,,M7,,,",
        head=SEEN,
    )  # fmt: skip
    assert (len(good), [b.column for b in bad]) == (1, ["idpel"])
    assert good.iloc[0]["idpel"] is None
