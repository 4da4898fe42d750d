"""`rbmgeo routes begin`, `show`, `move`, ...: the planner's workbench without a browser (SOP IV.5)."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from rbmgeo.cli.at_draft import Code, Revision, Version, reading, seen, writing
from rbmgeo.cli.common import Json, Lang, Output, Ulp, Who, at_unit, write_file
from rbmgeo.cli.route_plans import app
from rbmgeo.db.queries import drafts, units
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.routes.draft import Command
from rbmgeo.workflows import bench_views, workbench
from rbmgeo.workflows import workbench_moves as moves
from rbmgeo.workflows.draft_excel import read_back, sheet
from rbmgeo.workflows.reorder import accept_all, decide, reorder

People = Annotated[list[str] | None, typer.Argument(help="IDPEL; any text with numbers of 12 digits")]  # fmt: skip
From = Annotated[str, typer.Option("--from", help="A file whose numbers of 12 digits are taken; - is standard input")]  # fmt: skip


@app.command("begin")
def begin_command(
    ulp: Ulp = "", blth: Annotated[str, typer.Option("--blth", help="Month YYYYMM whose routes it begins with")] = "",
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Begin a draft as the routes in force stand, or go on with the one there is."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        version_id = workbench.new_draft(session, ulp, blth=month, who=who)
        draft = workbench.open_draft(session, ulp, version_id, who=who)
        revision = draft.revision
    out.result({"ulp": ulp, "version": version_id, "revision": revision})
    out.say(f"draf {version_id} di meja kerja, perubahan {revision}",
            f"draft {version_id} is on the workbench, edit {revision}")  # fmt: skip


@app.command("show")
def show_command(
    rbm: Annotated[str, typer.Argument(help="One RBM, customer by customer; else all that changed")] = "",
    version: Version = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Show today beside the draft, or one RBM of it in reading order."""
    with reading(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        if rbm:
            rows = drafts.stops(session, ulp=ulp, version_id=version_id, rbms=[rbm])
            told = rows[["idpel", "urut", "sisipan", "gardu"]]
            out.result({"version": version_id, "rbm": rbm, "stops": told.astype(object).where(told.notna(), None).to_dict("records")})  # fmt: skip
            each: Any = told.itertuples()
            for n, r in enumerate(each, start=1):
                out.say(
                    *[
                        f"{n:>4} {r.urut:03d}/{r.sisipan:02d} {r.idpel} {r.gardu if isinstance(r.gardu, str) else '-'}"
                    ]
                    * 2
                )
            return
        it = bench_views.bench(session, ulp, version_id)
        changed = it.diff.per_rbm[it.diff.per_rbm["changed"]]
        told = changed.round(2).astype(object).where(changed.notna(), None)
        out.result({
            "version": version_id, "revision": it.draft.revision, "review": it.review[0], "undo": it.undo,
            "redo": it.redo, "without_place": it.nowhere, "locked": list(it.draft.locked),
            "pinned": len(it.draft.pinned), "rbm": told.reset_index().to_dict("records"),
            "proposals": [{"number": p.proposal_id, "rbm": p.rbm, "before_m": p.length_before_m, "m": p.length_m}
                          for p in it.proposals],
        })  # fmt: skip
        out.say(f"draf {version_id}, perubahan {it.draft.revision}, {it.review[0]}; {it.nowhere} belum punya tempat",
                f"draft {version_id}, edit {it.draft.revision}, {it.review[0]}; {it.nowhere} without a place")  # fmt: skip
        for code, row in told.iterrows():
            line = f"{code}  {row['customers_before']} → {row['customers_after']}  +{row['came']} −{row['left']}  № {row['renumbered']}  {row['length_m_before'] or '-'} → {row['length_m_after'] or '-'} m"
            out.say(line, line)
        for p in it.proposals:
            line = f"usulan/proposal {p.proposal_id}: {p.rbm}  {p.length_before_m or 0:.0f} → {p.length_m or 0:.0f} m"
            out.say(line, line)


@app.command("move")
def move_command(
    rbm: Code, idpels: People = None, source: From = "",
    how: Annotated[str, typer.Option(help="best (nearest place), first, end")] = "best",
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Put customers on an RBM; numbers that the unit does not know are listed."""
    if how not in ("best", "first", "end"):
        raise UsageError(f"--how {how!r}: best, first or end", f"--how {how!r}: best, first, atau end")  # fmt: skip
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        ids, unknown = _people(session, ulp, version_id, idpels, source)
        made = moves.move_command(session, ulp, version_id, public_ids=ids, rbm=rbm, how=how)
        done = _do(session, ulp, version_id, made, revision, who)
    _say(out, done, unknown)


@app.command("place")
def place_command(
    idpel: Annotated[str, typer.Argument(help="IDPEL")],
    number: Annotated[int, typer.Argument(min=1, help="Read as the number-th of its RBM")],
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Read a customer as the number-th of its RBM."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        ids, _ = _people(session, ulp, version_id, [idpel], "")
        made = moves.numbered_command(session, ulp, version_id, public_id=ids[0], number=number)
        done = _do(session, ulp, version_id, made, revision, who)
    _say(out, done)


@app.command("pin")
def pin_command(
    idpels: People = None, source: From = "",
    loose: Annotated[bool, typer.Option("--loose", help="Let them go again")] = False,
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Pin customers to the RBM that they have."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        ids, unknown = _people(session, ulp, version_id, idpels, source)
        made = moves.pin_command(session, ulp, version_id, public_ids=ids, pinned=not loose)
        done = _do(session, ulp, version_id, made, revision, who)
    _say(out, done, unknown)


@app.command("rbm")
def rbm_command(
    act: Annotated[str, typer.Argument(help="lock, unlock, new, drop, rename")], rbm: Code,
    to: Annotated[str, typer.Argument(help="New code, for rename")] = "",
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Lock, unlock, make, rename an RBM of the draft, or remove one without customers."""
    if act not in ("lock", "unlock", "new", "drop", "rename"):
        raise UsageError(f"{act!r}: lock, unlock, new, drop or rename", f"{act!r}: lock, unlock, new, drop, atau rename")  # fmt: skip
    made: Command = {"kind": act, "rbm": rbm} | ({"to": to} if act == "rename" else {})
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        done = _do(session, ulp, version_id, made, revision, who)
    _say(out, done)


@app.command("undo")
def undo_command(
    times: Annotated[int, typer.Option(min=1, max=1000, help="So many edits")] = 1,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was undone")] = False,
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Take back the newest edits, or do them again."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        for _ in range(times):
            done = _do(session, ulp, version_id, {"kind": "redo" if redo else "undo"}, revision, who)  # fmt: skip
            revision = done.revision
    _say(out, done)


@app.command("rest")
def rest_command(
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Place everybody who has no place; who cannot be stands on BELUM DITEMPATKAN."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        made, counts = moves.rest_command(session, ulp, version_id)
        if made["rows"]:
            _do(session, ulp, version_id, made, revision, who)
    out.result({"version": version_id, **counts})
    out.say(f"{counts['placed']} ditempatkan, {counts['left']} masih BELUM DITEMPATKAN",
            f"{counts['placed']} placed, {counts['left']} still without a place")  # fmt: skip


@app.command("sheet")
def sheet_command(
    path: Annotated[Path, typer.Argument(help="The workbook (XLSX)")],
    back: Annotated[bool, typer.Option("--back", help="Take the edited workbook back as one edit")] = False,
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Write the draft as a workbook, or take an edited one back as one edit."""
    if not back:
        with reading(version, ulp, as_json, lang) as (out, session, ulp, version_id):
            write_file(path, xlsx_bytes({"RBM": sheet(session, ulp, version_id)}))
        out.result({"version": version_id, "file": str(path)})
        out.say(f"ditulis: {path}", f"written: {path}")
        return
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        found = read_back(session, ulp, version_id, _bytes(path))
        if not found.command["rows"]:
            raise NothingToDo("the workbook says the same as the draft", "buku kerja sama dengan draf")  # fmt: skip
        done = _do(session, ulp, version_id, found.command, revision, who)
    for row, idpel, why in found.refused:
        out.note(f"baris {row}: {idpel} dilewati ({why})", f"row {row}: {idpel} left out ({why})")
    _say(out, done)


@app.command("reorder")
def reorder_command(
    rbm: Annotated[list[str] | None, typer.Argument(help="RBM; all if none is named")] = None,
    version: Version = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Look for shorter orders; each waits for `rbmgeo routes decide`."""
    with (
        writing(version, ulp, as_json, lang) as (out, session, ulp, version_id),
        out.progress() as told,
    ):
        done = reorder(session, ulp, version_id, rbms=rbm or None, who=who, progress=told)
    out.result({"version": version_id, **done.summary})
    out.say(f"{done.summary['reordered']} dari {done.summary['rbm']} RBM punya urutan lebih pendek; lihat `rbmgeo routes show`",
            f"{done.summary['reordered']} of {done.summary['rbm']} RBM have a shorter order; see `rbmgeo routes show`")  # fmt: skip


@app.command("decide")
def decide_command(
    number: Annotated[int, typer.Argument(help="Number of the proposal; 0 accepts all")],
    reject: Annotated[bool, typer.Option("--reject", help="Reject it")] = False,
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Accept or reject a shorter order."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        known = seen(session, ulp, version_id, revision)
        if number:
            decide(session, ulp, version_id, number, accepted=not reject, revision=known, who=who)
            done = int(not reject)
        else:
            done = accept_all(session, ulp, version_id, revision=known, who=who)
    out.result({"version": version_id, "accepted": done})
    out.say(f"{done} urutan diterima", f"{done} orders accepted")


def _do(
    session: Session, ulp: str, version_id: int, made: Command, revision: int | None, who: str
) -> workbench.Change:
    workbench.open_draft(session, ulp, version_id, who=who)
    known = seen(session, ulp, version_id, revision)
    return workbench.act(session, ulp, version_id, made, revision=known, who=who)


def _people(
    session: Session, ulp: str, version_id: int, idpels: "list[str] | None", source: str
) -> tuple[list[str], list[str]]:
    text = " ".join(idpels or [])
    if source:
        text += "\n" + (sys.stdin.read() if source == "-" else _bytes(Path(source)).decode("utf-8", "replace"))  # fmt: skip
    found = moves.pasted(session, ulp, version_id, text)
    ids = [str(r["id"]) for r in found.rows]
    if not ids:
        raise UsageError(
            f"no customer of unit {ulp} is named; write numbers of 12 digits",
            f"tidak ada pelanggan unit {ulp} yang disebut; tulis nomor 12 angka",
        )
    return ids, found.unknown


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", f"{path} tidak bisa dibaca ({error.strerror})") from error  # fmt: skip


def _say(out: Output, done: workbench.Change, unknown: "list[str] | None" = None) -> None:
    before: float = sum(r["length_before_m"] or 0 for r in done.rbms)
    after: float = sum(r["length_after_m"] or 0 for r in done.rbms)
    minutes: float = sum(r["minutes_after"] - r["minutes_before"] for r in done.rbms)
    facts: dict[str, Any] = {
        "revision": done.revision, "moved": done.moved, "renumbered": done.renumbered,
        "length_before_m": round(before, 1), "length_after_m": round(after, 1), "minutes": round(minutes, 1),
        "gardu_cut": done.cut, "unknown": unknown or [], "rbm": done.rbms,
    }  # fmt: skip
    out.result(facts)
    out.say(
        f"perubahan {done.revision}: {done.moved} pindah, {done.renumbered} nomor berubah, "
        f"{before / 1000:.2f} → {after / 1000:.2f} km, {minutes:+.0f} menit",
        f"edit {done.revision}: {done.moved} moved, {done.renumbered} numbers changed, "
        f"{before / 1000:.2f} → {after / 1000:.2f} km, {minutes:+.0f} minutes",
    )
    if unknown:
        out.say(f"{len(unknown)} nomor tidak dikenal: {', '.join(unknown)}",
                f"{len(unknown)} numbers not known: {', '.join(unknown)}")  # fmt: skip
