"""Tables printed: every row once, heading and page number on every page, nothing cut off."""

import pytest
from pypdf import PdfReader

from rbmgeo.cells import Column, Title
from rbmgeo.sheets.listing import ListingFile, broken, wide_of
from rbmgeo.sheets.pdf import TEXT


def printed(tmp_path, columns, rows, sums=None):
    path = tmp_path / "t.pdf"
    file = ListingFile(path, Title("Temuan", "ULP 51354", printed="Dibuat 1 Des 2024"), columns)
    file.rows(rows)
    if sums is not None:
        file.sums(sums)
    file.done()
    return [p.extract_text() for p in PdfReader(path).pages]


def test_every_row_is_printed_once_under_a_heading_on_every_page(tmp_path):
    rows = [[f"5135 4{n:03d} 0000", f"Jl. Kenanga {n}"] for n in range(700)]
    pages = printed(tmp_path, [Column("IDPEL"), Column("Alamat")], rows, ["Jumlah", "700"])
    text = "\n".join(pages)
    assert len(pages) > 5
    assert all(text.count(r[0]) == 1 for r in rows)
    assert all("IDPEL" in p and "Temuan" in p and "ULP 51354" in p for p in pages)
    assert all(f"halaman {n} dari" in p for n, p in enumerate(pages, start=1))
    assert "Jumlah" in pages[-1]


def test_a_page_says_how_many_there_are(tmp_path):
    pages = printed(tmp_path, [Column("N", number=True)], [[str(n)] for n in range(300)])
    assert all(f"{len(pages)}" in p.split("dari")[-1] for p in pages)


@pytest.mark.parametrize("text", ["satu dua tiga empat lima", "x" * 90, "a " * 60, "", "M" * 3])
def test_a_broken_text_keeps_every_letter_and_fits(text):
    lines = broken(text, 20.0, TEXT)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(wide_of(line, TEXT) <= 20.1 for line in lines)


def test_a_table_of_many_columns_is_printed_in_parts_with_its_first_column(tmp_path):
    columns = [Column("Gardu"), *[Column(f"K{n:02d}", number=True) for n in range(60)]]
    rows = [[f"PD{r}", *[f"{r}{n:02d};" for n in range(60)]] for r in range(5)]
    pages = printed(tmp_path, columns, rows)
    assert all("PD0" in p and "Gardu" in p for p in pages)
    text = "\n".join(pages)
    assert all(text.count(c) == 1 for r in rows for c in r[1:])


def test_an_empty_table_is_a_page_with_its_heading(tmp_path):
    pages = printed(tmp_path, [Column("IDPEL")], [])
    assert len(pages) == 1
    assert "IDPEL" in pages[0]
