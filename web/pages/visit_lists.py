"""Daftar kerja: how far each officer and list is, by table and map; one list, and whose it becomes."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.db.queries import visit_reviews
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.fieldwork.progress import by_officer
from rbmgeo.terms import Role
from rbmgeo.workflows.visit_files import KINDS, file_name, list_file
from rbmgeo.workflows.visit_maps import DRAWN, lists_map
from rbmgeo.workflows.visit_office import (
    assign,
    close,
    late_rows,
    let_stand,
    list_rows,
    order_states,
    overview,
    reassign,
    take_back,
)
from web.access import allow
from web.database import database
from web.language import lang, num, tr
from web.pages.download import file as taken
from web.pages.drawing import drawn_page
from web.pages.forms import checked_day, page_number, rows_a_page
from web.pages.maps import NOBODY
from web.pages.schedule import today

#: Rows that a page shows.
SHOWN = 100
bp = Blueprint("visit_lists", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/daftar")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> AnyResponse:
    """Show officers and lists with their counts, and their houses on a map."""
    officer, of_month = request.args.get("petugas", ""), request.args.get("daftar") == "bulan"
    with database().reading() as session:
        seen = overview(session, g.ulp, on=today(), blth=g.blth if of_month else None)
        names = {o["login"]: o["name"] for o in kept.officers(session, ulp=g.ulp)}
        waiting = visit_reviews.counts(session, ulp=g.ulp)
        lists = seen[seen["officer"].eq(officer)] if officer else seen
        drawn = None
        if 0 < lists["orders"].sum() <= DRAWN:
            ids = lists.index.to_list()
            stand = order_states(session, g.ulp, ids, on=today())
            drawn = lists_map(session, g.ulp, ids, stand, lang=lang())
    size = rows_a_page(SHOWN)
    number, pages = page_number(request.args.get("hal"), len(lists), size)
    shown = lists.iloc[(number - 1) * size : number * size].reset_index()
    return _with_map(
        "visit_lists.html", drawn, lists=_plain(shown), officers=_plain(by_officer(seen)),
        names=names, waiting=waiting, officer=officer, of_month=of_month, total=lists[_SUMS].sum(),
        count=len(lists), most=DRAWN, page=number, pages=pages, on=today(),
        asked={"petugas": officer or None, "daftar": "bulan" if of_month else None},
    )  # fmt: skip


_SUMS = ["orders", "selesai", "perlu_ulang", "konflik", "belum", "batal", "late"]


@bp.get("/terlambat")
@allow(Role.PERENCANA, Role.PENGAWAS)
def late() -> str:
    """Show the orders whose day has passed, longest ago first."""
    officer, on = request.args.get("petugas", ""), today()
    size = rows_a_page(SHOWN)
    asked = request.args.get("hal") or "1"
    begin = (int(asked) - 1 if asked.isascii() and asked.isdigit() and int(asked) else 0) * size
    with database().reading() as session:
        rows, count = late_rows(session, g.ulp, on=on, officer=officer, begin=begin, most=size)
        number, pages = page_number(asked, count, size)
        if number - 1 != begin // size:
            rows, _ = late_rows(
                session, g.ulp, on=on, officer=officer, begin=(number - 1) * size, most=size
            )
        names = {o["login"]: o["name"] for o in kept.officers(session, ulp=g.ulp)}
    return render_template(
        "visit_late.html", rows=rows.reset_index().to_dict("records"), count=count, names=names,
        officer=officer, on=on, page=number, pages=pages, asked={"petugas": officer or None},
    )  # fmt: skip


@bp.get("/<uuid:list_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(list_id: uuid.UUID) -> AnyResponse:
    """Show one list: its houses, where each stands, its map, its files, where orders went."""
    with database().reading() as session:
        it = kept.one_list(session, ulp=g.ulp, list_id=str(list_id))
        rows = list_rows(session, g.ulp, str(list_id), on=today())
        people = kept.officers(session, ulp=g.ulp)
        moves = kept.moves_of(session, ulp=g.ulp, list_id=str(list_id))
        drawn = None
        if 0 < len(rows) <= DRAWN:
            drawn = lists_map(session, g.ulp, [str(list_id)], rows, lang=lang())
    counts = rows["state"].value_counts().to_dict() if len(rows) else {}
    size = rows_a_page(SHOWN * 2)
    number, pages = page_number(request.args.get("hal"), len(rows), size)
    shown = rows.iloc[(number - 1) * size : number * size]
    return _with_map(
        "visit_list.html", drawn, it=it, rows=shown.reset_index().to_dict("records"), counts=counts,
        count=len(rows), people=people, names={o["login"]: o["name"] for o in people}, moves=moves,
        kinds=tuple(KINDS), late=int(rows["late"].sum()) if len(rows) else 0, page=number,
        pages=pages, on=today(),
    )  # fmt: skip


@bp.get("/<uuid:list_id>/berkas.<kind>")
@allow(Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)
def file(list_id: uuid.UUID, kind: str) -> Response:
    """Give a list as a file; a surveyor gets his own lists alone."""
    with database().reading() as session:
        it = kept.one_list(session, ulp=g.ulp, list_id=str(list_id))
        if not _office() and it["officer"] != current_user.login:
            raise NotAllowed(
                "this list is another officer's; open your own at the page Field",
                "daftar ini milik petugas lain; buka daftar Anda di halaman Lapangan",
            )
        content = list_file(
            session, g.ulp, str(list_id), kind, lang=lang(),
            address=url_for(".one", list_id=list_id, _external=True),
        )  # fmt: skip
    return taken(content, file_name(g.ulp, it, kind), KINDS[kind])


@bp.post("/<uuid:list_id>/perintah")
@allow(Role.PERENCANA)
def act(list_id: uuid.UUID) -> AnyResponse:
    """Move chosen orders to another officer, take them back, or let them stand again."""
    sent, who = request.form, current_user.login
    chosen = [str(_uuid(i)) for i in sent.getlist("id")]
    what, reason = sent.get("aksi", ""), sent.get("alasan", "")
    if not chosen and not (what == "pindah" and sent.get("semua") == "1"):
        raise UsageError("no order was chosen", "belum ada perintah yang dipilih")
    with database().writing() as session:
        kept.one_list(session, ulp=g.ulp, list_id=str(list_id))
        mine = set(kept.rows(session, ulp=g.ulp, list_id=str(list_id)).index)
        chosen = [i for i in chosen if i in mine]
        if what == "pindah":
            made, count = reassign(
                session, g.ulp, str(list_id), officer=sent.get("petugas", ""),
                order_ids=() if sent.get("semua") == "1" else chosen, reason=reason, who=who,
                on=today(), planned_on=checked_day(sent.get("tanggal")),
            )  # fmt: skip
            flash(tr("{n} perintah dipindahkan ke daftar baru ini.",
                     "{n} orders were moved to this new list.", n=num(count)), "ok")  # fmt: skip
            return redirect(url_for(".one", list_id=made))
        if what == "batal":
            count = take_back(session, g.ulp, chosen, reason=reason, who=who)
            flash(tr("{n} perintah dibatalkan.", "{n} orders were taken back.", n=num(count)), "ok")
        elif what == "pulihkan":
            count = let_stand(session, g.ulp, chosen, who=who)
            flash(tr("{n} perintah berlaku lagi.", "{n} orders stand again.", n=num(count)), "ok")
        else:
            raise UsageError(f"{what[:20]!r} is no act", f"{what[:20]!r} bukan tindakan")
    return redirect(url_for(".one", list_id=list_id))


@bp.post("/<uuid:list_id>/atur")
@allow(Role.PERENCANA)
def change(list_id: uuid.UUID) -> AnyResponse:
    """Give a list of nobody to an officer, or set its day."""
    with database().writing() as session:
        assign(
            session, g.ulp, str(list_id), officer=request.form.get("petugas") or None,
            planned_on=checked_day(request.form.get("tanggal")), who=current_user.login,
        )  # fmt: skip
    flash(tr("Daftar diubah.", "The list was changed."), "ok")
    return redirect(url_for(".one", list_id=list_id))


@bp.post("/<uuid:list_id>/tutup")
@allow(Role.PERENCANA)
def shut(list_id: uuid.UUID) -> AnyResponse:
    """Close a list, or open it again."""
    closed = request.form.get("buka") != "1"
    with database().writing() as session:
        close(session, g.ulp, str(list_id), closed=closed, who=current_user.login)
    flash(tr("Daftar ditutup; kiriman HP tetap diterima.", "The list is closed; what phones send is still taken.")
          if closed else tr("Daftar dibuka lagi.", "The list is open again."), "ok")  # fmt: skip
    return redirect(url_for(".one", list_id=list_id))


def _with_map(template: str, drawn: Any, **values: Any) -> AnyResponse:
    if drawn is None:
        response: AnyResponse = Response(render_template(
            template, shell=None, map_data=None, library=True, drawn=None, NOBODY=NOBODY, **values
        ))  # fmt: skip
        return response
    return drawn_page(template, drawn, NOBODY=NOBODY, **values)


def _plain(rows: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return found


def _office() -> bool:
    return bool(current_user.roles_in(g.ulp) & {Role.PERENCANA, Role.PENGAWAS, Role.ADMIN})


def _uuid(said: str) -> uuid.UUID:
    try:
        return uuid.UUID(said)
    except ValueError:
        raise UsageError("no order was chosen", "belum ada perintah yang dipilih") from None
