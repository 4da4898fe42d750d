from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey


class RbmVersion(Base):
    """One whole set of routes of a unit: a draft, or published for a month and then closed."""

    __tablename__ = "rbm_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_has_date"
        ),
    )

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(server_default=text("'draft'"))
    effective_blth: Mapped[str | None] = mapped_column(String(6))
    from_version_id: Mapped[int | None] = mapped_column(BigInteger)
    #: The version whose content this one holds again (a return to it); its hand-offs say that one.
    content_of: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]
    created_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RbmRoute(Base):
    """One RBM of one version: its day, officer, and what it costs to walk."""

    __tablename__ = "rbm"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ulp", "version_id"], ["rbm_version.ulp", "rbm_version.version_id"], ondelete="CASCADE"
        ),
    )

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rbm: Mapped[str] = mapped_column(primary_key=True)
    hari_baca: Mapped[str | None]
    officer: Mapped[str | None]
    customers: Mapped[int | None]
    length_m: Mapped[float | None]
    length_before_m: Mapped[float | None]
    length_estimated: Mapped[bool] = mapped_column(server_default=text("true"))
    minutes: Mapped[float | None]
    reordered: Mapped[bool] = mapped_column(server_default=text("false"))


class RbmMember(Base):
    """One customer's place on one RBM of one version; lowest urut, then sisipan, is read first."""

    __tablename__ = "rbm_member"
    __table_args__ = (
        # Deferred, so that two customers may change places within one transaction.
        UniqueConstraint(
            "ulp", "version_id", "rbm", "urut", "sisipan", deferrable=True, initially="DEFERRED"
        ),
        CheckConstraint("urut BETWEEN 1 AND 999", name="urut_1_to_999"),
        CheckConstraint("sisipan BETWEEN 0 AND 99", name="sisipan_0_to_99"),
        ForeignKeyConstraint(
            ["ulp", "version_id"], ["rbm_version.ulp", "rbm_version.version_id"], ondelete="CASCADE"
        ),
        Index("ix_rbm_member_ulp_idpel", "ulp", "idpel"),
    )

    ulp: Mapped[UlpKey]
    version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    rbm: Mapped[str]
    urut: Mapped[int]
    sisipan: Mapped[int]
