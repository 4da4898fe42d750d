"""Forms as they were printed: kartu meter, TUL II-04, TUL VI-01, information, work sheets."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class FormPrint(Base):
    """Forms of one kind that were numbered and printed together.

    ``content`` holds what all of them say (unit, month, day, signatory, notes); ``choice`` for
    whom, in words.
    """

    __tablename__ = "form_print"
    __table_args__ = (CheckConstraint("forms > 0", name="forms_there"),)

    ulp: Mapped[UlpKey]
    print_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    blth: Mapped[Blth]
    dated_on: Mapped[date]
    choice: Mapped[str]
    content: Mapped[dict[str, Any]]
    forms: Mapped[int]
    customers: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PrintedForm(Base):
    """One form: its number within unit, kind and year, given once, and what it said.

    ``public_id`` is what its QR code leads to; ``idpel`` whose it is, NULL for a list.
    """

    __tablename__ = "printed_form"
    __table_args__ = (
        UniqueConstraint("public_id", "ulp"),
        Index("ix_printed_form_ulp_print_id", "ulp", "print_id"),
        Index("ix_printed_form_ulp_idpel", "ulp", "idpel"),
    )

    ulp: Mapped[UlpKey]
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    full_number: Mapped[str]
    print_id: Mapped[int] = mapped_column(BigInteger)
    idpel: Mapped[Idpel | None]
    content: Mapped[dict[str, Any]]
