"""SOP IV.5 to IV.7: a version lists its gardu, checks feed the calibration, the deed says the result."""

import io
from datetime import date

import checked_gardu as drawn
import pandas as pd
import pytest
from checked_gardu import FIRST, PLANNER, SECOND, ULP
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text

from rbmgeo.db.queries import deeds, survey, versions, work
from rbmgeo.workflows.deeds import issue_deeds
from rbmgeo.workflows.handoff import hand_over
from rbmgeo.workflows.sureness import how_sure
from rbmgeo.workflows.verification import care, changed_gardu, one
from rbmgeo.workflows.verification_draw import draw_gardu
from rbmgeo.workflows.verification_loop import loop
from rbmgeo.workflows.verification_steps import act

pytestmark = pytest.mark.database
BLTH = "202501"


@pytest.fixture
def unit(session):
    """The drawn gardu, all its houses on RBM A in the list of the month."""
    drawn.build(session)
    session.execute(
        text("INSERT INTO rbm_list (ulp, blth, idpel, line, source, rbm, urut, sisipan) "
             "SELECT ulp, :b, idpel, '', 'dpm', 'A', row_number() OVER (ORDER BY idpel), 0 "
             "FROM customer WHERE ulp = :u"), {"b": BLTH, "u": ULP},
    )  # fmt: skip
    return session


def published(session, away=()):
    """Publish a version in which some houses stand on RBM B."""
    number = versions.add_draft(session, ulp=ULP, note="uji", who="uji")
    rbm = ["B" if n in away else "A" for n in range(50)]
    members = pd.DataFrame({"rbm": rbm, "urut": range(1, 51), "sisipan": 0},
                           index=pd.Index([drawn.idpel(n) for n in range(50)], name="idpel"))  # fmt: skip
    routes = pd.DataFrame(
        {"hari_baca": "A", "officer": None, "customers": 1, "length_m": None, "length_before_m": None,
         "length_estimated": True, "minutes": None, "reordered": False},
        index=pd.Index(sorted(set(rbm)), name="rbm"),
    )  # fmt: skip
    versions.replace_routes(session, ulp=ULP, version_id=number, routes=routes, members=members)
    versions.publish(session, ulp=ULP, version_id=number, effective_blth=BLTH, who="uji")
    return number


def later(session, table, column, which="true"):
    session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    session.execute(text(f"UPDATE {table} SET {column} = {column} + interval '1 second' WHERE {which}"))  # fmt: skip


def test_a_version_that_moves_nobody_asks_for_no_verification(unit):
    published(unit)
    assert changed_gardu(unit, ULP).empty


def test_a_version_lists_the_gardu_whose_customers_changed_their_rbm(unit):
    published(unit, away=(1, 2, 45))
    assert changed_gardu(unit, ULP)["versi"].to_dict() == {"PD1": 2, "PD2": 1}
    # Back again: held against the version before it, not against the source's list.
    later(unit, "rbm_version", "published_at")
    unit.execute(text("UPDATE rbm_version SET published_at = published_at - interval '1 minute'"))
    published(unit, away=(1, 45))
    assert changed_gardu(unit, ULP)["versi"].to_dict() == {"PD1": 3, "PD2": 1}


def findings(session):
    """Every house with a promise, as a matching would keep it."""
    run = work.add_run(session, ulp=ULP, step="match", params={}, summary={}, who="uji")
    session.execute(
        text("INSERT INTO finding (ulp, idpel, run_id, kind, p, raw_p, gardu, tier, reasons) "
             "SELECT ulp, idpel, :r, 'ok', 0.1, 0.2, gardu, 'T1', '[]' FROM pdpj WHERE ulp = :u"),
        {"u": ULP, "r": run},
    )  # fmt: skip


def test_verified_houses_join_the_calibration_as_random_controls_once(unit):
    findings(unit)
    drawn.correct(unit, 0, "PD2")
    assert how_sure(unit, ULP).controls.seen == 0
    number = draw_gardu(unit, ULP, "PD1", seed="b", who=PLANNER)
    drawn.answer_rest(unit, number)
    sure = how_sure(unit, ULP)
    assert (sure.controls.seen, sure.answers) == (17, 17)
    # The second person's answers about two of them make pairs, and no further controls.
    run = one(unit, ULP, number).draws[0]["run_id"]
    tasks = drawn.tasks(unit, run)
    for i in tasks.index[tasks["second"]]:
        drawn.answer(unit, str(i), who=SECOND)
    again = how_sure(unit, ULP)
    assert (again.controls.seen, again.answers, again.doubles.pairs) == (17, 17, 2)
    found = care(unit, ULP)
    assert (found.seen, found.other, found.doubles.pairs) == (17, 0, 2)


def test_of_a_record_changed_since_the_matching_nothing_was_promised(unit):
    findings(unit)
    drawn.correct(unit, 0, "PD2")
    met = survey.promises(unit, ulp=ULP, idpels=[drawn.idpel(0), drawn.idpel(1)]).set_index("idpel")
    assert met["recorded_gardu"].tolist() == ["PD2", "PD1"]
    assert met["raw_p"].isna().tolist() == [True, False]
    assert met["promised_p"].isna().tolist() == [True, False]


