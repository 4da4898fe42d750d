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
