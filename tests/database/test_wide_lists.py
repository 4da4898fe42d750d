"""Lists that tell a year in one row: nothing they say is lost or counted twice."""

from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.cli.common import write_csv
from rbmgeo.db.queries import evaluation
from rbmgeo.errors import UsageError
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "TOWNB"
HEAD = (
    "customer_no,status,service_point,pole_id,transformer_id,feeder_id,class,connected,"
    + ",".join(f"kwh_{n:02d}" for n in range(1, 13))
    + ",lon,lat\n"
)


def row(number, status, kwh, *, connected="01/02/2010", klass="RE1", gardu="T1"):
    months = ",".join([str(kwh)] * 12)
    return f"{number},{status},,,{gardu},F1,{klass},{connected},{months},3.1,50.4\n"


def load(database, path, *rows, **options):
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return import_files(database, [path], ulp=ULP, profile="utility-town", **options)


def report(database, first="202401", last="202412"):
    with database.reading() as session:
        return kwh_report(session, ULP, blth_from=first, blth_to=last)


def test_a_customer_with_old_services_only_is_counted_once(fresh_database, tmp_path):
    load(
        fresh_database, tmp_path / "t_customers.csv",
        row(1, "AT", "1.5"), row(1, "DS", 2), row(2, "DS", 3), row(2, "DS", 4, connected="01/01/2001"),
    )  # fmt: skip
    done = report(fresh_database, "202401", "202401")
    assert done.rows["customers"].sum() == 2
    assert (done.totals.kwh, done.totals.active_kwh) == (Decimal("10.5"), Decimal("1.5"))


def test_a_refused_row_of_a_year_counts_in_each_month(fresh_database, tmp_path):
    """Its idpel is no number: the row stays out, its kWh stay in the sums (SOP IV.8)."""
    done = load(
        fresh_database, tmp_path / "t_customers.csv",
        row(1, "AT", "1.5"), row("C-77x", "AT", "0.25"), accept_good=True,
    )  # fmt: skip
    assert (done.files[0].good, done.files[0].rejected) == (1, 1)
    year, may = report(fresh_database), report(fresh_database, "202405", "202405")
    assert (year.totals.rejected_kwh, year.totals.kwh) == (Decimal("3.00"), Decimal("21.00"))
    assert may.totals.rejected_kwh == Decimal("0.25")
    with fresh_database.reading() as session:
        kept = session.scalar(text("SELECT kwh_rejected FROM import_batch"))
    assert kept == 3


def test_looking_up_a_gardu_reads_a_few_pages(fresh_database, tmp_path):
    load(fresh_database, tmp_path / "t_customers.csv", *(row(n, "AT", 1) for n in range(1, 3001)))
    with fresh_database.writing() as session:
        session.execute(text("ANALYZE pdpj"))
        plan = session.scalars(
            text("EXPLAIN SELECT gardu FROM pdpj WHERE ulp = :u AND idpel = :i"),
            {"u": ULP, "i": "000000001234"},
        ).all()
        assert len(evaluation.customer_rows(session, ulp=ULP)) == 3000
    assert "pk_pdpj" in "".join(plan)


def test_a_formula_in_a_code_leaves_as_text(fresh_database, tmp_path):
    load(fresh_database, tmp_path / "t_customers.csv", row(1, "AT", 1, klass="=1+1", gardu="=T1"))
    with fresh_database.reading() as session:
        write_csv(evaluation.customer_rows(session, ulp=ULP), tmp_path / "out.csv")
    out = pd.read_csv(tmp_path / "out.csv", dtype="str")
    assert out.loc[0, ["idpel", "tarif", "gardu"]].tolist() == ["000000000001", "'=1+1", "'=T1"]


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "nowhere" / "out.csv")
