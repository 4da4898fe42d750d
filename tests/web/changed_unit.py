"""The small unit a month later: who came, who left, what changed, and what was published."""

from datetime import date
from decimal import Decimal

import small_unit as small
from reviewed import publish
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Calendar, Customer, RbmList, Reading
from rbmgeo.workflows.handoff import hand_over
from rbmgeo.workflows.mutation_accept import accept_kind
from rbmgeo.workflows.mutations import find_mutations

NEXT = "202501"


def build(session: Session) -> None:
    """Write the small unit and its next month: houses 20-25 are new, 7 is gone, 2 has more power."""
    small.build(session)
    ensure_month(session, blth=NEXT)
    session.add(Calendar(ulp=small.SMALL, blth=NEXT, hari_baca="A", read_on=date(2025, 1, 3)))
    for n in range(20, 26):
        _house(session, n, (n - 20) * 1.3 + 0.4)
    _house(session, 30, None)
    session.flush()
    for n in [*range(7), *range(20, 26), 30]:
        known = n < 8
        rbm = "51354BKA" if n < 4 else "51354BKB"
        session.add(
            RbmList(ulp=small.SMALL, blth=NEXT, idpel=small.idpel(n), line="", source="dpm",
                    rbm=rbm if known else None, urut=n + 1 if known else None,
                    sisipan=0 if known else None, hari_baca="A", officer="P-01")
        )  # fmt: skip
        session.add(
            Reading(ulp=small.SMALL, blth=NEXT, idpel=small.idpel(n), source="dpm", line="",
                    kwh=Decimal(50) if n < 3 else None, daya_va=Decimal(1300 if n == 2 else 900))
        )  # fmt: skip
    session.flush()
    find_mutations(session, small.SMALL, NEXT, who="uji")


def _house(session: Session, n: int, x: float | None) -> None:
    where = None if x is None else f"SRID=4326;POINT({112.70 + x * 0.0002} -7.65)"
    session.add(
        Customer(ulp=small.SMALL, idpel=small.idpel(n), public_id=small.public_id(n), geom=where,
                 name=f"Nama {n}", address=f"Jl. Kenanga {n}", tarif="R1", daya_va=Decimal(900))
    )  # fmt: skip


def build_handed_over(session: Session) -> None:
    """Then publish the draft with its mutations, hand it to AP2T, and let a list come back."""
    build(session)
    for kind in ("baru", "hilang"):
        accept_kind(session, small.SMALL, NEXT, kind, who="uji")
    session.execute(
        text("UPDATE customer SET active = false WHERE ulp = :u AND idpel = :i"),
        {"u": small.SMALL, "i": small.idpel(30)},
    )
    publish(session, small.SMALL, effective_blth=NEXT, who="uji")
    hand_over(session, small.SMALL, "ap2t", NEXT, who="uji")
    session.execute(
        text(
            "INSERT INTO rbm_list (ulp, blth, idpel, source, rbm, urut, sisipan) "
            "SELECT ulp, '202502', idpel, 'dpm', rbm, urut, CASE WHEN idpel <> :odd THEN sisipan END "
            "FROM rbm_member WHERE ulp = :u AND version_id = "
            "(SELECT max(version_id) FROM rbm_version WHERE ulp = :u) AND idpel <> :gone"
        ),
        {"u": small.SMALL, "odd": small.idpel(21), "gone": small.idpel(22)},
    )


def draft_rows(session: Session) -> set[tuple[object, ...]]:
    """Return the places of the newest version."""
    rows = session.execute(
        text(
            "SELECT idpel, rbm, urut, sisipan FROM rbm_member WHERE ulp = :u AND version_id = "
            "(SELECT max(version_id) FROM rbm_version WHERE ulp = :u)"
        ),
        {"u": small.SMALL},
    )
    return {tuple(row) for row in rows}
