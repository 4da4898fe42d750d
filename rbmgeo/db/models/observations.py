"""What surveyors saw beside the outcome, people on no list, and second looks at contradictions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class SurveyObservation(Base):
    """One thing that a surveyor saw beside the outcome; a fact, append-only (R-CH-01).

    ``value`` is text: a code, a number as printed, or a place as "lon,lat" in degrees;
    ``subject`` the pole or gardu whose place it is. A photo is told by its sha256.
    """

    __tablename__ = "survey_observation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "client_id", "conflict_no"],
            ["survey_answer.ulp", "survey_answer.client_id", "survey_answer.conflict_no"],
            name="fk_survey_observation_ulp_client_id_conflict_no",
        ),
        CheckConstraint(
            "field IN ('point', 'tiang_point', 'gardu_point', 'tiang', 'meter_number', 'rbm', "
            "'status', 'note', 'photo')",
            name="field",
        ),
    )

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    conflict_no: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    subject: Mapped[str | None]
    accuracy_m: Mapped[float | None]
    observed_by: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )


class SurveyStranger(Base):
    """One customer found at a house and on no list of the unit; kept until a person settles it."""

    __tablename__ = "survey_stranger"

    ulp: Mapped[UlpKey]
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    conflict_no: Mapped[int] = mapped_column(primary_key=True, server_default=text("0"))
    #: None where the house shows no number.
    idpel: Mapped[Idpel | None]
    outcome: Mapped[str]
    gardu: Mapped[str | None]
    tiang: Mapped[str | None]
    meter_number: Mapped[str | None]
    rbm: Mapped[str | None]
    status: Mapped[str | None]
    note: Mapped[str | None]
    officer: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    given_by: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_as: Mapped[str | None]


class SecondLook(Base):
    """One demand to look at a house again, with a photo of the line, and what came of it (R-SB-02).

    ``client_id`` and ``conflict_no`` name the answer that was believed, ``overruled`` the others
    ("client_id/conflict_no"); ``opened`` and ``rejected`` the proposals that the decision let go
    on or refused.
    """

    __tablename__ = "second_look"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'decided', 'undone')", name="state"),
        Index("ix_second_look_ulp_idpel", "ulp", "idpel"),
        Index(
            "uq_second_look_asked", "ulp", "idpel", unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    look_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    client_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    conflict_no: Mapped[int | None]
    overruled: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    opened: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    rejected: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
