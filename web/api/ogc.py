"""`/api/ogc/<ulp>`: the layers of a unit's map for QGIS, ArcGIS and other programs, read only.

OGC API - Features - Part 1: Core (OGC 17-069r4), with GeoJSON and OpenAPI 3.0. Everything is in
degrees of WGS 84, longitude first (CRS84). Pages follow each other by the id of the last feature.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import shapely
from apiflask import APIBlueprint
from flask import Response, g, request, url_for

from rbmgeo import __version__
from rbmgeo.db.queries import layers, units
from rbmgeo.db.queries.layers import BY_NAME, LAYERS, Box, Layer
from rbmgeo.errors import BadQuery, NotThere
from rbmgeo.labels.layers import LAYER_WORDS
from rbmgeo.terms import Role
from web.access import allow, no_page
from web.api.ogc_document import CONFORMS_TO, CRS84, MOST, document
from web.database import database
from web.language import lang

bp = APIBlueprint("ogc", __name__, url_prefix="/api/ogc/<ulp:ulp>", enable_openapi=False)

GEOJSON = "application/geo+json"
#: Features of a page where nobody says how many.
USUAL = 1000


@bp.before_request
def _unit() -> None:
    """Leave the unit of the address to `g`; raises `UnknownUlp`.

    One feature, asked for hundreds of times a second, looks only where it finds none.
    """
    (request.view_args or {}).pop("ulp", None)
    if request.endpoint != "ogc.item":
        _unit_name()


def _unit_name() -> str:
    with database().asking() as asked:
        return units.name_of(asked, ulp=g.ulp)


@bp.after_request
def _ask_for_a_name(answer: Response) -> Response:
    """Tell a program that is not logged in how to be."""
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="rbmgeo", charset="UTF-8"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def landing() -> Response:
    """Say where everything is."""
    _known("f")
    return _json(
        {
            "title": f"rbmgeo {_unit_name() or g.ulp}",
            "description": _words("unit")[1],
            "links": [
                _link("self", "landing"), _link("service-desc", "api", _OPENAPI),
                _link("conformance", "conformance"), _link("data", "collections"),
            ],
        }
    )  # fmt: skip


_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


@bp.get("/api")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def api() -> Response:
    """Describe the addresses (OpenAPI 3.0)."""
    _known("f")
    root = url_for(".landing", _external=True).rstrip("/")
    return _json(document(root, __version__), _OPENAPI)


@bp.get("/conformance")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def conformance() -> Response:
    """Say which parts of the standard are kept."""
    _known("f")
    return _json({"conformsTo": CONFORMS_TO})


@bp.get("/collections")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def collections() -> Response:
    """List the layers."""
    _known("f")
    with database().reading() as session:
        found = [(one, layers.extent(session, ulp=g.ulp, layer=one)) for one in LAYERS]
    return _json(
        {"links": [_link("self", "collections")], "collections": [_about(*one) for one in found]}
    )


@bp.get("/collections/<name>")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def collection(name: str) -> Response:
    """Describe one layer."""
    _known("f")
    layer = _layer(name)
    with database().reading() as session:
        found = layers.extent(session, ulp=g.ulp, layer=layer)
    return _json(_about(layer, found))


@bp.get("/collections/<name>/items")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def items(name: str) -> Response:
    """Give features, a page at a time."""
    layer = _layer(name)
    _known("limit", "bbox", "datetime", "after", "f")
    limit, box = _limit(), _box()
    told = request.args.get("after")
    after = None if told is None else layer.parsed(told)
    if told is not None and after is None:
        raise _wrong("after", told, "id dari fitur terakhir", "the id of a feature")
    with database().reading() as session:
        # One more than asked for tells whether there is another page.
        found = layers.features(
            session, ulp=g.ulp, layer=layer, after=after, limit=limit + 1, box=box
        )
        matched = layers.matched(session, ulp=g.ulp, layer=layer, box=box)
    page = found.head(limit)
    links = [_link("self", "items", GEOJSON, name=name, **request.args.to_dict()),
             _link("collection", "collection", name=name)]  # fmt: skip
    if len(found) > limit:
        onward = {**request.args.to_dict(), "after": str(page["id"].iloc[-1])}
        links.append(_link("next", "items", GEOJSON, name=name, **onward))
    return _json(
        {
            "type": "FeatureCollection", "features": _features(page), "links": links,
            "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "numberMatched": matched, "numberReturned": len(page),
        },
        GEOJSON,
    )  # fmt: skip


@bp.get("/collections/<name>/items/<path:feature>")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def item(name: str, feature: str) -> Response:
    """Give one feature by its id; a customer's is a public id, never an idpel."""
    layer = _layer(name)
    _known("f")
    wanted = layer.parsed(feature)
    with database().asking() as asked:
        found = (
            None if wanted is None
            else layers.feature(asked, ulp=g.ulp, layer=layer, one=wanted)
        )  # fmt: skip
    if found is None:
        _unit_name()
        raise NotThere(
            f"layer {name} has no such feature", f"lapisan {name} tidak memuat fitur itu"
        )
    links = [_link("self", "item", GEOJSON, name=name, feature=feature),
             _link("collection", "collection", name=name)]  # fmt: skip
    row, shape = found
    told = {"type": "Feature", "id": row.pop("id"), "properties": row, "links": links}
    # The geometry is GeoJSON already: it is set in as it is.
    return Response(f'{_text(told)[:-1]}, "geometry": {shape or "null"}}}', content_type=GEOJSON)


