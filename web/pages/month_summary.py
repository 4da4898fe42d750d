"""Ringkasan bulan: ten sentences at most, each opening its rows; signed, printed, closed by its scan."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import month_signed as kept
from rbmgeo.db.queries import units
from rbmgeo.errors import UsageError
from rbmgeo.supervision.month_summary import Figures
from rbmgeo.terms import Role
from rbmgeo.workflows.month_board import (
    close_month,
    closing_scan,
    month_figures,
    seen_hash,
    sign_month,
    summary,
)
from rbmgeo.workflows.month_kept import year_up_to
from web.access import allow
from web.database import database, settings
from web.kept import Kept
from web.language import tr
from web.pages.deeds import MOST_FILES, PDF
from web.pages.download import file
from web.pages.month_kept import waiting
from web.pages.schedule import today

bp = Blueprint("month_summary", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/bulan-ini/ringkasan")

#: Where the rows of a sentence are.
OPENS = {
    "read": "reading.page", "day": "reading.page", "questions": "consistency.page",
    "photos": "reader_facts.page", "stands": "stands.page", "findings": "findings.page",
    "survey": "survey.page", "verification": "survey.proposals", "handoff": "deeds.page",
    "kwh": "energy.page",
}  # fmt: skip
#: Where further numbers of a sentence have their rows.
ALSO = {"photos": "sampling.page", "verification": "verification.page"}
_FIGURES: Kept[Figures] = Kept(6)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the sentences that count, who signed them, and what differs since."""
    late = waiting("konsistensi", year_up_to(g.blth))
    figures = _figures(late)
    with database().reading() as session:
        it = summary(session, g.ulp, g.blth, figures)
        session.expunge_all()
    return render_template("month_summary.html", it=it, opens=OPENS, also=ALSO, seen=seen_hash(it.now), late=late)  # fmt: skip


@bp.post("")
@allow(Role.PENGAWAS)
def sign() -> AnyResponse:
    """Sign the summary as it was read."""
    figures = _figures(waiting("konsistensi", year_up_to(g.blth)))
    form = request.form
    with database().writing() as session:
        sha256 = sign_month(
            session, g.ulp, g.blth, figures, on=today(), seen=form.get("dibaca", ""),
            name=form.get("nama", ""), position=form.get("jabatan", ""), who=current_user.login,
            at=datetime.now(UTC),
        )  # fmt: skip
    flash(tr("Ditandatangani: {h}. Cetak, tanda tangani kertasnya, lalu unggah pindaiannya.", "Signed: {h}. Print it, sign the paper, then upload the scan.", h=sha256[:12]), "ok")  # fmt: skip
    return redirect(url_for(".page") + "#tanda-tangan")


@bp.post("/pindaian")
@allow(Role.PENGAWAS)
def close() -> AnyResponse:
    """Close the month with the scan of its signed page."""
    sent = [f for f in request.files.getlist("pindaian") if f.filename][: MOST_FILES + 1]
    if not sent or len(sent) > MOST_FILES:
        raise UsageError(
            f"choose the scan of the signed page: 1 to {MOST_FILES} files",
            f"pilih pindaian halaman yang ditandatangani: 1 sampai {MOST_FILES} berkas",
        )
    with database().writing() as session:
        close_month(
            session, settings().home, g.ulp, g.blth, [f.read() for f in sent],
            who=current_user.login, at=datetime.now(UTC),
        )  # fmt: skip
    flash(tr("Bulan ini ditutup dengan pindaian bertanda tangan.", "The month is closed with its signed scan."), "ok")  # fmt: skip
    return redirect(url_for(".page") + "#tanda-tangan")


@bp.get("/<int:signed_id>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper(signed_id: int) -> Response:
    """Give a summary as it was signed."""
    with database().reading() as session:
        it = kept.signature(session, ulp=g.ulp, blth=g.blth, signed_id=signed_id)
        content = bytes(it.pdf)
    return file(content, f"ringkasan-{g.ulp}-{g.blth}-{signed_id}.pdf", PDF)


@bp.get("/pindaian.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def scan() -> Response:
    """Give the scan that closed the month."""
    with database().reading() as session:
        content = closing_scan(settings().home, g.ulp, kept.closed(session, ulp=g.ulp, blth=g.blth))
    return file(content, f"ringkasan-{g.ulp}-{g.blth}-ttd.pdf", PDF)


def _figures(late: list[str]) -> Figures:
    """Return the month's figures; while nobody wrote anything they are what they were."""
    with database().reading() as session:
        moment = units.moment(session)
    on = today()
    return _FIGURES.get(
        lambda s: month_figures(s, g.ulp, g.blth, on=on, without=late),
        g.blth, moment, on.isoformat(), *late,
    )  # fmt: skip
