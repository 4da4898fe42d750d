import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
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
from sqlalchemy.dialects.postgresql import JSONB
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
    #: The password was given by somebody else: the first thing after the log-in is another one.
    must_change: Mapped[bool] = mapped_column(server_default=text("false"))
    #: A first password that nobody used until then lets nobody in.
    password_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Logs in by password also where the office's identity provider does so for all others.
    break_glass: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Who it is at the identity provider: its address, a space, its ``sub``.
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
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


class AppSession(Base):
    """One log-in of one browser; the cookie's token only as a hash. Ended ones stay for the list.

    ``how``: by password or by the identity provider; ``told``: the browser and system that it
    says it is; ``seen_at``: the last request, to the minute.
    """

    __tablename__ = "app_session"
    __table_args__ = (
        CheckConstraint("how IN ('password', 'oidc')", name="how"),
        Index("ix_app_session_user_id", "user_id"),
        Index("ix_app_session_address", "address", "made_at"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    user_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("app_user.user_id", ondelete="CASCADE")
    )
    how: Mapped[str]
    told: Mapped[str]
    address: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_why: Mapped[str | None]


class AccountSheet(Base):
    """A checked file of accounts that waits for its administrator's word; used once."""

    __tablename__ = "account_sheet"

    sheet_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    file: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


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
    __table_args__ = (
        Index("ix_command_log_ulp_at", "ulp", "at"),
        Index(
            "ix_command_log_numbers", "numbers",
            postgresql_using="gin", postgresql_where=text("numbers IS NOT NULL"),
        ),
    )  # fmt: skip

    log_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    who: Mapped[str]
    ulp: Mapped[str | None] = mapped_column(String(8))
    command: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    #: Whose data it touched, as whole numbers (`rbmgeo.privacy.seen`); NULL where it says nobody.
    numbers: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))


class LoginTry(Base):
    """A wrong password of the last day; the login only as a hash, for people mistype.

    ``address``: the machine that it came from.
    """

    __tablename__ = "login_try"
    __table_args__ = (
        Index("ix_login_try_login_hash_at", "login_hash", "at"),
        Index("ix_login_try_address_at", "address", "at"),
        Index("ix_login_try_at", "at"),
    )

    try_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login_hash: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(server_default=text("''"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AppSecret(Base):
    """Secrets made at first run (session signing); there is no default one."""

    __tablename__ = "app_secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Job(Base):
    """One long piece of work as its owner sees it; the queue itself is procrastinate's.

    ``attempt``: how often it was begun, the mark of a lease; ``attempts_left``: how often it may
    still be; ``worker``: who has it, as long as ``leased_until`` (the database's clock) says.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_leased", "leased_until", postgresql_where=text("state = 'running'")),
        Index("ix_job_aside", "ulp", postgresql_where=text("state = 'aside'")),
    )

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
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    attempts_left: Mapped[int] = mapped_column(server_default=text("3"))
    worker: Mapped[str | None]
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
