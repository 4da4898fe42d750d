from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class UnitState(StrEnum):
    """How far one attempt at one unit is."""

    RUNNING = "berjalan"
    KEPT = "disimpan"  # its results stand in the database, in the transaction that says so
    FAILED = "gagal"
    LEFT = "ditinggal"  # whoever ran it ended before it
    SET_ASIDE = "disisihkan"  # it failed as often as is allowed


class UnitRun(Base):
    """One attempt at one unit of a run over many; the last one of a unit says how it is.

    ``asked``: the steps that were to be done; ``mark``: the data that were (`units.mark_of_work`).
    ``result_sha256``: of what was computed (`rbmgeo.unit.process.UnitResult.sha256`).
    """

    __tablename__ = "unit_run"
    __table_args__ = (
        CheckConstraint(
            "state IN ('berjalan', 'disimpan', 'gagal', 'ditinggal', 'disisihkan')", name="state"
        ),
        CheckConstraint("(state = 'disimpan') = (result_sha256 IS NOT NULL)", name="kept_has_hash"),
        Index("ix_unit_run_run", "run"),
    )

    ulp: Mapped[UlpKey]
    run: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    engine: Mapped[str]
    customers: Mapped[int]
    asked: Mapped[str | None]
    mark: Mapped[str | None]
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    cpu_s: Mapped[float | None]
    peak_mb: Mapped[float | None]
    error: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
