"""Uji petik stand: samples that anyone can draw again, checks of them, what was decided of lots."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class StandSample(Base):
    """One sample of a lot and month: its seed, the hash of its list, and its plan if it has one.

    ``way``: photo, field, prepaid. ``lot_by``/``lot_of``: whose readings (``unit``: empty).
    ``severity`` and ``accept`` are NULL for a sample of the budget; ``accept`` too where all of
    the lot is checked. ``photo_sample_id``: the blind photo test that reads it.
    """

    __tablename__ = "stand_sample"
    __table_args__ = (
        CheckConstraint("way IN ('foto', 'lapangan', 'pra')", name="way"),
        CheckConstraint("lot_by IN ('unit', 'petugas', 'rbm', 'gardu')", name="lot_by"),
        CheckConstraint("severity IN ('normal', 'diperketat', 'penuh')", name="severity"),
        Index("ix_stand_sample_ulp_blth", "ulp", "blth"),
        # A lot with a plan is drawn once: nobody draws until it is accepted.
        Index(
            "uq_stand_sample_lot", "ulp", "blth", "way", "lot_by", "lot_of", unique=True,
            postgresql_where=text("severity IS NOT NULL"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    blth: Mapped[Blth]
    way: Mapped[str]
    lot_by: Mapped[str]
    lot_of: Mapped[str] = mapped_column(server_default=text("''"))
    lot: Mapped[int]
    size: Mapped[int]
    aql: Mapped[Decimal | None] = mapped_column(Numeric)
    severity: Mapped[str | None]
    accept: Mapped[int | None]
    seed: Mapped[str]
    list_hash: Mapped[str] = mapped_column(String(64))
    photo_sample_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class StandSampleItem(Base):
    """One customer of a field or prepaid sample, in the order drawn; ``stratum`` is the RBM."""

    __tablename__ = "stand_sample_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "sample_id"], ["stand_sample.ulp", "stand_sample.sample_id"],
            name="fk_stand_sample_item_ulp_sample_id",
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idpel: Mapped[Idpel]
    stratum: Mapped[str]
    reserve: Mapped[bool]


class StandCheck(Base):
    """What was found at one house before the recorded stand was shown; the newest of a place counts.

    ``found`` is NULL where nobody got at the meter; ``recorded`` is the stand as it was then.
    ``client_id`` and ``sha256`` name the visit that it came from, NULL if typed at the office.
    """

    __tablename__ = "stand_check"
    __table_args__ = (
        CheckConstraint(
            "verdict IN ('benar', 'salah', 'perlu_dilihat', 'tidak_dinilai', 'tutup', "
            "'diperiksa', 'dibuka')",
            name="verdict",
        ),
        Index("ix_stand_check_ulp_sample_id", "ulp", "sample_id", "place"),
        Index(
            "uq_stand_check_visit", "ulp", "client_id", "sha256", unique=True,
            postgresql_where=text("client_id IS NOT NULL"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    check_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    place: Mapped[int]
    client_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    sha256: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    found: Mapped[Decimal | None] = mapped_column(Numeric)
    recorded: Mapped[Decimal | None] = mapped_column(Numeric)
    hours: Mapped[float | None]
    lbkb_code: Mapped[str | None]
    verdict: Mapped[str]
    note: Mapped[str | None]
    checked_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class StandLotWord(Base):
    """A person's word on a lot: closed (accepted or not), opened again; or a ledger begun anew.

    Append-only; the newest of a sample counts. The ledger of an officer or RBM (`rbmgeo.sampling.
    severity`) is read from these in their order.
    """

    __tablename__ = "stand_lot_word"
    __table_args__ = (
        CheckConstraint("word IN ('ditutup', 'dibuka', 'mulai_baru')", name="word"),
        Index("ix_stand_lot_word_ulp_lot", "ulp", "lot_by", "lot_of"),
    )

    ulp: Mapped[UlpKey]
    word_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    lot_by: Mapped[str]
    lot_of: Mapped[str]
    sample_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    word: Mapped[str]
    accepted: Mapped[bool | None]
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    note: Mapped[str | None]
    said_by: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
