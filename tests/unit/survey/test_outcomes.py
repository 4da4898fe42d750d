from types import SimpleNamespace

import pandas as pd
import pytest

from rbmgeo.survey.outcomes import Change, change_of, contradicted

RECORD = SimpleNamespace(gardu="PD1", jenis_layanan="pasca", dibaca_oleh="vendor", active=True)


@pytest.mark.parametrize(
    ("outcome", "gardu", "change"),
    [
        ("cocok", None, None),
        ("gardu_lain", "PD2", Change("gardu", "PD1", "PD2")),
        ("gardu_lain", "PD1", None),
        ("tiang_bersama", "PD2", Change("gardu", "PD1", "PD2")),
        ("tiang_bersama", None, None),
        ("tidak_ditemukan", None, None),
        ("tidak_terlacak", "PD9", None),
        ("dibongkar", None, Change("status", "aktif", "bongkar")),
        ("pra_bayar", None, Change("jenis_layanan", "pasca/vendor", "pra/tidak")),
    ],
)
def test_what_each_outcome_would_change(outcome, gardu, change):
    assert change_of(SimpleNamespace(outcome=outcome, gardu=gardu), RECORD) == change


def answers(*rows):
    return pd.DataFrame(rows, columns=["idpel", "outcome", "gardu", "answered_at"])


def test_two_answers_of_one_survey_that_differ_contradict():
    day = pd.Timestamp("2024-12-01", tz="UTC")
    assert contradicted(answers(("1", "cocok", None, day), ("1", "gardu_lain", "PD2", day))) == {
        "1"
    }
    assert not contradicted(
        answers(("1", "gardu_lain", "PD2", day), ("1", "gardu_lain", "PD2", day))
    )


def test_a_survey_of_another_season_outranks_and_does_not_contradict():
    old, new = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-12-01", tz="UTC")
    assert not contradicted(answers(("1", "cocok", None, old), ("1", "gardu_lain", "PD2", new)))


def test_nobody_at_home_contradicts_nothing():
    assert not contradicted(
        answers(("1", "tidak_ditemukan", None, None), ("1", "cocok", None, None))
    )
