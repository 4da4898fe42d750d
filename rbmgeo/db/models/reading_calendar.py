"""The reading calendar of a unit: days off, readers with areas, who reads which RBM when."""

from datetime import date, datetime

from sqlalchemy import ARRAY, CheckConstraint, DateTime, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class Holiday(Base):
    """A day on which the unit's readers do not work."""

    __tablename__ = "holiday"

    ulp: Mapped[UlpKey]
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ReaderArea(Base):
    """What one reader may have: customers a day at most, and where (beginnings of RBM codes)."""

    __tablename__ = "reader_area"
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity_there"),)

    ulp: Mapped[UlpKey]
    officer: Mapped[str] = mapped_column(primary_key=True)
    capacity: Mapped[int | None]
    areas: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))


class ReadingPlan(Base):
    """The one reading day and officer of one RBM in one month (R-RO-01).

    ``shift_approved_by``: who let its date lie further from last month's than allowed (R-RO-08).
    """

    __tablename__ = "reading_plan"
    __table_args__ = (CheckConstraint("shift_approved_by <> made_by", name="not_by_its_maker"),)

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    rbm: Mapped[str] = mapped_column(primary_key=True)
    hari_baca: Mapped[str | None]
    officer: Mapped[str | None]
    note: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    shift_approved_by: Mapped[str | None]
    shift_approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
