"""SOP IV from two lists to the report, on an invented unit, as staff would go through it."""

import csv
import json
import uuid
from decimal import Decimal

import pandas as pd
import pytest
from one_number import check_one_number, check_pdf, logged_in
from reviewed import publish
from sqlalchemy import text

from rbmgeo.db.queries import proposals, records, survey, units, versions, work
from rbmgeo.db.session import Database
from rbmgeo.errors import NotAllowed
from rbmgeo.intake.answers import read_answers
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.routes import design_ulp, order_version, targets_ulp
from rbmgeo.workflows.survey_plan import plan_survey

pytestmark = pytest.mark.database
ULP, VISITS = "51354", 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("ulp")
    make_sample(where, SampleParams(customers=900, seed=3))
    return where


@pytest.fixture(scope="module")
def database(make_database, folder):
    """The unit after import, evaluation, matching and a survey plan."""
    opened = Database(make_database("sop"))
    import_files(opened, [folder], ulp=ULP, accept_good=True, who="perencana")
    with opened.writing() as session:
        evaluate_ulp(session, ULP)
        match_ulp(session, ULP)
        plan_survey(session, ULP, visits=VISITS)
    yield opened
    opened.close()


def test_importing_again_changes_nothing(database, folder):
    def counted():
        with database.reading() as session:
            tables = ("customer", "rbm_list", "pdpj", "reading", "customer_point", "import_reject")
            return {t: session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables}

    before = counted()
    again = import_files(database, [folder], ulp=ULP, accept_good=True)
    assert all(f.known for f in again.files)
    assert counted() == before


def test_every_row_of_every_file_is_accounted_for(database, folder):
    with database.reading() as session:
        batches = session.execute(
            text("SELECT read, good, rejected, skipped, file_name FROM import_batch")
        ).all()
        refused = session.scalar(text("SELECT count(*) FROM import_reject"))
    assert len(batches) >= 17
    for read, good, rejected, skipped, name in batches:
        assert read == good + rejected + skipped, name
    assert refused >= sum(b.rejected for b in batches) > 0


def test_classes_partition_the_union_of_both_lists(database):
    with database.reading() as session:
        classes = work.class_counts(session, ulp=ULP)
        summary = work.latest_run(session, ulp=ULP, step="match").summary
        union = session.scalar(
            text(
                "SELECT count(*) FROM (SELECT idpel FROM rbm_list WHERE blth = '202412' UNION "
                "SELECT idpel FROM pdpj WHERE valid_to IS NULL AND active) u"
            )
        )
        known = session.scalar(text("SELECT count(*) FROM customer WHERE active"))
    assert sum(classes.values()) == union == summary["customers"]
    # Who is known by a token alone stands in neither list, and is still counted.
    assert known <= union + summary["outside"]
    assert summary["outside"] > 0


def test_each_recorded_active_customer_has_one_row_and_a_suspicion(database):
    with database.reading() as session:
        found = work.findings(session, ulp=ULP)
        recorded = session.scalar(
            text(
                "SELECT count(DISTINCT p.idpel) FROM pdpj p JOIN customer c USING (ulp, idpel) "
                "WHERE p.valid_to IS NULL AND p.active AND p.gardu IS NOT NULL AND c.active"
            )
        )
    assert len(found) == recorded and found.index.is_unique
    assert found["p"].between(0, 1).all()


def test_the_doubted_are_wrong_more_often_than_chance(database, folder):
    truth = pd.read_csv(folder / "truth/customers.csv", dtype=str).set_index("idpel")["gardu"]
    with database.reading() as session:
        found = work.findings(session, ulp=ULP)
    known = found[found.index.isin(truth.index)]
    wrong = known["gardu"] != truth.reindex(known.index)
    assert wrong.head(30).mean() > 4 * wrong.mean()


def test_the_plan_visits_each_house_once_with_controls(database):
    with database.reading() as session:
        run = work.latest_run(session, ulp=ULP, step="survey")
        tasks = survey.tasks(session, ulp=ULP, run_id=run.run_id)
        found = work.findings(session, ulp=ULP)
    once = tasks[~tasks["second"]]
    assert len(tasks) == VISITS and once.index.is_unique
    assert once["control"].sum() == 6
    # One control is visited by the other surveyor as well (R-SB-02).
    again = tasks[tasks["second"]]
    assert len(again) == 1 and again["control"].all()
    assert (once.loc[again.index, "surveyor"] != again["surveyor"]).all()
    assert found.loc[tasks.index[tasks["control"]], "kind"].eq("ok").all()
    for _, part in tasks.groupby(["surveyor", "day"]):
        assert sorted(part["stop"]) == list(range(1, len(part) + 1))
    assert tasks.groupby("surveyor").size().min() > VISITS * 0.4


