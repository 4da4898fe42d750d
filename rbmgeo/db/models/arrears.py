"""SOP VI: looks at payments before a cut, and the reports of what was done."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class PaymentCheck(Base):
    """One look at whether a customer has paid (R-AR-02): when, what it found, where; a fact.

    ``source``: ``berkas`` (a file of payments, its batch beside it) or ``layar`` (an officer's
    screen, told by a visit: ``client_id``, ``sha256``); ``told`` is the file or the service.
    """

    __tablename__ = "payment_check"
    __table_args__ = (
        CheckConstraint("source IN ('berkas', 'layar')", name="source"),
        Index("ix_payment_check_ulp_idpel", "ulp", "idpel", "checked_at"),
        Index(
            "uq_payment_check_visit", "ulp", "client_id", "sha256", unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    check_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    paid: Mapped[bool]
    source: Mapped[str]
    told: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    client_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    sha256: Mapped[str | None] = mapped_column(String(64))
    checked_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ArrearsReport(Base):
    """One report of a day's cuts and reconnections (R-AR-05); a fact.

    ``acts``: the visits that it tells (``client_id``). What a phone sends later is told by a
    further report of the same day.
    """

    __tablename__ = "arrears_report"
    __table_args__ = (Index("ix_arrears_report_ulp_work_on", "ulp", "work_on"),)

    ulp: Mapped[UlpKey]
    report_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    work_on: Mapped[date]
    acts: Mapped[list[Any]]
    reported_by: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
