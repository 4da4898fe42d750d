import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey, geom


class Reading(Base):
    """One row of one source for one customer and month; partitioned by month.

    ``kwh`` is NULL where nothing was read: missing is not zero (R-EN-07). ``source`` is the
    kind of file (``dpm``, ``token``, ...). ``line`` is "" but for further rows of the same
    number (a disconnected service, or a contradiction of R-IM-04): all of them count.
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_ulp_idpel", "ulp", "idpel"),
        {"postgresql_partition_by": "RANGE (blth)"},
    )

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    previous_stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    removed_stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    installed_stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    multiplier: Mapped[Decimal | None] = mapped_column(Numeric)
    tarif: Mapped[str | None]
    daya_va: Mapped[Decimal | None] = mapped_column(Numeric)
    read_on: Mapped[date | None]
    officer: Mapped[str | None]
    lbkb_code: Mapped[str | None]
    dlpd_code: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    anomaly: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class ReaderLog(Base):
    """One moment at which a reader stood at a meter: who, when, where, how exact, which code."""

    __tablename__ = "reader_log"
    __table_args__ = (
        Index("ix_reader_log_ulp_idpel", "ulp", "idpel"),
        Index("ix_reader_log_ulp_blth", "ulp", "blth"),
    )

    ulp: Mapped[UlpKey]
    log_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    blth: Mapped[str | None]
    officer: Mapped[str | None]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    lbkb_code: Mapped[str | None]
    accuracy_m: Mapped[float | None]
    geom: Mapped[Any] = geom("POINT", indexed=False)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Receivable(Base):
    """One unpaid or paid monthly bill (one sheet, "lembar")."""

    __tablename__ = "receivable"
    __table_args__ = (
        Index("ix_receivable_ulp_idpel", "ulp", "idpel"),
        Index("ix_receivable_unpaid", "ulp", "idpel", postgresql_where=text("paid_on IS NULL")),
    )

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    amount_idr: Mapped[Decimal | None] = mapped_column(Numeric)
    paid_on: Mapped[date | None]
    unpaid_bills: Mapped[int | None]
    status_code: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Photo(Base):
    """One photo of a customer's meter or house in one month; the file lies in the home.

    ``public_id`` stands for it in URLs (`rbmgeo.intake.photo_store`).
    """

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("ulp", "public_id"),)

    ulp: Mapped[UlpKey]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    suffix: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class PrepaidOrder(Base):
    """One order from PLN to look at a prepaid meter (SOP III)."""

    __tablename__ = "prepaid_order"

    ulp: Mapped[UlpKey]
    order_no: Mapped[str] = mapped_column(primary_key=True)
    idpel: Mapped[Idpel]
    blth: Mapped[str | None]
    ordered_on: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
