"""`rbmgeo many`: the work on many units, by an engine, with a ledger that a run goes on from."""

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
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Evaluate, match, design, order and report many units; ends with 3 if one was set aside."""
    out, database = Output(as_json=as_json, lang=lang), open_database()
    with database.reading() as session:
        known = {u.ulp: u.up3 for u in units.units(session)}
    if unknown := sorted(set(ulp or ()) - set(known)):
        resolve_ulp(database, unknown[0])
    wanted = [u for u in ulp or known if not up3 or known[u] == up3]
    if not wanted:
        raise UsageError(f"no unit has UP3 {up3!r}", f"tidak ada unit dengan UP3 {up3!r}")
    params = UnitParams(tuple(s.strip() for s in steps.split(",") if s.strip()), not no_detect)
    home = folder or Settings().home / "many" / run
    order = Order(run, home.resolve(), params, attempts, who)
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
    for row in rows:
        line = "  ".join(str(v) for v in row.values() if v is not None and v == v)
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


def _say(out: Output, done: RunDone) -> None:
    out.result(
        {"run": done.run, "engine": done.engine, "kept": done.kept, "known": done.known,
         "set_aside": done.set_aside, "attempts": done.attempts, "cpu_s": round(done.cpu_s, 1),
         "steps_s": {k: round(v, 1) for k, v in done.steps_s.items()}, "peak_mb": round(done.peak_mb)}
    )  # fmt: skip
    out.say(
        f"{done.run}: {len(done.kept)} unit disimpan, {len(done.known)} sudah ada, "
        f"{len(done.set_aside)} disisihkan; {done.cpu_s:.0f} detik prosesor",
        f"{done.run}: {len(done.kept)} units kept, {len(done.known)} there already, "
        f"{len(done.set_aside)} set aside; {done.cpu_s:.0f} processor seconds",
    )
    for ulp, error in sorted(done.set_aside.items()):
        out.say(f"  {ulp}: {error}", f"  {ulp}: {error}")
