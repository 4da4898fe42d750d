from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, Identity, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class SpellingDecision(Base):
    """What a planner says of codes that may be one gardu: united under ``gardu``, or different.

    Uniting waits for another person (R-CH-02); its customers' proposals name it.
    """

    __tablename__ = "spelling_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('satukan', 'berbeda')", name="verdict"),
        CheckConstraint("state IN ('open', 'approved', 'rejected', 'undone')", name="state"),
        CheckConstraint("verdict = 'berbeda' OR gardu = ANY(codes)", name="right_code"),
    )

    ulp: Mapped[UlpKey]
    decision_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    verdict: Mapped[str]
    codes: Mapped[list[str]] = mapped_column(ARRAY(String))
    gardu: Mapped[str | None]
    reason: Mapped[str | None]
    state: Mapped[str]
    customers: Mapped[int] = mapped_column(server_default=text("0"))
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    effective_on: Mapped[date | None]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class GarduAlias(Base):
    """One code that later imports read as another gardu, since an approved decision says so."""

    __tablename__ = "gardu_alias"

    ulp: Mapped[UlpKey]
    alias: Mapped[str] = mapped_column(primary_key=True)
    gardu: Mapped[str]
    decision_id: Mapped[int] = mapped_column(BigInteger)
