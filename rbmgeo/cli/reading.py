"""`rbmgeo reading`: read and unread per RBM against its day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Newest, SeenOn, Ulp, at_unit
from rbmgeo.cli.own_readings import own_command
from rbmgeo.db.queries import units
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels import text
from rbmgeo.reports.tables import csv_bytes
from rbmgeo.workflows.reading import reading_status

app = typer.Typer(help="Read and unread per RBM against its day; readings of our own taken in.")
app.command("own")(own_command)


@app.command("status")
def status_command(
    ulp: Ulp = "",
    blth: Newest = "",
    on: SeenOn = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say per RBM: customers, read, unread, planned date, late or not."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
        seen_on = _day(on) if on else datetime.now(UTC).astimezone(zone).date()
        month = blth or units.latest_blth(session, ulp=ulp)
        if month is None:
            raise NothingToDo(
                f"unit {ulp} has no month yet; import a DPM first",
                f"unit {ulp} belum punya bulan; impor DPM dulu",
            )
        done = reading_status(session, ulp, month, on=seen_on)
    if csv is not None:
        csv.write_bytes(csv_bytes(done.rows.assign(ulp=ulp, blth=month, on=done.on)))
    table = done.rows.reset_index()
    out.result(
        {"ulp": ulp, "blth": month, "on": done.on, **done.totals, "states": done.states,
         "rbm": table.astype(object).where(table.notna(), None).to_dict("records")}
    )  # fmt: skip
    sums = done.totals
    out.say(
        f"{ulp} {month} per {done.on}: {sums['read']} dari {sums['customers']} terbaca, "
        f"{sums['unread']} belum ({sums['visited']} sudah didatangi)",
        f"{ulp} {month} on {done.on}: {sums['read']} of {sums['customers']} read, "
        f"{sums['unread']} unread ({sums['visited']} were visited)",
    )
    for row in table.to_dict("records"):
        state = text(f"reading.{row['state']}", out.lang)
        more = f" {row['days_late']} " + ("hari" if out.lang == "id" else "days")
        line = (
            f"{row['read_on'] or '-'!s:<10}  {row['rbm']:<18} {row['read']:>5}/{row['customers']:<5} "
            f"{state}{more if row['days_late'] else ''}"
        )
        out.say(line, line)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UsageError(
            f"--on {said!r} is no date; write YYYY-MM-DD",
            f"--on {said!r} bukan tanggal; tulis YYYY-MM-DD",
        ) from None
