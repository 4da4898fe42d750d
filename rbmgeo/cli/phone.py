"""`rbmgeo phone`: phones of the field, and a rescue file opened without the phone's PIN."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import By, Json, Lang, Ulp, at_unit, group
from rbmgeo.db.queries import field_devices
from rbmgeo.settings import Settings
from rbmgeo.workflows.field_devices import strike_off
from rbmgeo.workflows.rescue import bring_in, opened

app = group("Phones of the field: list them, strike one off, open a rescue file.")
Device = Annotated[str, typer.Argument(help="Id of the phone, as `list` shows it")]


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the phones of a unit: who holds them, when they were there, what came from them."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = field_devices.devices(session, ulp=ulp)
    out.result({"ulp": ulp, "phones": rows})
    for r in rows:
        off = (" dicoret", " struck off") if r["struck_off_at"] else ("", "")
        line = f"{r['device_id']}  {r['login']}  {r['told']}  {r['last_seen_at']:%Y-%m-%d %H:%M}  {r['records']}"
        out.say(line + off[0], line + off[1])
    if not rows:
        out.say("belum ada HP", "there is no phone yet")


@app.command("strike-off")
def strike_command(
    device: Device,
    who: By,
    back: Annotated[bool, typer.Option("--back", help="Take it back")] = False,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Give a phone no more lists; what it holds is still received."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = strike_off(session, ulp, device, off=not back, who=who)
    out.result({"ulp": ulp, "phone": device, "changed": done, "struck_off": not back})
    now = ("boleh lagi", "allowed again") if back else ("dicoret", "struck off")
    out.say(f"HP {now[0]}", f"the phone is {now[1]}")


@app.command("rescue")
def rescue_command(
    file: Annotated[Path, typer.Argument(help="The file that the phone exported")],
    who: By,
    look: Annotated[bool, typer.Option("--look", help="Only say what is in it")] = False,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Open a phone's rescue file without its PIN and bring in what is in it; twice is as once."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    home = Settings().home.resolve()
    with database.reading() as session:
        found = opened(session, ulp, file.read_bytes(), home=home)
    told = {
        "ulp": ulp, "phone": found.device_id, "visits": len(found.visits),
        "pictures": len(found.pictures), "broken": found.broken, "no_visits": found.no_visits,
        "brought_in": not look,
    }  # fmt: skip
    if not look:
        with database.writing() as session:
            done = bring_in(session, ulp, found, home=home, who=who, now=datetime.now(UTC))
        told |= {"new": done.new, "again": done.again, "conflicts": done.conflicts}
    out.result(told)
    broken = len(found.broken) + len(found.no_visits)
    out.say(
        f"{len(found.visits)} kunjungan, {len(found.pictures)} foto, {broken} tidak terbaca",
        f"{len(found.visits)} visits, {len(found.pictures)} pictures, {broken} not readable",
    )
    if not look:
        out.say(
            f"{done.new} baru, {done.again} sudah ada, {done.conflicts} konflik",
            f"{done.new} new, {done.again} there already, {done.conflicts} conflicts",
        )
