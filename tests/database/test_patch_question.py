"""A moved block's one question says which jurusan of which gardu is walked, and from which pole."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries import survey, units
from rbmgeo.labels.questions import asked
from rbmgeo.reports.survey_list import list_rows
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.survey_plan import plan_survey

pytestmark = pytest.mark.database
ULP = "T0027Q"


@pytest.fixture
def moved(session):
    """Five houses recorded on PD1 hang on poles that only jurusan B of PD2 passes."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    at = [f"SRID=4326;POINT({112.70 + n * 0.0002} -7.65)" for n in range(7)]
    copy_rows(session, "gardu", pd.DataFrame(
        {"ulp": ULP, "gardu": ["PD1", "PD2"], "raw_code": ["PD1", "PD2"],
         "geom": ["SRID=4326;POINT(112.69 -7.65)", at[6]]}))  # fmt: skip
    copy_rows(session, "tiang", pd.DataFrame(
        {"ulp": ULP, "tiang": [f"T{n}" for n in range(7)], "geom": at}))  # fmt: skip
    copy_rows(session, "jtr_span", pd.DataFrame(
        {"ulp": ULP, "span": [f"S{n}" for n in range(6)], "gardu": "PD2", "jurusan": "B",
         "tiang_1": [f"T{n}" for n in range(6)], "tiang_2": [f"T{n + 1}" for n in range(6)],
         "geom": [f"SRID=4326;LINESTRING({112.70 + n * 0.0002} -7.65,{112.7002 + n * 0.0002} -7.65)"
                  for n in range(6)]}))  # fmt: skip
    ids = [f"51354{n:07d}" for n in range(5)]
    copy_rows(session, "customer", pd.DataFrame({"ulp": ULP, "idpel": ids, "geom": at[:5]}))
    copy_rows(session, "pdpj", pd.DataFrame(
        {"ulp": ULP, "idpel": ids, "valid_from": date(2024, 1, 1), "line": "", "gardu": "PD1",
         "tiang": [f"T{n}" for n in range(5)], "source": "pdpj"}))  # fmt: skip
    return session


def questions(session):
    found = session.execute(
        text("SELECT DISTINCT question FROM finding WHERE ulp = :u AND patch IS NOT NULL"),
        {"u": ULP},
    )
    return [r[0] for r in found]


def test_lines_name_the_jurusan_and_the_survey_list_asks_it(moved):
    match_ulp(moved, ULP)
    told = "Telusuri jurusan B gardu PD2 dari tiang T4 sampai ujung"
    assert [asked(q).partition(":")[0] for q in questions(moved)] == [told]
    run = plan_survey(moved, ULP, visits=5, surveyors=1).run_id
    rows = list_rows(survey.tasks(moved, ulp=ULP, run_id=run), ulp=ULP, lang="id")
    assert rows["question"].str.startswith(told).all()


def test_where_no_jurusan_holds_the_block_it_is_asked_as_plainly_as_before(moved):
    moved.execute(text("UPDATE jtr_span SET jurusan = NULL WHERE ulp = :u"), {"u": ULP})
    match_ulp(moved, ULP)
    assert "jurusan A (huruf menurut gambar JTR) gardu PD2" in asked(questions(moved)[0])
    moved.execute(text("UPDATE jtr_span SET jurusan = span WHERE ulp = :u"), {"u": ULP})
    match_ulp(moved, ULP)
    assert questions(moved) == ["question.patch"]
