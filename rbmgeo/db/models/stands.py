"""Stands decided before AP2T, and the signature that a month is ready."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class StandDecision(Base):
    """What a supervisor decided of one reading, and why; append-only, the newest counts.

    ``mark`` is that of the reading that was looked at (`rbmgeo.supervision.stands.marks`).
    """

    __tablename__ = "stand_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('terima', 'perbaiki', 'baca_ulang')", name="verdict"),
        Index("ix_stand_decision_ulp_blth", "ulp", "blth", "idpel"),
    )

    ulp: Mapped[UlpKey]
    decision_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    blth: Mapped[Blth]
    idpel: Mapped[Idpel]
    line: Mapped[str] = mapped_column(server_default=text("''"))
    mark: Mapped[str] = mapped_column(String(16))
    why: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class StandReady(Base):
    """Siap diproses: who signed what of a month; append-only, a later one stands beside it.

    ``content`` is what was signed (counts, the hash of all lines), ``sha256`` its hash; ``note``
    says why, where lines were open.
    """

    __tablename__ = "stand_ready"
    __table_args__ = (Index("ix_stand_ready_ulp_blth", "ulp", "blth"),)

    ulp: Mapped[UlpKey]
    ready_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    blth: Mapped[Blth]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
