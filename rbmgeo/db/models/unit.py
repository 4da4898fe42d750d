from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, Integer, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, geom


class Ulp(Base):
    """One service unit; what differs between units is in ``settings`` (`UnitSettings`)."""

    __tablename__ = "ulp"

    ulp: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str]
    up3: Mapped[str | None]
    uid: Mapped[str | None]
    utm_srid: Mapped[int | None] = mapped_column(Integer)
    time_zone: Mapped[str] = mapped_column(server_default=text("'Asia/Jakarta'"))
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    sample: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    boundary: Mapped[Any] = geom("MULTIPOLYGON", indexed=False)
    office: Mapped[Any] = geom("POINT", indexed=False)
    #: Raised by every import and decision: pages and tiles take their ETag from it.
    data_version: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
