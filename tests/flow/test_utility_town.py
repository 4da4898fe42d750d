"""A real utility's town, whole: what the files say is what the product says."""

import csv
import gzip
from decimal import Decimal

import pandas as pd
import pytest
from one_number import check_one_number, check_pdf, logged_in
from reviewed import publish
from sqlalchemy import text

from rbmgeo.db.queries import evaluation as evaluation_rows
from rbmgeo.db.queries import units, versions, work
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.maps.canvas import standalone
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.maps import energy_of_all, gardu_map, rbm_map
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.network import network_stats
from rbmgeo.workflows.routes import design_ulp, order_version, targets_ulp
from rbmgeo.workflows.survey_plan import plan_survey

pytestmark = pytest.mark.database
ULP = "TOWNA"
TOTAL, ACTIVE = Decimal("5667935.6"), Decimal("5633605.9")


@pytest.fixture(scope="module")
def town(make_database, shared_data):
    """The town after import, evaluation and matching, beside its summary of the import."""
    opened = Database(make_database("town"))
    files = sorted((shared_data / "utility_town_a").iterdir())
    done = import_files(opened, files, ulp=ULP, profile="utility-town")
    with opened.writing() as session:
        evaluate_ulp(session, ULP)
        match_ulp(session, ULP)
    yield opened, done
    opened.close()


def test_every_row_is_loaded_and_the_unit_lies_where_the_town_does(town):
    database, done = town
    customers = next(f for f in done.files if f.kind == "customers")
    assert (customers.read, customers.rejected, done.complete) == (1799, 0, True)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM customer WHERE active")) == 1765
        assert units.unit(session, ulp=ULP).utm_srid == 32722


def test_a_number_with_two_rows_is_one_customer_with_two_dated_services(town):
    database, _ = town
    with database.reading() as session:
        two = session.scalar(
            text("SELECT count(*) FROM (SELECT idpel FROM pdpj GROUP BY 1 HAVING count(*) = 2) t")
        )
        current = session.scalar(
            text("SELECT max(n) FROM (SELECT count(*) n FROM pdpj WHERE valid_to IS NULL AND active "
                 "GROUP BY idpel) t")
        )  # fmt: skip
    assert (two, current) == (34, 1)


def test_gardu_without_customers_stay_visible(town):
    database, _ = town
    with database.writing() as session:
        found = evaluate_ulp(session, ULP)
    assert found.summary["gardu"] == 41
    assert found.summary["gardu_without_customers"] == 6


def test_the_evaluation_lists_every_customer_with_the_quality_of_its_point(town):
    database, _ = town
    with database.reading() as session:
        rows = evaluation_rows.customer_rows(session, ulp=ULP)
        known = session.scalar(text("SELECT count(*) FROM customer"))
    assert len(rows) == known
    assert rows["coordinate_quality"].notna().all()


def test_walking_the_lines_agrees_with_every_record(town):
    database, _ = town
    with database.reading() as session:
        found = work.findings(session, ulp=ULP)
    assert len(found) == 1765
    assert found["tier"].eq("TX").all()
    assert found["kind"].eq("ok").all() and found["p"].max() < 0.5


