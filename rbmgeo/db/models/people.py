from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class AppUser(Base):
    """One person who logs in; the password only as an argon2 hash."""

    __tablename__ = "app_user"

    user_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class UserRole(Base):
    """What one person may do in one unit; ``*`` stands for every unit (administrator)."""

    __tablename__ = "user_role"
    __table_args__ = (
        CheckConstraint(
            "role IN ('admin', 'perencana', 'surveyor', 'pengawas', 'vendor')", name="role"
        ),
    )

    ulp: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)


class UserRbm(Base):
    """One RBM that a vendor's coordinator sees; taken back it stays, with who did so and when."""

    __tablename__ = "user_rbm"
    __table_args__ = (
        Index(
            "uq_user_rbm_now", "ulp", "user_id", "rbm", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    ulp: Mapped[UlpKey]
    assigned_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("app_user.user_id", ondelete="CASCADE")
    )
    rbm: Mapped[str]
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CommandLog(Base):
    """Who did what to which unit when; append-only (a trigger refuses change)."""

    __tablename__ = "command_log"
    __table_args__ = (Index("ix_command_log_ulp_at", "ulp", "at"),)

    log_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    who: Mapped[str]
    ulp: Mapped[str | None] = mapped_column(String(8))
    command: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class LoginTry(Base):
    """A wrong password of the last minutes; the login only as a hash, for people mistype."""

    __tablename__ = "login_try"
    __table_args__ = (Index("ix_login_try_login_hash_at", "login_hash", "at"),)

    try_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AppSecret(Base):
    """Secrets made at first run (session signing); there is no default one."""

    __tablename__ = "app_secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Job(Base):
    """One long piece of work as its owner sees it; the queue itself is procrastinate's."""

    __tablename__ = "job"

    ulp: Mapped[str] = mapped_column(String(8), ForeignKey("ulp.ulp"), primary_key=True)
    job_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    queue_id: Mapped[int | None] = mapped_column(BigInteger)
    task: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    step: Mapped[str | None]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int] = mapped_column(server_default=text("0"))
    cancel: Mapped[bool] = mapped_column(server_default=text("false"))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    asked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
