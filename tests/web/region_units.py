"""Units beside each other: the small one, its neighbour B, a third far away, and who works in them."""

from datetime import date
from decimal import Decimal

import small_unit as small
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.models import Customer, Gardu, Pdpj
from rbmgeo.db.queries import people, units

A, B = small.SMALL, small.OTHER


def build(session: Session) -> None:
    """Write the small unit and a neighbour whose one gardu lies among the small unit's last houses."""
    small.build(session)
    for ulp, up3 in ((A, "Pasuruan"), (small.EMPTY, "Pasuruan"), (B, "Malang")):
        units.set_unit(session, ulp=ulp, up3=up3, uid="Jawa Timur")
    units.set_unit(session, ulp=A, settings={"border_margin_m": 10})
    # Five degrees of a thousandth: some 5 m east of house 7, which hangs on no gardu; 28 m from 6.
    session.add(Gardu(ulp=B, gardu="MG001", raw_code="MG001", geom=_at(112.70145)))
    session.execute(text("UPDATE gardu SET geom = :g WHERE ulp = :u AND gardu = 'PD002'"),
                    {"u": A, "g": _at(112.7005)})  # fmt: skip
    session.add(
        Customer(ulp=B, idpel="529990000001", public_id=small.public_id(90), name="Nama B", tarif="R1",
                 daya_va=Decimal(900), meter_number="MB1", geom=_at(112.7016), coordinate_quality="ok",
                 point_source="gis")
    )  # fmt: skip
    session.flush()
    session.add(Pdpj(ulp=B, idpel="529990000001", line="", valid_from=date(2024, 1, 1), gardu="MG001",
                     raw_gardu="MG001", source="pdpj"))  # fmt: skip
    for login, grants in (
        ("dua", [(A, "perencana"), (B, "perencana")]), ("tujuan", [(B, "perencana")]),
        ("tujuan2", [(B, "perencana")]), ("lihat_b", [(B, "pengawas")]),
    ):  # fmt: skip
        people.add_user(session, login=login, password=small.PASSWORD, grants=grants)
    session.flush()


def arrive(session: Session, number: int) -> None:
    """Let B's own list show a house of the small unit, as its import would."""
    session.add(
        Customer(
            ulp=B, idpel=small.idpel(number), public_id=small.public_id(100 + number), tarif="R1"
        )
    )
    session.flush()


def _at(lon: float) -> str:
    return f"SRID=4326;POINT({lon} -7.65)"
