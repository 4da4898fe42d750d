"""Forms: for whom, what is known of each, the next numbers, what was printed."""

import uuid
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import FormPrint, PrintedForm
from rbmgeo.db.queries.desk import STANDS
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.errors import NotThere

#: Ways to choose -> who is meant; what a person chose comes bound.
_WHO = {
    "rbm": "SELECT idpel FROM rbm_list WHERE ulp = :ulp AND blth = :list AND rbm = ANY(:codes)",
    "semua": "SELECT idpel FROM rbm_list WHERE ulp = :ulp AND blth = :list AND rbm IS NOT NULL",
    "gardu": "SELECT idpel FROM pdpj WHERE ulp = :ulp AND gardu = ANY(:codes) AND valid_to IS NULL AND active",
    "temuan": "SELECT f.idpel FROM finding f WHERE f.ulp = :ulp AND f.kind <> 'ok' AND f.p >= :limit "
    f"AND NOT {STANDS}",
    "kelas": "SELECT idpel FROM match_row WHERE ulp = :ulp AND match = ANY(:codes)",
    "idpel": "SELECT idpel FROM customer WHERE ulp = :ulp AND idpel = ANY(:codes)",
    # R-AR-06 ... R-AR-08: chosen by `rbmgeo.workflows.arrears`, told by number.
    "boleh_diputus": "SELECT idpel FROM customer WHERE ulp = :ulp AND idpel = ANY(:codes)",
    # R-PO-02: code E; F, a house that is empty, gets the same notice.
    "rumah_tutup": "SELECT idpel FROM reading WHERE ulp = :ulp AND blth = :blth AND lbkb_code IN ('E', 'F') "
    "UNION SELECT idpel FROM own_reading WHERE ulp = :ulp AND blth = :blth AND lbkb_code IN ('E', 'F')",
    # R-AR-01: each month that is not paid is one sheet.
    "tunggakan": "SELECT idpel FROM receivable WHERE ulp = :ulp AND paid_on IS NULL AND blth <= :blth "
    "GROUP BY idpel HAVING GREATEST(count(DISTINCT blth), COALESCE(max(unpaid_bills), 0)) >= :least",
}  # fmt: skip


def newest_list(session: Session, *, ulp: str, blth: str) -> str | None:
    """Return the newest month not after ``blth`` that has an RBM list."""
    found = session.scalar(
        text("SELECT max(blth) FROM rbm_list WHERE ulp = :ulp AND blth <= :blth"),
        {"ulp": ulp, "blth": blth},
    )
    return None if found is None else str(found)


