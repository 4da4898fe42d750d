"""What a person decided of a question about the reading of an RBM."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class ReadingAnswer(Base):
    """One answer to one question about an RBM and month; append-only, the newest counts.

    ``dijelaskan``: there is an explanation; ``ditindaklanjuti``: somebody looks into it.
    """

    __tablename__ = "reading_answer"
    __table_args__ = (
        CheckConstraint("verdict IN ('dijelaskan', 'ditindaklanjuti')", name="verdict"),
        Index("ix_reading_answer_ulp_rbm", "ulp", "rbm", "blth"),
    )

    ulp: Mapped[UlpKey]
    answer_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    rbm: Mapped[str]
    blth: Mapped[Blth]
    ask: Mapped[str]
    verdict: Mapped[str]
    note: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
