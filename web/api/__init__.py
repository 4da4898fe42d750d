"""`/api/v1`: the same facts as JSON, described by OpenAPI; the session of the log-in opens it."""

from web.api.docs import bp as docs
from web.api.ogc import bp as ogc
from web.api.v1 import bp as blueprint

__all__ = ["blueprint", "docs", "ogc"]
