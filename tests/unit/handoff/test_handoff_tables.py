"""What leaves: in walking order, only what differs, the same bytes again."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from rbmgeo.errors import FrameError, UsageError
from rbmgeo.handoff.tables import changes, kddk, readers_list, whole
from rbmgeo.reports.handoff import side_file, written
from rbmgeo.reports.layouts import chosen, layouts


def members(**places):
    frame = pd.DataFrame.from_dict(places, orient="index", columns=["rbm", "urut", "sisipan"])
    return frame.rename_axis("idpel")


def source(**places):
    columns = ["rbm", "urut", "sisipan", "kddk"]
    rows = {i: (*p, None)[:4] for i, p in places.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("idpel")


def gardu(**said):
    columns = ["gardu_before", "gardu_after", "ours"]
    rows = {i: (*g, False)[:3] for i, g in said.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("idpel")


NOBODY = gardu()


def test_only_what_differs_is_handed_over():
    done = changes(
        members(a=("A", 1, 0), b=("A", 2, 1), c=("B", 1, 0), d=("A", 9, 0)),
        gardu(a=("G1", "G1"), b=("G1", "G2")),
        source(a=("A", 1, 0), b=("A", 2, 1), c=("A", 3, 0), e=("A", 4, 0), f=("A", 5, 0)),
        {"a", "b", "c", "d", "f"},
    )
    assert done["change"].to_dict() == {"b": "ubah", "c": "ubah", "d": "baru", "e": "keluar"}
    assert done.loc["e", "rbm_after"] is None or pd.isna(done.loc["e", "rbm_after"])


def test_a_list_without_urut_is_compared_by_rbm_alone():
    said = source(a=("A", None, None), b=("A", None, None))
    done = changes(members(a=("A", 7, 0), b=("B", 1, 0)), NOBODY, said, set())
    assert done["change"].to_dict() == {"b": "ubah"}


def test_a_gardu_that_a_survey_found_is_handed_over_though_no_file_told_one():
    said = source(a=("A", 1, 0), b=("A", 2, 0))
    place = members(a=("A", 1, 0), b=("A", 2, 0))
    done = changes(place, gardu(a=(None, "G1", True), b=(None, "G1", False)), said, set())
    assert done["change"].to_dict() == {"a": "ubah"}


def test_the_kddk_is_the_head_of_its_rbm_and_the_place():
    rows = pd.DataFrame(
        {"rbm_after": ["A", "B"], "urut_after": [46, 1], "sisipan_after": [1, 0]},
        index=pd.Index(["n", "m"], name="idpel"),
    )
    said = source(
        a=("A", 1, 0, "JPAABKC00100"), b=("A", 2, 0, "JPAABKC00200"), c=("A", 3, 0, "JPAABKD00300"),
        d=("B", 1, 0, "opak"),
    )  # fmt: skip
    assert kddk(rows, said).fillna("-").to_dict() == {"n": "JPAABKC04601", "m": "-"}


def test_a_unit_with_codes_of_its_own_says_where_the_place_stands():
    rows = pd.DataFrame(
        {"rbm_after": ["A", "A", "A"], "urut_after": [46, 7, 1000], "sisipan_after": [0, 1, 0]},
        index=pd.Index(["n", "sisip", "long"], name="idpel"),
    )
    said = source(a=("A", 1, 0, "KDR-001-BKC"), b=("A", 2, 0, "KDR-002-BKC"), c=("A", 3, 0, "?"))
    made = kddk(rows, said, r"^[A-Z]{3}-(?P<urut>[0-9]{3})-(?P<hari>[A-Z]+)$")
    assert made.fillna("-").to_dict() == {"n": "KDR-046-BKC", "sisip": "-", "long": "-"}
    assert kddk(rows, said).isna().all()


def test_the_readers_list_walks_and_counts():
    done = readers_list(
        members(b=("A", 2, 0), a=("A", 1, 1), c=("B", 1, 0)),
        pd.DataFrame({"name": ["x"]}, index=pd.Index(["a"], name="idpel")),
        pd.DataFrame(
            {"officer": ["P-1"], "hari_baca": ["A"], "read_on": [date(2026, 2, 3)]},
            index=pd.Index(["A"], name="rbm"),
        ),
    )
    assert done[["rbm", "idpel", "step", "target"]].values.tolist() == [
        ["A", "a", 1, 2], ["A", "b", 2, 2], ["B", "c", 1, 1],
    ]  # fmt: skip


def full_table():
    kwh = pd.DataFrame(
        {"kwh": [Decimal("100.50"), None]}, index=pd.Index(["513540000001", "@1"], name="idpel")
    )
    place = members(**{"513540000001": ("A", 1, 0), "@1": ("=A", 2, 0)})
    return whole(place, NOBODY, source(**{"513540000001": ("A", 1, 0)}), kwh)


def layout(name):
    return next(one for one in layouts() if one.name == name)


@pytest.mark.parametrize("shape", ["csv", "csv-id", "xlsx"])
def test_the_same_table_gives_the_same_bytes_and_no_formula(shape):
    one, two = (
        written(full_table(), layout("ap2t-lengkap"), ulp="T1", blth="202602", shape=shape)[0]
        for _ in range(2)
    )
    assert one == two
    assert (one.rows, one.kwh) == (2, Decimal("100.50"))
    if shape == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(one.content)).active
        cells = [[c.value for c in row] for row in page.iter_rows()]
        assert all(c.data_type != "f" for row in page.iter_rows() for c in row)
    else:
        sign = ";" if shape == "csv-id" else ","
        text = one.content.decode("utf-8-sig")
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    idpels = [row[cells[0].index("IDPEL")] for row in cells[1:]]
    assert sorted(str(i).lstrip("'") for i in idpels) == ["513540000001", "@1"]
    assert not any(str(c).startswith(("=", "+", "-", "@")) for row in cells for c in row)
    assert one.content.startswith(b"\xef\xbb\xbf") == (shape == "csv-id")
    if shape == "csv-id":
        assert "'513540000001" in idpels  # Excel would show and save 5,1E+11


def test_whole_numbers_stay_whole_beside_missing_ones():
    table = pd.DataFrame(
        {n: None for _, n in layout("cater").columns}, index=range(2), dtype=object
    )
    table["rbm"], table["daya_va"] = "A", [Decimal("900"), None]
    table["urut"], table["kwh_before"] = [7.0, float("nan")], [None, Decimal("100.50")]
    lines = written(table, layout("cater"), ulp="T1", blth="202602")[0].content.decode().split("\n")
    head = lines[0].split(",")
    first, second = (dict(zip(head, line.split(","), strict=True)) for line in lines[1:3])
    assert (first["DAYA"], first["URUT"], first["PEMKWH_LALU"]) == ("900", "7", "")
    assert (second["DAYA"], second["URUT"], second["PEMKWH_LALU"]) == ("", "", "100.5")


def test_one_file_an_rbm_and_no_code_leaves_the_folder():
    table = pd.DataFrame(
        {n: None for _, n in layout("cater").columns}, index=range(3), dtype=object
    )
    table["rbm"] = ["../../A", "../../A", "__--A"]
    files = written(table, layout("cater"), ulp="T1", blth="202602")
    names = [f.name for f in files]
    assert len(set(names)) == 2
    assert not any("/" in n or ".." in n for n in names)
    assert sum(f.rows for f in files) == 3


def test_the_side_file_counts_and_hashes_every_file():
    files = written(full_table(), layout("ap2t-lengkap"), ulp="T1", blth="202602")
    side = side_file(files, "RINGKASAN.json", {"version": 3})
    said = json.loads(side.content)
    assert said["rows"] == 2
    assert said["kwh"] == "100.50"
    assert said["files"][0]["sha256"] == files[0].sha256


def test_what_is_asked_wrongly_is_said():
    with pytest.raises(UsageError, match="csv-id"):
        written(full_table(), layout("ap2t-lengkap"), ulp="T1", blth="202602", shape="doc")
    with pytest.raises(FrameError, match="change"):
        written(full_table(), layout("ap2t-perubahan"), ulp="T1", blth="202602")
    with pytest.raises(UsageError, match="umum"):
        chosen("cater", "tidakada")
