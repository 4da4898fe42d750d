"""One workbook in the formats of three decades: the same rows whichever it was saved as.

``daftar.xlsx`` was written by openpyxl; LibreOffice 7.4 saved it as XLS (of 1997) and ODS.
"""

from pathlib import Path

import pandas as pd
import pytest

from rbmgeo.intake.readers import open_file

BOOKS = Path(__file__).parent / "books"


@pytest.mark.parametrize("name", ["daftar.xlsx", "daftar.xls", "daftar.ods"])
def test_rows_titles_numbers_and_dates_are_the_same(name):
    (source,) = open_file(BOOKS / name)
    whole = source.whole()
    assert (source.sheet, source.titles) == ("DPM", ("DAFTAR PELANGGAN periode 052024",))
    assert whole.rows.index.tolist() == [4, 5, 6]
    assert whole.rows.to_dict("list") == {
        "GARDU": ["PD 0123", "", "PD 0124"],
        "IDPEL": ["513540000001", "513540000002", "513540000003"],
        "NAMA": ["Siti", "Budi", "Agus"], "KWH": ["100.5", "7", "0"],
        "TGLBACA": ["2024-05-03", "2024-05-04", ""],
    }  # fmt: skip
    assert source.notes == {"NUMBER_AS_ID": 2}
    assert not whole.rows.map(pd.isna).any().any()


@pytest.mark.parametrize("name", ["daftar.xlsx", "daftar.xls"])
def test_merged_cells_are_known_where_the_format_tells(name):
    assert open_file(BOOKS / name)[0].merged == {"GARDU": ((4, 5),)}


def test_ods_tells_no_merged_cells_and_nothing_is_made_up():
    assert open_file(BOOKS / "daftar.ods")[0].merged is None
