"""The stand desk: what is to decide, a decision that holds for its reading alone, a hash of it all."""

import numpy as np
import pandas as pd
import pytest

from rbmgeo.energy.attention import attention_list, by_stake
from rbmgeo.supervision.stands import (
    SELF_READ,
    StandDesk,
    StandState,
    StandVerdict,
    keys,
    to_decide,
)

NOBODY = pd.DataFrame(
    columns=["idpel", "line", "mark", "verdict", "reason", "decided_by", "decided_at"]
)


def readings(rows):
    """Rows of (idpel, kwh before, stand before, stand now); 1300 VA, factor 1."""
    frame = pd.DataFrame(rows, columns=["idpel", "before_kwh", "previous_stand_kwh", "stand_kwh"])
    return attention_list(frame.assign(
        line="", told_kwh=frame["stand_kwh"] - frame["previous_stand_kwh"],
        removed_stand_kwh=np.nan, installed_stand_kwh=np.nan, multiplier=1.0, daya_va=1300.0,
        dlpd_code=None, rbm="51354BKA",
    ))  # fmt: skip


ALL = readings([("1", 100, 1000, 1300), ("2", 100, 1000, 1100), ("3", 100, 1000, 990), ("4", 100, 1000, 1090)])  # fmt: skip


def lines(decisions=NOBODY, found=ALL, own=("2", "3")):
    return to_decide(by_stake(found), found[found["idpel"].isin(own)], decisions)


def decision(idpel, verdict, found=ALL):
    row = lines(found=found).set_index("idpel").loc[idpel]
    return {"idpel": idpel, "line": "", "mark": row["mark"], "verdict": verdict, "reason": "foto",
            "decided_by": "awas", "decided_at": pd.Timestamp("2024-12-20", tz="UTC")}  # fmt: skip


def test_every_odd_line_and_every_self_read_one_stands_once_the_most_at_stake_first():
    found = lines()
    assert list(found["idpel"]) == ["1", "3", "2"]
    assert list(found["why"]) == ["naik", "stand_mundur", SELF_READ]
    assert set(found["state"]) == {StandState.OPEN}


def test_a_decision_holds_for_the_reading_that_was_looked_at():
    made = pd.DataFrame([decision("1", "terima"), decision("3", "baca_ulang")])
    now = lines(made).set_index("idpel")
    assert dict(now["state"]) == {"1": "diputus", "3": "diputus", "2": "terbuka"}
    other = readings([("1", 100, 1000, 1299), ("3", 100, 1000, 990)])
    then = lines(made, other, ()).set_index("idpel")
    assert dict(then["state"]) == {"1": StandState.CHANGED, "3": StandState.DECIDED}
    assert then.loc["1", "verdict"] == "terima", "what was said of it stays to be seen"


def desk(found):
    return StandDesk("51354", "202412", 4, 0, "480.00", found.assign(key=keys("51354", "202412", found)))  # fmt: skip


def test_what_is_signed_counts_every_line_and_its_hash_is_of_them_all():
    made = pd.DataFrame([decision("1", "terima"), decision("3", "baca_ulang")])
    content = desk(lines(made)).content()
    assert content["to_decide"] == 3 == content["open"] + sum(content[v] for v in StandVerdict)
    assert (content["terima"], content["baca_ulang"], content["open"]) == (1, 1, 1)
    shuffled = lines(made.iloc[::-1], ALL.iloc[::-1])
    assert desk(shuffled).content() == content
    assert desk(lines()).content()["lines_sha256"] != content["lines_sha256"]


@pytest.mark.parametrize("what", ["key", "mark"])
def test_what_stands_in_a_form_is_no_number_of_a_customer(what):
    found = desk(lines()).lines
    assert found[what].str.fullmatch("[0-9a-f]{16}").all()
    assert found["key"].is_unique
