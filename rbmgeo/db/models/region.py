"""Units side by side: figures kept for roll-ups, customers at a border, proposals between units."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    String,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey, geom


class UnitFigures(Base):
    """What a unit shows in a roll-up; ``mark`` says of which state of the data it is.

    No record: it may be thrown away and is computed again (`rbmgeo.workflows.region`). ``area``
    is generalised: no customer's place is in it.
    """

    __tablename__ = "unit_figures"

    ulp: Mapped[UlpKey]
    mark: Mapped[str]
    content: Mapped[dict[str, Any]]
    area: Mapped[Any] = geom("MULTIPOLYGON", indexed=False)
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class BorderCandidate(Base):
    """One customer nearer to a neighbour unit's gardu than to its own, by the newest border pass."""

    __tablename__ = "border_candidate"
    __table_args__ = (PrimaryKeyConstraint("ulp", "idpel"),)

    ulp: Mapped[UlpKey]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger)
    gardu: Mapped[str]
    own_m: Mapped[float]
    other_ulp: Mapped[str] = mapped_column(String(8))
    other_gardu: Mapped[str]
    other_m: Mapped[float]


class UnitMove(Base):
    """One proposal to move a customer to another unit; append-only, it edits no record."""

    __tablename__ = "unit_move"
    __table_args__ = (
        CheckConstraint("other_ulp <> ulp", name="another_unit"),
        Index("ix_unit_move_other_ulp", "other_ulp"),
        Index("ix_unit_move_ulp_idpel", "ulp", "idpel"),
    )

    ulp: Mapped[UlpKey]
    move_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel]
    other_ulp: Mapped[str] = mapped_column(String(8), ForeignKey("ulp.ulp"))
    gardu: Mapped[str | None]
    own_m: Mapped[float | None]
    other_gardu: Mapped[str | None]
    other_m: Mapped[float | None]
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )


class UnitMoveStep(Base):
    """What a person did to a proposal: accepted, rejected, withdrawn, opened again; append-only."""

    __tablename__ = "unit_move_step"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "move_id"], ["unit_move.ulp", "unit_move.move_id"]),
        CheckConstraint("step IN ('accepted', 'rejected', 'withdrawn', 'reopened')", name="step"),
        Index("ix_unit_move_step_ulp_move_id", "ulp", "move_id"),
    )

    ulp: Mapped[UlpKey]
    step_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    move_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str]
    reason: Mapped[str | None]
    done_by: Mapped[str]
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
