"""Sheets read back by another program: every customer drawn once, listed once, bookmarked."""

import io
import re

import numpy as np
import pytest
from drawn_sheet import sheet
from pypdf import PdfReader

from rbmgeo.sheets.book import bound
from rbmgeo.sheets.numbers import spots_of
from rbmgeo.sheets.pdf import qr_cells
from rbmgeo.sheets.tables import PER_PAGE, rows_of, table_pages


def read(made):
    return PdfReader(io.BytesIO(made.content))


def test_every_customer_is_drawn_once_and_listed_once():
    one = sheet(120, lost=(7, 30))
    made = bound([one], title="t", total=1)
    assert (made.customers, made.drawn, made.without_place, made.no_room) == (120, 118, 2, 0)
    pages = read(made).pages
    assert len(pages) == made.pages == 1 + table_pages(120) == 3
    # What stands before the north arrow (U) and the scale bar is the map's.
    on_map = re.split(r"\sU\s", pages[0].extract_text())[0].split("periode 102026")[1].split()
    assert sorted(int(w) for w in on_map if w.isdigit()) == [
        n for n in range(1, 121) if n not in (8, 31)
    ]
    listed = re.findall(r"5135 400\d \d{4}", " ".join(p.extract_text() for p in pages[1:]))
    assert sorted(i.replace(" ", "") for i in listed) == sorted(one.houses["idpel"])


def test_the_sheet_says_what_it_is():
    text = read(bound([sheet(sample=True, draft=True)], title="t", total=1)).pages[0].extract_text()
    for words in ("Peta RBM 51354BKA", "ULP 51354 Pandaan", "periode 102026", "P-07", "PD001",
                  "data contoh (rekaan)", "DRAF", "Jalan Kenanga", "1 : ", "Lembar 1 dari 2"):  # fmt: skip
        assert words in text, words


def test_a_book_has_a_bookmark_a_sheet_and_says_who_was_left_out():
    made = bound([sheet(code=f"R{n}") for n in range(3)], title="t", total=3, left_out=["R9"])
    outline = read(made).outline
    assert [o.title for o in outline] == ["Peta RBM R0", "Peta RBM R1", "Peta RBM R2"]
    assert [read(made).get_destination_page_number(o) for o in outline] == [0, 2, 4]
    assert made.left_out == ("R9",)


def test_a_gardu_sheet_counts_its_customers_by_rbm():
    made = bound([sheet(30, kind="gardu", code="PD001")], title="t", total=1)
    page = read(made).pages[0].extract_text()
    assert "Peta Gardu PD001" in page
    assert "51354BKA 20" in page and "51354BKB 10" in page


def test_the_same_sheet_gives_the_same_bytes():
    assert bound([sheet()], title="t", total=1).content == bound([sheet()], title="t", total=1).content  # fmt: skip


def test_houses_on_one_spot_share_one_number():
    at = np.array([[10.0, 10.0], [10.01, 10.0], [50.0, 50.0], [10.0, 10.01]])
    spots = spots_of(at, ["101", "102", "103", "120"])
    assert spots.words == ["101–102, 120", "103"]
    assert sorted(np.concatenate(spots.rows).tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("n", [0, 1, PER_PAGE, PER_PAGE + 1])
def test_a_table_has_as_many_pages_as_it_needs(n):
    assert table_pages(n) == {0: 0, 1: 1, PER_PAGE: 1, PER_PAGE + 1: 2}[n]


def test_a_list_without_numbers_is_numbered_by_its_rows():
    one = sheet(3)
    one.houses["urut"] = one.houses["urut"].astype(float)
    one.houses.loc[1, "urut"] = np.nan
    assert one.numbers() == ["1", "2", "3"]
    assert [r[0] for r in rows_of(one)] == ["1", "2", "3"]


def test_a_qr_code_has_its_three_corners():
    cells = qr_cells("http://127.0.0.1/51354/202610/peta/rbm/A")
    ring = np.ones((7, 7), dtype=bool)
    ring[1:6, 1:6] = False
    ring[2:5, 2:5] = True
    for corner in (cells[:7, :7], cells[:7, -7:], cells[-7:, :7]):
        assert (corner == ring).all()
