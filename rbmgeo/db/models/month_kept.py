"""What was computed of a month for supervision, kept until the data are others."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class MonthKept(Base):
    """One kind of figures of one month; ``mark`` says of which state of the data they are.

    No record: it may be thrown away and is computed again (`rbmgeo.workflows.month_kept`).
    """

    __tablename__ = "month_kept"

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    content: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
