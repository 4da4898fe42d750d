"""Energy of a month per RBM and gardu, exact to the last digit."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries import versions
from rbmgeo.db.queries.lists import read

#: The start of a statement that knows one month's lines as `told`; its parameters: `asking`.
TOLD, _PER_RBM_GARDU = (
    Path(__file__).with_name(f"kwh_{name}.sql").read_text(encoding="utf-8")
    for name in ("told", "per_rbm_gardu")
)
_KWH = text(TOLD + _PER_RBM_GARDU)
#: The same of some customers only: ``whose``.
TOLD_OF_SOME = TOLD.replace("/* whose */", "AND idpel = ANY(:whose)")
#: Where each customer of a month is read, as TOLD has it, without records and kWh.
PLACE = "WITH " + TOLD[TOLD.index("place AS (") : TOLD.index(", used AS (")]
_KWH_OF_SOME = text(TOLD_OF_SOME + _PER_RBM_GARDU)
_LINES = text(
    TOLD_OF_SOME + "SELECT idpel, line, gardu, CASE WHEN kwh IS NOT NULL OR token_kwh IS NOT NULL "
    "THEN COALESCE(kwh, 0) + COALESCE(token_kwh, 0) END AS kwh FROM told ORDER BY idpel, line"
)


def kwh_per_rbm_gardu(
    session: Session, *, ulp: str, blth: str, idpels: list[str] | None = None
) -> pd.DataFrame:
    """Sum one month per RBM and gardu (columns of `rbmgeo.energy.per_gardu`), of all or some.

    The RBM is that of the version in force, else of the month's list, else of the newest
    list before (the first after, for months before any list). Sums are Decimal.
    """
    asked = {**asking(session, ulp=ulp, blth=blth), "whose": idpels}
    rows = session.execute(_KWH if idpels is None else _KWH_OF_SOME, asked)
    frame = pd.DataFrame(rows.mappings().all(), columns=list(rows.keys()))
    return frame.assign(blth=blth)


def kwh_lines(session: Session, *, ulp: str, blth: str, idpels: list[str]) -> pd.DataFrame:
    """Return ``gardu`` and ``kwh`` of some customers in a month, by idpel and line (the index).

    As `kwh_per_rbm_gardu` counts them: Decimal, tokens included, None where nothing is known.
    """
    rows = session.execute(_LINES, {**asking(session, ulp=ulp, blth=blth), "whose": idpels})
    frame = pd.DataFrame(rows.mappings().all(), columns=list(rows.keys()), dtype=object)
    return frame.set_index(["idpel", "line"])


def told_lines(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return every line of a month (`rbmgeo.unit.reported.LINES`), by idpel and line; Decimal."""
    rows = session.execute(
        text(
            TOLD + "SELECT idpel, line, rbm, gardu, main, prepaid, daya_va, kwh, active_kwh, "
            'token_kwh FROM told ORDER BY idpel COLLATE "C", line COLLATE "C"'
        ),
        asking(session, ulp=ulp, blth=blth),
    )
    exact = pd.DataFrame(rows.all(), columns=list(rows.keys()), dtype=object)
    return exact.astype(dict.fromkeys(("idpel", "line", "rbm", "gardu"), "str") | {"main": bool, "prepaid": bool})  # fmt: skip


def ever_on(session: Session, *, ulp: str, gardu: str) -> list[str]:
    """Return the customers that any record, in force or not, puts on a gardu, by idpel."""
    found = session.scalars(
        text("SELECT DISTINCT idpel FROM pdpj WHERE ulp = :u AND gardu = :g ORDER BY idpel"),
        {"u": ulp, "g": gardu},
    )
    return [str(idpel) for idpel in found]


def asking(session: Session, *, ulp: str, blth: str) -> dict[str, object]:
    """Return what a statement with `TOLD` asks: the month, the records and routes that hold in it."""
    year, month = int(blth[:4]), int(blth[4:])
    return {
        "ulp": ulp, "blth": blth, "month_end": date(year, month, monthrange(year, month)[1]),
        "version_id": versions.in_force(session, ulp=ulp, blth=blth),
        "list_blth": list_month(session, ulp=ulp, blth=blth),
        "left_out": left_out(session, ulp=ulp, blth=blth),
    }  # fmt: skip


