"""Help with pictures: one short page for each main task, in the reader's language."""

import re
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user
from markupsafe import Markup, escape

from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from web import help as told
from web.access import signed_in
from web.language import lang

bp = Blueprint("help", __name__)
_UNIT = "/<ulp:ulp>/<blth:blth>"
_BUTTON = re.compile(r"\[([^\]]+)\]")


@bp.get("/bantuan")
@bp.get(f"{_UNIT}/bantuan")
@signed_in
def page() -> str:
    """List the tasks, those of the reader's own roles first."""
    mine = _roles()
    own = [t for t in told.TOPICS if not t.roles or mine & set(t.roles)]
    return render_template(
        "help.html", own=own, other=[t for t in told.TOPICS if t not in own], buttons=with_buttons
    )


@bp.get("/bantuan/<key>")
@bp.get(f"{_UNIT}/bantuan/<key>")
@signed_in
def one(key: str) -> str:
    """Show how one task is done."""
    topic = told.topic(key)
    if topic is None:
        raise NotThere(f"there is no help called {key!r}", f"tidak ada bantuan bernama {key!r}")
    near = [t for t in told.TOPICS if t.roles == topic.roles]
    name = f"img/help/{topic.key}-{lang()}.png"
    return render_template(
        "help_one.html", t=topic, near=near, buttons=with_buttons,
        picture=name if _there(name) else None,
    )  # fmt: skip


def with_buttons(sentence: str) -> Markup:
    """Return a sentence of help with what stands in [brackets] shown as the screen names it."""
    return Markup(_BUTTON.sub(r'<b class="ui">\1</b>', str(escape(sentence))))


def of_page() -> str | None:
    """Return the key of the help for the page that is shown."""
    found = told.about(request.endpoint)
    return found.key if found else None


@bp.app_context_processor
def offer() -> dict[str, Any]:
    """Give every page the way to its help."""
    return {"help_of_page": of_page}


def _roles() -> set[Role]:
    grants = current_user.grants.values()
    held = {role for roles in grants for role in roles}
    return set(Role) if Role.ADMIN in held else {r for r in Role if r in held}


def _there(name: str) -> bool:
    return (Path(str(current_app.static_folder)) / name).is_file()
