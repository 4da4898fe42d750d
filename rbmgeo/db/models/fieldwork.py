import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class OwnReading(Base):
    """One reading or prepaid check made in our own app (SOP II, III); append-only, a fact.

    Idempotent by ``client_id``, as a survey answer is. ``previous_stand_kwh``, ``kwh``,
    ``taksasi_kwh`` and ``marks`` say what was known when it came in; an estimate stands apart
    from a stand and is never read (R-PO-04). ``reading_no`` is the order of coming in.
    """

    __tablename__ = "own_reading"
    __table_args__ = (
        UniqueConstraint("ulp", "reading_no"),
        CheckConstraint("service IN ('pasca', 'pra')", name="service"),
        CheckConstraint("stand_kwh IS NULL OR taksasi_kwh IS NULL", name="taksasi_is_no_reading"),
        Index("ix_own_reading_ulp_idpel", "ulp", "idpel"),
        Index("ix_own_reading_ulp_blth", "ulp", "blth"),
    )

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    #: 0 for the first content of an id, 1... for other content under the same id (R-CH-03).
    conflict_no: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    reading_no: Mapped[int] = mapped_column(BigInteger, Identity())
    idpel: Mapped[Idpel]
    blth: Mapped[Blth]
    service: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    officer: Mapped[str]
    stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    lbkb_code: Mapped[str]
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    order_no: Mapped[str | None]
    sisa_token_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    checks: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    note: Mapped[str | None]
    previous_stand_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    taksasi_kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    marks: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))
    received_by: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
