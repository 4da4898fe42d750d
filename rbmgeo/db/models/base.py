"""What every table shares: naming of constraints, geometry in degrees, a column for tiles."""

from typing import Annotated, Any

from geoalchemy2 import Geometry
from sqlalchemy import Computed, ForeignKey, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: First part of every key: the unit (5 characters, text: there are codes with letters).
UlpKey = Annotated[str, mapped_column(String(8), ForeignKey("ulp.ulp"), primary_key=True)]
#: A unit where it is not part of the key.
UlpRef = Annotated[str, mapped_column(String(8), ForeignKey("ulp.ulp"), index=True)]
#: Customer id: twelve digits, text.
Idpel = Annotated[str, mapped_column(String(12))]
#: Billing month, YYYYMM.
Blth = Annotated[str, mapped_column(String(6))]


class Base(DeclarativeBase):
    """Parent of all models."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSONB, list[Any]: JSONB}  # noqa: RUF012


def geom(kind: str, *, indexed: bool = True) -> Mapped[Any]:
    """Return a geometry column in EPSG:4326, order lon, lat; NULL where no place is known."""
    return mapped_column(Geometry(kind, srid=4326, spatial_index=indexed), nullable=True)


def geom_3857(kind: str) -> Mapped[Any]:
    """Return the same geometry in EPSG:3857, kept by the database, for map tiles."""
    return mapped_column(
        Geometry(kind, srid=3857, spatial_index=True),
        Computed("ST_Transform(geom, 3857)", persisted=True),
        nullable=True,
    )
