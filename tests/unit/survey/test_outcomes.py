from types import SimpleNamespace

import pandas as pd
import pytest

from rbmgeo.survey.outcomes import Change, change_of, contradicted, surveyed_gardu

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


def told(*rows):
    columns = ["idpel", "outcome", "gardu", "recorded", "answered_at", "refused"]
    return pd.DataFrame(rows, columns=columns)


def test_the_newest_survey_says_the_gardu():
    """R-MA-10: it holds until a newer survey; what found nothing says nothing."""
    got = surveyed_gardu(
        told(
            ("c1", "gardu_lain", "G2", "G1", "2024-01-01", False),
            ("c1", "cocok", None, "G3", "2024-06-01", False),
            ("c1", "tidak_ditemukan", None, "G3", "2024-07-01", False),
            ("c2", "dibongkar", None, "G1", "2024-01-01", False),
            ("c3", "tiang_bersama", "G4", "G1", None, False),
        )
    )
    assert got.to_dict() == {"c1": "G3", "c3": "G4"}


def test_a_survey_that_contradicts_itself_or_was_refused_says_nothing():
    got = surveyed_gardu(
        told(
            ("c1", "gardu_lain", "G2", "G1", "2024-01-01", False),
            ("c1", "cocok", None, "G1", "2024-01-05", False),
            ("c2", "gardu_lain", "G2", "G1", "2024-01-01", True),
        )
    )
    assert got.empty
