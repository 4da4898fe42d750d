"""Visits of the field: lists of orders, what phones sent of them, photos, and the phones."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class VisitList(Base):
    """A walk of orders of one job for one officer on one day; ``officer`` is a login."""

    __tablename__ = "visit_list"
    __table_args__ = (
        CheckConstraint(
            "job IN ('survei', 'pasca', 'pra', 'informasi', 'putus', 'sambung')", name="job"
        ),
        Index("ix_visit_list_ulp_officer", "ulp", "officer"),
    )

    ulp: Mapped[UlpKey]
    list_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    job: Mapped[str]
    blth: Mapped[Blth]
    title: Mapped[str]
    officer: Mapped[str | None]
    planned_on: Mapped[date | None]
    #: What all orders of the list share: the material handed out, the run of a survey, a seed.
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class VisitOrder(Base):
    """One order: who is to be visited, why, until when, as which stop of which list.

    ``reason`` is a key of the labels (``visit.reason.*``); ``content`` what the job needs at the
    door. An order is taken back, never deleted.
    """

    __tablename__ = "visit_order"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "list_id"], ["visit_list.ulp", "visit_list.list_id"],
            name="fk_visit_order_ulp_list_id",
        ),
        Index("ix_visit_order_ulp_list_id", "ulp", "list_id", "stop"),
        Index("ix_visit_order_ulp_idpel", "ulp", "idpel"),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    order_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    job: Mapped[str]
    idpel: Mapped[Idpel]
    stop: Mapped[int]
    due_on: Mapped[date | None]
    reason: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_by: Mapped[str | None]
    cancel_reason: Mapped[str | None]


class FieldVisit(Base):
    """One record as a phone sent it; append-only, a fact (R-CH-01).

    The key holds the hash of the content: two contents under one ``client_id`` stand beside each
    other whichever came first (R-CH-03). ``idpel`` is NULL where it is about nobody of the unit.
    """

    __tablename__ = "field_visit"
    __table_args__ = (
        Index("ix_field_visit_ulp_visit_no", "ulp", "visit_no", unique=True),
        Index("ix_field_visit_ulp_order_id", "ulp", "order_id"),
        Index("ix_field_visit_ulp_idpel", "ulp", "idpel"),
        Index("ix_field_visit_ulp_received_at", "ulp", "received_at"),
        Index(
            "ix_field_visit_arrears", "ulp", "idpel",
            postgresql_where=text("job IN ('putus', 'sambung')"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_no: Mapped[int] = mapped_column(BigInteger, Identity())
    order_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    idpel: Mapped[Idpel | None]
    job: Mapped[str]
    outcome: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column("given", server_default=text("'{}'::jsonb"))
    photos: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    fixes: Mapped[int | None]
    device_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    device_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Who the phone says stood there; ``received_by`` is the log-in that sent it.
    officer: Mapped[str]
    content: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    received_by: Mapped[str]


class VisitReview(Base):
    """A person's word on a record: of two contents which counts, or what an order-less one is.

    Append-only; the newest counts. ``verdict``: ``berlaku`` or ``ditolak``.
    """

    __tablename__ = "visit_review"
    __table_args__ = (
        CheckConstraint("verdict IN ('berlaku', 'ditolak')", name="verdict"),
        Index("ix_visit_review_ulp_client_id", "ulp", "client_id"),
    )

    ulp: Mapped[UlpKey]
    review_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    sha256: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str]
    note: Mapped[str | None]
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )


class VisitEffect(Base):
    """What a record became in its job (a survey answer, a reading), or why it did not yet."""

    __tablename__ = "visit_effect"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "client_id", "sha256"],
            ["field_visit.ulp", "field_visit.client_id", "field_visit.sha256"],
            name="fk_visit_effect_ulp_client_id_sha256",
        ),
        CheckConstraint("state IN ('masuk', 'menunggu')", name="state"),
    )

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str]
    #: Why it waits: ``column``, ``rule``, ``indonesian``, ``english`` of each refusal.
    refusals: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class VisitPhoto(Base):
    """A picture that came whole: its content's hash is its name (`rbmgeo.intake.photo_store`)."""

    __tablename__ = "visit_photo"

    ulp: Mapped[UlpKey]
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    suffix: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    received_by: Mapped[str]


class FieldDevice(Base):
    """A phone that works for the unit; it holds lists of ``login`` until it is struck off."""

    __tablename__ = "field_device"

    ulp: Mapped[UlpKey]
    device_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    login: Mapped[str]
    told: Mapped[str]
    #: The key of its queue, for the office alone (RSA-OAEP with the unit's public key).
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_seen_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    last_seen_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    struck_off_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
