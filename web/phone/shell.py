"""The app of the phone as files: its page, worker and manifest; none of them holds any data."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, g, render_template, url_for
from werkzeug.wrappers import Response

from web.access import no_page, public
from web.language import tr

bp = Blueprint("phone", __name__, url_prefix="/<ulp:ulp>/hp")
#: What the app is made of, beside its page; below the folder of static files.
PARTS = ("js/phone/*.js", "css/phone.css", "img/phone/*.png", "img/favicon.svg")


@cache
def files(folder: Path) -> tuple[tuple[str, ...], str]:
    """Return the names of the app's files and a hash that differs once one of them does."""
    found = sorted(p for pattern in PARTS for p in folder.glob(pattern))
    page = folder.parent / "templates/phone/shell.html"
    told = hashlib.sha256()
    for path in (*found, page, folder.parent / "templates/phone/sw.js"):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return tuple(p.relative_to(folder).as_posix() for p in found), told.hexdigest()[:12]


@bp.get("")
@public
@no_page
def page(ulp: str = "") -> str:
    """Give the app's page. It is the same for everybody: it is there without a network or log-in."""
    # Named at once: a phone need not read one to learn of the next.
    modules = [n for n in _files()[0] if n.endswith(".js") and not n.endswith("/check.js")]
    return render_template("phone/shell.html", ulp=g.ulp, modules=modules)


@bp.get("/sw.js")
@public
@no_page
def worker(ulp: str = "") -> Response:
    """Give the worker that keeps the app's files on the phone."""
    names, version = _files()
    kept = [url_for("static", filename=name) for name in names]
    told = json.dumps([url_for(".page", ulp=g.ulp), url_for(".manifest", ulp=g.ulp), *kept])
    answer = Response(
        render_template("phone/sw.js", version=f"{g.ulp}-{version}", files=told, ulp=g.ulp),
        mimetype="text/javascript",
    )
    # The page itself lies one step above its worker.
    answer.headers["Service-Worker-Allowed"] = url_for(".page", ulp=g.ulp)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/app.webmanifest")
@public
@no_page
def manifest(ulp: str = "") -> Response:
    """Say how a phone installs the app."""
    here = url_for(".page", ulp=g.ulp)
    told = {
        "id": here, "start_url": here, "scope": here, "display": "standalone",
        "name": f"rbmgeo {g.ulp}", "short_name": tr("Lapangan", "Field"), "lang": "id",
        "description": tr("Kunjungan lapangan tanpa jaringan", "Visits of the field, without a network"),
        "background_color": "#FFFFFF", "theme_color": "#0D566B", "orientation": "portrait",
        "icons": [
            {"src": url_for("static", filename=f"img/phone/{name}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": purpose}
            for name, size, purpose in
            (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("mask-512", 512, "maskable"))
        ],
    }  # fmt: skip
    answer = Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _files() -> tuple[tuple[str, ...], str]:
    return files(Path(current_app.static_folder or ""))
