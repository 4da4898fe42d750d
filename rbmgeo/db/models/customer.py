import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Idpel, UlpKey, geom, geom_3857


class Customer(Base):
    """One customer of a unit; partitioned by unit. ``geom`` is the position in use by R-LO-01, NULL where none is.

    ``public_id`` stands for the customer in URLs, tiles and the API: an idpel never does.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(
            "length(idpel) = 12 AND ltrim(idpel, '0123456789') = ''", name="idpel_12_digits"
        ),
        CheckConstraint("jenis_layanan IN ('pasca', 'pra')", name="jenis_layanan"),
        CheckConstraint("dibaca_oleh IN ('vendor', 'pln', 'tidak')", name="dibaca_oleh"),
        # Within a unit every key begins alike: what tells its rows apart comes first.
        PrimaryKeyConstraint("idpel", "ulp"),
        UniqueConstraint("public_id", "ulp"),
        Index("ix_customer_ulp_meter_number", "ulp", "meter_number"),
        # People type the last figures of a number; across units no other index helps them.
        Index("ix_customer_last4", text('"right"(idpel, 4)')),
        {"postgresql_partition_by": "LIST (ulp)"},
    )

    ulp: Mapped[UlpKey]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    name: Mapped[str | None]
    address: Mapped[str | None]
    tarif: Mapped[str | None]
    daya_va: Mapped[Decimal | None] = mapped_column(Numeric)
    meter_number: Mapped[str | None]
    jenis_layanan: Mapped[str] = mapped_column(server_default=text("'pasca'"))
    dibaca_oleh: Mapped[str] = mapped_column(server_default=text("'vendor'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    service_point: Mapped[str | None]
    #: The pole that a list without a gardu told; where there is a PDPJ record, its pole speaks.
    tiang: Mapped[str | None]
    point_source: Mapped[str | None]
    coordinate_quality: Mapped[str] = mapped_column(server_default=text("'tanpa_koordinat'"))
    spread_m: Mapped[float | None]
    geom: Mapped[Any] = geom("POINT", indexed=False)
    geom_3857: Mapped[Any] = geom_3857("POINT")
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class CustomerService(Base):
    """One dated service of a customer number (active, or disconnected and since taken anew).

    ``line`` is "" for the one service that nearly every customer has.
    """

    __tablename__ = "customer_service"

    ulp: Mapped[UlpKey]
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    active: Mapped[bool]
    status_code: Mapped[str | None]
    connected_on: Mapped[date | None]
    tarif: Mapped[str | None]
    daya_va: Mapped[Decimal | None] = mapped_column(Numeric)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class CustomerPoint(Base):
    """One position told of a customer, good or bad; none is thrown away (R-LO-01).

    ``lon_raw``/``lat_raw`` are as the file gave them; ``geom`` is NULL where no rule lets
    them be a place. ``quality`` is ``ok`` or the rule's name.
    """

    __tablename__ = "customer_point"
    __table_args__ = (
        PrimaryKeyConstraint("idpel", "point_id", "ulp"),
        {"postgresql_partition_by": "LIST (ulp)"},
    )

    ulp: Mapped[UlpKey]
    point_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    idpel: Mapped[Idpel] = mapped_column(primary_key=True)
    source: Mapped[str]
    observed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accuracy_m: Mapped[float | None]
    lon_raw: Mapped[str | None]
    lat_raw: Mapped[str | None]
    quality: Mapped[str]
    position: Mapped[str] = mapped_column(server_default=text("'house'"))
    geom: Mapped[Any] = geom("POINT", indexed=False)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
