"""What a month's log says of an RBM, and what is asked of it (R-SA-01 to R-SA-06)."""

import numpy as np
import pandas as pd
import pytest

from bench.made_reading import made_reading
from rbmgeo.supervision.consistency import facts
from rbmgeo.supervision.questions import INNOCENT, Ask, questions


def log(day="2025-02-05", n=30, gap_s=60, blth="202502", rbm="A", officer="P1", **more):
    at = (
        pd.Timestamp(day)
        + pd.Timedelta(hours=8)
        + pd.to_timedelta(np.arange(n) * gap_s + 7 * (np.arange(n) % 3), unit="s")
    )
    x = np.arange(n) * 20.0
    rows = {
        "rbm": rbm, "blth": blth, "idpel": [f"{rbm}{k:03d}" for k in range(n)], "officer": officer, "read_at": at,
        "place": np.arange(1, n + 1), "x": x, "y": 0.0, "accuracy_m": 8.0, "customer_x": x, "customer_y": 5.0,
    }  # fmt: skip
    return pd.DataFrame(rows | more)


def plan(*days, rbm="A"):
    index = pd.MultiIndex.from_tuples(
        [(rbm, d.replace("-", "")[:6]) for d in days], names=["rbm", "blth"]
    )
    return pd.Series(pd.to_datetime(list(days)), index)


def asked(reads, planned):
    told = questions(facts(reads, planned))
    return dict(zip(told["ask"], told["value"], strict=True))


def test_a_month_as_planned_asks_nothing():
    it = facts(log(), plan("2025-02-05")).loc[("A", "202502")]
    assert (it["reads"], it["officers"], it["dates"], it["days_off"], it["on_day"]) == (
        30,
        1,
        1,
        0,
        1.0,
    )
    assert it["order_tau"] == pytest.approx(1.0)
    assert asked(log(), plan("2025-02-05")) == {}


def test_another_day_than_planned_is_asked_and_one_without_a_date_is_not():
    """R-SA-01."""
    assert asked(log(), plan("2025-02-03")) == {Ask.OTHER_DAY: 2.0}
    assert asked(log(), plan("2025-03-03")) == {}
    assert np.isnan(facts(log(), plan("2025-03-03"))["on_day"].iloc[0])


@pytest.mark.parametrize(("days", "is_asked"), [(27, True), (28, False), (33, False), (34, True)])
def test_from_one_reading_to_the_next_are_28_to_33_days(days, is_asked):
    """R-SA-02: 27 and 34 fail."""
    then = pd.Timestamp("2025-01-03") + pd.Timedelta(days=days)
    reads = pd.concat([log("2025-01-03", blth="202501"), log(str(then.date()))])
    index = pd.MultiIndex.from_tuples([("A", "202501"), ("A", "202502")], names=["rbm", "blth"])
    planned = pd.Series([pd.Timestamp("2025-01-03"), then], index)
    assert (Ask.INTERVAL in asked(reads, planned)) == is_asked


def test_a_month_left_out_has_no_interval():
    reads = pd.concat([log("2024-12-03", blth="202412"), log("2025-02-05")])
    assert facts(reads, plan("2025-02-05"))["interval_days"].isna().all()


def test_two_dates_two_officers_and_hours_of_the_night_are_asked():
    """R-SA-03."""
    late = log(n=5, officer="P2").assign(
        read_at=pd.Timestamp("2025-02-06 20:00"), idpel=[f"Z{k}" for k in range(5)]
    )
    got = asked(pd.concat([log(), late]), plan("2025-02-05"))
    assert (got[Ask.SEVERAL_DATES], got[Ask.SEVERAL_OFFICERS], got[Ask.ODD_HOURS]) == (2, 2, 5)
    edge = log(n=1).assign(read_at=pd.Timestamp("2025-02-05 05:00"))
    assert facts(edge, plan("2025-02-05"))["odd_hours"].iloc[0] == 0


def test_a_reversed_walk_is_minus_one_and_fine():
    """R-SA-04."""
    reads = log(place=np.arange(30, 0, -1))
    assert facts(reads, plan("2025-02-05"))["order_tau"].iloc[0] == pytest.approx(-1.0)
    assert asked(reads, plan("2025-02-05")) == {}