def _layer(name: str) -> Layer:
    if name not in BY_NAME:
        known = ", ".join(BY_NAME)
        raise NotThere(
            f"there is no layer {name}; there are {known}",
            f"tidak ada lapisan {name}; yang ada {known}",
        )
    return BY_NAME[name]


def _known(*names: str) -> None:
    """Refuse what nobody knows, as the standard asks (17-069r4, 7.1.3)."""
    for name in request.args:
        if name not in names:
            raise _wrong(name, "?", ", ".join(names), ", ".join(names))
    told = request.args.get("f", "json")
    if told not in ("json", "geojson"):
        raise _wrong("f", told, "json", "json")


def _limit() -> int:
    told = request.args.get("limit", str(USUAL))
    if not told.isascii() or not told.isdigit() or len(told) > 9 or int(told) < 1:
        raise _wrong("limit", told, f"bilangan 1 sampai {MOST}", f"a number from 1 to {MOST}")
    return min(int(told), MOST)


def _box() -> Box | None:
    told = request.args.get("bbox")
    if told is None:
        return None
    try:
        values = [float(v) for v in told.split(",")]
    except ValueError:
        values = []
    # With heights (six numbers) only the ground counts.
    flat = values if len(values) == 4 else [*values[:2], *values[3:5]] if len(values) == 6 else []
    if not flat or not all(map(math.isfinite, flat)) or not _on_earth(*flat):
        raise _wrong("bbox", told, "barat,selatan,timur,utara dalam derajat",
                     "west,south,east,north in degrees")  # fmt: skip
    return (flat[0], flat[1], flat[2], flat[3])


def _on_earth(west: float, south: float, east: float, north: float) -> bool:
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _wrong(name: str, found: str, indonesian: str, english: str) -> BadQuery:
    return BadQuery(
        f"parameter {name} is {found[:80]!r}, expected {english}",
        f"parameter {name} berisi {found[:80]!r}, seharusnya {indonesian}",
    )


def _about(layer: Layer, extent: Box | None) -> dict[str, Any]:
    title, description = _words(layer.name)
    told: dict[str, Any] = {
        "id": layer.name, "title": title, "description": description, "itemType": "feature",
        "crs": [CRS84],
        "links": [
            _link("self", "collection", name=layer.name),
            _link("items", "items", GEOJSON, name=layer.name),
        ],
    }  # fmt: skip
    if extent is not None:
        told["extent"] = {"spatial": {"bbox": [list(extent)], "crs": CRS84}}
    return told


def _words(name: str) -> tuple[str, str]:
    return LAYER_WORDS[name][0 if lang() == "id" else 1]


def _features(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    # As one feature alone has them (`layers.feature`).
    drawn = shapely.to_geojson(shapely.transform(frame.geometry.array, lambda at: at.round(9)))
    rows = frame.drop(columns="geometry").astype(object).where(frame.notna(), None)
    return [
        {"type": "Feature", "id": row.pop("id"), "properties": row,
         "geometry": None if shape is None else json.loads(shape)}
        for row, shape in zip(rows.to_dict("records"), drawn, strict=True)
    ]  # fmt: skip


def _link(rel: str, endpoint: str, kind: str = "application/json", **values: Any) -> dict[str, str]:
    return {"rel": rel, "type": kind, "href": url_for(f".{endpoint}", _external=True, **values)}


def _json(told: dict[str, Any], kind: str = "application/json") -> Response:
    return Response(_text(told), content_type=kind)


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False)
