"""SOP IV.5: the planner's workbench; every edit names the revision it saw (If-Match)."""

import secrets
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import drafts, map_data, versions
from rbmgeo.errors import NothingToDo, RbmgeoError, StaleDraft, UsageError
from rbmgeo.maps import canvas
from rbmgeo.maps.layers import box_of
from rbmgeo.terms import Role
from rbmgeo.workflows import bench_views, workbench
from rbmgeo.workflows import reorder as reordering
from rbmgeo.workflows import workbench_moves as moves
from rbmgeo.workflows.draft_excel import read_back, sheet
from web.access import allow
from web.database import database, settings
from web.errors import status_of
from web.exports.told import AT_ONCE
from web.headers import with_script
from web.language import lang, num, tr, when
from web.pages.download import file, plain_name, xlsx_file
from web.pages.jobs import ask
from web.shell import stepped

bp = Blueprint("workbench", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/meja")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def newest() -> AnyResponse:
    """Lead to the workbench of the newest draft."""
    with database().reading() as session:
        version_id = versions.version(session, ulp=g.ulp).version_id
    return redirect(url_for(".page", version_id=version_id))


@bp.post("/mulai")
@allow(Role.PERENCANA)
def begin() -> AnyResponse:
    """Begin a draft as the routes in force stand, or go on with the one there is."""
    with database().writing() as session:
        version_id = workbench.new_draft(session, g.ulp, blth=g.blth, who=current_user.login)
        workbench.open_draft(session, g.ulp, version_id, who=current_user.login)
    return redirect(url_for(".page", version_id=version_id))


@bp.post("/<int:version_id>/buka")
@allow(Role.PERENCANA)
def open_it(version_id: int) -> AnyResponse:
    """Put a draft on the workbench."""
    with database().writing() as session:
        workbench.open_draft(session, g.ulp, version_id, who=current_user.login)
    return redirect(url_for(".page", version_id=version_id))


@bp.get("/<int:version_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(version_id: int) -> AnyResponse:
    """Show today beside the proposal, RBM by RBM, and the bench itself; offer to open a draft."""
    with database().reading() as session:
        version = versions.version(session, ulp=g.ulp, version_id=version_id)
        if drafts.found(session, ulp=g.ulp, version_id=version_id) is None:
            return make_response(
                render_template(
                    "workbench_closed.html", v=version_id, draft=version.state == "draft"
                )
            )
        it = bench_views.bench(session, g.ulp, version_id)
        box = (
            box_of(map_data.gardu_places(session, ulp=g.ulp))
            or box_of(
                map_data.rbm_points(
                    session, ulp=g.ulp, rbm=str(it.diff.per_rbm.index[0]), version_id=version_id
                )
            )
            if len(it.diff.per_rbm)
            else None
        )
        session.expunge_all()
    shell = Markup(canvas.script(box)) if box is not None and canvas.ready() else None
    nonce = secrets.token_urlsafe(18)
    ways = [stepped(g.blth, n) for n in range(-1, 4)]
    made = make_response(
        render_template("workbench.html", it=it, v=version_id, shell=shell, nonce=nonce, ways=ways,
                        own=current_user.login in it.authors, words=Markup(canvas.inside_script(_words())))
    )  # fmt: skip
    if shell is not None:
        made.headers["Content-Security-Policy"] = with_script(nonce)
    return _tagged(made, it.draft.revision)


@bp.get("/<int:version_id>/isi")
@allow(Role.PERENCANA, Role.PENGAWAS)
def content(version_id: int) -> AnyResponse:
    """Return the open RBM as JSON, with the streets around them if asked."""
    rbms = request.args.getlist("rbm")
    with database().reading() as session:
        found = bench_views.opened(session, g.ulp, version_id, rbms)
        if request.args.get("jalan"):
            found["streets"] = bench_views.streets_near(session, g.ulp, version_id, rbms)
        if request.args.get("lalu"):
            found["today"] = bench_views.today_walks(session, g.ulp, version_id, rbms)
    return _tagged(jsonify(found), found["revision"])


@bp.post("/<int:version_id>/perintah")
@allow(Role.PERENCANA)
def command(version_id: int) -> AnyResponse:
    """Do one edit; 409 with who, when and what if the draft went on meanwhile."""
    asked = request.get_json(silent=True)
    try:
        if not isinstance(asked, dict):
            raise UsageError("no edit was sent", "tidak ada perubahan yang dikirim")
        revision = _revision()
        with database().writing() as session:
            done = _act(session, version_id, asked, revision)
            found = bench_views.opened(session, g.ulp, version_id, _texts(asked.get("buka")))
    except StaleDraft as stale:
        told = [
            {**c, "at": when(c["at"]), "words": _said(c)}
            for c in stale.since
            if isinstance(c, dict)
        ]
        answer = jsonify(error=stale.in_language(lang()), revision=stale.revision, since=told)
        answer.status_code = 409
        return _tagged(answer, stale.revision)
    except RbmgeoError as error:
        return make_response(jsonify(error=_large(error.in_language(lang()))), status_of(error))
    change = done or workbench.Change(found["revision"], 0, 0)
    return _tagged(
        jsonify(**{**found, "revision": max(change.revision, found["revision"])}, words=_change_words(change),
                rbms=[_numbers(r) for r in change.rbms]),
        max(change.revision, found["revision"]),
    )  # fmt: skip


@bp.post("/<int:version_id>/pilih")
@allow(Role.PERENCANA)
def pick(version_id: int) -> AnyResponse:
    """Return whom a pasted text names, and which numbers the unit has not."""
    asked = request.get_json(silent=True)
    text = str((asked or {}).get("teks", "")) if isinstance(asked, dict) else ""
    with database().reading() as session:
        found = moves.pasted(session, g.ulp, version_id, text)
    return jsonify(rows=found.rows, unknown=found.unknown)


@bp.post("/<int:version_id>/sisanya")
@allow(Role.PERENCANA)
def rest(version_id: int) -> AnyResponse:
    """Place everybody who has no place; who cannot be placed stands on its own RBM."""
    with database().writing() as session:
        asked, counts = moves.rest_command(session, g.ulp, version_id)
        if asked["rows"]:
            workbench.act(
                session, g.ulp, version_id, asked, revision=_form_revision(), who=current_user.login
            )
    flash(tr("{p} pelanggan ditempatkan, {r} masih BELUM DITEMPATKAN.", "{p} customers placed, {r} still without a place.",
             p=num(counts["placed"]), r=num(counts["left"])), "ok")  # fmt: skip
    return redirect(url_for(".page", version_id=version_id))


@bp.post("/<int:version_id>/urutkan")
@allow(Role.PERENCANA)
def reorder(version_id: int) -> AnyResponse:
    """Have a job look for shorter orders, of one RBM or of all."""
    rbm = request.form.get("rbm", "")
    return ask("reorder", version_id=version_id, rbms=[rbm] if rbm else None)


@bp.post("/<int:version_id>/usulan/<int:proposal_id>")
@allow(Role.PERENCANA)
def decide(version_id: int, proposal_id: int) -> AnyResponse:
    """Accept or reject one order that a job found."""
    yes = request.form.get("putusan") == "terima"
    with database().writing() as session:
        reordering.decide(session, g.ulp, version_id, proposal_id, accepted=yes,
                          revision=_form_revision(), who=current_user.login)  # fmt: skip
    return redirect(url_for(".page", version_id=version_id) + "#usulan")


@bp.post("/<int:version_id>/usulan")
@allow(Role.PERENCANA)
def accept_all(version_id: int) -> AnyResponse:
    """Accept every order that waits."""
    with database().writing() as session:
        done = reordering.accept_all(
            session, g.ulp, version_id, revision=_form_revision(), who=current_user.login
        )
    flash(tr("{n} urutan diterima.", "{n} orders accepted.", n=num(done)), "ok")
    return redirect(url_for(".page", version_id=version_id))


@bp.get("/<int:version_id>.xlsx")
@allow(Role.PERENCANA, Role.PENGAWAS)
def workbook(version_id: int) -> AnyResponse:
    """Give the draft as a workbook whose RBM and urut may be edited; a long one by a job."""
    name = f"draf-{g.ulp}-{version_id}.xlsx"
    with database().reading() as session:
        table = sheet(session, g.ulp, version_id)
    if len(table) > AT_ONCE["xlsx"]:
        home = str(settings().home.absolute())
        return ask("draft_book", version_id=version_id, file_name=name, home=home)
    return xlsx_file({"RBM": table}, name, title="")


@bp.post("/<int:version_id>/excel")
@allow(Role.PERENCANA)
def upload(version_id: int) -> AnyResponse:
    """Take an edited workbook as one edit, and show what differs."""
    sent = request.files.get("berkas")
    if sent is None or not sent.filename:
        raise UsageError("choose the workbook first", "pilih buku kerja dulu")
    with database().writing() as session:
        back = read_back(session, g.ulp, version_id, sent.read())
        done = workbench.act(session, g.ulp, version_id, back.command, revision=_form_revision(), who=current_user.login)  # fmt: skip
    if not back.refused and not back.command["rows"]:
        raise NothingToDo("the workbook says the same as the draft", "buku kerja sama dengan draf")
    if back.refused:
        reasons = {"idpel": tr("bukan 12 angka", "not 12 digits"), "unknown": tr("tidak ada di draf", "not in the draft"),
                   "place": tr("RBM atau urut tidak terbaca", "RBM or urut cannot be read"), "twice": tr("disebut dua kali", "named twice")}  # fmt: skip
        lines = "; ".join(
            tr("baris {n}: {w}", "row {n}: {w}", n=n, w=f"{i} {reasons[r]}")
            for n, i, r in back.refused[:20]
        )
        flash(
            tr(
                "{n} baris dilewati. {l}",
                "{n} rows left out. {l}",
                n=num(len(back.refused)),
                l=lines,
            ),
            "warn",
        )
    flash(_change_words(done), "ok")
    return redirect(url_for("change_sets.one_edit", version_id=version_id, no=done.revision))


@bp.get("/<int:version_id>/gambar/<path:rbm>.png")
@allow(Role.PERENCANA, Role.PENGAWAS)
def picture(version_id: int, rbm: str) -> Response:
    """Give one picture of what changed on an RBM, to be shared: counts and lines only."""
    with database().reading() as session:
        png = bench_views.picture(session, g.ulp, str(version_id), rbm, lang=lang(), number=num,
                                  sample=bool(g.unit.sample))  # fmt: skip
    return file(png, f"perubahan-{version_id}-{plain_name(rbm)}.png", "image/png")


def _act(
    session: Any, version_id: int, asked: dict[str, Any], revision: int
) -> "workbench.Change | None":
    kind, who = str(asked.get("aksi", "")), current_user.login
    if kind == "pindah":
        how = str(asked.get("cara", "best"))
        if how not in ("best", "end", "first", "after"):
            raise UsageError("say where to", "sebutkan ke mana")
        made = moves.move_command(session, g.ulp, version_id, public_ids=_ids(asked.get("id")), rbm=str(asked.get("rbm", "")),
                                  how=how, after=str(asked.get("sesudah", "")))  # fmt: skip
    elif kind == "nomor":
        number = asked.get("nomor")
        if not isinstance(number, int) or not 1 <= number <= 100_000:
            raise UsageError(
                "the place in the walk is a whole number from 1",
                "tempat dalam urutan adalah bilangan bulat mulai 1",
            )
        made = moves.numbered_command(
            session, g.ulp, version_id, public_id=_ids([asked.get("id")])[0], number=number
        )
    elif kind in ("undo", "redo"):
        made = {"kind": kind}
    elif kind in ("pin", "unpin"):
        made = moves.pin_command(session, g.ulp, version_id, public_ids=_ids(asked.get("id")), pinned=kind == "pin")  # fmt: skip
    elif kind in ("lock", "unlock", "new", "drop"):
        made = {"kind": kind, "rbm": str(asked.get("rbm", "")).strip()}
    elif kind == "rename":
        made = {
            "kind": kind,
            "rbm": str(asked.get("rbm", "")),
            "to": str(asked.get("ke", "")).strip(),
        }
    else:
        raise UsageError(f"{kind!r} is no edit", f"{kind!r} bukan perubahan")
    return workbench.act(session, g.ulp, version_id, made, revision=revision, who=who)


def _revision() -> int:
    """Return the revision that the editor saw, from If-Match."""
    told = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not told.isascii() or not told.isdigit():
        raise UsageError(
            "an edit names the revision it saw (If-Match)",
            "perubahan harus menyebut revisi yang dilihat (If-Match)",
        )
    return int(told)


def _form_revision() -> int:
    told = request.form.get("revisi", "")
    if not told.isascii() or not told.isdigit():
        raise UsageError("load the page again", "muat ulang halaman")
    return int(told)


def _ids(sent: Any) -> list[str]:
    found = [str(s) for s in sent] if isinstance(sent, list) else []
    good = [s for s in found if len(s) == 36 and all(c in "0123456789abcdef-" for c in s.lower())]
    if not good or len(good) != len(found):
        raise UsageError("choose customers first", "pilih pelanggan dulu")
    return good


def _texts(sent: Any) -> list[str]:
    return [str(s) for s in sent][:8] if isinstance(sent, list) else []


def _tagged(answer: AnyResponse, revision: int) -> AnyResponse:
    answer.headers["ETag"] = f'"{revision}"'
    return answer


def _large(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    def km(value: Any) -> str:
        return num(value / 1000, 2) if value is not None else "–"

    return {
        "rbm": row["rbm"], "customers": num(row["customers_after"]), "minutes": num(row["minutes_after"]),
        "km": km(row["length_after_m"]), "findings": [finding_words(f) for f in row["findings"] if f != "estimated"],
    }  # fmt: skip


def _change_words(change: "workbench.Change") -> str:
    """Say what an edit did: customers, km, minutes, the widest and narrowest RBM, gardu."""
    if not (change.moved or change.renumbered or change.rbms):
        return str(tr("Tersimpan.", "Kept."))
    before = sum(r["length_before_m"] or 0 for r in change.rbms) / 1000
    after = sum(r["length_after_m"] or 0 for r in change.rbms) / 1000
    minutes = sum(r["minutes_after"] - r["minutes_before"] for r in change.rbms)
    sides = [[r[f"minutes_{w}"] for r in change.rbms] or [0.0] for w in ("before", "after")]
    gap = [max(s) - min(s) for s in sides]
    said = tr("{m} pindah, {n} nomor berubah, {b} → {a} km", "{m} moved, {n} numbers changed, {b} → {a} km",
              m=num(change.moved), n=num(change.renumbered), b=num(before, 2), a=num(after, 2))  # fmt: skip
    said += tr(", {s} menit", ", {s} minutes", s=_signed(minutes))
    if len(change.rbms) > 1:
        said += tr(
            "; selisih beban {b} → {a} menit",
            "; loads differ by {b} → {a} minutes",
            b=num(gap[0]),
            a=num(gap[1]),
        )
    if change.cut:
        said += tr("; gardu terpotong {c}", "; gardu cut {c}", c=_signed(change.cut))
    new = sum(len(r["findings"]) for r in change.rbms)
    return str(said + (tr("; {n} temuan", "; {n} findings", n=num(new)) if new else ""))


def _signed(value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "±") + num(abs(value))


def finding_words(key: str) -> str:
    """Name a finding of an RBM."""
    return str(
        {
            "empty": tr("kosong", "empty"), "over": tr("terlalu banyak", "too many"), "under": tr("terlalu sedikit", "too few"),
            "unplaced": tr("belum ditempatkan", "without a place"), "estimated": tr("jarak perkiraan", "estimated distance"),
        }[key]
    )  # fmt: skip


def _said(c: dict[str, Any]) -> str:
    what = {
        "move": tr("memindah {n} pelanggan", "moved {n} customers", n=num(c["customers"])),
        "order": tr("mengurutkan ulang", "ordered anew"), "set": tr("mengisi {n} tempat", "set {n} places", n=num(c["customers"])),
        "outside": tr("mutasi atau pengurutan mengubah {n} tempat", "mutations or an ordering changed {n} places", n=num(c["customers"])),
        "lock": tr("mengunci", "locked"), "unlock": tr("membuka kunci", "unlocked"), "new": tr("membuat RBM", "made an RBM"),
        "pin": tr("mengunci pelanggan di RBM-nya", "pinned customers to their RBM"), "unpin": tr("melepas kunci pelanggan", "unpinned customers"),
        "drop": tr("menghapus RBM kosong", "removed the empty RBM"),
        "rename": tr("mengganti kode", "renamed"), "undo": tr("mengurungkan", "undid"), "redo": tr("mengulangi", "redid"),
        "submit": tr("mengajukan tinjauan", "submitted for review"), "approve": tr("menyetujui", "approved"),
        "return": tr("mengembalikan draf", "sent the draft back"),
    }[c["kind"]]  # fmt: skip
    return f"{what} {', '.join(c['rbms'])}".strip()


def _words() -> dict[str, str]:
    return {
        "picked": str(tr("{n} dipilih", "{n} chosen")), "move": str(tr("Pindahkan {n}", "Move {n}")),
        "unknown": str(tr("{n} nomor tidak dikenal: {l}", "{n} numbers not known: {l}")),
        "pasted": str(tr("{n} pelanggan dipilih dari teks", "{n} customers chosen from the text")),
        "failed": str(tr("Tidak tersimpan: server tidak menjawab. Coba lagi.", "Not kept: the server does not answer. Try again.")),
        "stale": str(tr("Muat keadaan terbaru", "Load what is there now")),
        "locked": str(tr("terkunci", "locked")), "lock": str(tr("Kunci", "Lock")), "unlock": str(tr("Buka kunci", "Unlock")),
        "pin": str(tr("Kunci {n} di RBM-nya", "Pin {n}")), "unpin": str(tr("Lepas kunci {n}", "Unpin {n}")), "pinned": str(tr("dikunci", "pinned")),
        "all": str(tr("Pilih semua {n}", "Choose all {n}")), "none": str(tr("Batal pilih", "Choose none")),
        "without": str(tr("tanpa koordinat", "without a position")), "place": str(tr("Urut", "Place")),
        "number": str(tr("urutan ke-", "reads as number")), "close": str(tr("Tutup", "Close")),
        "up": str(tr("Naik", "Up")), "downw": str(tr("Turun", "Down")), "choose": str(tr("Pilih", "Choose")),
        "drag": str(tr("Seret untuk mengubah urutan", "Drag to change the order")),
        "rename": str(tr("Kode baru untuk RBM {r}", "New code for RBM {r}")),
        "four": str(tr("Paling banyak empat RBM terbuka sekaligus.", "At most four RBM are open at once.")),
    }  # fmt: skip
