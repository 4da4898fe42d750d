from datetime import date

import pandas as pd
import pytest
from drawn import points

from rbmgeo.errors import UsageError
from rbmgeo.survey.sisipan import (
    Room,
    along,
    answers_since,
    check_event,
    ends_and_branch,
    groups,
    left_behind,
    rooms,
)

TODAY = date(2025, 6, 1)


def people(**rows):
    """{idpel: (gardu, active, other event)}."""
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["gardu", "active", "other_event"])
    return frame.rename_axis("idpel")


def test_every_chosen_customer_falls_into_one_group():
    told = people(
        a=("PD1", True, None), b=("PD2", True, None), c=(None, True, None), d=("PD9", True, None),
        e=("PD1", True, 7), f=("PD1", False, 7),
    )  # fmt: skip
    assert groups(told, "PD1", "PD9").to_dict() == {
        "a": "old", "b": "elsewhere", "c": "elsewhere", "d": "already", "e": "in_event",
        "f": "inactive",
    }  # fmt: skip


def members(**rows):
    columns = ["known", "active", "gardu", "before_gardu", "proposal_state", "surveyed"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def test_who_cannot_move_is_named_with_the_reason():
    told = members(
        ok=(True, True, "PD1", "PD1", "open", None),
        seen=(True, True, "PD1", "PD1", "open", "PD9"),
        without=(True, True, None, None, "open", None),
        gone=(False, None, None, "PD1", "open", None),
        shut=(True, False, "PD1", "PD1", "open", None),
        moved=(True, True, "PD2", "PD1", "open", None),
        clash=(True, True, "PD1", "PD1", "conflict", None),
        done=(True, True, "PD1", "PD1", "rejected", None),
        denied=(True, True, "PD1", "PD1", "open", "PD1"),
    )
    assert left_behind(told, "PD9").to_dict() == {
        "gone": "gone", "shut": "inactive", "moved": "record", "clash": "conflict",
        "done": "decided", "denied": "survey",
    }  # fmt: skip


def test_what_the_new_gardu_gains_the_old_one_loses():
    moving = pd.DataFrame({"gardu": ["PD1", "PD1", "PD2", None], "daya_va": [900, 1300, None, 450]})
    loads = pd.DataFrame(
        {"va": [90_000.0, 10_000.0], "without_daya": [1, 1]}, index=pd.Index(["PD1", "PD2"])
    )
    new, first, second = rooms(moving, loads, {"PD9": 2.5, "PD1": 100.0, "PD2": None}, "PD9")
    assert (new.before_va, new.after_va, new.without_daya) == (0, 2650, 1)
    assert (first.before_va, first.after_va) == (90_000, 87_800)
    assert (second.after_va, second.without_daya) == (10_000, 0)
    # More than it has, high, and nothing said where no rating is known (R-EN-08).
    assert [r.mark for r in (new, first, second)] == ["over", "high", ""]
    assert second.share_after is None


def test_a_rating_of_nothing_divides_nothing():
    assert Room("PD9", 0.0, 0, 900, 0).share_after is None


def test_the_branch_comes_first_then_both_tips_of_a_fork():
    #  branch - m - end
    #            \
    #             tip
    far = pd.Series({"branch": 0.0, "m": 50.0, "end": 100.0, "tip": 95.0, "next": 98.0})
    where = points({"branch": (0, 0), "m": (50, 0), "end": (100, 0), "tip": (60, 70), "next": (98, 1)})  # fmt: skip
    assert ends_and_branch(far, where) == ["branch", "end", "tip"]


def test_few_houses_are_all_seen_and_houses_without_a_place_never_chosen():
    far = pd.Series({"a": 5.0, "b": 1.0, "c": None})
    where = points({"a": (5, 0), "b": (1, 0), "c": None})
    assert ends_and_branch(far, where) == ["b", "a"]
    assert along(far) == ["b", "a", "c"]


def test_answers_from_before_the_event_speak_of_another_line():
    told = pd.DataFrame({
        "idpel": ["a", "a", "b", "a"],
        "answered_at": pd.to_datetime(["2025-01-01", "2025-03-01", "2025-01-01", None], utc=True),
        "received_at": pd.to_datetime(["2025-01-01"] * 3 + ["2025-02-02"], utc=True),
    })  # fmt: skip
    kept = answers_since(told, pd.Series({"a": date(2025, 2, 1)}))
    assert kept.index.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"new": "PD1"}, "both"),
        ({"happened_on": date(2025, 6, 2)}, "today"),
        ({"happened_on": date(1999, 1, 1)}, "2000"),
        ({"kva": 0.0}, "kVA"),
        ({"kva": float("nan")}, "kVA"),
        ({"away_m": 50_000.0}, "50 km"),
        ({"away_m": float("inf")}, "km"),
    ],
)
def test_an_event_that_cannot_be_is_refused(change, words):
    told = {"old": "PD1", "new": "PD9", "happened_on": TODAY, "today": TODAY, "kva": 100.0,
            "away_m": 10.0}  # fmt: skip
    check_event(**told)
    with pytest.raises(UsageError, match=words):
        check_event(**{**told, **change})
