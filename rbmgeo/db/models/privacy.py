from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class PhotoGone(Base):
    """One photo that has to go: marked first, then its file goes, then its rows; the mark stays."""

    __tablename__ = "photo_gone"

    ulp: Mapped[UlpKey]
    gone_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    suffix: Mapped[str]
    #: ``masa_simpan`` (kept long enough) or ``penghapusan`` (an approved erasure).
    why: Mapped[str]
    marked_by: Mapped[str]
    marked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Erasure(Base):
    """One customer's wish to be forgotten: asked, approved by another person, done.

    ``came_back``: an import told name, address or place again; they were not taken up, and a person
    answers: it ``stays`` erased, or the customer ``returned``.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_ulp_idpel", "ulp", "idpel"),
        CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'done', 'came_back', 'stays', 'returned')",
            name="state",
        ),
    )

    ulp: Mapped[UlpKey]
    erasure_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    note: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Rows changed by table, photos that went; no value of them.
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    came_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
