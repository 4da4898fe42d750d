"""What the API offers, as a page of our own: nothing comes from another host."""

from typing import Any, cast

from apiflask import APIFlask
from flask import Blueprint, current_app, render_template

from web.access import public

bp = Blueprint("docs", __name__, url_prefix="/api/v1")


@bp.get("/docs")
@public
def page() -> str:
    """Show every address of the API with its answer, read from the OpenAPI document."""
    spec = cast(dict[str, Any], cast(APIFlask, current_app).spec)
    shapes = spec.get("components", {}).get("schemas", {})
    calls = [
        {
            "method": method.upper(),
            "address": address,
            "does": said.get("summary", ""),
            "gives": _named(said["responses"].get("200", {})),
        }
        for address, methods in spec["paths"].items()
        for method, said in methods.items()
        if "responses" in said
    ]
    given = {c["gives"].removesuffix("[]") for c in calls} - {""}
    nested = {n for name in given for n in _parts(shapes.get(name, {}))}
    return render_template(
        "api.html", calls=calls, shapes={n: shapes[n] for n in sorted(given | nested)}, kind=kind
    )


def kind(part: dict[str, Any]) -> str:
    """Name the type of one part of an answer."""
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    said = part.get("type", "")
    names = said if isinstance(said, list) else [said]
    if "array" in names:
        return f"{kind(part.get('items', {}))}[]"
    return " | ".join(map(str, names))


def _named(answer: dict[str, Any]) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return kind(schema) if schema else ""


def _parts(shape: dict[str, Any]) -> set[str]:
    kinds = {kind(p).removesuffix("[]") for p in shape.get("properties", {}).values()}
    return {k for k in kinds if k[:1].isupper()}
