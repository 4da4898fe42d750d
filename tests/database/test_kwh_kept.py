"""Months of kWh that are kept say what computing them anew says, until something is decided."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text
from test_mutations import BEFORE, NOW, idpel, unit  # noqa: F401

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Approval, Gardu, ImportBatch, ImportReject, Proposal
from rbmgeo.db.queries import board, units, versions
from rbmgeo.energy.per_gardu import STANDING
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.kwh_kept import keep_kwh, kept_report, kept_rows, stale_months

pytestmark = pytest.mark.database
SPAN = {"blth_from": BEFORE, "blth_to": NOW}


@pytest.fixture
def read(session, unit):  # noqa: F811
    """Two months read in part, one gardu of no customers, tokens, and a row that was refused."""
    session.execute(
        text("UPDATE reading SET kwh = 10.50 + right(idpel, 2)::int WHERE ulp = :u AND idpel <> :i"),
        {"u": unit, "i": idpel(7)},
    )  # fmt: skip
    session.execute(
        text("INSERT INTO reading (ulp, blth, idpel, source, kwh) VALUES (:u, :b, :i, 'token', 7.25)"),
        {"u": unit, "b": NOW, "i": idpel(9)},
    )  # fmt: skip
    for code in ("G1", "G7"):
        session.add(Gardu(ulp=unit, gardu=code, raw_code=code, rating_kva=Decimal(100)))
    _batch(session, unit)
    session.flush()
    return unit


def _batch(session, ulp, sha="0"):
    batch = ImportBatch(ulp=ulp, sha256=sha * 64, file_name="x.csv", kind="dpm", profile="ap2t-dpm",
                        blth=NOW, read=1, good=0, rejected=1, skipped=0, imported_by="uji")  # fmt: skip
    session.add(batch)
    session.flush()
    session.add(
        ImportReject(ulp=ulp, batch_id=batch.batch_id, row_no=1, rule="R-IM-01", message_id="x",
                     message_en="x", blth=NOW, kwh=Decimal("3.125"), cells={})
    )  # fmt: skip
    session.flush()
    return batch


def test_what_is_kept_is_what_is_computed(session, read):
    anew = kwh_report(session, read, **SPAN)
    assert stale_months(session, read, BEFORE, NOW) == [BEFORE, NOW]
    assert keep_kwh(session, read, **SPAN).months == 2
    assert stale_months(session, read, BEFORE, NOW) == []
    kept, again = kept_report(session, read, **SPAN), kwh_report(session, read, **SPAN)
    assert kept.totals == again.totals == anew.totals
    assert kept.totals.rejected_kwh == Decimal("3.125")
    pd.testing.assert_frame_equal(again.rows, anew.rows)
    pd.testing.assert_frame_equal(again.per_gardu, anew.per_gardu)
    pd.testing.assert_frame_equal(kept.per_gardu, anew.per_gardu)
    parts = [
        kept_rows(session, read, kept.months, first=n, size=2) for n in range(0, kept.lines, 2)
    ]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), anew.rows)
    assert board.kwh_of_source(session, ulp=read, months=kept.months) == kept.totals.kwh
    last = anew.rows[anew.rows["blth"] == NOW]
    assert kept.counts(now=False) == {n: anew.rows[n].sum() for n in kept.counts(now=False)}
    assert kept.counts(now=True) == {
        n: (last if n in STANDING else anew.rows)[n].sum() for n in kept.counts(now=True)
    }


def test_a_second_time_nothing_is_computed(session, read):
    keep_kwh(session, read, **SPAN)
    done = keep_kwh(session, read, **SPAN)
    assert (done.months, done.known) == (0, 2)


def _import(session, ulp):
    _batch(session, ulp, "1")


def _undo(session, ulp):
    session.execute(text("UPDATE import_batch SET undone_at = now() WHERE ulp = :u"), {"u": ulp})


def _approve(session, ulp):
    it = Proposal(ulp=ulp, idpel=idpel(1), field="gardu", after="G7", proposed_by="rani")
    session.add(it)
    session.flush()
    session.add(
        Approval(ulp=ulp, proposal_id=it.proposal_id, decision="approved", decided_by="adi")
    )
    session.flush()


def _publish(session, ulp):
    session.execute(text("UPDATE customer SET dibaca_oleh = 'pln' WHERE ulp = :u"), {"u": ulp})
    draft = versions.add_draft(session, ulp=ulp, note="", who="rani")
    versions.publish(session, ulp=ulp, version_id=draft, effective_blth=NOW, who="rani")


@pytest.mark.parametrize("act", [_import, _undo, _approve, _publish])
def test_what_changes_the_data_makes_kept_months_old(session, read, act):
    keep_kwh(session, read, **SPAN)
    act(session, read)
    assert stale_months(session, read, BEFORE, NOW) == [BEFORE, NOW]
    session.execute(
        text("UPDATE pdpj SET gardu = 'G7', valid_from = :d WHERE ulp = :u AND idpel = :i"),
        {"u": read, "i": idpel(1), "d": date(2023, 1, 1)},
    )
    anew = kwh_report(session, read, **SPAN)
    assert "G7" in set(anew.rows.loc[anew.rows["customers"] > 0, "gardu"])
    keep_kwh(session, read, **SPAN)
    pd.testing.assert_frame_equal(kept_report(session, read, **SPAN).per_gardu, anew.per_gardu)


def test_months_are_those_of_readings_and_lists_once_each(session, read):
    ensure_month(session, blth="202603")
    session.execute(
        text("INSERT INTO reading (ulp, blth, idpel, source) VALUES (:u, '202603', :i, 'dpm')"),
        {"u": read, "i": idpel(1)},
    )
    session.execute(
        text("INSERT INTO rbm_list (ulp, blth, idpel, source) VALUES (:u, '202512', :i, 'dpm')"),
        {"u": read, "i": idpel(1)},
    )
    assert units.months(session, ulp=read) == ["202512", BEFORE, NOW, "202603"]
    assert units.months(session, ulp="T0002") == []


def test_each_unit_has_its_own_mark(session, read):
    before = units.mark(session, ulp="T0002")
    _approve(session, read)
    assert units.mark(session, ulp="T0002") == before
