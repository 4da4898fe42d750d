from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import copy_rows, ensure_month

pytestmark = pytest.mark.database


def test_null_empty_text_and_digits_survive_the_copy(session):
    session.execute(text("CREATE TEMP TABLE t (a text, b numeric, c boolean, d integer)"))
    frame = pd.DataFrame(
        {
            "a": ["", None, 'x"y,\nz', "\\N"],
            "b": [Decimal("5667935.6"), None, Decimal("1E+3"), Decimal("0.10")],
            "c": [True, False, None, True],
            "d": pd.array([1, None, 3, 4], dtype="Int64"),
        }
    )
    assert copy_rows(session, "t", frame) == 4
    rows = session.execute(text("SELECT a, b, c, d FROM t")).all()
    assert [r[0] for r in rows] == ["", None, 'x"y,\nz', "\\N"]
    assert [r[1] for r in rows] == [Decimal("5667935.6"), None, Decimal(1000), Decimal("0.10")]
    assert [r[2] for r in rows] == [True, False, None, True]
    assert [r[3] for r in rows] == [1, None, 3, 4]


def test_december_has_a_part_of_its_own_made_once(session):
    session.execute(text("INSERT INTO ulp (ulp, name) VALUES ('T0001', 'x')"))
    for _ in range(2):
        ensure_month(session, blth="203112")
    session.execute(
        text(
            "INSERT INTO reading (ulp, blth, idpel, source) "
            "VALUES ('T0001', '203112', '100000000001', 'dpm')"
        )
    )
    assert session.scalar(text("SELECT count(*) FROM reading_203112")) == 1


@pytest.mark.parametrize("count", [1, 3, 1500])
def test_a_table_joined_to_one_without_rows_is_copied_as_it_is(session, count):
    names = [f"51354{n:07d}" for n in range(count)]
    session.execute(text("CREATE TEMP TABLE joined (a text, b text) ON COMMIT DROP"))
    empty = pd.DataFrame({"a": [], "b": []}, dtype="str")
    full = pd.DataFrame({"a": names, "b": None}, dtype="str")
    copy_rows(session, "joined", pd.concat([empty, full], ignore_index=True))
    assert [tuple(r) for r in session.execute(text("SELECT a, b FROM joined ORDER BY a"))] == [
        (name, None) for name in names
    ]
