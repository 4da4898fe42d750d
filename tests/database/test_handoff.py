"""Hand-offs on a real database: the same bytes on another day, the loop closed."""

import json
from datetime import date
from decimal import Decimal

import pytest
from reviewed import publish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_mutations import NOW, idpel, listed, unit  # noqa: F401

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Calendar
from rbmgeo.db.queries import handoff as kept
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.terms import Mutation
from rbmgeo.workflows.handoff import check_handoff, given, hand_over
from rbmgeo.workflows.mutation_accept import accept_kind
from rbmgeo.workflows.mutations import find_mutations

pytestmark = pytest.mark.database

NEXT = "202603"


@pytest.fixture
def published(session, unit):  # noqa: F811
    session.add(Calendar(ulp=unit, blth=NEXT, hari_baca="A", read_on=date(2026, 3, 25)))
    session.execute(
        text("UPDATE reading SET kwh = 100.5, stand_kwh = 900 WHERE ulp = :u AND blth = :b"),
        {"u": unit, "b": NOW},
    )
    find_mutations(session, unit)
    for kind in (Mutation.HILANG, Mutation.BARU):
        accept_kind(session, unit, NOW, kind, who="ratna")
    publish(session, unit, effective_blth=NEXT, who="ratna")
    return unit


def test_the_same_version_gives_the_same_bytes_whatever_came_in_since(session, published):
    first = hand_over(session, published, "cater", NEXT, who="ratna")
    assert (first.again, first.rows, first.kwh) == (False, 147, Decimal("14773.5"))
    ensure_month(session, blth=NEXT)
    session.execute(
        text("UPDATE reading SET kwh = kwh + 1 WHERE ulp = :u AND blth = :b"),
        {"u": published, "b": NOW},
    )
    session.execute(text("UPDATE customer SET name = 'lain' WHERE ulp = :u"), {"u": published})
    second = hand_over(session, published, "cater", NEXT, who="budi")
    assert (second.again, second.stale) == (True, True)
    assert second.handoff_id == first.handoff_id
    assert [(f.name, f.content) for f in second.files] == [(f.name, f.content) for f in first.files]
    third = hand_over(session, published, "cater", NEXT, who="budi", anew=True)
    assert third.handoff_id != first.handoff_id
    assert given(session, published, first.handoff_id).sha256 == first.sha256


def test_the_side_file_tells_rows_kwh_and_hashes(session, published):
    done = hand_over(session, published, "cater", NEXT, who="ratna")
    said = json.loads(done.files[-1].content)
    assert (said["rows"], said["kwh"], said["version"]) == (147, "14773.5", done.version_id)
    assert [f["sha256"] for f in said["files"]] == [f.sha256 for f in done.files[:-1]]
    lines = done.files[0].content.decode().splitlines()
    assert lines[0].startswith("UNITUP,BLTH,KODE_RBM,HARI_BACA,TGL_BACA")
    assert lines[1].split(",")[:8] == ["T0001", NEXT, "R1", "A", "25/03/2026", "P-01", "147", "1"]


def test_what_was_handed_over_is_never_changed(session, published):
    hand_over(session, published, "ap2t", NEXT, who="ratna")
    for table in ("handoff", "handoff_file", "handoff_change"):
        with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
            session.execute(text(f"DELETE FROM {table} WHERE ulp = :u"), {"u": published})


def test_ap2t_gets_what_its_list_does_not_say_and_the_check_counts_it(session, published):
    done = hand_over(session, published, "ap2t", NEXT, who="ratna")
    # This month's list had the 50 new ones on the RBM, without a place; the rest agrees.
    assert done.changes == {"ubah": 50}
    session.execute(
        text("UPDATE rbm_list SET rbm = 'R9' WHERE ulp = :u AND blth = :b AND idpel >= :i"),
        {"u": published, "b": NOW, "i": idpel(1000)},
    )
    moved = hand_over(session, published, "ap2t", NEXT, who="ratna", anew=True)
    assert moved.changes == {"ubah": 50}
    with pytest.raises(NothingToDo, match="import the DPM"):
        check_handoff(session, published, NEXT)
    ensure_month(session, blth=NEXT)
    changed = kept.handed_changes(session, ulp=published, handoff_id=moved.handoff_id)
    for n in range(3, 100):
        listed(session, n, NEXT, urut=n + 1)
    for n in range(49):
        row = changed.loc[idpel(1000 + n)]
        applied = n < 40
        session.execute(
            text(
                "INSERT INTO rbm_list (ulp, blth, idpel, source, rbm, urut, sisipan) "
                "VALUES (:u, :b, :i, 'dpm', :r, :n, :s)"
            ),
            {"u": published, "b": NEXT, "i": idpel(1000 + n), "r": "R1" if applied else "R9",
             "n": int(row["urut_after"]) if applied else None,
             "s": int(row["sisipan_after"]) if applied else None},
        )  # fmt: skip
    session.flush()
    told = check_handoff(session, published, NEXT)
    assert (told.blth, told.applied, len(told.rows)) == (NEXT, 40, 50)
    assert told.counts["not_applied"] == 9
    assert told.counts["gone"] == 1


def test_a_draft_is_not_handed_over(session, unit):  # noqa: F811
    find_mutations(session, unit)
    done = accept_kind(session, unit, NOW, Mutation.BARU, who="ratna")
    with pytest.raises(NothingToDo, match="publish"):
        hand_over(session, unit, "cater", NEXT, who="ratna")
    with pytest.raises(NotAllowed, match="draft"):
        hand_over(session, unit, "cater", NEXT, who="ratna", version_id=done.version_id)
