"""`rbmgeo survey schedule`: SOP IV.2, who surveys which gardu on which day."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rbmgeo.cli.common import (
    Csv,
    Json,
    Lang,
    SeenOn,
    Ulp,
    Who,
    at_unit,
    group,
    write_csv,
    write_file,
)
from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo
from rbmgeo.labels import text
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.survey.tasks import VISITS_A_DAY
from rbmgeo.workflows.letters import letter_from_schedule
from rbmgeo.workflows.schedule import day_of, propose_schedule, schedule_status, set_piece

app = group("SOP IV.2: who surveys which gardu on which day.")


@app.command("propose")
def propose_command(
    officers: Annotated[list[str], typer.Argument(help="Codes of officers")],
    begin: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD")],
    ulp: Ulp = "",
    capacity: Annotated[int, typer.Option(help="Houses for one in a day")] = VISITS_A_DAY,
    whole: Annotated[
        bool, typer.Option("--whole", help="All customers of a gardu, not only the doubtful")
    ] = False,
    skip_read_days: Annotated[
        bool, typer.Option("--skip-read-days", help="No work on days of the reading calendar")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Schedule every gardu with doubtful houses that is not scheduled yet."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = propose_schedule(
            session, ulp, officers=officers, begin_on=day_of(begin), capacity=capacity,
            whole=whole, skip_read_days=skip_read_days, who=who,
        )  # fmt: skip
    out.result({"ulp": ulp, "pieces": done.pieces, "gardu": done.gardu, "houses": done.houses,
                "from": done.first_on, "to": done.last_on})  # fmt: skip
    out.say(
        f"{done.gardu} gardu, {done.houses} rumah dijadwalkan {done.first_on} sampai {done.last_on}",
        f"{done.gardu} gardu, {done.houses} houses scheduled {done.first_on} to {done.last_on}",
    )


@app.command("show")
def show_command(
    ulp: Ulp = "",
    on: SeenOn = "",
    csv: Csv = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the rows as Excel")] = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Show target against what was answered, late ones first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        seen_on = day_of(on) if on else _today(database, ulp)
        done = schedule_status(session, ulp, on=seen_on)
        sample = units.unit_settings(session, ulp=ulp).sample
    if done is None:
        raise NothingToDo(
            "there is no schedule yet; make one with `rbmgeo survey schedule propose`",
            "belum ada jadwal; buat dengan `rbmgeo survey schedule propose`",
        )
    if csv is not None:
        write_csv(done.rows, csv)
    if xlsx is not None:
        title = f"Jadwal pemutakhiran {ulp}"
        write_file(xlsx, xlsx_bytes({"jadwal": done.rows}, title=title, sample=sample))
    rows = done.rows.reset_index()
    out.result({"ulp": ulp, "on": done.on, "target": done.target, "done": done.done,
                "states": done.states,
                "rows": rows.astype(object).where(rows.notna(), None).to_dict("records")})  # fmt: skip
    out.say(
        f"{ulp} per {done.on}: {done.done} dari {done.target} rumah dijawab",
        f"{ulp} on {done.on}: {done.done} of {done.target} houses answered",
    )
    for row in rows.to_dict("records"):
        line = (
            f"{row['schedule_id']:>5}  {row['due_on'] or '-'!s:<10}  {row['officer'] or '-':<8} "
            f"{row['gardu']:<10} {row['done']:>4}/{row['target']:<4} "
            f"{text('plan.' + row['state'], out.lang)}"
        )
        out.say(line, line)


@app.command("set")
def set_command(
    line: Annotated[int, typer.Argument(help="Number of the line")],
    ulp: Ulp = "",
    officer: Annotated[str, typer.Option(help="Code of the officer; empty: nobody yet")] = "",
    on: Annotated[str, typer.Option("--on", help="Day, YYYY-MM-DD; empty: no day yet")] = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Give one line to another officer or day."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        due_on = day_of(on) if on else None
        set_piece(session, ulp, line, officer=officer, due_on=due_on, who=who)
    out.result({"ulp": ulp, "line": line, "officer": officer or None, "on": on or None})
    out.say(f"baris {line} diubah", f"line {line} changed")


@app.command("letter")
def letter_command(
    officer: Annotated[str, typer.Argument(help="Code of the officer")],
    begin: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD")],
    end: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Issue a letter of assignment (Surat Tugas) for scheduled work; it is printed on its page."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = letter_from_schedule(
            session, ulp, officer=officer, first_on=day_of(begin), last_on=day_of(end),
            on=_today(database, ulp), who=who,
        )  # fmt: skip
    out.result({"ulp": ulp, "year": done.year, "number": done.number, "letter": done.full_number})
    out.say(f"surat tugas {done.full_number} terbit", f"letter {done.full_number} issued")


def _today(database: Database, ulp: str) -> date:
    with database.reading() as session:
        zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    return datetime.now(UTC).astimezone(zone).date()