def test_houses_around_an_error_are_no_random_controls(unit):
    findings(unit)
    drawn.correct(unit, 0, "PD2")
    number = draw_gardu(unit, ULP, "PD1", seed="b", who=PLANNER)
    odd = drawn.sampled(unit, number)[0]
    drawn.answer(unit, odd, "gardu_lain", "PD3")
    drawn.answer_rest(unit, number)
    act(unit, ULP, number, "lihat_kedua", who=PLANNER)
    drawn.looked_again(unit, odd, "gardu_lain", "PD3")
    act(unit, ULP, number, "lanjutan", who=PLANNER, seed="b2")
    check = one(unit, ULP, number)
    around = check.items.loc[check.items["part"].eq("sekitar"), "idpel"]
    for i in around:
        drawn.answer(unit, str(i))
    assert len(around)
    assert how_sure(unit, ULP).controls.seen == 17


def issued(session, **more):
    issue_deeds(session, ULP, BLTH, on=date(2025, 1, 20), who=PLANNER, **more)
    newest = deeds.deeds(session, ulp=ULP)[0]
    return deeds.deed(session, ulp=ULP, year=newest.year, number=newest.number, files=True)


def test_the_deed_says_what_was_verified_and_the_bytes_stay(unit):
    drawn.correct(unit, 0, "PD2")
    version = published(unit)
    number = draw_gardu(unit, ULP, "PD1", seed="b", who=PLANNER)
    before = issued(unit)
    facts = dict(before.content["facts"])
    assert facts["Hasil uji petik (SOP IV.6)"] == "diterima 0 dari 2 gardu; belum diverifikasi 1; berjalan 1"  # fmt: skip
    drawn.answer_rest(unit, number)
    act(unit, ULP, number, "terima", who=PLANNER)
    first, second = issued(unit, anew=True), issued(unit, anew=True)
    said = {r[0]: r[7] for r in first.content["per_gardu"]}
    assert said == {"PD1": "diterima, 0/17", "PD2": "belum diverifikasi"}
    assert dict(first.content["facts"])["Hasil uji petik (SOP IV.6)"] == "diterima 1 dari 2 gardu; belum diverifikasi 1"  # fmt: skip
    paper = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(first.pdf)).pages).split())  # fmt: skip
    for words in ("Lampiran 4. Hasil uji petik", "0 dari 17 beda: gardu diterima", FIRST,
                  "17 diundi, 17 dilihat, 0 pasti salah", "Yang tidak bisa dibuktikan"):  # fmt: skip
        assert words in paper, words
    sheet = load_workbook(io.BytesIO(first.xlsx))["Uji petik"]
    assert "diterima, 0/17" in [c.value for r in sheet.iter_rows() for c in r]
    # But for the number they say the same.
    told = [{k: v for k, v in d.content.items() if k not in ("number", "annexes")} for d in (first, second)]  # fmt: skip
    assert told[0] == told[1]
    assert first.version_id == version
    assert "Hasil uji petik di gardu (SOP IV.6)." in first.content["annexes"]


def test_the_loop_goes_from_the_answer_to_the_list_that_came_back(unit):
    drawn.answer(unit, drawn.idpel(5), "gardu_lain", "PD2")
    drawn.correct(unit, 0, "PD2")
    assert loop(unit, ULP, BLTH).by("gardu")["versi"].sum() == 0
    version = published(unit)
    number = draw_gardu(unit, ULP, "PD2", seed="b", who=PLANNER)
    drawn.answer_rest(unit, number)
    act(unit, ULP, number, "terima", who=PLANNER)
    issued(unit)
    hand_over(unit, ULP, "ap2t", BLTH, who=PLANNER, version_id=version)
    found = loop(unit, ULP, BLTH).houses
    house = found.loc[drawn.idpel(0)]
    for step in ("disetujui", "versi", "verifikasi", "berita_acara", "serah_terima"):
        assert not pd.isna(house[step]), step
    assert pd.isna(house["kembali"])
    assert not pd.isna(found.loc[drawn.idpel(5), "usulan"])
    assert pd.isna(found.loc[drawn.idpel(5), "versi"])
    unit.execute(
        text("INSERT INTO rbm_list (ulp, blth, idpel, line, source, rbm, urut, sisipan, gardu) "
             "SELECT ulp, '202502', idpel, '', 'dpm', rbm, urut, sisipan, CASE WHEN idpel = :i THEN 'PD2' END "
             "FROM rbm_list WHERE ulp = :u AND blth = :b"),
        {"u": ULP, "b": BLTH, "i": drawn.idpel(0)},
    )  # fmt: skip
    assert loop(unit, ULP, BLTH).houses.loc[drawn.idpel(0), "kembali"] == "202502"
