"""Orders that went from one list to another: where each was, and until when."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class VisitMove(Base):
    """One order given to another officer's list; append-only, the order names its list of now."""

    __tablename__ = "visit_move"
    __table_args__ = (
        Index("ix_visit_move_ulp_order_id", "ulp", "order_id"),
        Index("ix_visit_move_ulp_from_list", "ulp", "from_list"),
    )

    ulp: Mapped[UlpKey]
    move_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    from_list: Mapped[uuid.UUID] = mapped_column(Uuid)
    to_list: Mapped[uuid.UUID] = mapped_column(Uuid)
    reason: Mapped[str | None]
    moved_by: Mapped[str]
    moved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
