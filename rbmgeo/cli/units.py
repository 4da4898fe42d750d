"""`rbmgeo ulp`: units, their names and what they chose."""

import json
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import Json, Lang, Output, Who, open_database
from rbmgeo.db.queries import units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.workflows.region_rights import place_unit

app = typer.Typer(help="Units (ULP): list them, name them, set what they chose.")


@app.command("list")
def list_units(as_json: Json = False, lang: Lang = "") -> None:
    """List every unit."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    with database.reading() as session:
        rows = [
            {"ulp": u.ulp, "name": u.name, "up3": u.up3, "uid": u.uid, "utm_srid": u.utm_srid, "time_zone": u.time_zone,
             "sample": u.sample, "settings": u.settings}
            for u in units.units(session)
        ]  # fmt: skip
    out.result({"units": rows})
    for row in rows:
        out.say(*[f"{row['ulp']}  {row['name']}  EPSG:{row['utm_srid'] or '-'}"] * 2)
    if not rows:
        out.say(
            "belum ada unit; impor berkas pertamanya",
            "there is no unit yet; import its first files",
        )


@app.command("set")
def set_unit(
    ulp: Annotated[str, typer.Argument(help="Code of the unit")],
    name: Annotated[str, typer.Option(help="What people call it")] = "",
    up3: Annotated[str, typer.Option(help="The UP3 that it belongs to")] = "",
    uid: Annotated[str, typer.Option(help="The UID that it belongs to")] = "",
    time_zone: Annotated[str, typer.Option(help="For example Asia/Jakarta")] = "",
    setting: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of a unit setting; may be repeated")
    ] = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Add a unit, or change its name, region, time zone or settings."""
    out = Output(as_json=as_json, lang=lang)
    values: dict[str, Any] = {}
    if name:
        values["name"] = name
    if time_zone:
        values["time_zone"] = time_zone
    if setting:
        values["settings"] = dict(_pair(s) for s in setting)
    database = open_database()
    with database.writing() as session:
        new = units.ensure_unit(session, ulp=ulp)
        if up3 or uid:
            now = units.unit(session, ulp=ulp)
            place_unit(session, ulp, up3=up3 or now.up3 or "", uid=uid or now.uid or "", who=who)
        was = units.unit(session, ulp=ulp)
        before = None if new else {name: getattr(was, name) for name in values}
        done = units.set_unit(session, ulp=ulp, **values)
        after = {name: getattr(done, name) for name in values}
        log_command(session, who=who, ulp=ulp, command="ulp set", before=before, after=after)
        row = {"ulp": done.ulp, "name": done.name, "settings": done.settings}
    out.result(row)
    out.say(f"{row['ulp']} {row['name']}: tersimpan", f"{row['ulp']} {row['name']}: kept")


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(
            f"--setting {text!r} is not NAME=VALUE", f"--setting {text!r} bukan NAMA=NILAI"
        )
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
