"""Verification at the gardu (SOP IV.6): what was drawn, from what, and what people made of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class Verification(Base):
    """One draw of the houses of a changed gardu; append-only.

    ``follows``: the first draw that this one goes on from, after a confirmed error (R-SB-03).
    ``lot`` houses hang on the gardu, ``tolerated`` wrong ones are missed with ``chance``.
    ``run_id``: the survey list of its visits. ``content``: what had changed, and the settings.
    """

    __tablename__ = "verification"
    __table_args__ = (
        Index("ix_verification_ulp_gardu", "ulp", "gardu"),
        ForeignKeyConstraint(
            ["ulp", "follows"], ["verification.ulp", "verification.verification_id"],
            name="fk_verification_ulp_follows",
        ),
        CheckConstraint("size BETWEEN 1 AND lot", name="size_of_lot"),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    verification_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    gardu: Mapped[str]
    follows: Mapped[int | None] = mapped_column(BigInteger)
    lot: Mapped[int]
    tolerated: Mapped[int]
    size: Mapped[int]
    chance: Mapped[float]
    seed: Mapped[str]
    list_hash: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class VerificationItem(Base):
    """One house of a draw, in the order drawn; those around an error come behind (``sekitar``).

    ``gardu``: where it was recorded then. ``second``: another person visits it as well.
    """

    __tablename__ = "verification_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "verification_id"], ["verification.ulp", "verification.verification_id"],
            name="fk_verification_item_ulp_verification_id",
        ),
        CheckConstraint("part IN ('sampel', 'cadangan', 'sekitar')", name="part"),
        Index("ix_verification_item_ulp_idpel", "ulp", "idpel"),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    verification_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idpel: Mapped[Idpel]
    gardu: Mapped[str | None]
    part: Mapped[str]
    second: Mapped[bool]


class VerificationStep(Base):
    """What a person made of a verification; append-only, ``urung`` takes the last word back.

    ``result``: what was seen by then (counts, dates, people, the houses found wrong);
    ``run_id``: the survey list that a gardu sent back to the survey got.
    """

    __tablename__ = "verification_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "verification_id"], ["verification.ulp", "verification.verification_id"],
            name="fk_verification_step_ulp_verification_id",
        ),
        CheckConstraint("step IN ('diterima', 'kembali_survei', 'batal', 'urung')", name="step"),
        Index("ix_verification_step_ulp_verification_id", "ulp", "verification_id"),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    step_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    verification_id: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str]
    result: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None]
    done_by: Mapped[str]
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class VersionGardu(Base):
    """How many customers of a gardu a published version put on another RBM than before it."""

    __tablename__ = "version_gardu"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "version_id"], ["rbm_version.ulp", "rbm_version.version_id"],
            name="fk_version_gardu_ulp_version_id",
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    gardu: Mapped[str] = mapped_column(primary_key=True)
    customers: Mapped[int]
