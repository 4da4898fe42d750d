"""Read and unread against the day; unread is never zero kWh."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from rbmgeo.supervision.progress import progress
from rbmgeo.terms import ReadState

DAY = date(2026, 2, 3)


def counts(*rows):
    columns = ["rbm", "read_on", "customers", "read", "visited", "kwh"]
    return pd.DataFrame(list(rows), columns=columns).astype({"read_on": object, "kwh": object})


def schedule(**days):
    frame = pd.DataFrame(
        {"officer": "P-1", "hari_baca": "A", "read_on": list(days.values())},
        index=pd.Index(list(days), name="rbm"),
    )
    return frame.astype({"read_on": object})


def seen(on, *rows, **days):
    return progress(counts(*rows), schedule(**(days or {"A": DAY})), on=on)


@pytest.mark.parametrize(
    ("on", "state"),
    [(date(2026, 2, 2), ReadState.AHEAD), (DAY, ReadState.TODAY), (date(2026, 2, 4), ReadState.LATE)],
)  # fmt: skip
def test_an_rbm_with_unread_customers_is_late_the_day_after(on, state):
    rows = seen(on, ("A", DAY, 8, 8, 0, Decimal(80)), ("A", None, 2, 0, 1, None))
    assert rows.loc["A", "state"] == state
    assert rows.loc["A", ["customers", "read", "unread", "visited"]].tolist() == [10, 8, 2, 1]
    assert rows.loc["A", "days_late"] == (1 if state == ReadState.LATE else 0)


def test_whoever_is_done_is_not_late_though_read_on_another_day():
    rows = seen(date(2026, 2, 9), ("A", date(2026, 2, 5), 3, 3, 0, Decimal(9)))
    assert rows.loc["A", ["state", "other_day"]].tolist() == [ReadState.DONE, 3]
    assert rows.loc["A", "last_read_on"] == date(2026, 2, 5)


def test_an_rbm_that_nobody_read_has_no_kwh_and_not_zero():
    rows = seen(DAY, ("A", None, 5, 0, 0, None))
    assert rows.loc["A", "kwh"] is None


def test_kwh_is_exact():
    rows = seen(
        DAY, ("A", DAY, 1, 1, 0, Decimal("0.1")), ("A", date(2026, 2, 4), 1, 1, 0, Decimal("0.2"))
    )
    assert rows.loc["A", "kwh"] == Decimal("0.3")


def test_without_a_date_nobody_is_late_and_nobody_is_left_out():
    rows = seen(DAY, ("B", None, 5, 0, 0, None), ("A", None, 1, 0, 0, None))
    assert rows.loc["B", "state"] == ReadState.NO_DATE
    assert rows["customers"].sum() == 6


def test_those_most_late_come_first():
    rows = seen(
        date(2026, 2, 9), ("A", None, 1, 0, 0, None), ("B", None, 1, 0, 0, None),
        ("C", DAY, 1, 1, 0, None), A=date(2026, 2, 8), B=DAY, C=DAY,
    )  # fmt: skip
    assert rows.index.tolist() == ["B", "A", "C"]
