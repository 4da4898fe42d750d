from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class Handoff(Base):
    """What left the house: of which version, for which month, when, by whom (R-CH-04)."""

    __tablename__ = "handoff"
    __table_args__ = (Index("ix_handoff_ulp_kind_version_id", "ulp", "kind", "version_id"),)

    ulp: Mapped[UlpKey]
    handoff_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    layout: Mapped[str]
    shape: Mapped[str] = mapped_column(server_default=text("'csv'"))
    blth: Mapped[Blth]
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    #: What pins a hand-off of own readings: the newest that it holds (it has no version).
    up_to_reading: Mapped[int | None] = mapped_column(BigInteger)
    source_blth: Mapped[str | None] = mapped_column(String(6))
    sha256: Mapped[str]
    rows: Mapped[int]
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    handed_by: Mapped[str]
    handed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class HandoffFile(Base):
    """One file of a hand-off, byte for byte; ``content`` is compressed (zlib)."""

    __tablename__ = "handoff_file"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "handoff_id"], ["handoff.ulp", "handoff.handoff_id"]),
    )

    ulp: Mapped[UlpKey]
    handoff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_name: Mapped[str] = mapped_column(primary_key=True)
    rows: Mapped[int]
    kwh: Mapped[Decimal | None] = mapped_column(Numeric)
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class HandoffChange(Base):
    """One customer of a hand-off to AP2T whose place or gardu is another: before and after."""

    __tablename__ = "handoff_change"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "handoff_id"], ["handoff.ulp", "handoff.handoff_id"]),
    )

    ulp: Mapped[UlpKey]
    handoff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    change: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
