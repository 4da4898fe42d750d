"""Columns that no header names: from titles, names, section rows and merged cells."""

import pandas as pd
import pytest

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.fill import Filler, Filling, constants, filled, made_header, section_value
from rbmgeo.intake.raw import RawTable, Source


def table(text: str, *, misfits=None, start: int = 2) -> RawTable:
    """Draw a table: a header line, then a row a line, cells parted by ``|``."""
    names, *rows = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=names, index=range(start, start + len(rows)), dtype="str")
    return RawTable("RBM 51354BKA.csv", "Mei", frame, misfits=misfits or {})


def test_merged_cells_are_filled_down_and_sums_are_not_carried():
    drawn = table("GARDU | IDPEL\nPD 1 | 1\n | 2\nJUMLAH | \nPD 2 | 3\n | 4")
    done = Filler(Filling(fill_down=("gardu",)), {"gardu": "GARDU"}, {})(drawn)
    assert done.rows["GARDU"].tolist() == ["PD 1", "PD 1", "JUMLAH", "PD 2", "PD 2"]


def test_a_value_is_carried_into_the_next_piece():
    fill = Filler(Filling(fill_down=("gardu",)), {"gardu": "GARDU"}, {})
    fill(table("GARDU | IDPEL\nPD 1 | 1"))
    assert fill(table("GARDU | IDPEL\n | 2", start=3)).rows["GARDU"].tolist() == ["PD 1"]


def test_where_the_reader_tells_merged_cells_only_those_are_filled():
    drawn = table("GARDU | IDPEL\nPD 1 | 1\n | 2\n | 3")
    fill = Filler(
        Filling(fill_down=("gardu",)), {"gardu": "GARDU"}, {}, merged={"GARDU": ((2, 3),)}
    )
    assert fill(drawn).rows["GARDU"].tolist() == ["PD 1", "PD 1", ""], "row 4 truly has none"


def test_section_rows_are_used_and_set_aside_in_rows_and_misfits():
    drawn = table(
        "IDPEL | NAMA\nGARDU: PD 0123 | \n1 | a\n2 | b\nGARDU | PD 9\n3 | c",
        misfits={8: ["GARDU : PD 10"]},
    )
    fill = Filler(Filling(section="gardu"), {}, {})
    done = fill(drawn)
    assert done.rows[made_header("gardu")].tolist() == ["PD 0123", "PD 0123", "PD 9"]
    assert done.misfits == {}
    assert fill.set_aside == 3
    later = fill(table("IDPEL | NAMA\n4 | d", start=9))
    assert later.rows[made_header("gardu")].tolist() == ["PD 10"], "the misfit was the last section"


def test_the_header_once_more_is_no_record():
    drawn = table("IDPEL | NAMA\n1 | a\nIDPEL | NAMA\n2 | IDPEL")
    fill = Filler(Filling(section="gardu"), {}, {})
    assert fill(drawn).rows["IDPEL"].tolist() == ["1", "2"]
    assert fill.set_aside == 1


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["GARDU: PD 0123", ""], "PD 0123"), (["Kode Gardu", "PD0123"], "PD0123"),
        (["GARDU PD 0123"], "PD 0123"), (["GARDUSATU", ""], ""), (["", ""], ""),
        (["JUMLAH", "12"], ""), (["GARDU", "PD 1", "x"], ""),
    ],
)  # fmt: skip
def test_what_a_section_row_says(cells, value):
    assert section_value(cells, "gardu") == value


def test_title_sheet_and_name_fill_whole_columns():
    source = Source.of(table("IDPEL\n1"), ("RBM 51354BKC", "Bulan: Mei 2016"))
    filling = Filling(
        from_title={"blth": r"Bulan:\s*(\S+ \d{4})"},
        from_name={"rbm": r"RBM (\S+)"},
        from_sheet={"officer": r"(M\w+)"},
        fixed={"ulp": "51354"},
    )
    assert constants(source, filling) == {
        "blth": "201605", "rbm": "51354BKA", "officer": "Mei", "ulp": "51354"
    }  # fmt: skip
    made, aside = filled(source, filling, {})
    (piece,) = made.pieces()
    assert piece.rows[made_header("rbm")].tolist() == ["51354BKA"]
    assert aside() == 0


def test_a_title_that_does_not_tell_is_refused_and_never_left_empty():
    source = Source.of(table("IDPEL\n1"), ("DAFTAR",))
    with pytest.raises(ImportRefused, match="tells rbm"):
        filled(source, Filling(from_title={"rbm": r"RBM (\S+)"}), {})


def test_a_source_is_read_anew_each_time():
    source = Source.of(table("IDPEL | NAMA\nGARDU: PD 1 | \n1 | a"))
    made, aside = filled(source, Filling(section="gardu"), {})
    for _ in range(2):
        assert [len(p.rows) for p in made.pieces()] == [1]
        assert aside() == 1
