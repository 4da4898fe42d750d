"""The first sheet keeps what was said of spellings, and who may say it."""

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.settings import Settings
from web import create_app

SHEET = f"/{small.SMALL}/{small.BLTH}/lembar-pertama"


@pytest.fixture
def client(fresh_database, tmp_path):
    with fresh_database.writing() as session:
        small.build(session)
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, 'PDO01', 'PDO01')"),
            {"u": small.SMALL},
        )
        session.execute(
            text("UPDATE pdpj SET gardu = 'PDO01' WHERE idpel = :i"), {"i": small.idpel(3)}
        )
    app = create_app(Settings(home=tmp_path), fresh_database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def enter(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    return enter


def test_a_planner_unites_a_supervisor_approves_and_the_sheet_shows_it(client):
    planner, supervisor = client("perencana"), client("pengawas")
    assert "memang berbeda" in planner.get(SHEET).text
    said = {"kode": ["PD001", "PDO01"], "putusan": "satukan:PD001"}
    assert supervisor.post(f"{SHEET}/ejaan", data=said).status_code == 403
    assert planner.post(f"{SHEET}/ejaan", data=said).status_code == 302
    page = planner.get(SHEET).text
    assert "usul: satukan ke PD001, 1 pelanggan" in page and "Setujui" not in page
    assert planner.post(f"{SHEET}/ejaan/1", data={"putusan": "approved"}).status_code in (403, 409, 422)  # fmt: skip
    supervisor.post(f"{SHEET}/ejaan/1", data={"putusan": "approved"})
    assert "disatukan ke PD001" in supervisor.get(SHEET).text
    planner.post(f"{SHEET}/ejaan/1", data={"putusan": "undone"})
    assert "disatukan ke PD001" not in planner.get(SHEET).text
