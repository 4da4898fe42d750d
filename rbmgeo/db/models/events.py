from datetime import date, datetime
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
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey, geom


class GarduEvent(Base):
    """One change of the network: a gardu takes over a part of another gardu's customers.

    ``new_kva`` and ``new_geom`` are what was typed of a gardu that the list does not have yet;
    it enters the list when the event is approved. ``choice`` says how the members were chosen.
    """

    __tablename__ = "gardu_event"
    __table_args__ = (
        CheckConstraint("kind IN ('sisipan', 'pecah_beban', 'pindah_jurusan')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'open', 'approved', 'rejected', 'undone')", name="state"
        ),
        CheckConstraint("new_gardu <> old_gardu", name="two_gardu"),
    )

    ulp: Mapped[UlpKey]
    event_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    new_gardu: Mapped[str]
    new_kva: Mapped[Decimal | None] = mapped_column(Numeric)
    new_geom: Mapped[Any] = geom("POINT", indexed=False)
    old_gardu: Mapped[str]
    jurusan: Mapped[str | None]
    happened_on: Mapped[date]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    choice: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    state: Mapped[str] = mapped_column(server_default=text("'draft'"))
    survey_run_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class GarduEventMember(Base):
    """One customer that was chosen for an event; ``taken`` ones move when it is approved.

    ``waiting`` while the event is open: a customer waits in one event at most. ``before_gardu``
    is the record when the event was kept; ``outcome`` what the decision made of it.
    """

    __tablename__ = "gardu_event_member"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "event_id"], ["gardu_event.ulp", "gardu_event.event_id"]),
        CheckConstraint("outcome IN ('moved', 'refused', 'undone', 'kept')", name="outcome"),
        Index(
            "ix_gardu_event_member_ulp_idpel", "ulp", "idpel", unique=True,
            postgresql_where=text("waiting"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    #: Metres along the line from where it was cut; missing where nobody walked a line.
    distance_m: Mapped[float | None]
    taken: Mapped[bool] = mapped_column(server_default=text("false"))
    waiting: Mapped[bool] = mapped_column(server_default=text("false"))
    before_gardu: Mapped[str | None]
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None]
    reason: Mapped[str | None]


class GarduEventDecision(Base):
    """One decision on an event; history is kept, an undo is a further row."""

    __tablename__ = "gardu_event_decision"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "event_id"], ["gardu_event.ulp", "gardu_event.event_id"]),
        CheckConstraint("decision IN ('approved', 'rejected', 'undone')", name="decision"),
    )

    ulp: Mapped[UlpKey]
    decision_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str]
    moved: Mapped[int]
    refused: Mapped[int]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
