"""A gardu's months are those of the report, and its change is taken apart to the last digit."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from test_mutations import BEFORE, NOW, idpel, unit  # noqa: F401

from rbmgeo.db.models import Gardu, Pdpj
from rbmgeo.energy.change import Cause
from rbmgeo.errors import NotThere
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.gardu_energy import gardu_energy

pytestmark = pytest.mark.database


@pytest.fixture
def moved(session, unit):  # noqa: F811
    """Of a hundred houses ten moved from G1 to G2 at the end of the first month; house 50 is unread."""
    for code in ("G1", "G2"):
        session.add(Gardu(ulp=unit, gardu=code, raw_code=code, rating_kva=Decimal(100)))
    session.execute(
        text(
            "UPDATE reading SET kwh = CASE WHEN blth = :now THEN 90.25 ELSE 100.5 END "
            "WHERE ulp = :u AND NOT (idpel = :i AND blth = :now)"
        ),
        {"u": unit, "now": NOW, "i": idpel(50)},
    )
    gone = [idpel(n) for n in range(10, 20)]
    session.execute(
        text("UPDATE pdpj SET valid_to = '2026-02-01' WHERE ulp = :u AND idpel = ANY(:who)"),
        {"u": unit, "who": gone},
    )
    for who in gone:
        session.add(
            Pdpj(ulp=unit, idpel=who, line="", valid_from=date(2026, 2, 1), gardu="G2",
                 raw_gardu="G2", source="pdpj")
        )  # fmt: skip
    session.flush()
    return unit


def test_the_months_are_the_reports_and_the_parts_name_where_ten_went(session, moved):
    found = gardu_energy(session, moved, "G1", after=NOW)
    for blth in (BEFORE, NOW):
        report = kwh_report(session, moved, blth_from=blth)
        for column in ("kwh", "token_kwh", "customers", "read", "load", "hours"):
            assert found.months.loc[blth, column] == report.per_gardu.loc["G1", column], column
    change = found.change
    assert change.before_kwh == found.months.loc[BEFORE, "kwh"] == Decimal("100.5") * 100
    assert change.after_kwh == found.months.loc[NOW, "kwh"]
    parts = {(p.cause, p.gardu): (p.kwh, p.customers) for p in change.parts}
    # Three of the hundred are on no list of the second month, one was not read.
    assert parts == {
        (Cause.MOVED_AWAY, "G2"): (Decimal("-1005.0"), 10),
        (Cause.NOT_READ, ""): (Decimal("-402.0"), 4),
        (Cause.USE, ""): (Decimal("-10.25") * 86, 86),
    }
    assert len(found.changed) == 10
    assert found.changed[0]["kwh"] == Decimal("-10.25")
    assert found.changed[0]["public_id"]


def test_the_other_gardu_tells_where_they_came_from_and_was_empty_before(session, moved):
    found = gardu_energy(session, moved, "G2", after=NOW)
    assert found.months.loc[[BEFORE], "kwh"].isna().all()
    (part,) = found.change.parts
    assert (part.cause, part.gardu, part.kwh) == (Cause.MOVED_HERE, "G1", Decimal("902.50"))


def test_what_is_not_there_is_said(session, moved):
    for gardu, after in (("G9", NOW), ("G1", "202603")):
        with pytest.raises(NotThere):
            gardu_energy(session, moved, gardu, after=after)
    with pytest.raises(NotThere):
        gardu_energy(session, moved, "G1", after=NOW, before="202501")
    alone = gardu_energy(session, moved, "G1", after=BEFORE)
    assert alone.change is None
    assert alone.changed == []
