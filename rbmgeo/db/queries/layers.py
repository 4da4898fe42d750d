"""The layers of a unit's map as tables: the views of schema ``gis``, whole or a page at a time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read
from rbmgeo.geo import WGS84

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Layer:
    """One layer: its name (a view of ``gis``), its geometry, its columns beside ``id``.

    ``table``: where its positions are kept; ``key``: the column behind ``id`` that is indexed,
    and orders the features; ``whole``: columns that hold whole numbers.
    """

    name: str
    table: str
    geometry: str
    columns: tuple[str, ...]
    whole: tuple[str, ...] = ()
    key: str = "id"

    def parsed(self, told: str) -> str | int | None:
        """Return an id as its key is compared, None where it can be no such id."""
        try:
            if self.key == "public_id":
                return str(uuid.UUID(told))
            # The database's whole numbers end there.
            return told if self.key == "id" else max(0, min(int(told), 2**63 - 1))
        except ValueError:
            return None


LAYERS: tuple[Layer, ...] = (
    Layer(
        "customer", "customer", "Point",
        ("idpel", "active", "jenis_layanan", "tarif", "daya_va", "meter_number", "rbm", "urut",
         "sisipan", "hari_baca", "gardu", "jurusan", "tiang", "match", "kind", "p",
         "proposed_gardu", "coordinate_quality"),
        whole=("urut", "sisipan"), key="public_id",
    ),
    Layer(
        "gardu", "gardu", "Point", ("name", "penyulang", "rating_kva", "without_master", "customers"),
        whole=("customers",),
    ),
    Layer(
        "rbm", "customer", "LineString", ("hari_baca", "officer", "customers", "with_position"),
        whole=("customers", "with_position"),
    ),
    Layer("tiang", "tiang", "Point", ()),
    Layer("jtr", "jtr_span", "LineString", ("gardu", "jurusan", "tiang_1", "tiang_2", "length_m")),
    Layer(
        "street", "street", "LineString",
        ("highway", "name", "oneway", "layer", "bridge", "tunnel"), key="street_id",
    ),
)  # fmt: skip
BY_NAME = {layer.name: layer for layer in LAYERS}


def counts(session: Session, *, ulp: str) -> dict[str, int]:
    """Count the features of every layer, those without a position too."""
    each = [
        f"(SELECT count(*) FROM {one.table} WHERE ulp = :ulp) AS {one.name}"
        for one in LAYERS
        if one.name != "rbm"
    ]
    rbms = (
        "(SELECT count(DISTINCT rbm) FROM rbm_list WHERE ulp = :ulp "
        "AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)) AS rbm"
    )
    row = session.execute(text(f"SELECT {', '.join([*each, rbms])}"), {"ulp": ulp}).one()
    return {layer.name: int(getattr(row, layer.name)) for layer in LAYERS}


def extent(session: Session, *, ulp: str, layer: Layer) -> Box | None:
    """Return (west, south, east, north) of a layer in degrees; None without a position."""
    row = session.execute(
        text(
            "SELECT ST_XMin(e) AS w, ST_YMin(e) AS s, ST_XMax(e) AS e, ST_YMax(e) AS n "
            f"FROM (SELECT ST_Extent(geom) AS e FROM {layer.table} WHERE ulp = :ulp) AS boxed"
        ),
        {"ulp": ulp},
    ).one()
    return None if row.w is None else (row.w, row.s, row.e, row.n)


def features(
    session: Session,
    *,
    ulp: str,
    layer: Layer,
    after: str | int | None = None,
    limit: int | None = None,
    box: Sequence[float] | None = None,
    one: str | int | None = None,
) -> gpd.GeoDataFrame:
    """Return features in the order of their key, ``id`` and the layer's columns with geometry.

    EPSG:4326, None where no position is known. ``after``: those with a larger key (as
    `Layer.parsed` gives it); ``box``: those that touch (west, south, east, north) in degrees;
    ``one``: the one with this key alone.
    """
    conditions, values = _asked(box)
    kind = {"public_id": "uuid", "street_id": "bigint"}.get(layer.key, "text")
    for value, sign, name in ((after, ">", "after"), (one, "=", "one")):
        if value is not None:
            conditions.append(f"{layer.key} {sign} CAST(:{name} AS {kind})")
            values[name] = value
    frame = read(
        session,
        f"SELECT id, {''.join(f'{c}, ' for c in layer.columns)} ST_AsBinary(geom) AS wkb "
        f"FROM gis.{layer.name} WHERE ulp = :ulp {_and(conditions)} "
        f"ORDER BY {layer.key} LIMIT :limit",
        ulp=ulp, limit=limit, **values,
    )  # fmt: skip
    for name in layer.whole:
        frame[name] = pd.to_numeric(frame[name]).astype("Int64")
    drawn = shapely.from_wkb([None if w is None else bytes(w) for w in frame.pop("wkb")])
    return gpd.GeoDataFrame(frame, geometry=list(drawn), crs=WGS84)


def feature(
    session: Session | Connection, *, ulp: str, layer: Layer, one: str | int
) -> tuple[dict[str, Any], str | None] | None:
    """Return the one feature of a key as `features` has it, its values and its geometry as GeoJSON.

    None where there is none. It is asked for hundreds of times a second: no table and no shape is
    made of it. Degrees to the ninth place, a tenth of a millimetre.
    """
    kind = {"public_id": "uuid", "street_id": "bigint"}.get(layer.key, "text")
    row = session.execute(
        text(
            f"SELECT id, {''.join(f'{c}, ' for c in layer.columns)} ST_AsGeoJSON(geom, 9) AS shape "
            f"FROM gis.{layer.name} WHERE ulp = :ulp AND {layer.key} = CAST(:one AS {kind}) LIMIT 1"
        ),
        {"ulp": ulp, "one": one},
    ).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    shape = values.pop("shape")
    for name, value in values.items():
        if name in layer.whole and value is not None:
            values[name] = int(value)
    return values, shape


def matched(session: Session, *, ulp: str, layer: Layer, box: Sequence[float] | None = None) -> int:
    """Count the features of a layer that touch a box, or all."""
    if box is None:
        return counts(session, ulp=ulp)[layer.name]
    conditions, values = _asked(box)
    found = session.scalar(
        text(f"SELECT count(*) FROM gis.{layer.name} WHERE ulp = :ulp {_and(conditions)}"),
        {"ulp": ulp, **values},
    )
    return int(found or 0)


def _asked(box: Sequence[float] | None) -> tuple[list[str], dict[str, Any]]:
    if box is None:
        return [], {}
    west, south, east, north = box
    touch = (
        "geom_3857 && ST_Transform(ST_MakeEnvelope(:w, :s, :e, :n, 4326), 3857) "
        "AND ST_Intersects(geom, ST_MakeEnvelope(:w, :s, :e, :n, 4326))"
    )
    return [touch], {"w": west, "s": south, "e": east, "n": north}


def _and(conditions: list[str]) -> str:
    return "".join(f" AND {c}" for c in conditions)
