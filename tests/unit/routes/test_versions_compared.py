import pandas as pd

from rbmgeo.routes.compare import difference


def members(rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=["rbm", "urut", "sisipan"]).rename_axis("idpel")  # fmt: skip


def routes(lengths):
    return pd.DataFrame({"length_m": lengths, "minutes": 10.0}).rename_axis("rbm")


def test_each_difference_has_its_kind_and_untouched_rbm_have_none():
    before = members({"1": ("A", 1, 0), "2": ("A", 2, 0), "3": ("B", 1, 0), "4": ("C", 1, 0)})
    after = members({"1": ("A", 1, 1), "2": ("B", 1, 1), "3": ("B", 1, 0), "5": ("A", 9, 0)})
    found = difference(
        before, after, routes({"A": 100.0, "B": 50.0, "C": 9.0}), routes({"A": 80.0, "B": 60.0})
    )
    assert found.rows["change"].to_dict() == {
        "1": "number",
        "2": "moved",
        "4": "gone",
        "5": "added",
    }
    per = found.per_rbm
    assert per.loc["A", ["came", "left", "renumbered"]].tolist() == [1, 1, 1]
    assert per.loc["B", ["came", "left", "customers_after"]].tolist() == [1, 0, 2]
    assert per["changed"].tolist() == [True, True, True]
    assert difference(before, before, routes({}), routes({})).rows.empty
