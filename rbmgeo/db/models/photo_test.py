"""Uji foto buta: samples of photos that anyone can draw again, and what checkers read off them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class PhotoSample(Base):
    """One sample: its seed, the hash of the list it was drawn from, and the size of the lot.

    ``scope``: ``unit``, or the officer whose photos they are. ``content``: what the lot holds
    beside those with stand and photo, which cannot be tested.
    """

    __tablename__ = "photo_sample"

    ulp: Mapped[UlpKey]
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    blth: Mapped[Blth]
    scope: Mapped[str]
    lot: Mapped[int]
    size: Mapped[int]
    seed: Mapped[str]
    list_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PhotoSampleItem(Base):
    """One photo of a sample, in the order drawn; ``reserve`` ones stand in for what is unreadable."""

    __tablename__ = "photo_sample_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "sample_id"], ["photo_sample.ulp", "photo_sample.sample_id"],
            name="fk_photo_sample_item_ulp_sample_id",
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idpel: Mapped[Idpel]
    stratum: Mapped[str]
    reserve: Mapped[bool]


class PhotoCheck(Base):
    """What one checker read off one photo before the recorded stand was shown (R-SA-19).

    ``seen`` is NULL where nothing can be read; ``recorded`` is the stand as it was then.
    """

    __tablename__ = "photo_check"
    __table_args__ = (
        UniqueConstraint("ulp", "sample_id", "place"),
        CheckConstraint("verdict IN ('sama', 'beda', 'tak_terbaca')", name="verdict"),
    )

    ulp: Mapped[UlpKey]
    check_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    place: Mapped[int]
    seen: Mapped[str | None]
    recorded: Mapped[str]
    verdict: Mapped[str]
    checked_by: Mapped[str]
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
