"""`rbmgeo many`: the work on many units, by an engine, with a ledger that a run goes on from."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import Json, Lang, Output, Who, group, open_database, resolve_ulp
from rbmgeo.db.queries import unit_runs, units
from rbmgeo.errors import UsageError
from rbmgeo.intake.unit_files import write_snapshot
from rbmgeo.jobs.engines import NAMES, engine_of
from rbmgeo.jobs.many_units import ATTEMPTS, Order, RunDone, run_units
from rbmgeo.settings import Settings
from rbmgeo.unit.process import STEPS, UnitParams
from rbmgeo.workflows.snapshots import unit_snapshot

#: Names that a folder may have.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

app = group("Many units at once: run them, show a run, write a snapshot.")
#: What the command ends with where a unit was set aside.
SET_ASIDE = 3

Run = Annotated[str, typer.Argument(help="Name of the run; the same name goes on where it stopped")]


@app.command("run")
def run_command(
    run: Run,
    ulp: Annotated[list[str] | None, typer.Option("--ulp", help="A unit; all, where none is named")] = None,
    up3: Annotated[str, typer.Option("--up3", help="The units of this UP3 alone")] = "",
    engine: Annotated[str, typer.Option(help=", ".join(NAMES))] = "processes",
    workers: Annotated[int, typer.Option(min=1, help="Processes of this machine")] = 2,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler; a local cluster if left out")] = "",
    memory_gb: Annotated[float, typer.Option(min=0, help="What a Dask worker may take; 0 for any")] = 0,
    steps: Annotated[str, typer.Option(help="Of " + ",".join(STEPS))] = ",".join(STEPS),
    no_detect: Annotated[bool, typer.Option("--no-detect", help="Stop matching after the candidates")] = False,
    folder: Annotated[Path | None, typer.Option(help="Snapshots and results, in reach of every worker")] = None,
    attempts: Annotated[int, typer.Option(min=1, help="Then a unit is set aside")] = ATTEMPTS,
    keep_files: Annotated[bool, typer.Option("--keep-files", help="Leave snapshots and results of kept units")] = False,
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Evaluate, match, design, order and report many units; ends with 3 if one was set aside."""
    if not _NAME.fullmatch(run):
        raise UsageError(f"name {run[:80]!r} is not up to 64 letters, figures, . _ -; for example 2026-11-27",
                         f"nama {run[:80]!r} bukan sampai 64 huruf, angka, . _ -; contoh 2026-11-27")  # fmt: skip
    out, database = Output(as_json=as_json, lang=lang), open_database()
    with database.reading() as session:
        known = {u.ulp: u.up3 for u in units.units(session)}
    if unknown := sorted(set(ulp or ()) - set(known)):
        resolve_ulp(database, unknown[0])
    if not known:
        resolve_ulp(database, "")
    wanted = [u for u in ulp or known if not up3 or known[u] == up3]
    if not wanted:
        raise UsageError(f"no unit has UP3 {up3!r}", f"tidak ada unit dengan UP3 {up3!r}")
    params = UnitParams(tuple(s.strip() for s in steps.split(",") if s.strip()), not no_detect)
    home = folder or Settings().home / "many" / run
    order = Order(run, home.resolve(), params, attempts, who, keep_files)
    doer = engine_of(engine, workers=workers, address=scheduler, memory_gb=memory_gb)
    try:
        with out.progress() as progress:
            done = run_units(database, wanted, order, doer, progress=progress)
    finally:
        doer.close()
    _say(out, done)
    if done.set_aside:
        raise typer.Exit(SET_ASIDE)


