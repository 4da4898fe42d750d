"""Why a gardu's kWh changed: the issue's own example, and parts that always sum to the whole."""

from decimal import Decimal

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.energy.change import Cause, Part, explained


def month(rows: dict[str, tuple[str | None, str | None]]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([(i, "") for i in rows], names=["idpel", "line"])
    kwh = [None if k is None else Decimal(k) for _, k in rows.values()]
    return pd.DataFrame(
        {"gardu": pd.Series([g for g, _ in rows.values()], index, dtype="str"),
         "kwh": pd.Series(kwh, index, dtype=object)}
    )  # fmt: skip


def test_eighteen_customers_moved_and_the_rest_used_less():
    moved = {f"m{k}": ("PD0123", "133.3") for k in range(17)} | {"m17": ("PD0123", "133.9")}
    stayed = {"s1": ("PD0123", "1000"), "s2": ("PD0123", "900")}
    before = month({**moved, **stayed})
    after = month({**dict.fromkeys(moved, ("PD0124", "140")),
                   "s1": ("PD0123", "480"), "s2": ("PD0123", "700")})  # fmt: skip
    found = explained(before, after, "PD0123")
    assert found.kwh == Decimal("-3120.0")
    assert found.parts == (
        Part(Cause.MOVED_AWAY, Decimal("-2400.0"), 18, "PD0124"),
        Part(Cause.USE, Decimal("-720"), 2),
    )
    there = explained(before, after, "PD0124")
    assert there.parts == (Part(Cause.MOVED_HERE, Decimal(2520), 18, "PD0123"),)


def test_a_missing_reading_is_not_less_use_and_new_and_gone_have_their_own_names():
    before = month({"a": ("G", "10"), "b": ("G", None), "c": ("G", "7"), "d": (None, "5")})
    after = month({"a": ("G", None), "b": ("G", "4"), "e": ("G", "2"), "d": ("G", "6")})
    causes = {p.cause: (p.kwh, p.gardu) for p in explained(before, after, "G").parts}
    assert causes == {
        Cause.NOT_READ: (Decimal(-10), ""), Cause.READ_AGAIN: (Decimal(4), ""),
        Cause.GONE: (Decimal(-7), ""), Cause.NEW: (Decimal(2), ""),
        Cause.MOVED_HERE: (Decimal(6), "tanpa gardu"),
    }  # fmt: skip


one = st.tuples(
    st.sampled_from(["G", "H", None]),
    st.none() | st.decimals(-50, 900, places=2).map(str),
)
months = st.dictionaries(st.sampled_from("abcdefgh"), one)


@given(months, months, st.sampled_from(["G", "H", "X"]))
def test_the_parts_sum_to_the_difference_to_the_last_digit(before, after, gardu):
    found = explained(month(before), month(after), gardu)
    assert sum((p.kwh for p in found.parts), Decimal(0)) == found.kwh
    back = explained(month(after), month(before), gardu)
    assert back.kwh == -found.kwh
