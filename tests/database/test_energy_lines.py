"""The rows behind a gardu's kWh, and a month under the records of another day, on a real database."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from test_gardu_energy import moved  # noqa: F401
from test_mutations import BEFORE, NOW, idpel, unit  # noqa: F401

from rbmgeo.db.queries import energy_lines
from rbmgeo.energy.attention import Agreement
from rbmgeo.energy.per_gardu import NO_GARDU
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.workflows.attention import attention, chosen
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.energy_drill import drill
from rbmgeo.workflows.energy_map import gardu_year
from rbmgeo.workflows.energy_restated import Sides, restate, usual_sides
from rbmgeo.workflows.gardu_energy import gardu_energy
from rbmgeo.workflows.kwh_kept import keep_kwh

pytestmark = pytest.mark.database


def test_a_month_by_the_records_of_two_days_has_one_sum(session, moved):  # noqa: F811
    days = energy_lines.mapping_dates(session, ulp=moved)
    assert days == [{"from_on": date(2026, 2, 1), "records": 10}]
    sides = usual_sides(session, moved, NOW, "gardu")
    assert sides == Sides("gardu", date(2026, 1, 31), date(2026, 2, 1))
    found = restate(session, moved, NOW, sides)
    report = kwh_report(session, moved, blth_from=NOW)
    assert found.total("kwh", "old") == found.total("kwh", "new") == report.totals.kwh
    assert found.places.loc["G1", "kwh_difference"] == Decimal("-902.50")
    assert found.places.loc["G2", ["kwh_old", "kwh_new"]].tolist() == [0, Decimal("902.50")]
    assert found.places["kwh_new"].to_dict()["G1"] == report.per_gardu.loc["G1", "kwh"]
    (move,) = found.moves.to_dict("records")
    assert (move["before"], move["after"], move["customers"]) == ("G1", "G2", 10)
    # What this month's own mapping says is the report; by RBM version the same source again.
    same = restate(session, moved, NOW, Sides("rbm", None, None))
    assert same.total("kwh", "new") == report.totals.kwh
    assert same.moves.empty
    with pytest.raises(NothingToDo):
        restate(session, moved, NOW, Sides("rbm", None, 999))
    with pytest.raises(NothingToDo):
        restate(session, moved, "203001", sides)
    with pytest.raises(NotThere):
        energy_lines.flows(session, ulp=moved, blth=NOW, by="x", old={}, new={})


def test_down_to_the_customers_every_step_agrees(session, moved):  # noqa: F811
    keep_kwh(session, moved, blth_from=BEFORE, blth_to=NOW)
    top = drill(session, moved, NOW)
    assert top.agrees
    assert list(top.step.rows.index) == ["tanpa penyulang", NO_GARDU]
    gardu = drill(session, moved, NOW, gardu="G1")
    assert (
        gardu.above["kwh"] == kwh_report(session, moved, blth_from=NOW).per_gardu.loc["G1", "kwh"]
    )
    for rbm in gardu.step.rows.index:
        last = drill(session, moved, NOW, gardu="G1", rbm=rbm, size=20)
        assert last.agrees
        assert len(last.customers.rows) <= 20
        assert last.above["kwh"] == gardu.step.rows.loc[rbm, "kwh"]
    nowhere = drill(session, moved, NOW, gardu=NO_GARDU)
    rbm = nowhere.step.rows.index[0]
    assert drill(session, moved, NOW, gardu=NO_GARDU, rbm=rbm).customers.counts["lines"] == 50
    with pytest.raises(NotThere):
        drill(session, moved, NOW, gardu="G9")


def test_the_year_has_every_gardu_in_every_month_and_says_what_is_not_summed(session, moved):  # noqa: F811
    keep_kwh(session, moved, blth_from=NOW, blth_to=NOW)
    year = gardu_year(session, moved, last=NOW)
    assert (year.months, year.waiting) == ([NOW], [BEFORE])
    assert year.figures["ubah"].isin(["u", "i"]).all()  # the month before is not summed
    keep_kwh(session, moved, blth_from=BEFORE, blth_to=NOW)
    year = gardu_year(session, moved, last=NOW)
    report = kwh_report(session, moved, blth_from=NOW)
    now = year.of_month(NOW)
    assert now["kwh"].to_dict() == report.per_gardu["kwh"].to_dict()
    assert year.totals.loc[NOW, "kwh"] == sum(now["kwh"]) + year.totals.loc[NOW, "nowhere"]
    assert now.loc["G1", "change"] == pytest.approx(
        float(now.loc["G1", "kwh"]) / float(year.of_month(BEFORE).loc["G1", "kwh"]) - 1, abs=1e-4
    )
    assert year.of_month(BEFORE).loc["G2", "jam"] == "n"
    assert gardu_year(session, moved, last="202501").months == []


def test_the_attention_list_stands_beside_ap2ts_and_on_the_gardus_page(session, moved):  # noqa: F811
    session.execute(
        text(
            "UPDATE reading SET dlpd_code = CASE WHEN idpel = :none THEN NULL ELSE 'N' END, "
            "kwh = CASE WHEN idpel = :high THEN 900 WHEN idpel = :zero THEN 0 ELSE kwh END, "
            "daya_va = 900 WHERE ulp = :u AND blth = :now"
        ),
        {"u": moved, "now": NOW, "none": idpel(60), "high": idpel(61), "zero": idpel(62)},
    )
    found = attention(session, moved, NOW)
    first = found.work.iloc[0]
    assert (first["idpel"], first["ours"], first["agreement"]) == (
        idpel(61), "maximum", Agreement.ONLY_OURS)  # fmt: skip
    assert first["stake_kwh"] == 799.5
    assert found.unread == 1  # house 50
    assert idpel(50) not in set(found.work["idpel"])
    one = chosen(found.work, kind="turun", gardu="G1")
    assert list(one["idpel"]) == [idpel(62)]
    page = gardu_energy(session, moved, "G1", after=NOW)
    assert [r["idpel"] for r in page.worst[:2]] == [idpel(61), idpel(62)]
    assert page.to_look_at == len(chosen(found.work, gardu="G1"))
    with pytest.raises(NothingToDo):
        attention(session, moved, "203001")
