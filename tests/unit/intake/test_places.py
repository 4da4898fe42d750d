"""Which position is in use (R-LO-01), and which may not be (R-IM-08, R-IM-12)."""

import pandas as pd
import pytest

from rbmgeo.intake.places import places_in_use
from rbmgeo.settings import UnitSettings

SRID = 32749
LON, LAT = 112.69, -7.65
STEP = 0.0001  # about 11 metres


def told(*rows, **columns):
    """(idpel, source, month, steps east) rows."""
    frame = pd.DataFrame(rows, columns=["idpel", "source", "month", "east"])
    frame["lon"], frame["lat"] = LON + frame.pop("east") * STEP, LAT
    return frame.assign(**{"quality": "ok", "position": "house"} | columns)


def used(frame, **settings):
    return places_in_use(frame, UnitSettings(**settings), SRID).frame


def east(frame, idpel="c1"):
    return round((frame.loc[idpel, "lon"] - LON) / STEP, 2)


def test_an_approved_survey_outranks_gis_which_outranks_readers():
    reader = [("c1", "reader", m, 9) for m in ("202404", "202405")]
    gis, survey = ("c1", "gis", None, 1), ("c1", "survey", None, 2)
    assert east(used(told(*reader))) == 9
    assert east(used(told(*reader, gis))) == 1
    assert east(used(told(*reader, gis, survey))) == 2


def test_readers_of_two_months_are_a_median_that_one_bad_day_does_not_shift():
    rows = [("c1", "reader", f"20240{n}", steps) for n, steps in enumerate([1, 2, 90], start=1)]
    found = used(told(*rows))
    assert east(found) == 2
    assert 10 < found.loc["c1", "spread_m"] < 12


def test_a_reader_of_one_month_is_used_only_where_there_is_nothing_else():
    single = ("c1", "reader", "202405", 9)
    assert east(used(told(single))) == 9
    assert east(used(told(single, ("c1", "lain", None, 3)))) == 3


def test_many_customers_on_one_spot_are_an_office():
    """40 rows on one point (R-IM-12); five are still a building."""
    crowd = told(*[(f"c{n}", "gis", None, 0) for n in range(40)], ("d1", "gis", None, 3))
    found = used(crowd)
    assert found.loc["c7", "coordinate_quality"] == "R-IM-12"
    assert found["lon"].notna().sum() == 1
    five = used(told(*[(f"c{n}", "gis", None, 0) for n in range(5)]))
    assert five["coordinate_quality"].unique().tolist() == ["ok"]


@pytest.mark.parametrize(("east", "north"), [(1, 0), (0, 1), (10, 10), (1, -1), (100, 0)])
def test_a_position_dragged_down_a_sheet_is_nobodys_house(east, north):
    """Its last digits count on, so no two are equal; the next house stays good."""
    crowd = told(*[(f"c{n}", "gis", None, 0) for n in range(12)], ("d1", "gis", None, 3))
    crowd["lon"] += [n * east * 1e-7 for n in range(12)] + [0]
    crowd["lat"] += [n * north * 1e-7 for n in range(12)] + [0]
    found = used(crowd)
    assert found.loc[[f"c{n}" for n in range(12)], "coordinate_quality"].eq("R-IM-12").all()
    assert found.loc["d1", "coordinate_quality"] == "ok"


def test_a_spot_that_two_share_is_one_step_of_a_dragged_row():
    rows = [(f"c{n}", "gis", None, n / 100) for n in range(9)]
    found = used(told(*rows, ("twin", "gis", None, 0.04)))
    assert set(found["coordinate_quality"]) == {"R-IM-12"}
    assert "twin" in found.index


def test_a_row_of_houses_in_equal_steps_is_good():
    row = told(*[(f"c{n}", "gis", None, n * 0.3) for n in range(30)])  # fronts of 3.3 metres
    assert used(row)["coordinate_quality"].eq("ok").all()
    few = told(*[(f"c{n}", "gis", None, n * 0.01) for n in range(5)])
    assert used(few)["coordinate_quality"].eq("ok").all()


def test_pole_positions_may_be_shared():
    crowd = told(*[(f"c{n}", "gis", None, 0) for n in range(40)], position="pole")
    assert used(crowd)["coordinate_quality"].unique().tolist() == ["ok"]


def test_a_point_in_surabaya_is_flagged_in_pandaan():
    rows = told(*[(f"c{n}", "gis", None, n) for n in range(50)], ("far", "gis", None, 600 * 10))
    found = used(rows)
    assert found.loc["far", "coordinate_quality"] == "R-IM-08"
    assert pd.isna(found.loc["far", "lon"])
    assert found["lon"].notna().sum() == 50


def test_who_has_only_useless_points_is_kept_with_the_rule_that_spoke():
    rows = told(("c1", "gis", None, 0), ("c2", "gis", None, 0), ("c2", "reader", "202405", 4))
    rows.loc[[0, 1], ["lon", "lat", "quality"]] = [float("nan"), float("nan"), "R-IM-06-nol"]
    found = used(rows)
    assert found.loc["c1", "coordinate_quality"] == "R-IM-06-nol"
    assert (east(found, "c2"), found.loc["c2", "coordinate_quality"]) == (4, "ok")


def test_the_zone_is_decided_by_the_middle_of_the_unit():
    done = places_in_use(told(("c1", "gis", None, 0)), UnitSettings(), None)
    assert done.srid == SRID


def test_nobody_with_a_place_is_no_unit_and_no_error():
    rows = told(("c1", "gis", None, 0)).assign(
        lon=float("nan"), lat=float("nan"), quality="R-IM-06-nol"
    )
    done = places_in_use(rows, UnitSettings(), None)
    assert done.srid is None
    assert done.frame["coordinate_quality"].tolist() == ["R-IM-06-nol"]
