"""R-PO-01 to R-PO-04 and the plausibility of R-EN on single readings, as one would on paper."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from rbmgeo.fieldwork import postpaid
from rbmgeo.fieldwork.again import content, fresh
from rbmgeo.fieldwork.record import Known, Record
from rbmgeo.labels import text
from rbmgeo.terms import Service

NOW = datetime(2024, 12, 26, 3, 0, tzinfo=UTC)
PHOTO = "a" * 64
IT = Record(
    client_id="00000000-0000-4000-8000-000000000001", idpel="513540000001", blth="202412",
    service=Service.PASCA, read_at=NOW, officer="P-01", lbkb_code="Z", stand_kwh=Decimal(250),
    photo_sha256=PHOTO,
)  # fmt: skip
KNOWN = Known(
    tarif="R1", daya_va=1300, previous_stand_kwh=Decimal(100),
    before_kwh=(Decimal(140), Decimal(150), Decimal(160)), photos=frozenset({PHOTO}),
)  # fmt: skip


def refused(it, known=KNOWN):
    return [(r.column, r.rule) for r in postpaid.refusals(it, known, now=NOW)]


def marked(it, known=KNOWN, day=26):
    return postpaid.marks(it, known, day=day)


def test_a_plain_reading_is_taken_without_a_mark():
    assert refused(IT) == []
    assert marked(IT) == ()
    assert postpaid.used_kwh(IT, KNOWN) == Decimal(150)


def test_a_reading_needs_a_stand_or_a_code_of_no_access():
    without = replace(IT, stand_kwh=None)
    assert refused(without) == [("stand_kwh", "R-PO-01")]
    for code in "EF34IUW":
        assert refused(replace(without, lbkb_code=code)) == []


def test_what_cannot_be_is_refused_with_its_rule():
    assert refused(replace(IT, lbkb_code="Q")) == [("lbkb_code", "R-PO-01")]
    assert refused(replace(IT, stand_kwh=Decimal(-1))) == [("stand_kwh", "R-PO-01")]
    assert refused(replace(IT, stand_kwh=Decimal("NaN"))) == [("stand_kwh", "R-PO-01")]
    assert refused(replace(IT, read_at=NOW + timedelta(minutes=1))) == [("at", "R-PO-01")]
    assert refused(replace(IT, lon=112.7)) == [("lon", "R-IM-06")]
    assert refused(replace(IT, photo_sha256="b" * 64)) == [("photo", "R-PO-01")]
    assert refused(replace(IT, order_no="7")) == [("service", "R-PR-02")]


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"stand_kwh": Decimal(100 + 936)}, "maximum"),
        ({"stand_kwh": Decimal(100)}, "turun"),
        ({"stand_kwh": Decimal(311)}, "naik"),
        ({"stand_kwh": Decimal(90)}, "stand_mundur"),
        ({"photo_sha256": None}, "tanpa_foto"),
        ({"lbkb_code": "2"}, "ganti_meter"),
        ({"lbkb_code": "E", "stand_kwh": None}, "tul_ii_04"),
        ({"lbkb_code": "F"}, "stand_tanpa_akses"),
    ],
)
def test_what_is_odd_is_kept_with_its_mark(change, mark):
    it = replace(IT, **change)
    assert refused(it) == []
    assert mark in marked(it)
    assert all(text(f"mark.{m}", lang) for m in marked(it) for lang in ("id", "en"))


def test_a_register_that_may_have_passed_zero_is_said_and_counts_no_kwh():
    near = replace(KNOWN, previous_stand_kwh=Decimal(99950))
    it = replace(IT, stand_kwh=Decimal(30))
    assert marked(it, near) == ("stand_mundur", "mungkin_lewat_nol")
    assert postpaid.used_kwh(it, near) is None


def test_a_change_of_meter_counts_no_kwh_without_its_two_stands():
    assert postpaid.used_kwh(replace(IT, lbkb_code="2"), KNOWN) is None


def test_the_multiplier_counts():
    assert postpaid.used_kwh(IT, replace(KNOWN, multiplier=Decimal(40))) == Decimal(6000)


def test_an_estimate_needs_three_months_and_is_never_a_stand():
    closed = replace(IT, stand_kwh=None, lbkb_code="E")
    assert postpaid.taksasi_kwh(closed, KNOWN) == Decimal("150.00")
    assert postpaid.used_kwh(closed, KNOWN) is None
    assert "taksasi" in marked(closed)
    short = replace(KNOWN, before_kwh=(Decimal(1), None, Decimal(2)))
    assert postpaid.taksasi_kwh(closed, short) is None
    assert "taksasi" not in marked(closed, short)
    assert postpaid.taksasi_kwh(IT, KNOWN) is None


def test_a_stand_told_by_the_customer_counts_within_its_days():
    it = replace(IT, lbkb_code="7")
    assert marked(it, day=23) == ("swabaca",)
    assert marked(it, day=22) == marked(it, day=28) == ("swabaca_di_luar_jendela",)


def test_a_prepaid_tariff_is_a_warning_that_migration_explains():
    prepaid = replace(KNOWN, tarif="R1T")
    assert marked(IT, prepaid) == ("lain_layanan",)
    assert marked(replace(IT, lbkb_code="X"), prepaid) == ()


def test_another_imported_stand_is_said():
    assert marked(IT, replace(KNOWN, imported_stand_kwh=Decimal(251))) == ("lain_dari_impor",)
    assert marked(IT, replace(KNOWN, imported_stand_kwh=Decimal("250.0"))) == ()


def test_the_same_content_is_known_and_other_content_a_conflict():
    other = replace(IT, stand_kwh=Decimal(251))
    assert [n for _, n in fresh([IT, IT, other, other], {})] == [0, 1]
    said = {IT.client_id: [content(IT)]}
    assert fresh([replace(IT, stand_kwh=Decimal("250.00"))], said) == []
    assert fresh([other], said) == [(other, 1)]
