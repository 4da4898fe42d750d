"""`rbmgeo batches`: what came in, what it changed, and taking a file back."""

from typing import Annotated

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Output, Ulp, Who, at_unit, write_csv
from rbmgeo.db.models import ImportBatch
from rbmgeo.db.queries import batches, imports
from rbmgeo.db.queries.pages import rejects_by_rule
from rbmgeo.workflows.batches import Difference, difference, difference_rows, facts, holds, undo

app = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Files taken in: list them, show one, take one back.")  # fmt: skip

Number = Annotated[int, typer.Argument(help="Number of the import", metavar="N")]


@app.callback()
def list_command(ctx: typer.Context, ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List every file taken in, newest first."""
    if ctx.invoked_subcommand is not None:
        return
    out, database, unit = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = imports.batches(session, ulp=unit)
        for row in rows:
            out.say(*_line(row))
        out.result({"ulp": unit, "batches": [facts(r) for r in rows]})
    if not rows:
        out.note("belum ada berkas yang masuk", "no file was taken in yet")


def _line(of: ImportBatch) -> tuple[str, str]:
    head = f"{of.batch_id}  {of.file_name}  {of.kind}  {of.blth or '-'}  "
    gone = ("  DIURUNGKAN", "  UNDONE") if of.undone_at else ("", "")
    who = f"  {of.imported_by or '-'}  {of.imported_at:%Y-%m-%d %H:%M}"
    return (
        f"{head}dibaca {of.read} = dimuat {of.good} + ditolak {of.rejected} + dilewati {of.skipped}"
        f"; tidak mengubah apa pun {of.unchanged}{who}{gone[0]}",
        f"{head}read {of.read} = good {of.good} + rejected {of.rejected} + skipped {of.skipped}"
        f"; changed nothing {of.unchanged}{who}{gone[1]}",
    )


@app.command("show")
def show_command(
    number: Number, ulp: Ulp = "", csv: Csv = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """Show one file: its sums, what it changed against the last of its kind, what was refused."""
    out, database, unit = at_unit(ulp, as_json, lang)
    with database.writing() as session:  # its look at what leans on it needs a table of its own
        of = batches.batch(session, ulp=unit, batch_id=number)
        told = None if of.undone_at else difference(session, unit, number)
        rows = batches.written(session, ulp=unit, batch_id=number)
        refused = rejects_by_rule(session, ulp=unit, batch_id=number)
        held = holds(session, unit, number)
        out.say(*_line(of))
        _say_kwh(out, of)
        out.result(
            facts(of)
            | {"tables": {t: {"new": n, "changed": c} for t, (n, c) in rows.items()},
               "difference": _counts(told), "refused": refused,
               "undo": [{"what": h.what, "id": h.words("id"), "en": h.words("en")}
                        for h in held]}
        )  # fmt: skip
    for table, (new, changed) in rows.items():
        out.say(
            f"  {table}: {new} baru, {changed} berubah", f"  {table}: {new} new, {changed} changed"
        )
    _say_difference(out, told)
    for line in refused:
        out.say(f"  {line['rule']} × {line['n']}: {line['message_id']}",
                f"  {line['rule']} × {line['n']}: {line['message_en']}")  # fmt: skip
    for h in held:
        out.say(f"  tidak bisa diurungkan: {h.words('id')}",
                f"  cannot be undone: {h.words('en')}")  # fmt: skip
    if csv is not None and told is not None:
        write_csv(difference_rows(told).set_index("what"), csv)


def _say_kwh(out: Output, of: ImportBatch) -> None:
    if of.kwh_good is None or of.kwh_file is None:
        return
    parts = f"{of.kwh_good} + {of.kwh_rejected or 0} + {of.kwh_skipped or 0}"
    out.say(
        f"  kWh dimuat + ditolak + dilewati = {parts}; kWh berkas = {of.kwh_file}",
        f"  kWh loaded + refused + skipped = {parts}; kWh of the file = {of.kwh_file}",
    )


def _counts(told: Difference | None) -> dict[str, int | None] | None:
    if told is None:
        return None
    before = told.before.batch_id if told.before else None
    return {"against": before, **told.counts}


def _say_difference(out: Output, told: Difference | None) -> None:
    if told is None:
        return
    if told.before is None:
        out.say("  daftar pertama jenis ini", "  the first list of its kind")
        return
    c = told.counts
    out.say(
        f"  dibanding impor {told.before.batch_id}: {c['new']} baru, {c['gone']} tidak ada lagi, "
        f"{c['changed']} berubah",
        f"  against import {told.before.batch_id}: {c['new']} new, {c['gone']} gone, "
        f"{c['changed']} changed",
    )


@app.command("undo")
def undo_command(
    number: Number, ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli"
) -> None:
    """Take one file back, while nothing newer leans on it: every table is as it was before."""
    out, database, unit = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = undo(session, unit, number, who=who)
    out.say(
        f"impor {number} diurungkan: {done.removed} baris dihapus, {done.restored} dikembalikan; "
        "cocokkan lagi dengan `rbmgeo match`. Berkas yang sama bisa diimpor lagi",
        f"import {number} is undone: {done.removed} rows taken out, {done.restored} put back; "
        "match again with `rbmgeo match`. The same file may be imported again",
    )
    out.result({"ulp": unit, "batch": number, "removed": done.removed, "restored": done.restored,
                "stale": done.stale})  # fmt: skip
