"""What `/api/ogc` says of itself: conformance classes and the OpenAPI document."""

from typing import Any

from rbmgeo.db.queries.layers import LAYERS

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
#: Features of a page at most.
MOST = 10_000
_CLASS = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS_TO = [f"{_CLASS}/core", f"{_CLASS}/oas30", f"{_CLASS}/geojson"]


def document(root: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.0 document of the addresses below ``root``."""
    name = _parameter("name", "path", {"type": "string", "enum": [one.name for one in LAYERS]})
    feature = _parameter("feature", "path", {"type": "string"})
    limit = _parameter(
        "limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 1000}
    )
    box = _parameter(
        "bbox", "query",
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        style="form", explode=False,
    )  # fmt: skip
    moment = _parameter("datetime", "query", {"type": "string"})
    after = _parameter("after", "query", {"type": "string"})
    geojson = "application/geo+json"
    return {
        "openapi": "3.0.3",
        "info": {"title": "rbmgeo: layers of one unit", "version": version},
        "servers": [{"url": root}],
        "security": [{"basic": []}],
        "components": {"securitySchemes": {"basic": {"type": "http", "scheme": "basic"}}},
        "paths": {
            "/": _get("getLandingPage", []),
            "/api": _get("getApi", []),
            "/conformance": _get("getConformance", []),
            "/collections": _get("getCollections", []),
            "/collections/{name}": _get("describeCollection", [name]),
            "/collections/{name}/items": _get(
                "getFeatures", [name, limit, box, moment, after], geojson
            ),
            "/collections/{name}/items/{feature}": _get("getFeature", [name, feature], geojson),
        },
    }


def _parameter(name: str, where: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, **more}


def _get(
    operation: str, parameters: list[dict[str, Any]], kind: str = "application/json"
) -> dict[str, Any]:
    answers = {
        "200": {"description": "OK", "content": {kind: {"schema": {"type": "object"}}}},
        "400": {"description": "A parameter is unknown or wrong"},
        "401": {"description": "Not logged in"},
        "403": {"description": "Not allowed in this unit"},
    }
    if parameters:
        answers["404"] = {"description": "There is no such thing"}
    return {"get": {"operationId": operation, "parameters": parameters, "responses": answers}}
