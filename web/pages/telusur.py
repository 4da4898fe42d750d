"""SOP IV.4 at the gardu: choose one, choose a jurusan, answer pole by pole; for the phone first."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import telusur
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role, SurveyOutcome
from rbmgeo.workflows.telusur import Told, Trail, answer, since, trail
from web.access import allow
from web.database import database
from web.language import num, tr

#: Gardu that the choice shows; the search finds the others. Houses that one pole can have.
SHOWN, MOST = 60, 500
#: The part of a gardu that holds who hangs on no known pole.
LOOSE = "-"
bp = Blueprint("telusur", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/survei/telusur")
WALKS = (Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)


@dataclass(frozen=True)
class Card:
    """One pole as the page shows it; ``houses`` are rows, ``done`` how many have an answer."""

    key: str
    stop: Any
    houses: list[Any]
    done: int


@bp.get("")
@allow(*WALKS)
def page() -> str:
    """Choose a gardu."""
    search = request.args.get("cari", "").strip()[:40]
    with database().reading() as session:
        rows = telusur.choices(
            session, ulp=g.ulp, since=since(_now()), search=search, size=SHOWN + 1
        )
    return render_template(
        "telusur.html", rows=rows[:SHOWN], search=search, more=len(rows) > SHOWN, most=SHOWN
    )


@bp.get("/<path:code>/cetak")
@allow(*WALKS)
def paper(code: str) -> str:
    """Show the same walk as a list for paper, with boxes to tick."""
    found = _trail(code)
    return render_template("telusur_paper.html", found=found, parts=list(_parts(found)))


@bp.get("/<path:code>")
@allow(*WALKS)
def gardu(code: str) -> str:
    """Choose a jurusan of one gardu, then see its poles in the order of the line."""
    found = _trail(code)
    parts = list(_parts(found))
    # One line out of the gardu is no choice, whatever hangs on no pole beside it.
    names = [name for name, _, _ in parts if name != LOOSE] or [LOOSE]
    chosen = request.args.get("jurusan", names[0] if len(names) == 1 else None)
    cards = next((cards for name, _, cards in parts if name == chosen), None)
    return render_template(
        "telusur_gardu.html", found=found, parts=parts, chosen=chosen, cards=cards,
        fresh=lambda: str(uuid.uuid4()), now=_now().isoformat(timespec="seconds"),
    )  # fmt: skip


@bp.post("/<path:code>/jawaban")
@allow(*WALKS)
def answers(code: str) -> Response:
    """Keep the answers given at one pole; each names its own id, so that twice is once."""
    by_script = request.form.get("lewat") == "skrip"
    if not by_script and request.form.get("yakin") != "1":
        raise UsageError(
            "tick that you looked at every house of this answer, then send it again",
            "centang bahwa semua rumah dalam jawaban ini sudah dilihat, lalu kirim lagi",
        )
    told = [_told(line) for line in request.form.getlist("jawab")]
    if not 0 < len(told) <= MOST:
        raise UsageError(
            f"{len(told)} answers; one pole has 1 to {MOST}",
            f"{len(told)} jawaban; satu tiang punya 1 sampai {MOST}",
        )
    with database().writing() as session:
        telusur.gardu_place(session, ulp=g.ulp, gardu=code)
        done = answer(
            session, g.ulp, told, tiang=request.form.get("tiang", "").strip()[:60] or None,
            at=_moment(request.form.get("pada", "")), who=current_user.login,
        )  # fmt: skip
    if by_script:
        return jsonify(good=done.good, skipped=done.skipped, proposals=done.proposals,
                       unknown=len(done.unknown))  # fmt: skip
    flash(
        tr("{n} jawaban disimpan, {p} usulan.", "{n} answers kept, {p} proposals.",
           n=num(done.good + done.skipped), p=num(done.proposals)),
        "ok",
    )  # fmt: skip
    return redirect(url_for(".gardu", code=code, jurusan=request.form.get("jurusan")))


def _told(line: str) -> Told:
    """Read ``client_id|public_id|outcome|gardu``."""
    parts = line.split("|")
    if request.form.get("hasil"):
        # Without a script one form asks one house: the button says the outcome.
        parts = [*parts[:2], *request.form["hasil"].split("|")]
    if len(parts) == 3:
        parts.append(request.form.get("gardu", ""))
    plain = len(parts) == 4 and all(re.fullmatch(r"[0-9a-fA-F-]{36}", p) for p in parts[:2])
    try:
        ids = [str(uuid.UUID(p)) for p in parts[:2]] if plain else []
    except ValueError:
        ids = []
    if not ids:
        raise UsageError(
            "an answer could not be read; load the page again and answer once more",
            "satu jawaban tidak terbaca; muat ulang halaman lalu jawab sekali lagi",
        )
    return Told(ids[0], ids[1], parts[2], parts[3].strip().upper()[:40])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _now()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


def _trail(code: str) -> Trail:
    with database().reading() as session:
        return trail(session, g.ulp, code, now=_now())


def _parts(found: Trail) -> Iterator[tuple[str, bool, list[Card]]]:
    """Give each jurusan with its poles; houses that hang nowhere are the last part, "-"."""
    by_stop = dict(list(found.houses.groupby("stop")))
    for name, stops in found.walk.stops.groupby("jurusan", sort=False):
        cards = [_card(str(s.Index), s, by_stop.get(s.Index)) for s in _rows(stops)]
        yield str(name), bool(stops["derived"].iloc[0]), cards
    if -1 in by_stop:
        yield LOOSE, False, [_card("x", None, by_stop[-1])]


def _card(key: str, stop: Any, houses: Any) -> Card:
    rows = [] if houses is None else list(_rows(houses.sort_index()))
    return Card(key, stop, rows, sum(isinstance(r.outcome, str) for r in rows))


def _rows(frame: Any) -> Iterator[Any]:
    yield from frame.itertuples()


#: Outcome that one tap gives a house of the gardu's own list, and one of another list.
TAP = {True: SurveyOutcome.COCOK, False: SurveyOutcome.GARDU_LAIN}
bp.add_app_template_global(lambda member: str(TAP[bool(member)]), "tap_outcome")
