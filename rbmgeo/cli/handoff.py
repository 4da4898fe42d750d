"""`rbmgeo handoff`: files for CATER and AP2T, and what AP2T made of them (SOP IV.7)."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import (
    Csv,
    Json,
    Lang,
    Output,
    Ulp,
    Who,
    at_unit,
    group,
    open_database,
    resolve_ulp,
)
from rbmgeo.db.queries import handoff as kept
from rbmgeo.errors import UsageError
from rbmgeo.labels import text
from rbmgeo.reports.tables import csv_bytes
from rbmgeo.workflows.handoff import HandedOver, check_handoff, hand_over
from rbmgeo.workflows.handoff_own import OWN_KINDS, hand_over_own

app = group("SOP IV.7: hand the updated RBM over, and see what was applied.")

Blth = Annotated[str, typer.Option("--blth", help="Month YYYYMM for which it holds")]
Folder = Annotated[Path, typer.Argument(help="Folder for the files; made if it is not there")]
Version = Annotated[
    int | None, typer.Option("--version", help="A published version; the one in force if left out")
]
Family = Annotated[str, typer.Option("--profile", help="Family of layouts in data/profiles/out")]
Excel = Annotated[bool, typer.Option("--excel-id", help="CSV for an Indonesian Excel (; and BOM)")]
Xlsx = Annotated[bool, typer.Option("--xlsx", help="Workbooks instead of CSV")]
Anew = Annotated[bool, typer.Option("--anew", help="A further hand-off of what is known now")]


def _hands_over(kind: str) -> Callable[..., None]:
    """Return the command that hands one kind of files over; all take the same options."""

    def command(
        folder: Folder,
        blth: Blth,
        ulp: Ulp = "",
        version: Version = None,
        profile: Family = "umum",
        excel_id: Excel = False,
        xlsx: Xlsx = False,
        anew: Anew = False,
        as_json: Json = False,
        lang: Lang = "",
        who: Who = "cli",
    ) -> None:
        shape = _shape(excel_id, xlsx)
        _hand(Output(as_json=as_json, lang=lang), kind, folder, blth, ulp, version, profile, shape, anew, who)  # fmt: skip

    return command


app.command("cater", help="Write the reader's list of each RBM in walking order, with target and date.")(_hands_over("cater"))  # fmt: skip
app.command("ap2t", help="Write what changed of RBM, KDDK and gardu against the source's list, and the whole.")(_hands_over("ap2t"))  # fmt: skip


def _hands_own(kind: str) -> Callable[..., None]:
    """Return the command that hands one kind of own field work over."""

    def command(
        folder: Folder,
        blth: Blth,
        ulp: Ulp = "",
        profile: Family = "umum",
        excel_id: Excel = False,
        xlsx: Xlsx = False,
        anew: Anew = False,
        as_json: Json = False,
        lang: Lang = "",
        who: Who = "cli",
    ) -> None:
        shape = _shape(excel_id, xlsx)
        _hand(Output(as_json=as_json, lang=lang), kind, folder, blth, ulp, None, profile, shape, anew, who)  # fmt: skip

    return command


app.command("readings", help="Write the readings of our own of a month (LBKB list), conflicts apart.")(_hands_own("readings"))  # fmt: skip
app.command("prepaid", help="Write the prepaid checks of our own of a month, conflicts apart.")(_hands_own("prepaid"))  # fmt: skip


@app.command("check")
def check_command(
    ulp: Ulp = "",
    blth: Annotated[
        str, typer.Option("--blth", help="Month of the hand-off, or of the list to check")
    ] = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say of each handed-over change whether the next list shows it applied."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        done = check_handoff(session, ulp, blth)
        number, handed_for = done.handoff.handoff_id, done.handoff.blth
    if csv is not None:
        csv.write_bytes(csv_bytes(done.rows.drop(columns="public_id", errors="ignore")))
    total = len(done.rows)
    out.result(
        {"ulp": ulp, "handoff": number, "blth": handed_for, "returned_blth": done.blth,
         "total": total, "applied": done.applied, "states": done.counts}
    )  # fmt: skip
    out.say(
        f"AP2T sudah menerapkan {done.applied} dari {total} (serah terima {number} untuk {handed_for}, "
        f"daftar {done.blth})",
        f"AP2T has applied {done.applied} of {total} (hand-off {number} for {handed_for}, list of "
        f"{done.blth})",
    )
    for state, n in done.counts.items():
        label = text(f"returned.{state}", out.lang)
        out.say(f"  {label:<28} {n}", f"  {label:<28} {n}")


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List what was handed over, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows: list[dict[str, Any]] = [
            {"handoff": h.handoff_id, "kind": h.kind, "blth": h.blth, "version": h.version_id,
             "rows": h.rows, "kwh": h.kwh, "sha256": h.sha256, "by": h.handed_by,
             "at": h.handed_at.isoformat(timespec="seconds")}
            for h in kept.handoffs(session, ulp=ulp)
        ]  # fmt: skip
    out.result({"ulp": ulp, "handoffs": rows})
    for row in rows:
        version = f"v{row['version']}" if row["version"] else "-"
        line = (
            f"{row['handoff']:>5}  {row['kind']:<8} {row['blth']}  {version:<4}  "
            f"{row['rows']:>8}  {row['sha256'][:12]}  {row['by']}  {row['at']}"
        )
        out.say(line, line)


def _shape(excel_id: bool, xlsx: bool) -> str:
    if excel_id and xlsx:
        raise UsageError("choose --excel-id or --xlsx", "pilih --excel-id atau --xlsx")
    return "xlsx" if xlsx else "csv-id" if excel_id else "csv"


def _hand(
    out: Output, kind: str, folder: Path, blth: str, ulp: str, version: int | None, profile: str,
    shape: str, anew: bool, who: str,
) -> None:  # fmt: skip
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file; name a folder", f"{folder} adalah berkas; sebutkan folder"
        )
    with database.writing() as session:
        if kind in OWN_KINDS:
            done = hand_over_own(
                session, ulp, kind, blth, who=who, family=profile, shape=shape, anew=anew
            )
        else:
            done = hand_over(
                session, ulp, kind, blth, who=who, version_id=version, family=profile,
                shape=shape, anew=anew,
            )  # fmt: skip
        # Written before the commit: what is kept as handed over did reach the folder.
        folder.mkdir(parents=True, exist_ok=True)
        for file in done.files:
            (folder / file.name).write_bytes(file.content)
    _say(out, done)


def _say(out: Output, done: HandedOver) -> None:
    version_id = f", versi {done.version_id}" if done.version_id else ""
    version_en = f", version {done.version_id}" if done.version_id else ""
    out.result(
        {"ulp": done.ulp, "kind": done.kind, "blth": done.blth, "handoff": done.handoff_id,
         "version": done.version_id, "again": done.again, "stale": done.stale,
         "rows": done.rows, "kwh": done.kwh, "sha256": done.sha256, "changes": done.changes,
         "files": [{"file": f.name, "rows": f.rows, "kwh": f.kwh, "sha256": f.sha256}
                   for f in done.files]}
    )  # fmt: skip
    out.say(
        f"serah terima {done.handoff_id} ({done.kind}, {done.blth}{version_id}): "
        f"{len(done.files)} berkas, {done.rows} baris, {done.kwh if done.kwh is not None else '-'} kWh, "
        f"sha256 {done.sha256[:12]}" + (", sama seperti waktu diserahkan" if done.again else ""),
        f"hand-off {done.handoff_id} ({done.kind}, {done.blth}{version_en}): "
        f"{len(done.files)} files, {done.rows} rows, {done.kwh if done.kwh is not None else '-'} kWh, "
        f"sha256 {done.sha256[:12]}" + (", as it was handed over" if done.again else ""),
    )
    for change, n in done.changes.items():
        label = text(f"change.{change}", out.lang)
        out.say(f"  {label:<28} {n}", f"  {label:<28} {n}")
    if done.stale:
        out.note(
            "  data lain sudah berubah sejak itu; --anew membuat serah terima baru",
            "  other data changed since; --anew makes a further hand-off",
        )