def test_the_year_sums_to_the_last_digit(town, shared_data):
    database, _ = town
    with database.reading() as session:
        report = kwh_report(session, ULP, blth_from="202401", blth_to="202412")
    assert (report.totals.kwh, report.totals.active_kwh) == (TOTAL, ACTIVE)
    assert sum(report.rows["kwh"], Decimal(0)) == TOTAL
    # No VA is known, so hours and load are empty and the customers counted as "tanpa daya".
    assert report.rows["hours"].isna().all()
    assert report.rows["without_daya"].sum() == report.rows["customers"].sum()
    with gzip.open(
        next((shared_data / "utility_town_a").glob("*_customers.csv.gz")), "rt", encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    per_gardu = report.per_gardu["kwh"]
    for gardu in {r["transformer_id"] for r in rows}:
        ours = sum(
            (Decimal(r[f"kwh_{m:02}"] or 0) for r in rows if r["transformer_id"] == gardu for m in range(1, 13)),
            Decimal(0),
        )  # fmt: skip
        assert per_gardu[gardu] == ours


def test_each_later_step_says_what_it_can_do_without_a_list_of_rbm(town):
    database, _ = town
    with database.writing() as session:
        plan = plan_survey(session, ULP, visits=20)
        draft = design_ulp(session, ULP)
        ordered = order_version(session, ULP, draft.version_id)
        publish(session, ULP, draft.version_id, effective_blth="202501")
        members = versions.members(session, ulp=ULP, version_id=draft.version_id)
        targets = targets_ulp(session, ULP, "202501")
    assert plan.visits == 20
    assert len(members) == 1765 and members.index.is_unique
    assert ordered.summary["network"] == "jtr"
    # Nobody walked these routes before: the order of numbers in a list is no walk.
    assert ordered.summary["km_before"] is None
    assert 0 < ordered.summary["km"] < 60
    assert targets["customers"].sum() == 1765
    # Nobody is named: the target says how many readers the unit needs, by number.
    assert set(targets["officer"]) == {"P-01"}
    assert set(targets["state"]) == {"tanpa tanggal"}


def test_maps_of_one_rbm_one_gardu_and_the_energy(town):
    database, _ = town
    with database.writing() as session:
        newest = design_ulp(session, ULP).version_id
        code = versions.routes(session, ulp=ULP, version_id=newest).index[0]
        gardu = session.scalar(text("SELECT gardu FROM pdpj WHERE ulp = :u LIMIT 1"), {"u": ULP})
        names = session.scalars(text("SELECT idpel FROM customer LIMIT 500")).all()
        drawn = [
            rbm_map(session, ULP, code, version_id=newest), gardu_map(session, ULP, gardu),
            energy_of_all(session, ULP, blth_from="202401", blth_to="202412"),
        ]  # fmt: skip
    for one in drawn:
        page = standalone(one.data, one.bounds, title="uji", lang="id")
        assert not any(name in page for name in names)
        assert "http://" not in page.replace("http://www.w3.org", "").split("<script>")[0]


def test_the_kwh_of_map_table_files_pdf_and_api_are_one_number(town, tmp_path):
    client = logged_in(town[0], tmp_path, ULP)
    for blth in ("202401", "202412"):
        assert check_one_number(client, ULP, blth) > 0
        check_pdf(client, ULP, blth)


def test_streets_are_missing_and_the_spans_stand_in(town):
    database, _ = town
    with database.reading() as session:
        assert network_stats(session, ULP)["largest_share"] > 0


def test_importing_again_is_a_no_op_and_shuffled_files_load_the_same(town, shared_data):
    database, _ = town
    files = sorted((shared_data / "utility_town_a").iterdir(), reverse=True)
    again = import_files(database, files, ulp=ULP, profile="utility-town")
    assert all(f.known for f in again.files)


def test_a_subset_without_the_gardu_file_says_so(make_database, shared_data):
    database = Database(make_database("subset"))
    file = next((shared_data / "utility_town_a").glob("*_customers.csv.gz"))
    done = import_files(database, [file], ulp="SUB", profile="utility-town")
    with database.writing() as session:
        invented = session.scalar(text("SELECT count(*) FROM gardu WHERE geom IS NULL"))
        found = match_ulp(session, "SUB")
    database.close()
    assert done.complete and invented == 35
    assert found.customers == 1765


def test_kediri_is_a_graph_in_one_piece(make_database, shared_data):
    database = Database(make_database("kediri"))
    import_files(database, [shared_data / "kediri_streets.gpkg"], ulp="KDR", kind="streets")
    with database.reading() as session:
        stats = network_stats(session, "KDR")
    with database.writing() as session, pytest.raises(NothingToDo):
        match_ulp(session, "KDR")
    database.close()
    assert stats["largest_share"] >= 0.96
    assert pd.notna(stats["km"]) and stats["nodes"] > 5000
