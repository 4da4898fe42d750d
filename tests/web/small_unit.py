"""A unit small enough to draw on paper: two gardu, two RBM, eight houses along one street."""

import uuid
from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import (
    Calendar,
    Customer,
    Gardu,
    ImportBatch,
    ImportReject,
    Officer,
    Pdpj,
    Proposal,
    RbmList,
    Reading,
)
from rbmgeo.db.queries import people, schedule, survey, units, versions, work
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.letters import letter_from_schedule
from rbmgeo.workflows.match import match_ulp

SMALL, EMPTY, OTHER = "51354", "51000", "52999"
BLTH = "202412"
PASSWORD = "sandi-uji-panjang"
ROLES = ("admin", "perencana", "pengawas", "surveyor", "vendor")
#: The RBM that the coordinator sees.
VENDORS_RBM = "51354BKA"


def idpel(number: int) -> str:
    """Return the number-th house's idpel."""
    return f"{SMALL}{number:07d}"


def public_id(number: int) -> uuid.UUID:
    """Return the number-th house's public id; as drawn ones, no two begin alike."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"house {number}")


def build(session: Session) -> None:
    """Write three units, one user a role in two of them, and the small unit's data."""
    for code, name in ((SMALL, "Pandaan"), (EMPTY, "Kosong"), (OTHER, "Lain")):
        units.ensure_unit(session, ulp=code, name=name)
    units.set_unit(session, ulp=SMALL, utm_srid=32749)
    for role in ROLES:
        people.add_user(
            session, login=role, password=PASSWORD, grants=[(SMALL, role), (EMPTY, role)]
        )
    vendors = session.scalar(text("SELECT user_id FROM app_user WHERE login = 'vendor'"))
    session.execute(
        text("INSERT INTO user_rbm (ulp, user_id, rbm, assigned_by) VALUES (:u, :i, :r, 'uji')"),
        {"u": SMALL, "i": vendors, "r": VENDORS_RBM},
    )
    people.add_user(session, login="tamu", password=PASSWORD, grants=[(OTHER, "perencana")])
    people.add_user(session, login="kepala", password=PASSWORD, grants=[("*", "admin")])
    _houses(session)
    evaluate_ulp(session, SMALL, who="uji")
    match_ulp(session, SMALL, who="uji")
    _later_steps(session)


