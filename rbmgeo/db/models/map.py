"""What the map of a whole unit is drawn from: its customers by tile, and counted in cells."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Double, Integer, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from rbmgeo.db.models.base import Base, UlpKey


class MapPoint(Base):
    """One placed customer in the tile of zoom 16 that it lies in, or just beside (``edge``).

    ``id``: the first 52 bits of the public id; ``east``, ``north``: EPSG:3857; ``s``: number of
    the state in `rbmgeo.maps.layers.STATE_NAMES`; ``r``: a colour for the RBM, 1-8.
    """

    __tablename__ = "map_point"

    ulp: Mapped[UlpKey]
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    edge: Mapped[bool]
    east: Mapped[float] = mapped_column(Double)
    north: Mapped[float] = mapped_column(Double)
    s: Mapped[int] = mapped_column(SmallInteger)
    r: Mapped[int | None] = mapped_column(SmallInteger)


class MapCell(Base):
    """One cell of one zoom, a sixteenth of a tile wide: its customers by state.

    ``x``, ``y`` count cells from the north-west; ``east``, ``north`` are the middle of its
    customers in EPSG:3857; ``counts`` follows `rbmgeo.maps.layers.STATE_NAMES`. The cells of each
    zoom hold every placed customer of the unit once.
    """

    __tablename__ = "map_cell"

    ulp: Mapped[UlpKey]
    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    east: Mapped[float] = mapped_column(Double)
    north: Mapped[float] = mapped_column(Double)
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class MapState(Base):
    """What a unit's map was written from; ``customers`` with those without a place.

    ``layers``: gardu with a place, gardu without, low-voltage spans, pieces of street; ``box``:
    where to look (west, south, east, north in degrees), missing without any place; ``took_s``: seconds that it took, by which is decided how often it is done.
    """

    __tablename__ = "map_state"

    ulp: Mapped[UlpKey]
    data_version: Mapped[int]
    finding_limit: Mapped[float] = mapped_column(Double)
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    customers: Mapped[int]
    layers: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    box: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    took_s: Mapped[float] = mapped_column(Double)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
