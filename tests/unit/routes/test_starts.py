"""Where walks begin: each behind the one at whose end it begins."""

import pandas as pd

from rbmgeo.routes.walkorder import Start
from rbmgeo.settings import UnitSettings
from rbmgeo.unit.starts import Starts, day_before


def routes(**rows):
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["officer", "hari_baca"], dtype="object"
    ).rename_axis("rbm")


def test_before_an_rbm_comes_that_of_the_same_reader_the_day_before():
    said = routes(A=("P1", "B"), B=("P1", "A"), C=("P2", "A"), D=(None, "B"), E=("P1", "C"))
    assert day_before(said) == {"A": "B", "E": "A"}


def test_each_rbm_is_ordered_behind_the_one_where_it_begins():
    begin = Starts(UnitSettings(), before={"A": "B", "E": "A"})
    turn = begin.turn(["A", "B", "C", "E"])
    assert sorted(turn) == ["A", "B", "C", "E"]
    assert turn.index("B") < turn.index("A") < turn.index("E")


def test_an_rbm_begins_as_it_says_itself_else_as_the_unit_says():
    settings = UnitSettings(walk_start="office", walk_start_by_rbm={"A": "previous", "B": "first"})
    begin = Starts(settings, office=(1.0, 2.0), before={"A": "C"})
    assert begin.of("B") == Start(first=True)
    assert begin.of("C") == Start(at=(1.0, 2.0))
    assert begin.of("A") is None  # nobody walked C yet
    begin.ended("C", ["x", "y", "z"], {"x": (0.0, 0.0), "y": (5.0, 5.0)})
    assert begin.of("A") == Start(at=(5.0, 5.0))
