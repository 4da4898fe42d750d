"""``?unduh=xlsx&tabel=NAME`` on any page gives that table of it as a file, or a job that makes it."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from web.database import settings
from web.exports.told import AT_ONCE, Told, TooLong, exporting
from web.exports.write import KINDS, OWN, write_table
from web.language import lang
from web.pages.download import file, plain_name
from web.pages.jobs import ask

#: Rows a page of a list has meanwhile: what is written at once is one page.
SIZE = 1_000_000


def register(app: Flask) -> None:
    """Answer for the tables of every page, after its rule was asked."""

    @app.before_request
    def export() -> Response | None:
        kind, name = request.args.get("unduh", ""), request.args.get("tabel", "")
        if not kind or not name or request.method != "GET" or request.endpoint is None:
            return None
        if kind not in KINDS:
            raise UsageError(f"{kind!r} is none of {', '.join(KINDS)}", f"{kind!r} bukan {', '.join(KINDS)}")  # fmt: skip
        most = AT_ONCE[kind] if _may_ask() else 0
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"tabel.{kind}"
                write_table(path, kind, Told(name, size=SIZE, most=most, direct=kind != "pdf"))
                return file(path.read_bytes(), file_name(name, kind), KINDS[kind])
        except TooLong:
            return _later(kind, name)

    app.jinja_env.globals["export_links"] = links
    app.jinja_env.globals["url_for"] = _address


def links(name: str) -> list[tuple[str, str]]:
    """Return (words, address) of the files of a table on the page that is shown."""
    if request.endpoint is None or request.method != "GET" or exporting() is not None:
        return []
    asked = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in OWN}
    values: dict[str, Any] = {**asked, **(request.view_args or {}), "tabel": name}
    said = (("Excel", "xlsx"), ("CSV", "csv"), ("PDF", "pdf"))
    return [(words, url_for(request.endpoint, **values, unduh=kind)) for words, kind in said]


def _address(endpoint: str, **values: Any) -> str:
    """Return an address for a page; a table that becomes a file has links nowhere.

    Making them costs as much as all words of a row; those to files tell cells to be pressed.
    """
    if exporting() is not None and "kind" not in values:
        return "#"
    return url_for(endpoint, **values)


def file_name(name: str, kind: str) -> str:
    """Return what a file is called: its table, unit and month."""
    return "-".join(p for p in (plain_name(name), g.get("ulp"), g.get("blth")) if p) + f".{kind}"


def _may_ask() -> bool:
    """Say whether who asks can see a job: others wait for their (short) tables."""
    if g.get("ulp") is None or not current_user.is_authenticated:
        return False
    return bool(current_user.roles_in(g.ulp) & {Role.PERENCANA, Role.PENGAWAS, Role.ADMIN})


def _later(kind: str, name: str) -> Response:
    query = {k: v for k, v in request.args.to_dict(flat=False).items() if k not in OWN}
    return ask(
        "table", path=request.path, endpoint=request.endpoint, query=query, kind=kind, name=name,
        lang=lang(), home=str(settings().home.absolute()), file_name=file_name(name, kind),
    )  # fmt: skip