def test_answers_become_proposals_and_two_people_make_a_change(database, folder, tmp_path):
    truth = pd.read_csv(folder / "truth/customers.csv", dtype=str).set_index("idpel")["gardu"]
    with database.reading() as session:
        run = work.latest_run(session, ulp=ULP, step="survey")
        tasks = survey.tasks(session, ulp=ULP, run_id=run.run_id)
    visited = tasks[tasks.index.isin(truth.index) & ~tasks["second"]]
    path = _answers(tmp_path, visited, truth)
    good, bad = read_answers(path, time_zone="Asia/Jakarta")
    assert not bad and len(good) == len(visited)
    with database.writing() as session:
        done = record_answers(session, ULP, good, who="surveyor")
        again = record_answers(session, ULP, good, who="surveyor")
    wrong = visited.index[visited["gardu"] != truth.reindex(visited.index)]
    assert done.good == len(visited) and again.good == 0 and again.skipped == len(visited)
    assert done.proposals == len(wrong) > 10
    with database.writing() as session:
        first = proposals.proposals(session, ulp=ULP, state="open")[0]
        with pytest.raises(NotAllowed, match="another person"):
            decide(session, ULP, first.proposal_id, "approved", who="surveyor")
        decide(session, ULP, first.proposal_id, "approved", who="pengawas")
        now = records.standing(session, ulp=ULP, idpels=[first.idpel])["gardu"].iloc[0]
        assert now == first.after == truth[first.idpel]
        decide(session, ULP, first.proposal_id, "undone", who="pengawas", reason="salah rumah")
        now = records.standing(session, ulp=ULP, idpels=[first.idpel])["gardu"].iloc[0]
        assert now == first.before
        history = survey.history(session, ulp=ULP, idpel=first.idpel)
        assert history["gardu"].tolist() == [first.before, first.after, first.before]
    # Once answered, a house is not asked again.
    with database.writing() as session:
        plan = plan_survey(session, ULP, visits=VISITS)
        next_tasks = survey.tasks(session, ulp=ULP, run_id=plan.run_id)
    assert not set(next_tasks.index) & set(visited.index)


def test_routes_hold_each_customer_once_from_draft_to_target(database):
    with database.writing() as session:
        draft = design_ulp(session, ULP).version_id
        done = order_version(session, ULP, draft)
        members = versions.members(session, ulp=ULP, version_id=draft)
        routed = session.scalar(
            text("SELECT count(*) FROM customer WHERE active AND dibaca_oleh = 'vendor'")
        )
        assert members.index.is_unique and len(members) == routed
        assert done.summary["km"] < done.summary["km_before"]
        publish(session, ULP, draft, effective_blth="202501", who="perencana")
        with pytest.raises(NotAllowed):
            publish(session, ULP, draft, effective_blth="202502", who="perencana")
        targets = targets_ulp(session, ULP, "202501")
        assert targets["customers"].sum() == routed


def test_kwh_per_rbm_per_gardu_sums_to_the_source(database, folder):
    with database.reading() as session:
        months = units.months(session, ulp=ULP)
        report = kwh_report(session, ULP, blth_from=months[0], blth_to=months[-1])
        kept = session.scalar(text("SELECT sum(kwh) FROM reading WHERE source = 'dpm'"))
    assert len(months) == 12
    assert report.totals.kwh == kept + report.totals.rejected_kwh
    assert report.totals.kwh == _source_kwh(folder)


def test_matching_again_gives_the_same_findings(database):
    with database.writing() as session:
        match_ulp(session, ULP)  # with the answers that the survey gave since
        before = work.findings(session, ulp=ULP)
        match_ulp(session, ULP)
        after = work.findings(session, ulp=ULP)
    pd.testing.assert_frame_equal(before, after)


def _answers(folder, visited, truth):
    path = folder / "jawaban.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["idpel", "outcome", "gardu", "tiang", "control", "officer", "at", "client_id"]
        )
        for number, (idpel, row) in enumerate(visited.iterrows()):
            same = row["gardu"] == truth[idpel]
            writer.writerow(
                [idpel, "cocok" if same else "gardu_lain", "" if same else truth[idpel], "",
                 int(row["control"]), "S1", "2025-01-06T09:00", uuid.UUID(int=number + 1)]
            )  # fmt: skip
    return path


def _source_kwh(folder):
    """Sum the kWh of the written DPM files without our reader; the same row twice counts once."""
    total = Decimal(0)
    for path in sorted((folder / "dpm").glob("*.csv")):
        rows = path.read_text(encoding="utf-8-sig").splitlines()
        head = rows[0].split(";")
        column = next(i for i, n in enumerate(head) if n.upper() in ("PEMKWH", "KWH", "JMLKWH"))
        for row in dict.fromkeys(rows[1:]):
            cell = row.split(";")[column].strip()
            total += Decimal(cell.replace(".", "").replace(",", ".")) if cell else Decimal(0)
    return total


def test_the_honesty_of_the_sample_is_kept_beside_it(folder):
    kept = json.loads((folder / "truth/honesty.json").read_text(encoding="utf-8"))
    assert 0.6 < kept["nearest_is_true"] < 0.9


def test_the_kwh_of_map_table_files_pdf_and_api_are_one_number(database, tmp_path):
    client = logged_in(database, tmp_path, ULP)
    assert check_one_number(client, ULP, "202412") > 0
    check_pdf(client, ULP, "202412")
