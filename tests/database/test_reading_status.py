"""The cumulative file read day by day: counts per RBM from readings and logs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from test_mutations import BEFORE, NOW, ULP, idpel, unit  # noqa: F401

from rbmgeo.db.models import Calendar, ReaderLog
from rbmgeo.terms import ReadState
from rbmgeo.workflows.reading import reading_status

pytestmark = pytest.mark.database


@pytest.fixture
def started(session, unit):  # noqa: F811
    session.add(Calendar(ulp=unit, blth=NOW, hari_baca="A", read_on=date(2026, 2, 3)))
    session.execute(
        text(
            "UPDATE reading SET kwh = 10, read_on = '2026-02-03' "
            "WHERE ulp = :u AND blth = :b AND idpel BETWEEN :i AND :j"
        ),
        {"u": unit, "b": NOW, "i": idpel(3), "j": idpel(42)},
    )
    for n, stand, code in ((50, Decimal(7), None), (51, None, "E"), (42, Decimal(9), None)):
        session.add(
            ReaderLog(ulp=unit, idpel=idpel(n), blth=NOW, stand_kwh=stand, lbkb_code=code,
                      read_at=datetime(2026, 2, 3, 18, 0, tzinfo=UTC))
        )  # fmt: skip
    session.flush()
    return unit


def test_read_unread_and_visited_sum_to_the_customers(session, started):
    done = reading_status(session, started, NOW, on=date(2026, 2, 4))
    assert done.totals == {
        "customers": 150,
        "read": 41,
        "unread": 109,
        "visited": 1,
        "other_day": 2,
    }
    row = done.rows.loc["R1"]
    assert (row["state"], row["days_late"], row["kwh"]) == (ReadState.LATE, 1, Decimal(400))
    assert done.rows.loc["tanpa jadwal", "customers"] == 3  # on this month's list no more


def test_a_later_file_of_the_month_only_moves_unread_to_read(session, started):
    first = reading_status(session, started, NOW, on=date(2026, 2, 3))
    session.execute(
        text(
            "UPDATE reading SET kwh = 0, read_on = '2026-02-04' WHERE ulp = :u AND blth = :b "
            "AND kwh IS NULL"
        ),
        {"u": ULP, "b": NOW},
    )
    later = reading_status(session, started, NOW, on=date(2026, 2, 4))
    assert first.totals["customers"] == later.totals["customers"]
    assert later.rows.loc["R1", "unread"] == 0
    assert later.rows.loc["R1", "state"] == ReadState.DONE
    assert later.rows.loc["R1", "kwh"] == Decimal(400)


def test_a_month_nobody_has_read_has_no_kwh(session, started):
    row = reading_status(session, started, BEFORE, on=date(2026, 2, 4)).rows.loc["R1"]
    assert (row["read"], row["kwh"], row["state"]) == (0, None, ReadState.NO_DATE)
