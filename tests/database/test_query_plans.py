"""What is asked of one gardu, pole, deret or house is found by index, not by reading the unit."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries import units

pytestmark = pytest.mark.database
ULP, MANY = "T0029", 3000

ASKED = {
    "ix_finding_ulp_proposed_gardu": "SELECT idpel FROM finding WHERE ulp = :u "
    "AND proposed_gardu = 'PD7' AND kind <> 'ok'",
    "ix_pdpj_ulp_tiang": "SELECT idpel FROM pdpj WHERE ulp = :u AND tiang = 'T7' AND valid_to IS NULL",
    "ix_pdpj_ulp_deret": "SELECT idpel FROM pdpj WHERE ulp = :u AND deret = 'D7' AND valid_to IS NULL",
    "pk_rbm_list": "SELECT rbm FROM rbm_list WHERE ulp = :u AND idpel = '513540000007' "
    "ORDER BY blth DESC, line LIMIT 1",
}


@pytest.fixture
def unit(session):
    """Six houses on a pole and a deret, a hundred on a gardu, one finding in ten doubted."""
    units.ensure_unit(session, ulp=ULP)
    at = pd.Series(range(MANY))
    told = pd.DataFrame({"ulp": ULP, "idpel": "51354" + at.astype("str").str.zfill(7)})
    group = (at // 6).astype("str")
    copy_rows(session, "pdpj", told.assign(
        valid_from=date(2024, 1, 1), line="", source="pdpj", gardu="PD" + (at // 100).astype("str"),
        tiang="T" + group, deret="D" + group))  # fmt: skip
    copy_rows(session, "rbm_list", told.assign(
        blth="202501", line="", source="dpm", rbm="R" + (at // 300).astype("str")))  # fmt: skip
    copy_rows(session, "finding", told.assign(
        run_id=1, kind=at.mod(10).map(lambda k: "ok" if k else "gardu_diragukan"), tier="T1", p=0.5,
        proposed_gardu="PD" + (at // 100).astype("str"), reasons="[]"))  # fmt: skip
    session.execute(text("ANALYZE pdpj, rbm_list, finding"))
    return session


def test_the_plan_takes_the_index(unit):
    for name, asked in ASKED.items():
        plan = "\n".join(unit.scalars(text("EXPLAIN " + asked), {"u": ULP}).all())
        assert name in plan, plan
