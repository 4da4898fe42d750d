"""Promises are set against what was found; nobody is counted twice, and unknown is not zero."""

import numpy as np
import pandas as pd
import pytest

from rbmgeo.survey.outcomes import found_wrong
from rbmgeo.survey.promises import sureness


def answers(*rows):
    columns = ["idpel", "outcome", "gardu", "recorded", "control", "promised_p", "run_id"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(answered_at=pd.NaT, refused=False)


FINDINGS = pd.DataFrame({
        "p": [0.9, 0.6, 0.01, 0.02, 0.01], "tier": ["SV", "T1", "T1", "T1", "T1"],
        "kind": ["gardu_diragukan", "gardu_diragukan", "ok", "ok", "hanya_pdpj"],
    }
)  # fmt: skip


def test_the_newest_answer_counts_and_cannot_tell_is_not_found():
    told = found_wrong(
        answers(
            ("1", "gardu_lain", "G2", "G1", False, 0.9, 7),
            ("2", "cocok", None, "G1", False, 0.8, 7),
            ("3", "tidak_terlacak", None, "G1", False, 0.7, 7),
            ("4", "tiang_bersama", "G1", "G1", True, 0.1, 7),
            ("5", "dibongkar", None, "G1", False, 0.7, 7),
            ("6", "tiang_bersama", None, "G1", False, 0.7, 7),
        )
    )
    assert told["idpel"].tolist() == ["1", "2", "4"]
    assert told["wrong"].tolist() == [True, False, False]


def test_houses_that_contradict_themselves_are_left_to_a_person():
    told = found_wrong(
        answers(
            ("1", "gardu_lain", "G2", "G1", False, 0.9, 7),
            ("1", "cocok", None, "G1", False, 0.9, 7),
        )
    )
    assert told.empty


def test_promised_and_found_are_summed_by_round():
    told = found_wrong(
        answers(
            ("1", "gardu_lain", "G2", "G1", False, 0.9, 7),
            ("2", "cocok", None, "G1", False, 0.8, 7),
            ("3", "cocok", None, "G1", True, 0.1, 9),
            ("4", "cocok", None, "G1", True, np.nan, 9),
            ("5", "cocok", None, "G1", True, 0.1, None),
        )
    )
    done = sureness(told, FINDINGS, limit=0.5)
    assert done.answers == 4
    rounds = done.rounds.set_index("run_id")
    assert rounds.index.tolist() == [0, 7, 9]
    assert rounds.loc[7].to_dict() == pytest.approx({"houses": 2, "promised": 1.7, "found": 1})
    assert done.groups["houses"].sum() == done.answers
    assert done.controls.seen == 2


def test_what_is_likely_unfound_leaves_the_surveyed_out():
    done = sureness(found_wrong(answers()), FINDINGS, limit=0.5)
    assert done.answers == 0
    assert done.unfound == pytest.approx(0.64)
    # Two houses could have been drawn; of the others p alone speaks.
    assert done.unfound_low < done.unfound < done.unfound_high
    assert done.unfound_high > 2.61
    assert np.isnan(done.error)
