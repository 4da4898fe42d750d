"""`rbmgeo reading own`: readings and prepaid checks of our own from a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Ulp, Who, at_unit
from rbmgeo.db.queries import units
from rbmgeo.intake.own_readings import Fault, read_own_readings
from rbmgeo.labels import text
from rbmgeo.workflows.own_readings import take_readings


def own_command(
    file: Annotated[Path, typer.Argument(help="CSV; its columns are told in data/README.md")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take readings and prepaid checks of our own in, all or none; sent again they change nothing."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        zone = units.unit(session, ulp=ulp).time_zone
        records, numbers, faults = read_own_readings(file, time_zone=zone, officer=who)
        done = None
        if not faults:
            done = take_readings(session, ulp, records, who=who, now=datetime.now(UTC))
            faults = [
                Fault(numbers[at], r.column, "", r.rule, r.indonesian, r.english)
                for at, r in done.refused
            ]
    out.result(
        {"ulp": ulp, "file": file.name, "good": done.good if done else 0,
         "known": done.skipped if done else 0, "conflicts": done.conflicts if done else 0,
         "marked": done.marked if done else 0, "marks": list(done.marks) if done else [],
         "faults": [{"row": f.row_no, "column": f.column, "value": f.value, "rule": f.rule,
                     "indonesian": f.indonesian, "english": f.english} for f in faults]}
    )  # fmt: skip
    if faults:
        for f in faults:
            value = f" {f.value!r}" if f.value else ""
            out.say(
                f"  baris {f.row_no}, {f.column}{value}: {f.indonesian} ({f.rule})",
                f"  row {f.row_no}, {f.column}{value}: {f.english} ({f.rule})",
            )
        out.say(
            f"{len(faults)} kesalahan; tidak ada yang dimuat", f"{len(faults)} faults; nothing kept"
        )
        raise typer.Exit(1)
    assert done is not None
    out.say(
        f"{done.good} bacaan dimuat, {done.skipped} sudah pernah, {done.conflicts} konflik, "
        f"{done.marked} bertanda",
        f"{done.good} readings taken in, {done.skipped} known, {done.conflicts} conflicts, "
        f"{done.marked} with a mark",
    )
    for mark in done.marks:
        words = text(f"mark.{mark}", out.lang)
        out.say(f"  {words}", f"  {words}")
