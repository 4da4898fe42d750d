"""A source that does not fit in memory: every row once, rows of one customer together."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.intake import pieces
from rbmgeo.intake.raw import RawTable, Source


def source(keys: list[str], *, size: int, shapes: bool = False) -> Source:
    """Draw a source whose rows come ``size`` at a time, each third row a misfit as well."""

    def read():
        for start in range(0, len(keys), size):
            part = keys[start : start + size]
            numbers = range(start * 2 + 2, start * 2 + 2 + len(part) * 2, 2)
            rows = pd.DataFrame(
                {"k": part, "v": [f"v{n}" for n in numbers]}, index=numbers, dtype="str"
            )
            geometry = shapely.points(np.arange(len(part)), start) if shapes else None
            yield RawTable("f", "s", rows, geometry, {n + 1: ["a", "b", "c"] for n in numbers[::3]})

    return Source(next(read()), read, len(keys))


@pytest.fixture
def few_rows(monkeypatch):
    monkeypatch.setattr(pieces, "ROWS", 4)


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d", "e", ""]), min_size=1, max_size=40),
    st.integers(1, 7),
)
def test_every_row_is_there_once_and_rows_of_one_key_together(keys, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "ROWS", 4)
        told = list(pieces.together(source(keys, size=size), lambda rows: rows["k"]))
    numbers = [n for t in told for n in t.rows.index]
    assert sorted(numbers) == [n for p in source(keys, size=size).pieces() for n in p.rows.index]
    where = {}
    for place, table in enumerate(told):
        assert table.rows.index.is_monotonic_increasing
        assert (table.rows["v"] == [f"v{n}" for n in table.rows.index]).all()
        for key in table.rows["k"]:
            assert where.setdefault(key, place) == place
    misfits = {n for t in told for n in t.misfits}
    assert misfits == {n for p in source(keys, size=size).pieces() for n in p.misfits}


def test_geometry_stays_beside_its_row(few_rows):
    keys = [str(n) for n in range(30)]
    for table in pieces.together(source(keys, size=7, shapes=True), lambda rows: rows["k"]):
        for number, shape in zip(table.rows.index, table.geometry, strict=True):
            at = (number - 2) // 2
            assert (shape.x, shape.y) == (at % 7, at // 7 * 7)


def test_rows_without_a_key_are_read_as_they_come(few_rows):
    told = list(pieces.together(source(["a"] * 20, size=6), None))
    assert [len(t.rows) for t in told] == [6, 6, 6, 2]
