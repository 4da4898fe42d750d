"""R-AR-05: work of a day is reported by H+1; what came after the report is left to be told."""

import pytest
from drawn_arrears import RULES, day, events

from rbmgeo.arrears.reports import ReportState, report_days

WORK = ("a putus 10-11", "b putus 10-11", "c sambung 10-11", "d putus 9-11")


def one(on, reported, which="10-11"):
    return report_days(events(*WORK), reported, on=day(on), rules=RULES).loc[day(which)]


@pytest.mark.parametrize(
    ("on", "state"),
    [("10-11", ReportState.WAITS), ("11-11", ReportState.WAITS), ("12-11", ReportState.LATE)],
)
def test_a_report_is_late_from_the_second_day(on, state):
    found = one(on, {})
    assert (found["cuts"], found["reconnections"], found["left"]) == (2, 1, 3)
    assert (found["due_on"], found["state"]) == (day("11-11"), state)


@pytest.mark.parametrize(
    ("said", "state"), [("11-11", ReportState.REPORTED), ("12-11", ReportState.REPORTED_LATE)]
)
def test_a_report_in_time_and_one_too_late(said, state):
    whole = {"00": day("10-11"), "01": day(said), "02": day("10-11")}
    assert one("20-11", whole)["state"] == state


def test_an_act_sent_after_the_report_is_left():
    found = one("20-11", {"00": day("10-11"), "01": day("11-11")})
    assert (found["left"], found["state"]) == (1, ReportState.LATE)
    assert one("20-11", {}, "9-11")["cuts"] == 1
