"""The month's dates and readers: as last month where possible, nobody twice on one day."""

from datetime import date

import pandas as pd

from rbmgeo.routes.calendar import (
    assigned,
    days_off,
    mended_dates,
    month_grid,
    proposed_dates,
)


def last_dates(*days):
    return pd.DataFrame(
        {"hari_baca": list("ABCDE"[: len(days)]), "read_on": [date(2024, 11, d) for d in days]}
    )


def test_a_day_off_moves_a_date_to_the_nearest_working_day():
    """3 December 2024 is a Tuesday; the 8th a Sunday."""
    got = proposed_dates(last_dates(3, 8), blth="202412", holidays={date(2024, 12, 3)})
    assert got["read_on"].to_dict() == {"A": date(2024, 12, 2), "B": date(2024, 12, 7)}
    assert got["moved_days"].tolist() == [-1, -1]
    assert not got["beyond"].any()


def test_days_keep_their_order_and_stay_apart():
    off = {date(2024, 12, d) for d in (3, 4, 5)}
    got = proposed_dates(last_dates(3, 4, 5), blth="202412", holidays=off)
    assert got["read_on"].is_monotonic_increasing
    assert got["read_on"].is_unique


def test_a_date_that_moves_too_far_is_said_so():
    off = {date(2024, 12, d) for d in range(9, 22)}
    got = proposed_dates(last_dates(15), blth="202412", holidays=off, shift_days=3)
    assert got["beyond"].tolist() == [True]


def test_a_reading_day_on_a_sunday_or_day_off_is_named():
    """22 December 2024 is a Sunday."""
    dates = pd.DataFrame(
        {"hari_baca": list("GFH"), "read_on": [date(2024, 12, d) for d in (22, 21, 25)]}
    )
    got = days_off(dates, {date(2024, 12, 25)})
    assert got["read_on"].to_dict() == {"G": date(2024, 12, 22), "H": date(2024, 12, 25)}
    assert got["sunday"].tolist() == [True, False]
    assert days_off(dates.iloc[1:2], set()).empty


def test_dates_off_a_sunday_push_on_those_behind_and_no_others():
    dates = pd.DataFrame(
        {"hari_baca": list("EFGHI"), "read_on": [date(2024, 12, d) for d in (20, 21, 22, 23, 26)]}
    )
    got = mended_dates(dates, set())
    assert got == {"G": date(2024, 12, 23), "H": date(2024, 12, 24)}
    after = dates.assign(read_on=[got.get(h, d) for h, d in dates.itertuples(index=False)])
    assert after["read_on"].is_monotonic_increasing and after["read_on"].is_unique
    assert mended_dates(after, set()) == {}
    alone = dates[dates["hari_baca"].eq("G")]
    assert mended_dates(alone, set()) == {"G": date(2024, 12, 21)}


def routes(**customers):
    return pd.DataFrame({"customers": customers}).rename_axis("rbm")


def said(**rows):
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["hari_baca", "officer"], dtype="object"
    ).rename_axis("rbm")


def readers(**rows):
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["capacity", "areas"])
    return frame.rename_axis("officer")


def test_an_rbm_is_read_as_last_month():
    got = assigned(routes(R1=10, R2=20), said(R1=("A", "P1"), R2=("B", "P1")), readers(), letters=["A", "B"])  # fmt: skip
    assert got["as_last"].all()
    assert got[["hari_baca", "officer"]].to_numpy().tolist() == [["A", "P1"], ["B", "P1"]]


def test_who_read_last_month_reads_on_though_only_others_have_an_area():
    got = assigned(routes(R1=10), said(R1=("A", "P1")), readers(P2=(100, ["K"])), letters=["A"])
    assert got.loc["R1", ["officer", "note"]].tolist() == ["P1", ""]


def test_a_new_rbm_goes_to_a_reader_of_its_area_with_room():
    able = readers(P1=(100, ["K1"]), P2=(15, ["K2"]), P3=(100, ["K2"]))
    got = assigned(routes(K2A=50), said(), able, letters=["A", "B"])
    assert got.loc["K2A", ["officer", "hari_baca", "note"]].tolist() == ["P3", "A", ""]


def test_nobody_has_two_rbm_on_one_day_and_who_is_left_over_is_said():
    got = assigned(routes(R1=1, R2=1, R3=1), said(), readers(P1=(None, [])), letters=["A", "B"])
    given = got.dropna(subset=["officer"])
    assert not given.duplicated(["officer", "hari_baca"]).any()
    assert got["note"].tolist().count("tanpa petugas") == 1


def test_a_month_is_weeks_from_monday():
    weeks = month_grid("202412")
    assert weeks[0][6] == date(2024, 12, 1)
    assert all(len(w) == 7 for w in weeks)
    assert sum(d is not None for w in weeks for d in w) == 31