def customers(
    session: Session, *, ulp: str, blth: str, by: str, codes: list[str], limit: float = 0.5,
    least: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """Return the chosen customers once each, by RBM in walking order, with what a form says.

    Columns ``idpel``, ``public_id``, ``name``, ``address``, ``tarif``, ``daya_va``,
    ``meter_number``, ``jenis_layanan``, ``rbm``, ``urut``, ``sisipan``, ``gardu``, ``tiang``,
    ``multiplier``, ``stand_kwh`` and ``stand_blth`` of the newest reading with a stand up to
    ``blth``, ``unpaid`` (sheets; missing where no bill of the customer is known), ``unpaid_from``
    and ``unpaid_to`` (months).
    """
    return read_exact(
        session,
        f"""
        SELECT o.idpel, c.public_id::text AS public_id, c.name, c.address, c.tarif, c.daya_va,
               c.meter_number, c.jenis_layanan, l.rbm, l.urut, l.sisipan, p.gardu,
               COALESCE(p.tiang, c.tiang) AS tiang, r.multiplier, r.stand_kwh, r.blth AS stand_blth,
               b.unpaid, b.unpaid_from, b.unpaid_to
        FROM (SELECT DISTINCT idpel FROM ({_WHO[by]}) w) o
        LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = o.idpel
        LEFT JOIN LATERAL (SELECT rbm, urut, sisipan FROM rbm_list WHERE ulp = :ulp
            AND blth = :list AND idpel = o.idpel AND rbm IS NOT NULL ORDER BY line LIMIT 1) l ON true
        LEFT JOIN LATERAL (SELECT gardu, tiang FROM pdpj WHERE ulp = :ulp AND idpel = o.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        LEFT JOIN LATERAL (SELECT multiplier, stand_kwh, blth FROM reading WHERE ulp = :ulp
            AND idpel = o.idpel AND blth <= :blth AND stand_kwh IS NOT NULL
            ORDER BY blth DESC, source, line LIMIT 1) r ON true
        LEFT JOIN LATERAL (SELECT count(DISTINCT blth) FILTER (WHERE paid_on IS NULL) AS unpaid,
            min(blth) FILTER (WHERE paid_on IS NULL) AS unpaid_from,
            max(blth) FILTER (WHERE paid_on IS NULL) AS unpaid_to
            FROM receivable WHERE ulp = :ulp AND idpel = o.idpel AND blth <= :blth
            HAVING count(*) > 0) b ON true
        ORDER BY l.rbm NULLS LAST, l.urut NULLS LAST, l.sisipan, o.idpel
        """,
        ulp=ulp, blth=blth, list=newest_list(session, ulp=ulp, blth=blth), codes=codes, limit=limit,
        least=least,
    )  # fmt: skip


def next_number(session: Session, *, ulp: str, kind: str, year: int) -> int:
    """Return the next number of a kind; nobody else gets it before this work is kept."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('form:' || :ulp || ':' || :kind))"),
        {"ulp": ulp, "kind": kind},
    )
    found = session.scalar(
        text("SELECT COALESCE(max(number), 0) + 1 FROM printed_form "
             "WHERE ulp = :ulp AND kind = :kind AND year = :year"),
        {"ulp": ulp, "kind": kind, "year": year},
    )  # fmt: skip
    return int(found or 1)


def add_print(session: Session, *, ulp: str, **values: Any) -> int:
    """Keep forms that are printed together; return their id."""
    made = session.execute(
        insert(FormPrint).values(ulp=ulp, **values).returning(FormPrint.print_id)
    )
    return int(made.scalar_one())


def add_forms(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> None:
    """Keep the forms of one print."""
    session.execute(insert(PrintedForm), [{"ulp": ulp, **row} for row in rows])


def prints(session: Session, *, ulp: str, limit: int = 50) -> list[FormPrint]:
    """Return what was printed, newest first."""
    query = select(FormPrint).where(FormPrint.ulp == ulp)
    return list(session.scalars(query.order_by(FormPrint.print_id.desc()).limit(limit)))


def one_print(session: Session, *, ulp: str, print_id: int) -> FormPrint:
    """Return one print; raises `NotThere`."""
    found = session.get(FormPrint, (ulp, print_id))
    if found is None:
        raise NotThere(
            f"print {print_id} is not in unit {ulp}; choose one of the list",
            f"cetakan {print_id} tidak ada di unit {ulp}; pilih dari daftar",
        )
    return found


def forms_of(session: Session, *, ulp: str, print_id: int) -> list[PrintedForm]:
    """Return the forms of one print by number."""
    query = select(PrintedForm).where(PrintedForm.ulp == ulp, PrintedForm.print_id == print_id)
    return list(session.scalars(query.order_by(PrintedForm.year, PrintedForm.number)))


def form(session: Session, *, ulp: str, public_id: uuid.UUID) -> tuple[PrintedForm, str | None]:
    """Return one form and the public id of its customer; raises `NotThere`."""
    found = session.scalar(
        select(PrintedForm).where(PrintedForm.ulp == ulp, PrintedForm.public_id == public_id)
    )
    if found is None:
        raise NotThere("this form is not there", "formulir ini tidak ada")
    whose = session.scalar(
        text("SELECT public_id::text FROM customer WHERE ulp = :ulp AND idpel = :idpel"),
        {"ulp": ulp, "idpel": found.idpel},
    )
    return found, whose


def last_numbers(session: Session, *, ulp: str, year: int) -> dict[str, str]:
    """Return the newest number of each kind in a year."""
    rows = session.execute(
        text("SELECT DISTINCT ON (kind) kind, full_number FROM printed_form "
             "WHERE ulp = :ulp AND year = :year ORDER BY kind, number DESC"),
        {"ulp": ulp, "year": year},
    )  # fmt: skip
    return {r.kind: r.full_number for r in rows}


def scheduled_officers(session: Session, *, ulp: str, first_on: date, last_on: date) -> list[str]:
    """Return the officers with work in the schedule of some days, who have no letter for them."""
    rows = session.execute(
        text("SELECT DISTINCT officer FROM survey_schedule s WHERE ulp = :ulp AND officer IS NOT NULL "
             "AND due_on BETWEEN :a AND :b AND NOT EXISTS (SELECT FROM assignment_letter l "
             "WHERE l.ulp = s.ulp AND l.officer = s.officer AND l.first_on = :a AND l.last_on = :b) "
             "ORDER BY officer"),
        {"ulp": ulp, "a": first_on, "b": last_on},
    )  # fmt: skip
    return [str(r.officer) for r in rows]


def letters_between(
    session: Session, *, ulp: str, first_on: date, last_on: date
) -> list[tuple[int, int]]:
    """Return year and number of the letters issued for exactly these days."""
    rows = session.execute(
        text("SELECT year, number FROM assignment_letter WHERE ulp = :ulp AND first_on = :a "
             "AND last_on = :b ORDER BY officer, year, number"),
        {"ulp": ulp, "a": first_on, "b": last_on},
    )  # fmt: skip
    return [(r.year, r.number) for r in rows]
