from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base

#: Up to so many customers each is found by the index of numbers; a longer row is looked through.
SMALL = 1000


class AccessLog(Base):
    """One answer that held customers' data: to whom, when, through what; append-only, a month a part.

    ``numbers``: the customers' idpel as whole numbers, ascending. ``whole_unit``: a map of every
    customer of the unit, whose places are drawn without number or name; ``numbers`` is empty then.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_xid", "xid"),
        Index("ix_access_log_login_at", "login", "at"),
        Index(
            "ix_access_log_numbers", "numbers",
            postgresql_using="gin", postgresql_where=text(f"customers <= {SMALL}"),
        ),
        Index(
            "ix_access_log_ulp_at", "ulp", "at",
            postgresql_where=text(f"customers > {SMALL} OR whole_unit"),
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )  # fmt: skip

    access_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp(), primary_key=True
    )
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    login: Mapped[str]
    ulp: Mapped[str | None] = mapped_column(String(8))
    route: Mapped[str]
    request_id: Mapped[str]
    kind: Mapped[str]
    customers: Mapped[int]
    whole_unit: Mapped[bool] = mapped_column(server_default=text("false"))
    numbers: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: The transaction that wrote it: a look changes no data, and what is kept of them stays valid.
    xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )
