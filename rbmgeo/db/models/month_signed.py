"""The summary of a month as somebody signed it, and the scan that closes the month."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey


class MonthSigned(Base):
    """One signature under a month's summary; append-only, the newest counts.

    ``content`` is all that was read and signed, ``sha256`` its hash, ``pdf`` the page as printed.
    The database refuses another one once the month is closed.
    """

    __tablename__ = "month_signed"
    __table_args__ = (Index("ix_month_signed_ulp_blth", "ulp", "blth"),)

    ulp: Mapped[UlpKey]
    signed_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    blth: Mapped[Blth]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    signer_name: Mapped[str]
    signer_position: Mapped[str]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class MonthClosed(Base):
    """The scan of the signed page (a file of the home): one a month, and nothing after it."""

    __tablename__ = "month_closed"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "signed_id"], ["month_signed.ulp", "month_signed.signed_id"],
            name="fk_month_closed_ulp_signed_id",
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    signed_id: Mapped[int] = mapped_column(BigInteger)
    scan_sha256: Mapped[str] = mapped_column(String(64))
    closed_by: Mapped[str]
    closed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
