"""The printed sheet of a verification: seed, hash, plan, the list in its order and the reserve."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.labels.spelled import MONTHS
from rbmgeo.sheets.verification import CheckSheet, draw_check_sheets
from rbmgeo.verification.words import chance
from rbmgeo.workflows.verification import one


def sheet_pdf(session: Session, ulp: str, verification_id: int) -> bytes:
    """Return every draw of a verification on A4, the first one first; raises `NotThere`.

    Nothing on it tells what was answered: the second person fills the same sheet.
    """
    check = one(session, ulp, verification_id)
    unit = units.unit(session, ulp=ulp)
    sheets = []
    for draw in check.draws:
        rows = check.items[check.items["verification_id"].eq(draw["verification_id"])]
        at = draw["drawn_at"].astimezone(ZoneInfo(unit.time_zone))
        plan = f"{draw['size']} dari {draw['lot']} rumah, tidak satu pun boleh beda; {chance(draw)[0]}."
        said: dict[str, Any] = {
            "unit": unit.name, "ulp": ulp, "sample": unit.sample, "gardu": check.gardu,
            "number": draw["verification_id"], "seed": draw["seed"], "list_hash": draw["list_hash"],
            "drawn": f"{at.day} {MONTHS[at.month - 1]} {at.year} oleh {draw['drawn_by']}", "plan": plan,
        }  # fmt: skip
        columns = ["part", "place", "idpel", "address", "tiang", "rbm", "second"]
        plain = rows[columns].astype(object).where(rows[columns].notna(), None)
        sheets.append(CheckSheet(said, [{str(k): v for k, v in r.items()} for r in plain.to_dict("records")]))  # fmt: skip
    return draw_check_sheets(sheets)
