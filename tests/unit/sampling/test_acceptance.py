"""Sampling plans as the standard's tables have them: every letter, AQL and severity."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from rbmgeo.sampling.acceptance import (
    AQLS,
    LARGEST_LOT,
    LETTERS,
    SIZES,
    Severity,
    chance_in_lot,
    chance_to_accept,
    letter_of,
    plan_of,
)

N, T = Severity.NORMAL, Severity.TIGHTENED
#: The master tables, cell by cell: sample size and acceptance number of each letter (R-SA-11, R-SA-13).
TABLES = {
    (N, 0.65): "20/0 20/0 20/0 20/0 20/0 20/0 20/0 80/1 80/1 125/2 200/3 315/5 500/7 800/10 1250/14",
    (N, 1.0): "13/0 13/0 13/0 13/0 13/0 13/0 50/1 50/1 80/2 125/3 200/5 315/7 500/10 800/14 1250/21",
    (N, 2.5): "5/0 5/0 5/0 5/0 20/1 20/1 32/2 50/3 80/5 125/7 200/10 315/14 500/21 500/21 500/21",
    (T, 0.65): "32/0 32/0 32/0 32/0 32/0 32/0 32/0 125/1 125/1 125/1 200/2 315/3 500/5 800/8 1250/12",
    (T, 1.0): "20/0 20/0 20/0 20/0 20/0 20/0 80/1 80/1 80/1 125/2 200/3 315/5 500/8 800/12 1250/18",
    (T, 2.5): "8/0 8/0 8/0 8/0 32/1 32/1 32/1 50/2 80/3 125/5 200/8 315/12 500/18 500/18 500/18",
}  # fmt: skip


@pytest.mark.parametrize(("severity", "aql"), TABLES)
def test_every_letter_has_the_plan_of_the_table(severity, aql):
    largest = [*LARGEST_LOT, 2_000_000]
    for lot, letter, cell in zip(largest, LETTERS, TABLES[severity, aql].split(), strict=True):
        size, accept = map(int, cell.split("/"))
        plan = plan_of(lot, aql, severity)
        assert plan.letter == letter
        assert (plan.size, plan.accept, plan.reject) == (min(size, lot), accept, accept + 1)
        assert plan.whole == (size >= lot)


@pytest.mark.parametrize(
    ("lot", "letter"),
    [(1, "A"), (8, "A"), (9, "B"), (15, "B"), (16, "C"), (25, "C"), (26, "D"), (50, "D"), (51, "E"),
     (90, "E"), (91, "F"), (150, "F"), (151, "G"), (280, "G"), (281, "H"), (350, "H"), (500, "H"),
     (501, "J"), (600, "J"), (1200, "J"), (1201, "K"), (3200, "K"), (3201, "L"), (10_000, "L"),
     (10_001, "M"), (35_000, "M"), (35_001, "N"), (150_000, "N"), (150_001, "P"), (500_000, "P"),
     (500_001, "Q")],
)  # fmt: skip
def test_the_letter_of_a_lot_changes_at_the_borders_of_level_two(lot, letter):
    assert letter_of(lot) == letter


def test_the_examples_of_the_rules():
    """R-SA-10 to R-SA-13."""
    assert (letter_of(350), plan_of(350).size, plan_of(600).size) == ("H", 50, 80)
    assert (plan_of(200).used, plan_of(200).size, plan_of(200).accept) == ("H", 50, 1)
    assert (plan_of(120).size, plan_of(120).accept) == (13, 0)
    ten = plan_of(10)
    assert (ten.used, ten.size, ten.whole) == ("E", 10, True)
    assert (plan_of(350, 1.0, T).size, plan_of(350, 1.0, T).accept) == (80, 1)


def test_what_a_plan_can_detect_is_that_of_the_rule():
    """R-SA-14."""
    plan = plan_of(350)
    assert chance_to_accept(plan, [0.01, 0.05, 0.10]) == pytest.approx(
        [0.91, 0.28, 0.03], abs=0.006
    )
    assert chance_in_lot(plan, [4, 18]) == pytest.approx([0.901, 0.242], abs=0.0006)


@pytest.mark.parametrize("aql", AQLS)
@pytest.mark.parametrize("severity", list(Severity))
def test_the_operating_characteristic_is_that_of_scipy_and_falls(aql, severity):
    shares = np.linspace(0, 0.2, 41)
    for lot in (350, 1000, 20_000):
        plan = plan_of(lot, aql, severity)
        got = chance_to_accept(plan, shares)
        assert got == pytest.approx(binom(plan.size, shares).cdf(plan.accept))
        assert (np.diff(got) <= 0).all()
        wrong = np.arange(0, lot // 5)
        assert chance_in_lot(plan, wrong) == pytest.approx(
            hypergeom(lot, wrong, plan.size).cdf(plan.accept)
        )


def test_tightened_never_accepts_more_easily():
    shares = np.linspace(0.005, 0.2, 40)
    for aql in AQLS:
        for lot in (200, 1000, 5000, 200_000):
            normal, tight = (chance_to_accept(plan_of(lot, aql, s), shares) for s in (N, T))
            assert (tight <= normal + 1e-12).all()


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="lot is 0"):
        plan_of(0)
    with pytest.raises(ValueError, match=r"AQL is 4.0, expected one of 0.65, 1.0, 2.5"):
        plan_of(100, 4.0)
    assert list(SIZES.values()) == sorted(SIZES.values())
