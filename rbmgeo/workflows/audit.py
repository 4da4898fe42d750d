"""Who saw or changed whose data when: asked by person and time, or by customer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import access, units
from rbmgeo.errors import UsageError

#: Answers that are listed one by one; sums count all.
LISTED = 500


@dataclass(frozen=True)
class Seen:
    """What one person was shown: the customers (each once), sums by page, the newest answers."""

    login: str
    customers: list[int] = field(repr=False)
    sums: pd.DataFrame = field(repr=False)
    rows: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class OfCustomer:
    """Who was shown one customer, whose command changed it, which files told of it."""

    rows: pd.DataFrame = field(repr=False)
    changes: list[dict[str, Any]] = field(repr=False)
    imports: list[dict[str, Any]] = field(repr=False)


def seen_by(
    session: Session, login: str, begin: datetime, until: datetime, *, ulp: str | None = None
) -> Seen:
    """Return whose data a person saw from ``begin`` until before ``until``.

    Raises
    ------
    UsageError
        If nobody is named, or the time ends before it begins.
    """
    _in_order(begin, until)
    if not login.strip():
        raise UsageError("say who: the log-in of one person", "sebutkan siapa: nama masuk satu orang")  # fmt: skip
    told: dict[str, Any] = {"login": login.strip().lower(), "begin": begin, "until": until, "ulp": ulp}  # fmt: skip
    return Seen(
        told["login"], access.customers_seen(session, **told), access.sums(session, **told),
        access.seen_by(session, **told, limit=LISTED),
    )  # fmt: skip


def of_customer(
    session: Session, ulp: str, idpel: str, begin: datetime, until: datetime
) -> OfCustomer:
    """Return who saw and who changed a customer's data.

    The customer need not be in the unit any more: the record stays. Raises `UsageError` for what
    is no idpel.
    """
    _in_order(begin, until)
    units.unit(session, ulp=ulp)
    plain = "".join(idpel.split())
    if len(plain) != 12 or not (plain.isascii() and plain.isdigit()):
        raise UsageError("an idpel has twelve figures", "IDPEL terdiri dari dua belas angka")
    told: dict[str, Any] = {"ulp": ulp, "begin": begin, "until": until}
    return OfCustomer(
        access.of_customer(session, number=int(plain), limit=LISTED, **told),
        access.changes_of(session, number=int(plain), limit=LISTED, **told),
        access.imports_of(session, idpel=plain, **told),
    )


def _in_order(begin: datetime, until: datetime) -> None:
    if until <= begin:
        raise UsageError(
            "the time ends before it begins; give an earlier first day",
            "waktunya berakhir sebelum mulai; isi hari pertama yang lebih awal",
        )
