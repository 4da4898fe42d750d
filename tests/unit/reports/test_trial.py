"""The report of a trial: three parts and three pages, promises against findings, and what is not said."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from rbmgeo.reports.trial import trial_parts
from rbmgeo.sheets.trial import draw_trial

UNIT = {"ulp": "51354", "unit": "Pandaan", "up3": "Pasuruan", "sample": True}
PROMISES = {
    "answers": 120, "promised": 60.0, "found": 57, "confirmed": 40, "chance": (50.2, 69.8),
    "groups": [{"houses": 12, "promised": 0.05 + 0.09 * k, "found": 0.5} for k in range(10)],
    "controls": {"low": 0.0, "share": 0.02, "high": 0.09, "seen": 40},
    "doubles": {"rate": 0.05, "low": 0.0, "high": 0.3, "pairs": 4, "disagreeing": 0, "measured": False},
    "unfound": (30, 90),
}  # fmt: skip
FULL = {
    "on": "2025-01-03", "classes": {"selaras": 9000, "perlu_survei": 1000}, "to_see": 412,
    "lists": [{"kind": "dpm", "files": 12, "good": 120_000, "rejected": 7, "newest": "202412"},
              {"kind": "gardu", "files": 1, "good": 110, "rejected": 0, "newest": None}],
    "customers": 10_000, "with_point": 9_400, "promises": PROMISES, "untold": 3,
    "walked": {"days": 4, "measured": 4, "stops": 130, "km": 21.4, "minutes": 1140.0},
    "days": [{"on": "2025-01-02", "officers": 2, "stops": 70, "km": 11.0, "minutes": 600.0}],
}  # fmt: skip
EMPTY = {
    **FULL, "classes": {}, "promises": None, "days": [], "untold": 0, "with_point": 10_000,
    "walked": {"days": 0, "measured": 0, "stops": 0, "km": 0.0, "minutes": 0.0},
}  # fmt: skip


def said(figures, lang="id"):
    return " ".join(line for part in trial_parts(figures, lang) for line in part.lines)


def promises(**more):
    return {**FULL, "promises": {**PROMISES, **more}}


def test_promised_and_found_stand_beside_each_other_with_their_chance():
    told = said(FULL)
    assert "menjanjikan 60,0 catatan salah, surveyor menemukan 57" in told
    assert "masih dalam kebetulan (50,2 sampai 69,8)" in told
    assert "40 dari 57" in told
    assert "terlalu yakin" in said(promises(found=40)) and "terlalu ragu" in said(promises(found=80))  # fmt: skip


def test_the_classes_sum_to_the_union_of_both_lists():
    [files, classes] = trial_parts(FULL)[0].tables
    assert classes.rows[-1] == ["Jumlah", "10.000"]
    assert files.rows[0] == ["DPM", "12", "120.000", "7", "Desember 2024"]
    assert files.rows[1][-1] == "–"


def test_kilometres_and_minutes_are_told_as_measured_and_else_it_is_said():
    assert "21,4 km dan 19,0 jam" in said(FULL)
    assert "0,38 km dan 20 menit" in said(FULL)
    part = {**FULL, "walked": {**FULL["walked"], "measured": 3}}
    assert "3 dari 4 hari petugas" in said(part)
    assert "Per catatan salah" not in said(part), "no price of a part of the way"
    assert "tidak diukur" in said(EMPTY)


def test_what_cannot_be_said_names_its_numbers():
    told = " ".join(trial_parts(FULL)[2].lines)
    for words in ("bukan acak", "40 rumah kontrol hanya mengatakan 0,0 % sampai 9,0 %", "4 rumah kontrol dikunjungi dua orang", "600 dari 10.000", "3 rumah", "garis lurus", "Susut", "unit lain"):  # fmt: skip
        assert words in told
    assert "terlalu sedikit" in said(promises(answers=99))
    assert "belum ada jawaban lapangan" in " ".join(trial_parts(EMPTY)[2].lines)


@pytest.mark.parametrize("figures", [FULL, EMPTY], ids=["full", "empty"])
def test_three_pages_in_both_languages_and_the_same_bytes(figures):
    for lang in ("id", "en"):
        parts = trial_parts(figures, lang)
        pdf = draw_trial(parts, UNIT, on="3 Januari 2025", sha256="a" * 64)
        assert pdf == draw_trial(parts, UNIT, on="3 Januari 2025", sha256="a" * 64)
        reader = PdfReader(BytesIO(pdf))
        assert len(parts) == len(reader.pages) == 3
        for part, page in zip(parts, reader.pages, strict=True):
            assert re.sub(r"\s+", "", part.title) in re.sub(r"\s+", "", page.extract_text())
    assert said(figures, "en") != said(figures, "id")


def test_many_kinds_and_days_stay_on_three_pages_and_the_rest_is_counted():
    many = {
        **FULL, "lists": [{**FULL["lists"][0], "kind": f"jenis{k}"} for k in range(17)],
        "days": [{**FULL["days"][0], "on": f"2024-12-{d:02d}"} for d in range(1, 31)],
    }  # fmt: skip
    pdf = draw_trial(trial_parts(many), UNIT, on="3 Januari 2025", sha256="a" * 64)
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) == 3
    assert "16 baris lain" in reader.pages[1].extract_text()
