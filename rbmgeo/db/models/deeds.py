"""The deeds of hand-over (berita acara serah terima), as they were issued and signed (SOP IV.7)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class HandoverDeed(Base):
    """One deed of one RBM of a published version; printed again it is the same.

    ``number`` runs within a unit and year and is never given twice. ``content`` holds all that
    it says, ``sha256`` is the hash of that; ``pdf`` and ``xlsx`` are the files as issued. The
    signed scan (``signed_sha256``, a file of the home) closes it: the database refuses any
    later change.
    """

    __tablename__ = "handover_deed"
    __table_args__ = (
        CheckConstraint(
            "(signed_at IS NULL) = (signed_sha256 IS NULL) AND (signed_at IS NULL) = (signed_by IS NULL)",
            name="signed_whole",
        ),
        Index("ix_handover_deed_ulp_version_id", "ulp", "version_id"),
    )

    ulp: Mapped[UlpKey]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    full_number: Mapped[str]
    version_id: Mapped[int] = mapped_column(BigInteger)
    blth: Mapped[Blth]
    rbm: Mapped[str]
    dated_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    xlsx: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    signed_sha256: Mapped[str | None]
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
