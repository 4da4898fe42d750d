"""Forms on paper: what is known is printed, what is not is a line, the QR code names nobody."""

import io
import re

import pytest
from pypdf import PdfReader

from rbmgeo.labels.forms import FORMS, WORDS
from rbmgeo.sheets.form_parts import UNKNOWN
from rbmgeo.sheets.forms import LAYOUTS, Form, FormBook
from rbmgeo.terms import FormKind

KNOWN = {
    "idpel": "513540000001", "name": "Siti Aminah", "address": "Jl. Kenanga 4", "tarif": "R1",
    "daya_va": 900, "meter_number": "M1", "rbm": "51354BKC", "urut": 12, "sisipan": 1,
    "gardu": "PD0123", "tiang": "T18", "multiplier": 1, "stand_kwh": "1234.5",
    "stand_blth": "202411", "unpaid": 2, "unpaid_from": "202410", "unpaid_to": "202411",
}  # fmt: skip
BARE = dict.fromkeys(KNOWN) | {"idpel": "513540000002"}
CARDS = (FormKind.KML, FormKind.TUL_II_04, FormKind.TUL_VI_01)


def drawn(kind, *said):
    shared = {
        "ulp": "51354", "unit": "Pandaan", "up3": "Pasuruan", "sample": False, "blth": "202412",
        "dated": "3 Desember 2024", "place": "Pandaan", "signer": "", "position": "Manajer ULP",
        "words": WORDS[kind], "subject": "", "self_read": [23, 27], "address": "http://x",
    }  # fmt: skip
    book = FormBook(kind, shared)
    for n, one in enumerate(said, start=1):
        book.add(Form(f"{n:05d}/X/51354/XII/2024", f"http://x/formulir/{n}", one))
    return PdfReader(io.BytesIO(book.done()))


def text(book):
    return "\n".join(p.extract_text() for p in book.pages)


@pytest.mark.parametrize("kind", CARDS)
def test_a_card_says_what_is_known_and_its_number(kind):
    said = text(drawn(kind, KNOWN))
    for word in ("5135 4000 0001", "Siti Aminah", "Jl. Kenanga 4", "R1 / 900 VA", "M1", "PD0123 / T18",
                 "51354BKC, urut 12.1", "1.234,5 (November 2024)", "00001/X/51354/XII/2024"):  # fmt: skip
        assert word in said, word
    assert FORMS[kind][1] in said


@pytest.mark.parametrize("kind", CARDS)
def test_what_is_not_known_is_no_zero_and_no_dash(kind):
    said = text(drawn(kind, BARE))
    assert "5135 4000 0002" in said
    assert "None" not in said and not re.search(r"\bnan\b", said.lower())
    assert "0 lembar" not in said and " 0 VA" not in said and "–" not in said


@pytest.mark.parametrize("kind", sorted(UNKNOWN))
def test_a_form_whose_official_layout_is_unknown_says_so(kind):
    one = {"rbm": "51354BKC", "rows": [KNOWN]} if kind == FormKind.INFORMASI else KNOWN
    assert "usulan unit" in text(drawn(kind, one))


def test_the_disconnection_has_a_sheet_for_each_with_what_the_sop_asks_for():
    said = text(drawn(FormKind.TUL_VI_01, KNOWN))
    for word in ("lembar 1 untuk pelanggan", "lembar 2 untuk petugas", "2 lembar",
                 "Oktober 2024 sampai November 2024", "Manajer ULP", "MCB", "H+1", "stand kWh meter",
                 "Membuka segel OA kas dan memutus lewat SR tidak diperkenankan"):  # fmt: skip
        assert word in said, word


def test_two_cards_lie_on_a_page_and_bookmarks_are_by_rbm():
    book = drawn(FormKind.KML, KNOWN, KNOWN, BARE)
    assert len(book.pages) == 2
    tops = [o.title for o in book.outline if not isinstance(o, list)]
    assert tops == ["RBM 51354BKC", "Tanpa RBM"]


def test_a_list_goes_on_on_further_pages_and_leaves_nobody_out():
    rows = [{**KNOWN, "idpel": f"5135400{n:05d}", "urut": n} for n in range(30)]
    said = text(drawn(FormKind.INFORMASI, {"rbm": "51354BKC", "rows": rows}))
    assert all(f"5135 400{n // 10000} {n:04d}" in said for n in range(30))
    assert "lembar 3 dari 3" in said
    assert "Jumlah 30 pelanggan" in said


def test_the_same_forms_give_the_same_bytes():
    one, two = (drawn(FormKind.KML, KNOWN, BARE).stream.getvalue() for _ in range(2))
    assert one == two


def test_every_kind_has_a_layout_words_and_a_number():
    assert set(LAYOUTS) == set(FORMS) == set(WORDS) == set(FormKind)
