"""How a phone comes to trust the office's own HTTPS: steps and certificate, for everybody, no data."""

from flask import Blueprint, Response, render_template, request

from rbmgeo.keys.certificates import TlsFiles, ca_as_der, certified
from rbmgeo.keys.door import MIMETYPE, NAME
from rbmgeo.labels.tls import STEPS, WHY
from rbmgeo.sheets.pdf import qr_cells
from web.access import public
from web.database import settings
from web.language import lang

bp = Blueprint("ca", __name__, url_prefix="/hp")


@bp.get("/ca")
@public
def page() -> str:
    """Show the steps, with the fingerprint to compare and a code to scan."""
    files = _files()
    told = certified(files) if files.there() else None
    at = 0 if lang() == "id" else 1
    served = files.served()
    address = served[1] if served else request.url_root.rstrip("/")
    steps = [
        (title[at], [s[at].format(a=address) for s in all_of_it])
        for title, all_of_it in STEPS.values()
    ]
    scanned = served[0] if served else f"{address}/hp/ca"
    return render_template(
        "ca.html", told=told, steps=steps, why=WHY[at], scanned=scanned, qr=_qr(scanned)
    )


@bp.get("/ca.crt")
@public
def certificate() -> Response:
    """Give the authority's certificate; raises `NothingToDo` where there is none."""
    files = _files()
    certified(files)
    return Response(
        ca_as_der(files), content_type=MIMETYPE,
        headers={"Content-Disposition": f'attachment; filename="{NAME}"'},
    )  # fmt: skip


def _files() -> TlsFiles:
    return TlsFiles.of(settings().home.resolve())


def _qr(words: str) -> dict[str, object]:
    """Return a QR code as one path of an SVG, in cells, with its quiet margin."""
    cells = qr_cells(words)
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(cells.tolist()) for x, dark in enumerate(row) if dark
    )  # fmt: skip
    return {"side": len(cells) + 8, "path": path}
