from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class DeskDecision(Base):
    """One finding that a planner settled without a visit, and why; never used as truth.

    It stands while the record is what it was, no survey spoke since (R-MA-10), its proposal was
    not refused, and nobody undid it.
    """

    __tablename__ = "desk_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('catatan_benar', 'gardu_lain')", name="verdict"),
        Index("ix_desk_decision_ulp_idpel", "ulp", "idpel"),
    )

    ulp: Mapped[UlpKey]
    decision_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    verdict: Mapped[str]
    recorded_gardu: Mapped[str | None]
    gardu: Mapped[str | None]
    p: Mapped[float | None]
    #: The proposal that it made; none where the same was proposed already.
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
