"""Visits as rows of a table: what a person writes becomes a visit, or a fault with its remedy."""

import uuid
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import ImportRefused
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.progress import by_officer, late, progress
from rbmgeo.fieldwork.visit_rows import columns_of, row_id, visit_of_row
from rbmgeo.intake.visit_form import read_filled_form
from rbmgeo.reports.visit_form import form_bytes
from rbmgeo.reports.visit_layers import fill_in_gpkg, walk_gpx, walk_kml
from rbmgeo.terms import FieldJob, OrderState

FORM = FORMS[FieldJob.SURVEI]
ZONE = "Asia/Jakarta"


def row(**more):
    ids = {n: str(uuid.UUID(int=k)) for k, n in enumerate(("client_id", "order_id", "customer"), 1)}
    return {**ids, "job": "survei", "visited_at": "2026-11-26 09:30", "outcome": "cocok", "officer": "siti",
            **more}  # fmt: skip


def read(**more):
    return visit_of_row(row(**more), FORM, file="hari1.xlsx", row_no=5, time_zone=ZONE)


def test_an_outcome_may_be_told_in_either_language_or_by_its_code():
    for said in ("cocok", "Gardu benar", "gardu RIGHT"):
        it, faults = read(outcome=said)
        assert not faults and it.outcome == "cocok"
        assert it.device_at.isoformat() == "2026-11-26T09:30:00+07:00"


def test_the_same_row_is_the_same_visit_and_an_edited_one_another_content():
    one, again, edited = read()[0], read()[0], read(note="pagar hijau")[0]
    assert one.sha256 == again.sha256 != edited.sha256
    assert one.client_id == edited.client_id


@pytest.mark.parametrize(("column", "more"), [
    ("outcome", {"outcome": "mungkin"}),
    ("visited_at", {"visited_at": "26/11/2026"}),
    ("visited_at", {"visited_at": ""}),
    ("gardu", {"outcome": "gardu_lain"}),
    ("officer", {"officer": " "}),
    ("place_lon", {"place_lon": "112,7"}),
    ("place_lon", {"place_lat": "x", "place_lon": "1", "place_accuracy_m": "3"}),
    ("client_id", {"client_id": "12"}),
])  # fmt: skip
def test_a_fault_names_its_file_row_column_value_and_remedy(column, more):
    it, faults = read(**more)
    assert it is None
    (fault,) = [f for f in faults if f.column == column]
    assert (fault.file, fault.row_no) == ("hari1.xlsx", 5)
    assert fault.rule and fault.indonesian and fault.english and fault.indonesian != fault.english


def test_a_place_is_taken_with_comma_or_point():
    it, _ = read(place_lon="112,7005", place_lat="-7.65", place_accuracy_m="6")
    assert (it.place.lon, it.place.lat, it.place.accuracy_m) == (112.7005, -7.65, 6.0)


def test_a_row_asks_for_another_visit_once_one_is_known():
    assert row_id("a", 0) == row_id("a", 0) != row_id("a", 1)


def sheet():
    columns = {n: [None, None] for n in columns_of(FORM)}
    rows = pd.DataFrame({**columns, "stop": [1, 2], "idpel": ["513540000001", "513540000002"],
                         "address": ["Jl. =1+1", "Gang 2"], "officer": "siti", "job": "survei"}).astype(object)  # fmt: skip
    for name in ("client_id", "order_id", "customer"):
        rows[name] = [str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {k}")) for k in range(2)]
    return rows.assign(lon=[112.7, None], lat=[-7.65, None]).set_axis(rows["order_id"].to_list())


def written(rows, lang="id"):
    return form_bytes(rows, FORM, title="Rencana 1", lang=lang, gardu=["PD1"], planned_on=date(2026, 11, 26))  # fmt: skip


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_excel_form_comes_back_as_it_was_filled_in(tmp_path, lang):
    rows = sheet()
    rows.loc[rows.index[0], ["visited_at", "outcome", "gardu", "note"]] = [
        "2026-11-26 09:30", "Gardu lain" if lang == "id" else "Another gardu", "PD1", "dekat pos"
    ]  # fmt: skip
    assert written(rows, lang) == written(rows, lang)
    (tmp_path / "f.xlsx").write_bytes(written(rows, lang))
    filled = read_filled_form(tmp_path / "f.xlsx", FORMS, time_zone=ZONE)
    assert not filled.faults and filled.empty == 1
    ((number, idpel, it),) = filled.visits
    assert idpel == "513540000001" and number > 1
    assert (it.outcome, dict(it.values)) == ("gardu_lain", {"gardu": "PD1", "note": "dekat pos"})
    assert it.order_id == rows["order_id"].iloc[0]


def test_a_geopackage_comes_back_the_same_way(tmp_path):
    rows = sheet()
    rows.loc[rows.index[1], ["visited_at", "outcome"]] = ["2026-11-26T10:00", "cocok"]
    (tmp_path / "f.gpkg").write_bytes(fill_in_gpkg(rows, FORM))
    filled = read_filled_form(tmp_path / "f.gpkg", FORMS, time_zone=ZONE)
    assert not filled.faults
    assert [it.outcome for _, _, it in filled.visits] == ["cocok"]


def test_a_copied_row_and_a_strange_column_are_named(tmp_path):
    rows = sheet()
    rows[["visited_at", "outcome"]] = ["2026-11-26 09:30", "cocok"]
    rows["client_id"] = rows["client_id"].iloc[0]
    plain = rows.drop(columns=["lon", "lat"])
    plain.to_csv(tmp_path / "f.csv", index=False)
    filled = read_filled_form(tmp_path / "f.csv", FORMS, time_zone=ZONE)
    assert [f.rule for f in filled.faults] == ["R-CH-03"]
    plain.assign(upah=["1", "2"]).to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(ImportRefused, match="upah"):
        read_filled_form(tmp_path / "f.csv", FORMS, time_zone=ZONE)


def test_a_walk_has_its_stops_in_order_and_leaves_out_houses_without_a_place():
    gpx = walk_gpx(sheet(), title="Hari 1").decode()
    assert gpx.count("<wpt") == gpx.count("<rtept") == 1 and "Jl. =1+1" in gpx
    assert b"Point" in walk_kml(sheet(), title="Hari 1")


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from([s.value for s in OrderState]),
                          st.sampled_from(["2026-11-25", "2026-11-26", None])), min_size=1))  # fmt: skip
def test_the_counts_of_a_list_sum_to_its_orders(told):
    orders = pd.DataFrame(told, columns=["list_id", "state", "due_on"])
    done = progress(orders, date(2026, 11, 26))
    states = [s.value for s in OrderState]
    assert done["orders"].sum() == len(orders) == done[states].to_numpy().sum()
    named = done.assign(officer=[None if i == "A" else "siti" for i in done.index])
    assert by_officer(named)["orders"].sum() == len(orders)


def test_an_order_is_late_the_day_after_it_is_due_and_never_when_it_is_done():
    orders = pd.DataFrame({"due_on": ["2026-11-25", "2026-11-26", "2026-11-25", "2026-11-25"],
                           "state": ["belum", "belum", "selesai", "batal"]})  # fmt: skip
    assert late(orders, date(2026, 11, 26)).to_list() == [True, False, False, False]
