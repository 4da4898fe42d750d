"""The same meter under two numbers is a proposal, and a tie is none (R-MA-03, R-MA-04)."""

import pandas as pd

from rbmgeo.matching.identity import normalised_meter, proposed_by_meter, with_same_meter


def people(**meters):
    """idpel: (meter number, class)."""
    frame = pd.DataFrame.from_dict(meters, orient="index", columns=["meter", "match"], dtype="str")
    return frame["meter"], frame["match"]


def test_a_meter_number_is_compared_by_letters_and_figures():
    told = pd.Series(["14-0123 456", "014.0123456", "-", "0000000", None, "m 12345"], dtype="str")
    assert normalised_meter(told).fillna("?").tolist() == [
        "140123456", "140123456", "?", "?", "?", "M12345",
    ]  # fmt: skip


def test_one_meter_on_one_list_each_proposes_both_ways():
    meter, match = people(
        a=("0014123456", "hanya_pdpj"), b=("14-123456", "hanya_rbm"), c=("99999999", "selaras")
    )
    assert proposed_by_meter(meter, match).to_dict() == {"a": "b", "b": "a"}


def test_a_meter_that_several_share_proposes_nobody():
    for third in ("hanya_rbm", "hanya_pdpj", "selaras"):
        meter, match = people(
            a=("14123456", "hanya_pdpj"), b=("14123456", "hanya_rbm"), c=("14123456", third)
        )
        assert proposed_by_meter(meter, match).empty
    meter, match = people(a=("14123456", "hanya_pdpj"), b=("14123456", "selaras"))
    assert proposed_by_meter(meter, match).empty


def test_the_proposal_is_said_first_and_changes_nothing():
    reasons = pd.Series([[{"key": "reason.no_point"}], []], index=["a", "c"])
    said = with_same_meter(reasons, pd.Series({"a": "b", "b": "a"}))
    assert said["a"] == [{"key": "reason.same_meter", "idpel": "b"}, {"key": "reason.no_point"}]
    assert said["c"] == []
