"""Months of supervision that are kept say what computing them anew says, until the data are others."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pandas as pd
import pytest
from sqlalchemy import text
from test_mutations import BEFORE, NOW, idpel, unit  # noqa: F401

from rbmgeo.db.models import Approval, Calendar, ImportBatch, OwnReading, Proposal, ReaderLog
from rbmgeo.db.queries import reader_facts as queries
from rbmgeo.db.queries import units
from rbmgeo.db.queries.reading import reading_counts
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.month_summary import verified
from rbmgeo.supervision.reader_facts import Fact
from rbmgeo.supervision.stands import StandVerdict
from rbmgeo.workflows.consistency import consistency, kept_consistency
from rbmgeo.workflows.month_board import month_figures, verified_gardu
from rbmgeo.workflows.month_kept import (
    counts_kept,
    keep,
    keep_months,
    stale,
    stands_kept,
    year_up_to,
)
from rbmgeo.workflows.reader_facts import month_facts, officer_year
from rbmgeo.workflows.reading import reading_status
from rbmgeo.workflows.stands import decide, stand_desk
from rbmgeo.workflows.supervision_settings import set_supervision

pytestmark = pytest.mark.database
YEAR = year_up_to(NOW)
INSERT_DRAWN = (
    "INSERT INTO verification (ulp, gardu, lot, tolerated, size, chance, seed, list_hash, run_id, drawn_by) "
    "VALUES (:u, :g, 40, 4, 17, 0.1, 's', repeat('a', 64), :n, 'uji')"
)
INSERT_STEP = (
    "INSERT INTO verification_step (ulp, verification_id, step, result, done_by) "
    "SELECT ulp, verification_id, :s, '{}', 'uji' FROM verification WHERE ulp = :u AND gardu = :g"
)


@pytest.fixture
def logged(session, unit):  # noqa: F811
    """Two months with a log: every RBM on one day, the newest a day late and partly by another."""
    units.set_unit(session, ulp=unit, utm_srid=32749)
    for blth, day in ((BEFORE, date(2026, 1, 3)), (NOW, date(2026, 2, 3))):
        session.add(Calendar(ulp=unit, blth=blth, hari_baca="A", read_on=day))
        late = timedelta(days=int(blth == NOW))
        for n in range(30):
            session.add(
                ReaderLog(ulp=unit, idpel=idpel(n), blth=blth, officer="B" if n > 25 else "A",
                          stand_kwh=Decimal(7 + n) if n != 3 else None, lbkb_code="E" if n == 3 else "Z",
                          read_at=datetime(day.year, day.month, day.day, 1, n, tzinfo=UTC) + late,
                          accuracy_m=5, geom="SRID=4326;POINT(112.7 -7.65)")
            )  # fmt: skip
    session.flush()
    return unit


def came(session, ulp, sha="7"):
    session.add(ImportBatch(ulp=ulp, sha256=sha * 64, file_name="x.csv", kind="dpm", profile="x", blth=NOW,
                            read=1, good=1, rejected=0, skipped=0, imported_by="uji"))  # fmt: skip
    session.flush()


def test_what_is_kept_is_what_is_computed(session, logged):
    anew = consistency(session, logged, NOW)
    assert stale(session, logged, "konsistensi", YEAR) == [BEFORE, NOW]
    assert keep(session, logged, "konsistensi", YEAR) == 2
    assert stale(session, logged, "konsistensi", YEAR) == []
    kept = kept_consistency(session, logged, NOW)
    assert len(anew.facts) == 2 and anew.facts["interval_days"].notna().any()
    pd.testing.assert_frame_equal(kept.facts, anew.facts, check_dtype=False)
    pd.testing.assert_frame_equal(kept.questions, anew.questions, check_dtype=False)
    assert kept.months == anew.months


@pytest.mark.parametrize("what", ["file", "calendar", "setting"])
def test_nothing_kept_is_shown_once_something_else_is_true(session, logged, what):
    keep(session, logged, "konsistensi", YEAR)
    if what == "file":
        came(session, logged)
    elif what == "calendar":
        session.execute(text("UPDATE calendar SET read_on = '2026-02-05' WHERE ulp = :u AND blth = :b"), {"u": logged, "b": NOW})  # fmt: skip
    else:
        set_supervision(session, logged, {"reading_away_m": 55}, who="uji")
    late = stale(session, logged, "konsistensi", YEAR)
    assert late == [BEFORE, NOW]
    with pytest.raises(NothingToDo):
        kept_consistency(session, logged, NOW, without=late)
    keep(session, logged, "konsistensi", [NOW])
    left = kept_consistency(
        session, logged, NOW, without=stale(session, logged, "konsistensi", YEAR)
    )
    assert set(left.facts.index.get_level_values("blth")) == {NOW}
    assert left.facts["interval_days"].isna().all(), "the month before is not kept"


@pytest.mark.parametrize(("field", "late"), [("gardu", []), ("point", [BEFORE, NOW])])
def test_a_month_is_another_where_a_house_moved_and_not_where_its_gardu_did(session, logged, field, late):  # fmt: skip
    keep(session, logged, "konsistensi", YEAR)
    it = Proposal(ulp=logged, idpel=idpel(1), field=field, after="x", proposed_by="a", state="approved")  # fmt: skip
    session.add(it)
    session.flush()
    session.add(Approval(ulp=logged, proposal_id=it.proposal_id, decision="approved", decided_by="b"))  # fmt: skip
    session.flush()
    assert stale(session, logged, "konsistensi", YEAR) == late


def test_a_job_computes_all_kinds_of_the_year_and_tells_how_far_it_is(session, logged):
    told = []
    done = keep_months(session, logged, blth=NOW, progress=lambda *at: told.append(at))
    assert done.months == 8 and told[-1][1] == told[-1][2] == 28
    assert keep_months(session, logged, blth=NOW).months == 0


def test_the_limits_of_a_unit_are_used_when_its_reading_is_asked_about(session, logged):
    def asks():
        return set(consistency(session, logged, NOW).questions["ask"])

    assert "hari_lain" in asks()
    set_supervision(session, logged, {"reading_tolerance_days": 1}, who="uji")
    assert "hari_lain" not in asks()
    assert "jam_tidak_lazim" not in asks()
    set_supervision(session, logged, {"reading_first_hour": 9}, who="uji")
    assert "jam_tidak_lazim" in asks()


def test_counts_of_readers_are_those_of_lists_logs_and_the_day(session, logged):
    session.execute(text("UPDATE reading SET kwh = NULL, stand_kwh = NULL, officer = 'C', lbkb_code = '7' WHERE ulp = :u AND idpel = :i"),
                    {"u": logged, "i": idpel(40)})  # fmt: skip
    both = {}
    for tolerance in (0, 1):
        found = queries.month_counts(session, ulp=logged, blth=NOW, tolerance_days=tolerance, time_zone="Asia/Jakarta")  # fmt: skip
        both[tolerance] = found
        assert found["officer"].is_unique and (found["on_day"] <= found["dated"]).all()
        assert (found["read"] <= found["customers"]).all()
    listed = session.scalar(text("SELECT count(DISTINCT idpel) FROM (SELECT idpel FROM rbm_list WHERE ulp = :u AND blth = :b AND rbm IS NOT NULL "
                                 "UNION SELECT idpel FROM reading WHERE ulp = :u AND blth = :b AND source <> 'token') s"), {"u": logged, "b": NOW})  # fmt: skip
    assert both[0]["customers"].sum() == listed, "everybody stands once"
    assert both[0]["on_day"].sum() == 0 and both[1]["on_day"].sum() == 26, (
        "27 stood there, one found it closed"
    )
    assert both[0]["no_access"].sum() == 1
    own = both[0].set_index("officer").loc["C"]
    assert (own["customers"], own["read"], own["self_read"]) == (1, 0, 0), "told, and not read"


def test_a_month_of_readers_is_kept_and_their_year_knows_its_gaps(session, logged):
    with pytest.raises(NothingToDo):
        month_facts(session, logged, NOW)
    keep(session, logged, "pembaca", YEAR)
    found = month_facts(session, logged, NOW)
    assert found.officers == sorted(found.officers) and found.officers
    officer = found.officers[0]
    year = officer_year(session, logged, NOW, officer)
    read = year[year["fact"] == str(Fact.READ)].set_index("blth")
    assert list(read.index) == YEAR and read["low"].isna().all()
    assert (read.loc[[BEFORE, NOW], "of"] > 0).all() and (read["of"].drop([BEFORE, NOW]) == 0).all()
    left = officer_year(session, logged, NOW, officer, without=[BEFORE])
    assert left.set_index(["fact", "blth"]).loc[(str(Fact.READ), BEFORE), "of"] == 0


def test_checks_at_the_house_count_once_each_by_the_newest_that_stands(session, logged):
    sample = {"u": logged, "b": NOW}
    session.execute(
        text("INSERT INTO stand_sample (ulp, sample_id, blth, way, lot_by, lot, size, seed, list_hash, drawn_by) "
             "VALUES (:u, gen_random_uuid(), :b, 'lapangan', 'unit', 9, 5, 's', repeat('a', 64), 'uji')"), sample,
    )  # fmt: skip
    for place, verdicts in enumerate((["salah", "benar"], ["salah"], ["salah", "dibuka"], ["tutup"], ["perlu_dilihat"]), start=1):  # fmt: skip
        told = {**sample, "p": place, "i": idpel(10 + place)}
        session.execute(text("INSERT INTO stand_sample_item (ulp, sample_id, place, idpel, stratum, reserve) "
                             "SELECT ulp, sample_id, :p, :i, 'R1', false FROM stand_sample WHERE ulp = :u"), told)  # fmt: skip
        for verdict in verdicts:
            session.execute(text("INSERT INTO stand_check (ulp, sample_id, place, at, verdict, checked_by) "
                                 "SELECT ulp, sample_id, :p, now(), :v, 'uji' FROM stand_sample WHERE ulp = :u"), {**told, "v": verdict})  # fmt: skip
    found = queries.field_checks(session, ulp=logged, blth=NOW)
    assert found[["seen", "wrong"]].sum().tolist() == [3, 1] and set(found["kind"]) == {"lapangan"}
    keep(session, logged, "pembaca", YEAR)
    facts = month_facts(session, logged, NOW).facts
    field = facts[facts["fact"] == str(Fact.FIELD)]
    assert (field["hits"].sum(), field["of"].sum()) == (1, 3)
    assert queries.field_checks(session, ulp=logged, blth=BEFORE).empty


def test_gardu_of_the_summary_are_those_of_their_verification(session, logged):
    """Accepted counts until it changes again; what was given up says nothing; nobody drawn is no zero."""
    assert verified_gardu(session, logged).empty
    for number, (gardu, steps) in enumerate((("G1", ["diterima"]), ("G2", ["diterima", "urung"]), ("G3", ["kembali_survei"]), ("G4", ["batal"]), ("G5", [])), start=1):  # fmt: skip
        session.execute(text(INSERT_DRAWN), {"u": logged, "g": gardu, "n": number})
        for step in steps:
            session.execute(text(INSERT_STEP), {"u": logged, "g": gardu, "s": step})
    told = dict(zip(*verified_gardu(session, logged)[["gardu", "state"]].to_numpy().T, strict=True))
    assert told == {"G1": "accepted", "G2": "waiting", "G3": "failed", "G5": "waiting"}
    assert verified(verified_gardu(session, logged)) == {"accepted": 1, "waiting": 2, "failed": 1}


def test_the_stands_of_a_month_to_sign_are_those_of_the_desk(session, logged):
    """The summary counts kept lines; decisions count at once, other readings or rules make them anew."""
    on = date(2026, 2, 20)
    for n in (10, 12, 15):
        session.execute(
            text("UPDATE reading SET dlpd_code = 'L mundur' WHERE ulp = :u AND blth = :b AND idpel = :i"),
            {"u": logged, "b": NOW, "i": idpel(n)},
        )  # fmt: skip

    def both() -> tuple[dict[str, int], dict[str, int]]:
        desk = stand_desk(session, logged, NOW)
        told = month_figures(session, logged, NOW, on=on)["stands"]
        return told, {"open": len(desk.open), "to_decide": len(desk.lines)}

    assert stands_kept(session, logged, NOW) is None
    told, desk = both()
    assert told == desk and desk["open"] == desk["to_decide"] >= 3
    keep(session, logged, "meja", [NOW])
    assert len(stands_kept(session, logged, NOW)) == desk["to_decide"]
    line = stand_desk(session, logged, NOW).lines.iloc[0]
    decide(session, logged, NOW, [(line["key"], line["mark"])], StandVerdict.ACCEPT, reason="foto sama", who="uji")  # fmt: skip
    assert stands_kept(session, logged, NOW) is not None
    told, desk = both()
    assert told == desk and desk["open"] == desk["to_decide"] - 1
    came(session, logged, "8")
    assert stands_kept(session, logged, NOW) is None


def test_no_number_of_a_customer_is_kept_with_the_stands_of_a_month(session, logged):
    keep(session, logged, "meja", [NOW])
    content = session.execute(
        text("SELECT content::text FROM month_kept WHERE kind = 'meja'")
    ).scalar()
    assert not any(idpel(n) in content for n in range(30))


def test_reading_counts_that_are_kept_are_those_of_the_question(session, logged):
    """Day, kWh to the digit and states come back as they were asked; an own reading makes them anew."""
    on = date(2026, 2, 20)
    session.execute(text("UPDATE reading SET kwh = 12.50 WHERE ulp = :u AND blth = :b AND idpel > :i"), {"u": logged, "b": NOW, "i": idpel(9)})  # fmt: skip
    anew = reading_status(session, logged, NOW, on=on)
    assert counts_kept(session, logged, NOW) is None
    keep(session, logged, "baca", [NOW])
    asked = reading_counts(session, ulp=logged, blth=NOW, time_zone="Asia/Jakarta")
    assert asked["read_on"].notna().any() and asked["kwh"].notna().any()
    pd.testing.assert_frame_equal(counts_kept(session, logged, NOW), asked, check_dtype=False)
    kept = reading_status(session, logged, NOW, on=on)
    pd.testing.assert_frame_equal(kept.rows, anew.rows, check_dtype=False)
    assert kept.totals == anew.totals and kept.totals["read"] > 0
    session.execute(text("UPDATE rbm_version SET published_at = now(), state = 'published', effective_blth = :b WHERE ulp = :u AND state = 'draft'"), {"u": logged, "b": NOW})  # fmt: skip
    session.add(
        OwnReading(ulp=logged, client_id=uuid4(), idpel=idpel(3), service="pasca", blth=NOW, stand_kwh=Decimal(9),
                   read_at=datetime(2026, 2, 4, 3, tzinfo=UTC), officer="B", lbkb_code="Z", received_by="uji")
    )  # fmt: skip
    session.flush()
    assert counts_kept(session, logged, NOW) is None
    assert reading_status(session, logged, NOW, on=on).totals["read"] == kept.totals["read"] + 1


def test_a_month_of_which_nothing_was_read_is_kept_as_such(session, logged):
    """A list without readings, or tokens alone: no line to decide, which is not a desk without lines."""
    session.execute(
        text("UPDATE reading SET source = 'token' WHERE ulp = :u AND blth = :b"),
        {"u": logged, "b": NOW},
    )
    assert keep(session, logged, "meja", [NOW]) == 1 and keep(session, logged, "baca", [NOW]) == 1
    assert len(stands_kept(session, logged, NOW)) == 0
    assert month_figures(session, logged, NOW, on=date(2026, 2, 20))["stands"] is None