def test_a_step_is_fast_only_if_far_and_surely_placed():
    """R-SA-05."""
    jumps = np.where(np.arange(30) % 2, 600.0, 0.0)
    here = {"x": jumps, "customer_x": jumps}
    assert asked(log(**here), plan("2025-02-05"))[Ask.FAST] == 29
    assert Ask.FAST not in asked(log(accuracy_m=31.0, **here), plan("2025-02-05"))
    near = {k: v / 4 for k, v in here.items()}
    assert Ask.FAST not in asked(log(gap_s=5, **near), plan("2025-02-05"))
    # A clock of whole minutes may hide one: 600 m in 60 to 120 s is 5 to 10 m/s.
    minutes = log(**here)
    minutes["read_at"] = minutes["read_at"].dt.floor("min")
    assert Ask.FAST not in asked(minutes, plan("2025-02-05"))


def test_an_hour_at_one_place_and_a_clocklike_tempo_are_asked():
    reads = log()
    reads.loc[15:, "read_at"] += pd.Timedelta(minutes=61)
    assert asked(reads, plan("2025-02-05")) == {Ask.STAYS: 1}
    clock = log(
        read_at=pd.Timestamp("2025-02-05 08:00") + pd.to_timedelta(np.arange(30) * 45 + 1, unit="s")
    )
    assert asked(clock, plan("2025-02-05")) == {Ask.SAME_GAP: 1.0}


def test_far_from_the_house_one_place_and_points_off_together_are_told_apart():
    """R-SA-06."""
    far = log()
    far.loc[:9, "x"] += 140
    assert asked(far, plan("2025-02-05"))[Ask.AWAY] == 10
    inside = log(accuracy_m=45.0)
    inside.loc[:9, "x"] += 140
    assert Ask.AWAY not in asked(inside, plan("2025-02-05"))
    home = asked(log(x=900.0, y=900.0), plan("2025-02-05"))
    assert Ask.ONE_PLACE in home and Ask.AWAY not in home
    shifted = asked(log(customer_y=65.0), plan("2025-02-05"))
    assert set(shifted) == {Ask.SHIFTED}
    assert shifted[Ask.SHIFTED] == pytest.approx(65)


def test_two_rbm_read_on_each_others_day_are_one_kind_of_question():
    reads = pd.concat([log("2025-02-05"), log("2025-02-07", rbm="B")])
    planned = pd.concat([plan("2025-02-07"), plan("2025-02-05", rbm="B")])
    told = questions(facts(reads, planned))
    assert told["ask"].tolist() == [Ask.SWAPPED, Ask.SWAPPED]
    assert told["rbm"].tolist() == ["A", "B"]


def test_every_question_has_its_innocent_explanation():
    assert set(INNOCENT) == set(Ask)


def test_reads_without_time_place_or_officer_are_counted_and_accused_of_nothing():
    blank = log(read_at=pd.NaT, x=np.nan, y=np.nan, accuracy_m=np.nan, officer=None)
    blank["read_at"] = pd.to_datetime(blank["read_at"])
    it = facts(blank, plan("2025-02-05"))
    assert it["reads"].tolist() == [30]
    assert len(questions(it)) == 0


def test_the_order_of_rows_changes_nothing():
    made = made_reading(rbms=8, customers=40, months=3, seed=5)
    shuffled = made.reads.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(facts(shuffled, made.planned), facts(made.reads, made.planned))


def test_planted_faults_are_found_and_honest_months_left_alone():
    made = made_reading(rbms=40, customers=60, months=6, seed=2)
    told = questions(facts(made.reads, made.planned)).set_index(["rbm", "blth"])["ask"]
    shows = {"at_home": Ask.ONE_PLACE, "copied_tempo": Ask.SAME_GAP, "wrong_day": Ask.OTHER_DAY,
             "swapped_days": Ask.SWAPPED, "shifted_60_m": Ask.SHIFTED}  # fmt: skip
    for key, fault in made.planted.items():
        assert shows[fault] in set(told.get([key], pd.Series(dtype=str))), (key, fault)
    honest = told[~told.index.isin(made.planted.index)]
    # A month after one read late is early of itself: the interval says so, and no more.
    assert set(honest) <= {Ask.INTERVAL, Ask.STAYS, Ask.FAST, Ask.OTHER_DAY}
    assert (honest != Ask.INTERVAL).mean() < 0.5