@app.command("show")
def show_command(run: Annotated[str, typer.Argument(help="Name of the run; all, if left out")] = "",
                 as_json: Json = False, lang: Lang = "") -> None:  # fmt: skip
    """Show the runs, or the attempts of one."""
    out, database = Output(as_json=as_json, lang=lang), open_database()
    with database.reading() as session:
        if run:
            rows: list[Any] = unit_runs.ledger(session, run=run).to_dict("records")
        else:
            rows = unit_runs.runs(session)
    out.result({"rows": [{k: None if v != v else v for k, v in r.items()} for r in rows]})
    for line in _lines(rows, out.lang):
        out.say(line, line)
    if not rows:
        out.say(
            "belum ada; mulai dengan `rbmgeo many run NAMA`",
            "nothing yet; begin with `rbmgeo many run NAME`",
        )


@app.command("snapshot")
def snapshot_command(
    ulp: Annotated[str, typer.Option("--ulp", help="The unit")],
    folder: Annotated[Path, typer.Argument(help="Where it is written")],
    as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Write what the work on a unit takes, as GeoParquet."""
    out, database = Output(as_json=as_json, lang=lang), open_database()
    ulp = resolve_ulp(database, ulp)
    sha256 = write_snapshot(folder.resolve(), unit_snapshot(database, ulp))
    out.result({"ulp": ulp, "sha256": sha256})
    out.say(f"{ulp}: {sha256}", f"{ulp}: {sha256}")


_STATES = {
    "berjalan": "running",
    "disimpan": "kept",
    "gagal": "failed",
    "ditinggal": "left",
    "disisihkan": "set aside",
}
_HEADS = {
    "run": ("jalan", "run"), "units": ("unit", "units"), "kept": ("disimpan", "kept"),
    "set_aside": ("disisihkan", "set aside"), "started_at": ("mulai", "began"),
    "finished_at": ("selesai", "ended"), "ulp": ("ulp", "ulp"), "attempt": ("percobaan", "attempt"),
    "state": ("keadaan", "state"), "engine": ("mesin", "engine"), "customers": ("pelanggan", "customers"),
    "cpu_s": ("prosesor_s", "cpu_s"), "peak_mb": ("puncak_mb", "peak_mb"), "error": ("sebab", "cause"),
}  # fmt: skip


def _lines(rows: list[dict[str, Any]], lang: str) -> list[str]:
    """Return rows as a table with headings; hashes are in the JSON alone."""
    names = [n for n in (rows[0] if rows else ()) if n in _HEADS]
    table = [[_HEADS[n][lang != "id"] for n in names]]
    table += [[_cell(n, row[n], lang) for n in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table if row]  # fmt: skip


def _cell(name: str, value: Any, lang: str) -> str:
    if value is None or value != value:
        return "-"
    if name == "state" and lang != "id":
        return _STATES[value]
    if name.endswith("_at"):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _say(out: Output, done: RunDone) -> None:
    out.result(
        {"run": done.run, "engine": done.engine, "kept": done.kept, "known": done.known,
         "changed": done.changed, "empty": done.empty, "set_aside": done.set_aside, "attempts": done.attempts, "cpu_s": round(done.cpu_s, 1),
         "steps_s": {k: round(v, 1) for k, v in done.steps_s.items()}, "peak_mb": round(done.peak_mb)}
    )  # fmt: skip
    out.say(
        f"{done.run}: {len(done.kept)} unit disimpan, {len(done.known)} sudah ada, "
        f"{len(done.set_aside)} disisihkan; {done.cpu_s:.0f} detik prosesor",
        f"{done.run}: {len(done.kept)} units kept, {len(done.known)} there already, "
        f"{len(done.set_aside)} set aside; {done.cpu_s:.0f} processor seconds",
    )
    if done.empty:
        listed = ", ".join(done.empty)
        out.say(
            f"  tanpa pelanggan, tidak dikerjakan: {listed}",
            f"  without customers, not done: {listed}",
        )
    if done.changed:
        listed = ", ".join(done.changed)
        out.say(f"  datanya berubah sejak disimpan; pakai nama baru untuk mengulang: {listed}",
                f"  their data changed since they were kept; a new name does them again: {listed}")  # fmt: skip
    for ulp, error in sorted(done.set_aside.items()):
        out.say(f"  {ulp}: {error}", f"  {ulp}: {error}")
