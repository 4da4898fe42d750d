from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class RbmDraft(Base):
    """One draft on the workbench: what it began with, how many commands came, what is locked."""

    __tablename__ = "rbm_draft"

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    #: Number of the newest command; an edit names the one that it saw (If-Match).
    revision: Mapped[int] = mapped_column(server_default=text("0"))
    #: Members at the beginning as compressed JSON.
    base: Mapped[bytes] = mapped_column(LargeBinary)
    locked: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    #: Customers who stay on the RBM that they have.
    pinned: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    #: Somebody else (mutations, an ordering) changed members since the newest command.
    outside: Mapped[bool] = mapped_column(server_default=text("false"))
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class RbmDraftCommand(Base):
    """One command of a draft and what it changed; never changed, never taken away."""

    __tablename__ = "rbm_draft_command"
    __table_args__ = (
        ForeignKeyConstraint(["ulp", "version_id"], ["rbm_draft.ulp", "rbm_draft.version_id"]),
    )

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    effect: Mapped[dict[str, Any]]
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class RbmOrderProposal(Base):
    """One RBM of a draft in a shorter order, as a job found it; a person accepts or rejects it."""

    __tablename__ = "rbm_order_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'rejected', 'stale')", name="state"),
        Index("ix_rbm_order_proposal_ulp_version_id", "ulp", "version_id"),
    )

    ulp: Mapped[UlpKey]
    proposal_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    version_id: Mapped[int] = mapped_column(BigInteger)
    rbm: Mapped[str]
    idpels: Mapped[list[Any]]
    length_before_m: Mapped[float | None]
    length_m: Mapped[float | None]
    estimated: Mapped[bool]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
