"""The schedule of the updating work (SOP IV.2) and the letters that send officers out (SOP I)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class SurveySchedule(Base):
    """One piece of work: so many houses of one gardu, for one officer on one day.

    Without ``officer`` or ``due_on`` it waits to be given to somebody. ``expected``:
    corrections that the findings promised when it was made.
    """

    __tablename__ = "survey_schedule"
    __table_args__ = (
        CheckConstraint("target > 0", name="target_there"),
        Index("ix_survey_schedule_ulp_gardu", "ulp", "gardu"),
    )

    ulp: Mapped[UlpKey]
    schedule_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    gardu: Mapped[str]
    officer: Mapped[str | None]
    due_on: Mapped[date | None]
    target: Mapped[int]
    expected: Mapped[float | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AssignmentLetter(Base):
    """One letter of assignment (Surat Tugas) as it was issued; printed again it is the same.

    ``number`` runs within a unit and year and is never given twice; ``content`` holds all
    that is printed.
    """

    __tablename__ = "assignment_letter"
    __table_args__ = (CheckConstraint("last_on >= first_on", name="dates_in_order"),)

    ulp: Mapped[UlpKey]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    full_number: Mapped[str]
    officer: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
