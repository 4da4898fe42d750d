"""A survey rehearsed on a unit's own lists: kept as a run, while the lists stay as they are."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries import units, work
from rbmgeo.errors import NothingToDo
from rbmgeo.survey import rehearsal
from rbmgeo.workflows.rehearsal import STEP, rehearse_ulp

pytestmark = pytest.mark.database
ULP = "T0027R"


def build(session, houses):
    """Houses on a street of 30 in a row, 20 m apart; ten gardu, each its own three columns."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    codes = [f"G{n}" for n in range(10)]
    copy_rows(
        session, "gardu",
        pd.DataFrame({"ulp": ULP, "gardu": codes, "raw_code": codes, "geom": [
            f"SRID=4326;POINT({112.70 + 0.00054 * n + 0.00018} -7.6485)" for n in range(10)]}),
    )  # fmt: skip
    ids = [f"51354{n:07d}" for n in range(houses)]
    at = [(112.70 + 0.00018 * (n % 30), -7.65 + 0.00018 * (n // 30)) for n in range(houses)]
    copy_rows(
        session, "customer",
        pd.DataFrame({"ulp": ULP, "idpel": ids,
                      "geom": [f"SRID=4326;POINT({x} {y})" for x, y in at]}),
    )  # fmt: skip
    copy_rows(
        session, "pdpj",
        pd.DataFrame({"ulp": ULP, "idpel": ids, "valid_from": date(2024, 1, 1), "line": "",
                      "gardu": [codes[n % 30 // 3] for n in range(houses)], "source": "pdpj"}),
    )  # fmt: skip


def test_a_rehearsal_is_kept_with_its_seed_and_changes_no_record(session, monkeypatch):
    build(session, 600)
    seen = {}

    def doubted(points, told, gardu, context, params):
        seen.update(first=seen.get("first", told), context=context)
        return SimpleNamespace(frame=pd.DataFrame({"p": 0.5}, index=told.index))

    monkeypatch.setattr(rehearsal, "detect", doubted)
    before = session.execute(text("SELECT * FROM pdpj WHERE ulp = :u"), {"u": ULP}).all()
    steps = []
    done = rehearse_ulp(session, ULP, seed=7, who="rani", progress=lambda *told: steps.append(told))
    assert (done.customers, done.errors, done.visits) == (600, 30, 500)
    assert len(steps) == 5
    truth = pd.Series([f"G{n % 30 // 3}" for n in range(600)], index=seen["first"].index)
    assert (seen["first"] != truth).sum() == 30, "the detector judged other records"
    assert seen["context"].tiang is None
    run = work.latest_run(session, ulp=ULP, step=STEP)
    assert (run.run_id, run.params["seed"], run.run_by) == (done.run_id, 7, "rani")
    assert run.summary["visits"] == list(range(0, 501, 10))
    assert {way: line[-1] for way, line in run.summary["found"].items()} == done.found
    assert len(run.summary["rounds"]) == 5
    assert session.execute(text("SELECT * FROM pdpj WHERE ulp = :u"), {"u": ULP}).all() == before
    again = rehearse_ulp(session, ULP, seed=7, who="rani")
    assert again.found == done.found


def test_a_small_unit_is_told_what_is_missing(session):
    build(session, 60)
    with pytest.raises(NothingToDo, match="too few to rehearse"):
        rehearse_ulp(session, ULP)
    assert work.latest_run(session, ulp=ULP, step=STEP) is None
