from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from rbmgeo.db.queries import records, survey, units

pytestmark = pytest.mark.database

ULP, IDPEL = "T0001", "513540000001"


@pytest.fixture
def recorded(session):
    units.ensure_unit(session, ulp=ULP)
    session.execute(
        text("INSERT INTO customer (ulp, idpel) VALUES (:u, :i)"), {"u": ULP, "i": IDPEL}
    )
    session.execute(
        text(
            "INSERT INTO pdpj (ulp, idpel, valid_from, gardu, tiang, source) "
            "VALUES (:u, :i, '2024-01-01', 'PD1', 'T7', 'pdpj')"
        ),
        {"u": ULP, "i": IDPEL},
    )


def test_dates_of_one_line_cannot_overlap(session, recorded):
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO pdpj (ulp, idpel, valid_from, valid_to, gardu, source) "
                "VALUES (:u, :i, '2024-06-01', '2024-07-01', 'PD2', 'pdpj')"
            ),
            {"u": ULP, "i": IDPEL},
        )


def test_a_move_closes_the_old_record_and_keeps_it(session, recorded):
    first = records.move_to_gardu(
        session, ulp=ULP, idpel=IDPEL, gardu="PD2", on=date(2024, 12, 5), proposal_id=1
    )
    history = survey.history(session, ulp=ULP, idpel=IDPEL)
    assert first == date(2024, 12, 5)
    assert history["gardu"].tolist() == ["PD1", "PD2"]
    assert history["valid_to"].iloc[0] == first
    assert history["tiang"].iloc[1] == "T7"


def test_two_moves_on_one_day_leave_no_day_with_two_records(session, recorded):
    on = date(2024, 12, 5)
    records.move_to_gardu(session, ulp=ULP, idpel=IDPEL, gardu="PD2", on=on, proposal_id=1)
    second = records.move_to_gardu(session, ulp=ULP, idpel=IDPEL, gardu="PD1", on=on, proposal_id=1)
    assert second == date(2024, 12, 6)
    assert len(survey.history(session, ulp=ULP, idpel=IDPEL)) == 3
