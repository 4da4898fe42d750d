from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, Idpel, UlpKey


class CustomerChange(Base):
    """One value of the master that an import or decision replaced; the database writes it."""

    __tablename__ = "customer_change"
    __table_args__ = (Index("ix_customer_change_ulp_batch_id", "ulp", "batch_id"),)

    ulp: Mapped[UlpKey]
    change_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class MutationRow(Base):
    """One change of one customer in one month, with the place proposed for it and why.

    ``act`` is what accepting it does to the draft; ``other_ulp`` the unit it came from or went
    to. Open rows are found anew with every look at the lists; accepted ones stay.
    """

    __tablename__ = "mutation"
    __table_args__ = (
        UniqueConstraint("ulp", "blth", "idpel", "kind"),
        CheckConstraint("state IN ('open', 'accepted', 'past', 'dismissed')", name="state"),
        CheckConstraint("act IN ('place', 'remove', 'note')", name="act"),
        Index("ix_mutation_ulp_blth", "ulp", "blth"),
    )

    ulp: Mapped[UlpKey]
    mutation_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    blth: Mapped[Blth]
    idpel: Mapped[Idpel]
    kind: Mapped[str]
    act: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    other_ulp: Mapped[str | None]
    rbm: Mapped[str | None]
    urut: Mapped[int | None]
    sisipan: Mapped[int | None]
    after_idpel: Mapped[str | None]
    gardu: Mapped[str | None]
    evidence: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    next_step: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    found_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class MutationDecision(Base):
    """One acceptance, dismissal or its undoing: who, when, what it did; append-only, history is kept."""

    __tablename__ = "mutation_decision"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "mutation_id"], ["mutation.ulp", "mutation.mutation_id"]),
        CheckConstraint(
            "decision IN ('accepted', 'undone', 'dismissed', 'restored')", name="decision"
        ),
        Index("ix_mutation_decision_ulp_mutation_id", "ulp", "mutation_id"),
    )

    ulp: Mapped[UlpKey]
    decision_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    mutation_id: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str]
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    proposal_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