def _houses(session: Session) -> None:
    ensure_month(session, blth=BLTH)
    for number, gardu in enumerate(("PD001", "PD002")):
        session.add(
            Gardu(
                ulp=SMALL,
                gardu=gardu,
                raw_code=gardu,
                rating_kva=Decimal(100),
                geom=_point(8 * number),
            )
        )
    session.add(Officer(ulp=SMALL, officer="P-01"))
    session.add(Calendar(ulp=SMALL, blth=BLTH, hari_baca="A", read_on=date(2024, 12, 3)))
    for n in range(8):
        gardu = "PD001" if n < 4 else "PD002"
        session.add(
            Customer(
                ulp=SMALL, idpel=idpel(n), public_id=public_id(n), name=f"Nama {n}",
                address=f"Jl. Kenanga {n}", tarif="R1", daya_va=Decimal(900), geom=_point(n),
                meter_number=f"M{n}", coordinate_quality="ok", point_source="gis",
            )
        )  # fmt: skip
        if n != 7:
            session.add(
                Pdpj(ulp=SMALL, idpel=idpel(n), line="", valid_from=date(2024, 1, 1), gardu=gardu,
                     raw_gardu=gardu, source="pdpj")
            )  # fmt: skip
        session.add(
            RbmList(ulp=SMALL, blth=BLTH, idpel=idpel(n), line="", source="dpm",
                    rbm="51354BKA" if n < 4 else "51354BKB", urut=n + 1, sisipan=0,
                    hari_baca="A", officer="P-01")
        )  # fmt: skip
        session.add(
            Reading(ulp=SMALL, blth=BLTH, idpel=idpel(n), source="dpm", line="",
                    kwh=None if n == 3 else Decimal("100.5"), daya_va=Decimal(900))
        )  # fmt: skip
    session.flush()
    batch = ImportBatch(
        ulp=SMALL, sha256="0" * 64, file_name="DPM_122024.csv", kind="dpm", profile="ap2t-dpm",
        blth=BLTH, read=10, good=8, rejected=1, skipped=1, imported_by="uji",
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add(
        ImportReject(ulp=SMALL, batch_id=batch.batch_id, row_no=9, column="IDPEL", value="=1+1",
                     rule="R-IM-01", message_id="IDPEL harus 12 angka",
                     message_en="an idpel has 12 digits", cells={"IDPEL": "=1+1"})
    )  # fmt: skip


def _later_steps(session: Session) -> None:
    run = work.add_run(session, ulp=SMALL, step="survey", params={}, summary={}, who="uji")
    tasks = pd.DataFrame(
        {"surveyor": 1, "day": 1, "stop": [1, 2], "control": [False, True], "patch": None,
         "question": "question.gardu"},
        index=pd.Index([idpel(0), idpel(5)], name="idpel"),
    )  # fmt: skip
    survey.add_tasks(session, ulp=SMALL, run_id=run, tasks=tasks)
    work_left = pd.DataFrame({"gardu": ["PD001", "PD002"], "officer": ["P-01", None],
                              "due_on": [date(2024, 12, 3), None], "target": [2, 1],
                              "expected": [1.5, 0.5]})  # fmt: skip
    schedule.add_schedule(session, ulp=SMALL, rows=work_left, who="uji")
    letter_from_schedule(session, SMALL, officer="P-01", first_on=date(2024, 12, 2),
                         last_on=date(2024, 12, 7), on=date(2024, 12, 1), who="uji")  # fmt: skip
    for state in ("open", "approved"):
        session.add(
            Proposal(ulp=SMALL, idpel=idpel(0), field="gardu", before="PD001", after="PD002",
                     state=state, proposed_by="surveyor")
        )  # fmt: skip
    draft = versions.add_draft(session, ulp=SMALL, note="uji", who="uji")
    routes = pd.DataFrame(
        {"hari_baca": "A", "officer": "P-01", "customers": 4, "length_m": 300.0,
         "length_before_m": 400.0, "length_estimated": True, "minutes": 12.0, "reordered": True},
        index=pd.Index(["51354BKA", "51354BKB"], name="rbm"),
    )  # fmt: skip
    members = pd.DataFrame(
        {"rbm": ["51354BKA"] * 4 + ["51354BKB"] * 4, "urut": [*range(1, 5), *range(1, 5)],
         "sisipan": 0},
        index=pd.Index([idpel(n) for n in range(8)], name="idpel"),
    )  # fmt: skip
    versions.replace_routes(session, ulp=SMALL, version_id=draft, routes=routes, members=members)
    session.flush()


def facts(session: Session) -> dict[str, int]:
    """Return the ids that addresses of the small unit need."""
    row = session.execute(
        text(
            """
            SELECT (SELECT max(run_id) FROM survey_task WHERE ulp = :u) AS run_id,
                   (SELECT max(version_id) FROM rbm_version WHERE ulp = :u) AS version_id,
                   (SELECT max(batch_id) FROM import_batch WHERE ulp = :u) AS batch_id,
                   (SELECT min(schedule_id) FROM survey_schedule WHERE ulp = :u) AS schedule_id,
                   (SELECT max(year) FROM assignment_letter WHERE ulp = :u) AS year,
                   (SELECT max(number) FROM assignment_letter WHERE ulp = :u) AS number,
                   (SELECT min(proposal_id) FROM proposal WHERE ulp = :u) AS proposal_id
            """
        ),
        {"u": SMALL},
    ).one()
    return dict(row._mapping)


def _point(number: int) -> str:
    return f"SRID=4326;POINT({112.70 + number * 0.0002} -7.65)"