def list_month(session: Session, *, ulp: str, blth: str) -> str | None:
    """Return the month whose RBM list holds for a month."""
    value = session.scalar(
        text(
            """
            SELECT COALESCE(
                (SELECT max(blth) FROM rbm_list WHERE ulp = :u AND blth <= :b),
                (SELECT min(blth) FROM rbm_list WHERE ulp = :u))
            """
        ),
        {"u": ulp, "b": blth},
    )
    return None if value is None else str(value)


def left_out(session: Session, *, ulp: str, blth: str) -> list[str]:
    """Return the sources that tell a month a second time: billing beside the reading list."""
    found = set(
        session.scalars(
            text("SELECT DISTINCT source FROM reading WHERE ulp = :u AND blth = :b"),
            {"u": ulp, "b": blth},
        )
    )
    return told_twice(found)


def told_twice(sources: Iterable[str]) -> list[str]:
    """Return which of a month's sources tell it a second time."""
    return ["sorek"] if {"dpm", "sorek"} <= set(sources) else []


def rejected_kwh(session: Session, *, ulp: str, blth: str) -> Decimal | None:
    """Sum the kWh of rows of a month that the importer refused, None where there are none."""
    value = session.scalar(
        text(
            "SELECT sum(COALESCE((kwh_months ->> :b)::numeric, kwh)) FROM import_reject "
            "WHERE ulp = :u AND (blth = :b OR kwh_months ? :b)"
        ),
        {"u": ulp, "b": blth},
    )
    return None if value is None else Decimal(value)


#: Months that gardu meters and readings are compared over: single ones differ by reading days.
METERED_MONTHS = 3


def metered(session: Session, *, ulp: str) -> tuple[pd.Series, pd.Series]:
    """Return kWh by gardu as metered there, and by customer as read, over the same months.

    The newest months that have both, `METERED_MONTHS` at most; whoever lacks one of them is
    left out, since missing is not zero (R-EN-07). Empty where no gardu has a meter.
    """
    months = session.scalars(
        text(
            "SELECT DISTINCT blth FROM gardu_meter m WHERE ulp = :u AND EXISTS "
            "(SELECT FROM reading r WHERE r.ulp = :u AND r.blth = m.blth) "
            "ORDER BY blth DESC LIMIT :n"
        ),
        {"u": ulp, "n": METERED_MONTHS},
    ).all()
    outside = {b: left_out(session, ulp=ulp, blth=b) for b in months}
    twice = sorted(f"{b}{source}" for b, sources in outside.items() for source in sources)
    asked = {"u": ulp, "months": list(months), "n": len(months)}
    by_gardu = read(
        session,
        "SELECT gardu, sum(kwh)::float8 AS kwh FROM gardu_meter "
        "WHERE ulp = :u AND blth = ANY(:months) GROUP BY gardu HAVING count(*) = :n "
        "ORDER BY gardu",
        **asked,
    )
    by_idpel = read(
        session,
        "SELECT idpel, sum(kwh)::float8 AS kwh FROM reading WHERE ulp = :u AND blth = ANY(:months) "
        "AND kwh IS NOT NULL AND NOT (blth || source) = ANY(:twice) "
        "GROUP BY idpel HAVING count(DISTINCT blth) = :n ORDER BY idpel",
        twice=twice,
        **asked,
    )
    return by_gardu.set_index("gardu")["kwh"], by_idpel.set_index("idpel")["kwh"]


def ratings(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every gardu with its kVA and feeder, by code."""
    frame = read(
        session,
        "SELECT gardu, rating_kva::float8 AS rating_kva, penyulang FROM gardu "
        "WHERE ulp = :u ORDER BY gardu",
        u=ulp,
    )
    return frame.set_index("gardu")


def kwh_by_month(session: Session, *, ulp: str) -> pd.DataFrame:
    """Sum read and token kWh per month (the trend of a page), oldest first."""
    return read(
        session,
        """
        SELECT blth, sum(kwh) FILTER (WHERE source <> 'token')::float8 AS kwh,
               sum(kwh) FILTER (WHERE source = 'token')::float8 AS token_kwh
        FROM reading WHERE ulp = :u GROUP BY blth ORDER BY blth
        """,
        u=ulp,
    )
