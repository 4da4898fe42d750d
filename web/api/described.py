"""What the OpenAPI document of `/api/v1` says beside the answers: who may ask, and how a refusal looks."""

from typing import Any

from apiflask import APIFlask

from web.addresses import BlthConverter, UlpConverter

#: What parts of addresses look like: `web.addresses`.
PARTS = {"ulp": f"^{UlpConverter.regex}$", "blth": f"^{BlthConverter.regex}$"}
REFUSALS = {
    "401": "Not logged in",
    "403": "The asker's role in the unit does not cover it",
    "404": "There is no such unit or month",
    "409": "The unit has no such data yet",
    "429": "Asked too often",
    "503": "The database does not answer now",
}
REFUSED = {
    "type": "object",
    "description": "Why nothing else came, and what to do; in the asker's language.",
    "required": ["error", "message", "request"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string"},
        "request": {"type": ["string", "null"], "description": "the number of the request in the log"},
    },
}  # fmt: skip


def register(app: APIFlask) -> None:
    """Complete the document once it is made."""

    @app.spec_processor
    def complete(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        assert isinstance(spec, dict)  # as JSON; a text where YAML is asked for
        parts = spec.setdefault("components", {})
        parts.setdefault("schemas", {})["Refused"] = REFUSED
        parts["securitySchemes"] = {"session": {"type": "apiKey", "in": "cookie", "name": "rbmgeo"}}
        for methods in spec["paths"].values():
            for said in methods.values():
                if isinstance(said, dict) and "responses" in said:
                    _complete(said)
        return spec


def _complete(said: dict[str, Any]) -> None:
    said["security"] = [{"session": []}]
    for status, words in REFUSALS.items():
        refused = {"schema": {"$ref": "#/components/schemas/Refused"}}
        said["responses"][status] = {"description": words, "content": {"application/json": refused}}
    for one in said.get("parameters", ()):
        if one.get("in") == "path" and one["name"] in PARTS:
            one["schema"] = {"type": "string", "pattern": PARTS[one["name"]]}
