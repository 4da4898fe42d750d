from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, Blth, UlpKey, geom, geom_3857


class Penyulang(Base):
    """One 20 kV feeder."""

    __tablename__ = "penyulang"

    ulp: Mapped[UlpKey]
    penyulang: Mapped[str] = mapped_column(primary_key=True)


class Gardu(Base):
    """One distribution substation; ``gardu`` is the normalised code, the raw text is kept.

    ``without_master`` marks a gardu that only a customer list names ("tanpa data induk").
    """

    __tablename__ = "gardu"

    ulp: Mapped[UlpKey]
    gardu: Mapped[str] = mapped_column(primary_key=True)
    raw_code: Mapped[str]
    name: Mapped[str | None]
    penyulang: Mapped[str | None]
    rating_kva: Mapped[Decimal | None] = mapped_column(Numeric)
    lv_node: Mapped[str | None]
    without_master: Mapped[bool] = mapped_column(server_default=text("false"))
    geom: Mapped[Any] = geom("POINT")
    geom_3857: Mapped[Any] = geom_3857("POINT")
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class GarduMeter(Base):
    """Energy of one month measured at a gardu; only then may one speak of losses (R-EN-09)."""

    __tablename__ = "gardu_meter"

    ulp: Mapped[UlpKey]
    gardu: Mapped[str] = mapped_column(primary_key=True)
    blth: Mapped[Blth] = mapped_column(primary_key=True)
    kwh: Mapped[Decimal] = mapped_column(Numeric)
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Tiang(Base):
    """One pole."""

    __tablename__ = "tiang"

    ulp: Mapped[UlpKey]
    tiang: Mapped[str] = mapped_column(primary_key=True)
    geom: Mapped[Any] = geom("POINT")
    geom_3857: Mapped[Any] = geom_3857("POINT")
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class JtrSpan(Base):
    """One low-voltage span between two poles, tagged with its gardu where that is known."""

    __tablename__ = "jtr_span"
    __table_args__ = (Index("ix_jtr_span_ulp_gardu", "ulp", "gardu"),)

    ulp: Mapped[UlpKey]
    span: Mapped[str] = mapped_column(primary_key=True)
    gardu: Mapped[str | None]
    jurusan: Mapped[str | None]
    tiang_1: Mapped[str | None]
    tiang_2: Mapped[str | None]
    node_1: Mapped[str | None]
    node_2: Mapped[str | None]
    length_m: Mapped[float | None]
    geom: Mapped[Any] = geom("LINESTRING")
    geom_3857: Mapped[Any] = geom_3857("LINESTRING")
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class ServiceDrop(Base):
    """One service drop (SR) from a pole or node to a service point."""

    __tablename__ = "service_drop"

    ulp: Mapped[UlpKey]
    drop_id: Mapped[str] = mapped_column(primary_key=True)
    tiang: Mapped[str | None]
    service_point: Mapped[str | None]
    node: Mapped[str | None]
    gardu: Mapped[str | None]
    length_m: Mapped[float | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)


class Street(Base):
    """One street line; junctions are vertices shared with other lines."""

    __tablename__ = "street"
    __table_args__ = (
        # What a map shows from afar; a unit has ten times as many small streets.
        Index("ix_street_through", "geom_3857", postgresql_using="gist",
              postgresql_where=text("highway IN ('motorway', 'trunk', 'primary', 'secondary', 'tertiary')")),
    )  # fmt: skip

    ulp: Mapped[str] = mapped_column(String(8), ForeignKey("ulp.ulp"), primary_key=True)
    street_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    osm_id: Mapped[str | None]
    highway: Mapped[str | None]
    name: Mapped[str | None]
    oneway: Mapped[str | None]
    layer: Mapped[str | None]
    bridge: Mapped[str | None]
    tunnel: Mapped[str | None]
    geom: Mapped[Any] = geom("LINESTRING")
    geom_3857: Mapped[Any] = geom_3857("LINESTRING")
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
