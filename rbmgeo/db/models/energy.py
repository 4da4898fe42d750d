"""The kWh of a month per RBM and gardu, kept once they were computed."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import DateTime, ForeignKeyConstraint, Numeric, String, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class KwhMonth(Base):
    """One month whose kWh are kept; ``mark`` says of which state of the data they are."""

    __tablename__ = "kwh_month"

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    mark: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class KwhRow(Base):
    """One RBM and gardu of a kept month, in the order of the report (`rbmgeo.energy.per_gardu`)."""

    __tablename__ = "kwh_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "blth"], ["kwh_month.ulp", "kwh_month.blth"], ondelete="CASCADE"
        ),
    )

    ulp: Mapped[str] = mapped_column(String(8), primary_key=True)
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True)
    rbm: Mapped[str]
    gardu: Mapped[str]
    customers: Mapped[int]
    read: Mapped[int]
    unread: Mapped[int]
    prepaid: Mapped[int]
    without_daya: Mapped[int]
    zero_kwh: Mapped[int]
    under_40_hours: Mapped[int]
    over_720_hours: Mapped[int]
    kwh: Mapped[Decimal] = mapped_column(Numeric)
    active_kwh: Mapped[Decimal] = mapped_column(Numeric)
    token_kwh: Mapped[Decimal] = mapped_column(Numeric)
    daya_va: Mapped[Decimal] = mapped_column(Numeric)
    known_va: Mapped[Decimal] = mapped_column(Numeric)
    known_kwh: Mapped[Decimal] = mapped_column(Numeric)
