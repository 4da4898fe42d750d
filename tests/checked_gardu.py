"""A gardu to verify, drawn on paper: 40 houses on ten poles of PD1, ten on PD2 beyond, one street."""

import itertools
import uuid

import pandas as pd
from sqlalchemy import text

from rbmgeo.db.models import Proposal
from rbmgeo.db.queries import looks, survey, units
from rbmgeo.db.queries import verification as kept
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.looks import add_photo
from rbmgeo.workflows.verification import one

ULP = "T0055"
_SECONDS = itertools.count(1)
PLANNER, FIRST, SECOND, THIRD = "rencana", "s1", "s2", "s3"


def idpel(n):
    return f"51354{n:07d}"


def build(session, ulp=ULP):
    """Write the unit: house n hangs on pole T(n // 4), 60 m apart; the first 40 on PD1."""
    units.ensure_unit(session, ulp=ulp)
    units.set_unit(session, ulp=ulp, utm_srid=32749)
    for code in ("PD1", "PD2", "PD3"):
        session.execute(
            text("INSERT INTO gardu (ulp, gardu, raw_code) VALUES (:u, :g, :g)"),
            {"u": ulp, "g": code},
        )
    rows = [
        {"u": ulp, "i": idpel(n), "g": "PD1" if n < 40 else "PD2", "t": f"T{n // 4}",
         "p": f"SRID=4326;POINT({112.70 + (n // 4) * 0.00045 + (n % 4) * 0.00001:.6f} -7.65)"}
        for n in range(50)
    ]  # fmt: skip
    session.execute(
        text("INSERT INTO customer (ulp, idpel, geom, coordinate_quality) "
             "VALUES (:u, :i, CAST(:p AS geometry), 'ok')"), rows,
    )  # fmt: skip
    session.execute(
        text("INSERT INTO pdpj (ulp, idpel, valid_from, gardu, tiang, source) "
             "VALUES (:u, :i, '2024-01-01', :g, :t, 'pdpj')"), rows,
    )  # fmt: skip


def correct(session, n, to, *, ulp=ULP, who=FIRST):
    """Move a house by an approved proposal; return its number."""
    now = session.scalar(
        text("SELECT gardu FROM pdpj WHERE ulp = :u AND idpel = :i AND valid_to IS NULL"),
        {"u": ulp, "i": idpel(n)},
    )
    made = Proposal(ulp=ulp, idpel=idpel(n), field="gardu", before=now, after=to,
                    state="open", proposed_by=who)  # fmt: skip
    session.add(made)
    session.flush()
    decide(session, ulp, made.proposal_id, "approved", who="setuju")
    return made.proposal_id


def answer(session, who_is, outcome="cocok", gardu=None, *, who=FIRST, photo=False, ulp=ULP):
    """Answer about one house; a photo of the line comes with it or not."""
    row = _row(who_is, outcome, gardu, who)
    key = row["client_id"]
    record_answers(session, ulp, pd.DataFrame([row]), who=who)
    if photo:
        told = {"sha256": key.replace("-", "") * 2, "suffix": ".jpg", "size_bytes": 9, "blth": "202501"}  # fmt: skip
        add_photo(session, ulp, key, idpel=who_is, photo=told, who=who)
    return key


def answer_rest(session, number, *, but=(), who=FIRST, ulp=ULP):
    """Answer "cocok" about every house of a verification that counts and waits, but some."""
    check = one(session, ulp, number)
    mine = check.items[check.items["counts"] & check.items["state"].eq("belum")]
    rows = [_row(str(i), "cocok", None, who) for i in mine["idpel"] if i not in but]
    if rows:
        record_answers(session, ulp, pd.DataFrame(rows), who=who)


def _row(who_is, outcome, gardu, who):
    at = pd.Timestamp.now(tz="UTC") + pd.Timedelta(seconds=next(_SECONDS))
    return {"client_id": str(uuid.uuid4()), "idpel": who_is, "outcome": outcome, "gardu": gardu,
            "tiang": None, "control": False, "officer": who, "answered_at": at, "observed": ()}  # fmt: skip


def looked_again(session, who_is, outcome, gardu=None, *, who=SECOND, ulp=ULP):
    """Take a second look that was asked for, with a photo."""
    assert who_is in looks.asked(session, ulp=ulp)
    return answer(session, who_is, outcome, gardu, who=who, photo=True, ulp=ulp)


def sampled(session, number, ulp=ULP):
    """Return the idpels of a draw's sample in the order drawn."""
    rows = kept.items(session, ulp=ulp, draw_ids=[number])
    return [str(i) for i in rows.loc[rows["part"].eq("sampel"), "idpel"]]


def tasks(session, run_id, ulp=ULP):
    return survey.tasks(session, ulp=ulp, run_id=run_id)
