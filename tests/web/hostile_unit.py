"""The small unit once more, with an attack in every field that a list fills."""

import uuid
from datetime import date
from decimal import Decimal

from attacks import ATTACKS
from small_unit import BLTH, PASSWORD, idpel
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Calendar, Customer, Gardu, Officer, Pdpj, RbmList, Reading
from rbmgeo.db.queries import people, units
from rbmgeo.workflows.match import match_ulp
from rbmgeo.workflows.survey_plan import plan_survey

HOSTILE = "51354"


def public_id(number: int) -> uuid.UUID:
    """Return the number-th house's public id."""
    return uuid.UUID(int=0x6666_4000_0000_4000_8000_0000_0000_0000 + number)


def build(session: Session) -> None:
    """Write one customer, one gardu and one RBM per attack."""
    units.ensure_unit(session, ulp=HOSTILE, name=ATTACKS[0])
    units.set_unit(session, ulp=HOSTILE, utm_srid=32749)
    people.add_user(
        session, login="admin", password=PASSWORD, grants=[(HOSTILE, "admin")],
        display_name=ATTACKS[1],
    )  # fmt: skip
    ensure_month(session, blth=BLTH)
    session.add(Calendar(ulp=HOSTILE, blth=BLTH, hari_baca="A", read_on=date(2024, 12, 3)))
    for n, attack in enumerate(ATTACKS):
        where = f"SRID=4326;POINT({112.70 + n * 0.0002} -7.65)"
        session.add(
            Gardu(ulp=HOSTILE, gardu=attack, raw_code=attack, rating_kva=Decimal(100),
                  penyulang=None, geom=where)
        )  # fmt: skip
        session.add(Officer(ulp=HOSTILE, officer=attack))
        session.add(
            Customer(ulp=HOSTILE, idpel=idpel(n), public_id=public_id(n), name=attack,
                     address=attack, tarif=attack[:8], daya_va=Decimal(900), geom=where,
                     meter_number=attack, tiang=attack, coordinate_quality="ok",
                     point_source="gis")
        )  # fmt: skip
        session.flush()
        session.add(
            Pdpj(ulp=HOSTILE, idpel=idpel(n), line="", valid_from=date(2024, 1, 1), gardu=attack,
                 raw_gardu=attack, jurusan=attack, tiang=attack, source="pdpj")
        )  # fmt: skip
        session.add(
            RbmList(ulp=HOSTILE, blth=BLTH, idpel=idpel(n), line="", source="dpm", rbm=attack,
                    urut=n + 1, sisipan=0, hari_baca="A", officer=attack)
        )  # fmt: skip
        session.add(
            Reading(ulp=HOSTILE, blth=BLTH, idpel=idpel(n), source="dpm", line="",
                    kwh=Decimal(100), daya_va=Decimal(900))
        )  # fmt: skip
    session.flush()
    match_ulp(session, HOSTILE, who=ATTACKS[2])
    session.execute(
        text(
            "UPDATE finding SET p = 0.9, kind = 'gardu_diragukan', proposed_gardu = gardu, "
            "question = 'question.gardu' WHERE ulp = :u"
        ),
        {"u": HOSTILE},
    )
    session.flush()
    plan_survey(session, HOSTILE, visits=30, surveyors=1, who=ATTACKS[3])
