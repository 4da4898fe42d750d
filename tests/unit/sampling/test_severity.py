"""The ledger of inspection: normal, tightened, stopped (R-SA-13)."""

import itertools

import numpy as np

from rbmgeo.sampling.acceptance import Severity
from rbmgeo.sampling.severity import Ledger, Why, ledger, steps

A, R = True, False


def test_the_second_rejection_among_five_tightens():
    assert ledger([A, R, A]).severity == Severity.NORMAL
    assert ledger([A, R, A, R]).severity == Severity.TIGHTENED
    assert ledger([R, A, A, A, R]).severity == Severity.TIGHTENED
    assert ledger([R, A, A, A, A, R]).severity == Severity.NORMAL


def test_five_accepted_in_a_row_lead_back_and_the_count_begins_anew():
    tight = [R, R]
    assert ledger([*tight, A, A, A, A]).severity == Severity.TIGHTENED
    assert ledger([*tight, A, A, A, A, A]) == Ledger()
    assert ledger([*tight, A, A, R, A, A, A, A]).severity == Severity.TIGHTENED


def test_five_rejected_while_tightened_stop_sampling_until_a_person_begins_anew():
    assert not ledger([R, R, R, R, R, R]).stopped
    stopped = ledger([R, R, *[R] * 5])
    assert stopped.stopped
    assert stopped.after(A) == stopped
    # They need not follow each other.
    assert ledger([R, R, R, A, R, A, R, A, R, A, R]).stopped


def test_a_simulated_ledger_is_what_a_plain_reading_of_the_rule_gives():
    rng = np.random.default_rng(3)
    for share in (0.02, 0.2, 0.5):
        lots = (rng.random(400) > share).tolist()
        for upto in range(0, 400, 7):
            assert ledger(lots[:upto]) == _plainly(lots[:upto])


def _plainly(lots):
    severity, since, count = Severity.NORMAL, 0, 0
    for k in range(len(lots)):
        done = lots[since : k + 1]
        if severity == Severity.NORMAL and done[-5:].count(False) >= 2:
            severity, since, count = Severity.TIGHTENED, k + 1, 0
        elif severity == Severity.TIGHTENED and len(done) >= 5 and all(done[-5:]):
            severity, since, count = Severity.NORMAL, k + 1, 0
        elif severity == Severity.TIGHTENED:
            count += not lots[k]
            if count >= 5:
                return Ledger(severity, tuple(lots[since : k + 1])[-5:], count, stopped=True)
    return Ledger(severity, tuple(lots[since:])[-5:], count)


def test_the_ledger_says_why_of_each_lot():
    """R-SA-13: A,R,A,R is tightened at the fourth lot; five accepted lead back; five rejected stop."""
    assert [s.why for s in steps([A, R, A, R])] == [Why.STAYS] * 3 + [Why.TIGHTENED]
    back = steps([R, R, A, A, A, A, A])
    assert [s.why for s in back][1::5] == [Why.TIGHTENED, Why.BACK]
    stopped = steps([R] * 7)
    assert stopped[-1].why == Why.STOPPED and stopped[-1].after.stopped
    assert steps([R] * 8)[-1].why == Why.STAYS
    anew = steps([*[R] * 7, None, A])
    assert (anew[-2].why, anew[-2].accepted, anew[-1].after) == (Why.ANEW, None, Ledger(recent=(A,)))  # fmt: skip


def test_a_simulated_book_ends_where_the_ledger_does():
    rng = np.random.default_rng(11)
    for share in (0.05, 0.3, 0.6):
        lots = [bool(x) for x in rng.random(200) > share]
        line = steps(lots)
        assert line[-1].after == ledger(lots)
        assert all(b.before == a.after for a, b in itertools.pairwise(line))
        for step in line:
            assert (step.why == Why.TIGHTENED) == (
                step.before.severity == Severity.NORMAL != step.after.severity
            )
