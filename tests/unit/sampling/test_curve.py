"""What a plan can detect, told in words and drawn (R-SA-14)."""

import pytest

from rbmgeo.labels import text
from rbmgeo.sampling.acceptance import plan_of
from rbmgeo.sampling.curve import curve, detects, path
from rbmgeo.supervision.stand_sample import figure


def test_the_words_hold_the_numbers_of_the_rule():
    """n 50, Ac 1: 0.91 at 1 %, 0.28 at 5 %, 0.03 at 10 %."""
    points = detects(plan_of(350))
    assert [round(p.chance, 2) for p in points] == [0.91, 0.28, 0.03]
    said = [text("sample.detects", "id", share=figure(100 * p.share, "id"), chance=round(100 * p.chance)) for p in points]  # fmt: skip
    assert said[1] == "Bila 5 % stand di lot ini beda, lot tetap diterima 28 dari 100 kali."
    assert "28 times in 100" in text("sample.detects", "en", share="5", chance=28)


def test_a_lot_seen_whole_hides_nothing():
    """R-SA-12."""
    whole = plan_of(10)
    assert whole.whole
    assert [p.chance for p in detects(whole, (0.0, 0.05, 0.10, 0.2))] == [1.0, 1.0, 0.0, 0.0]


def test_the_curve_falls_from_one_within_its_box():
    points = curve(plan_of(350))
    assert points[0].chance == 1 and points[-1].share == pytest.approx(0.15)
    chances = [p.chance for p in points]
    assert chances == sorted(chances, reverse=True)
    line = path(points, 300, 120)
    assert line.startswith("M0.0 0.0L") and line.count("L") == len(points) - 1
