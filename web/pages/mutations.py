"""Mutasi bulan ini: what changed, where newcomers go and why; a person accepts or undoes."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import mutation_facts, mutations
from rbmgeo.db.queries import pages as pages_of
from rbmgeo.errors import UsageError
from rbmgeo.terms import Mutation, Role
from rbmgeo.workflows.mutation_accept import Accepted, accept, accept_kind
from rbmgeo.workflows.mutation_undo import dismiss, restore
from rbmgeo.workflows.mutation_undo import undo as take_back
from web.access import allow
from web.database import database
from web.language import label, month, num, tr
from web.pages.download import csv_file
from web.pages.forms import checked_number, page_number, rows_a_page
from web.pages.jobs import ask

bp = Blueprint("mutations", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/mutasi")

_ROWS = 50
_STATES = ("open", "accepted", "dismissed")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the mutations of one kind, those to decide first."""
    with database().reading() as session:
        months = mutation_facts.list_months(session, ulp=g.ulp)
        counts = mutations.mutation_counts(session, ulp=g.ulp, blth=g.blth)
        looked = mutations.last_look(session, ulp=g.ulp, blth=g.blth)
        kind, state = _view(counts)
        count = int(counts[state].get(kind, 0)) if kind else 0
        size = rows_a_page(_ROWS)
        at, pages = page_number(request.args.get("hal"), count, size)
        rows = mutations.mutations(
            session, ulp=g.ulp, blth=g.blth, kind=kind, state=state, first=(at - 1) * size,
            size=size,
        )  # fmt: skip
        known = pages_of.rbm_codes(session, ulp=g.ulp)
    told = rows.astype(object).where(rows.notna(), None).to_dict("records") if kind else []
    for row in told:
        # The first fact says what changed; the others why the place is this one.
        row["first"], *row["why"] = [said(e) for e in row["evidence"]] or [""]
    return render_template(
        "mutations.html", rows=told, counts=counts.to_dict("index"), kind=kind, state=state,
        page=at, pages=pages, rbms=known, looked=looked, has_list=g.blth in months,
        before=max((m for m in months if m < g.blth), default=None),
        selected=checked_number(request.args.get("baris"), 0, 0, _ROWS),
        stale=looked is not None and g.facts.changed_at is not None
        and g.facts.changed_at > looked["finished_at"],
    )  # fmt: skip


@bp.get("/daftar.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def file() -> Response:
    """Give every mutation of the month with its proposal and reasons."""
    with database().reading() as session:
        rows = mutations.mutations(session, ulp=g.ulp, blth=g.blth)
    why = ["; ".join(said(e) for e in evidence) for evidence in rows["evidence"]]
    table = rows.drop(columns=["evidence", "public_id"]).assign(ulp=g.ulp, blth=g.blth, why=why)
    table["urut"], table["sisipan"] = (
        table["urut"].astype("Int64"),
        table["sisipan"].astype("Int64"),
    )
    return csv_file(table, f"mutasi-{g.ulp}-{g.blth}.csv")


@bp.post("/hitung")
@allow(Role.PERENCANA)
def find() -> AnyResponse:
    """Ask for a new look at the lists."""
    return ask("mutations", blth=g.blth)


@bp.post("/terima")
@allow(Role.PERENCANA)
def take() -> AnyResponse:
    """Accept one mutation, or every ready one of a kind."""
    kind = request.form.get("semua", "")
    with database().writing() as session:
        if kind:
            done = accept_kind(session, g.ulp, g.blth, kind, who=current_user.login)
        else:
            done = accept(
                session, g.ulp, [_number()], who=current_user.login,
                rbm=request.form.get("rbm", "").strip(),
            )  # fmt: skip
    _say(done)
    return _back()


@bp.post("/urungkan")
@allow(Role.PERENCANA)
def undo() -> AnyResponse:
    """Take one acceptance back."""
    with database().writing() as session:
        take_back(session, g.ulp, _number(), who=current_user.login)
    flash(tr("Diurungkan; riwayatnya tetap ada.", "Undone; its history is kept."), "ok")
    return _back()


@bp.post("/abaikan")
@allow(Role.PERENCANA)
def put_aside() -> AnyResponse:
    """Dismiss one mutation, with a reason."""
    with database().writing() as session:
        dismiss(
            session, g.ulp, _number(), reason=request.form.get("alasan", ""),
            who=current_user.login,
        )  # fmt: skip
    flash(tr("Diabaikan; bisa diurungkan.", "Dismissed; it can be undone."), "ok")
    return _back()


@bp.post("/tunggu-lagi")
@allow(Role.PERENCANA)
def put_back() -> AnyResponse:
    """Take one dismissal back."""
    with database().writing() as session:
        restore(session, g.ulp, _number(), who=current_user.login)
    flash(tr("Menunggu lagi; riwayatnya tetap ada.", "Waits again; its history is kept."), "ok")
    return _back()


def said(evidence: dict[str, Any]) -> str:
    """Say one reason in the reader's language, months by name."""
    values = {k: v for k, v in evidence.items() if k != "key"}
    lists = evidence["key"] == "mutation.lists_say"
    for name in ("blth", *(("before", "after") if lists else ())):
        if values.get(name):
            values[name] = month(values[name], short=True)
    return label(evidence["key"], **values)


def _view(counts: pd.DataFrame) -> tuple[str, str]:
    state = request.args.get("keadaan", "open")
    state = state if state in _STATES else "open"
    asked = request.args.get("jenis", "")
    if asked in set(Mutation):
        return asked, state
    waiting = [str(k) for k in counts.index if counts.at[k, state]]
    known = [str(k) for k in counts.index]
    return next(iter(waiting or known), ""), state


def _number() -> int:
    sent = request.form.get("mutasi", "")
    if not sent.isascii() or not sent.isdigit() or len(sent) > 18:
        raise UsageError(f"{sent!r} is no mutation", f"{sent!r} bukan mutasi")
    return int(sent)


def _say(done: Accepted) -> None:
    if done.accepted:
        flash(
            tr(
                "{n} mutasi diterima; {c} baris draf {v} berubah, yang lain tetap.",
                "{n} mutations accepted; {c} rows of draft {v} changed, all others stay.",
                n=num(done.accepted), c=num(done.changed), v=done.version_id or "–",
            ),
            "ok",
        )  # fmt: skip
    if done.proposals:
        flash(
            tr(
                "{n} usulan gardu menunggu orang kedua di Verifikasi.",
                "{n} proposals of a gardu wait for a second person in Verification.",
                n=num(done.proposals),
            ),
            "info",
        )
    if done.elsewhere:
        flash(
            tr(
                "{n} mendapat sisipan berikutnya: tempatnya sudah terisi.",
                "{n} got the next sisipan: their place was taken.",
                n=num(done.elsewhere),
            ),
            "warn",
        )
    for reason in sorted(set(done.left.values())):
        flash(label(reason), "warn")
    if not done.accepted and not done.left:
        flash(tr("Belum ada yang siap diterima.", "None is ready to be accepted."), "warn")


def _back() -> AnyResponse:
    kept: dict[str, Any] = {
        n: request.form.get(n) or None for n in ("jenis", "keadaan", "hal", "baris")
    }
    return redirect(url_for(".page", **kept))
