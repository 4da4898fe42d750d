from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class ImportBatch(Base):
    """One file taken in, in one transaction: read = good + rejected + skipped."""

    __tablename__ = "import_batch"
    __table_args__ = (UniqueConstraint("ulp", "sha256", "kind"),)

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sha256: Mapped[str]
    file_name: Mapped[str]
    kind: Mapped[str]
    profile: Mapped[str]
    blth: Mapped[str | None]
    read: Mapped[int]
    good: Mapped[int]
    rejected: Mapped[int]
    skipped: Mapped[int]
    kwh_good: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_rejected: Mapped[Decimal | None] = mapped_column(Numeric)
    warnings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    imported_by: Mapped[str | None]
    imported_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )


class ImportReject(Base):
    """One row that was not loaded: where, what, which rule, what to do; its cells as they came.

    ``kwh_months`` holds, for a row that tells a whole year, its kWh as text by blth; ``kwh`` is
    their sum then and ``blth`` missing.
    """

    __tablename__ = "import_reject"

    ulp: Mapped[UlpKey]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str | None]
    column: Mapped[str | None]
    value: Mapped[str | None]
    rule: Mapped[str]
    message_id: Mapped[str]
    message_en: Mapped[str]
    blth: Mapped[str | None]
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    kwh_months: Mapped[dict[str, Any] | None]
    cells: Mapped[dict[str, Any]]
