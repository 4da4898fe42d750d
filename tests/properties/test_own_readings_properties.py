"""Own readings that leave: none is lost, none twice, whatever came in which order."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.handoff.own import parted

row = st.fixed_dictionaries(
    {
        "idpel": st.sampled_from(["1", "2", "3"]),
        "client_id": st.sampled_from("abcdef"),
        "read_at": st.integers(1, 4),
        "clashes": st.booleans(),
        "stand_kwh": st.one_of(st.none(), st.integers(0, 9)),
        "sisa_token_kwh": st.none(),
    }
)


@given(st.lists(row, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_list_and_apart_are_every_reading_once_in_any_order(rows, random):
    table = pd.DataFrame(rows, dtype=object).assign(conflict_no=0, reading_no=range(len(rows)))
    counted, apart = parted(table)
    assert sorted([*counted["reading_no"], *apart["reading_no"]]) == list(range(len(rows)))
    assert counted["idpel"].is_unique and not counted["clashes"].any()
    assert set(counted["idpel"]) == set(table.loc[~table["clashes"].astype(bool), "idpel"])
    good = table[~table["clashes"].astype(bool)]
    seen = set(good.loc[good["stand_kwh"].notna(), "idpel"])
    assert seen == set(counted.loc[counted["stand_kwh"].notna(), "idpel"])
    mixed = list(range(len(rows)))
    random.shuffle(mixed)
    again, _ = parted(table.iloc[mixed].reset_index(drop=True))
    assert list(again["reading_no"]) == list(counted["reading_no"])
