"""R-PR-01 and R-PR-02 on single prepaid checks."""

from dataclasses import replace
from decimal import Decimal

import pytest
from test_postpaid import IT, KNOWN, NOW, PHOTO

from rbmgeo.fieldwork import prepaid
from rbmgeo.terms import Service

CHECK = replace(
    IT, service=Service.PRA, stand_kwh=None, sisa_token_kwh=Decimal("12.5"), order_no="PRA-1",
    lon=112.7, lat=-7.65, accuracy_m=6.0, checks={"tegangan": "221", "lcd": "baik", "kdbaca2": "K"},
)  # fmt: skip
ORDERED = replace(KNOWN, tarif="R1T", orders=frozenset({"PRA-1"}))


def refused(it, known=ORDERED):
    return [(r.column, r.rule) for r in prepaid.refusals(it, known, now=NOW)]


def test_a_whole_check_against_an_order_is_taken_without_a_mark():
    assert refused(CHECK) == []
    assert prepaid.marks(CHECK, ORDERED) == ()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"order_no": None}, "order_no"),
        ({"order_no": "PRA-2"}, "order_no"),
        ({"sisa_token_kwh": None}, "sisa_token_kwh"),
        ({"sisa_token_kwh": Decimal("-0.1")}, "sisa_token_kwh"),
        ({"photo_sha256": None}, "photo"),
        ({"photo_sha256": PHOTO.replace("a", "c")}, "photo"),
        ({"accuracy_m": None}, "lon"),
        ({"lat": None}, "lon"),
        ({"checks": {"warna": "biru"}}, "warna"),
        ({"checks": {"tegangan": "dua"}}, "tegangan"),
        ({"checks": {"kdbaca2": "Q"}}, "kdbaca2"),
        ({"checks": {"lcd": "x" * 61}}, "lcd"),
    ],
)
def test_what_is_missing_or_off_the_list_is_refused(change, column):
    assert column in [c for c, _ in refused(replace(CHECK, **change))]


def test_a_closed_house_is_an_outcome_without_token_and_photo():
    assert refused(replace(CHECK, lbkb_code="E", sisa_token_kwh=None, photo_sha256=None)) == []


def test_a_stand_is_not_of_a_prepaid_meter():
    assert ("stand_kwh", "R-PR-02") in refused(replace(CHECK, stand_kwh=Decimal(1)))


def test_a_postpaid_tariff_is_a_warning():
    assert prepaid.marks(CHECK, replace(ORDERED, tarif="R1")) == ("lain_layanan",)
