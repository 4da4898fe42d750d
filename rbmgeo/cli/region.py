"""`rbmgeo region` and `rbmgeo border`: units side by side, customers at the borders between them."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import Json, Lang, Newest, Output, Ulp, Who, open_database, resolve_ulp
from rbmgeo.db.queries import units
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.supervision.region import Group, grouped, summed
from rbmgeo.workflows.border import BorderPass, border_pass
from rbmgeo.workflows.region import freshen_units, look


def region_command(
    blth: Newest = "",
    by: Annotated[str, typer.Option("--by", help="up3 or uid")] = "up3",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Units rolled up to UP3 or UID; figures that are not of the present data are computed first."""
    if by not in ("up3", "uid"):
        raise UsageError(
            f"--by is {by!r}; it is up3 or uid", f"--by berisi {by!r}; pilih up3 atau uid"
        )
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    with database.reading() as session:
        known = [u.ulp for u in units.units(session)]
    with out.progress() as progress:
        made = freshen_units(database, known, progress)
    with database.reading() as session:
        found = look(session, known, blth=blth or None, now=datetime.now(UTC))
    if blth and blth not in found.months:
        raise NotThere(f"no unit has figures of month {blth}; there are {', '.join(found.months) or 'none'}",
                       f"tidak ada unit dengan angka bulan {blth}; yang ada {', '.join(found.months) or 'tidak ada'}")  # fmt: skip
    groups = grouped(found.rows, by)
    out.result(
        {"blth": found.blth, "computed": made, "groups": [_told(g) for g in groups],
         "totals": {n: t.value for n, t in summed(found.rows).items()}}
    )  # fmt: skip
    if found.blth:
        out.say(f"bulan {found.blth}", f"month {found.blth}")
    for group in groups:
        customers, kwh = group.totals["customers"], group.totals["kwh"]
        name = group.code or "-"
        out.say(
            f"{name}: {len(group.units)} unit, {customers.value} pelanggan, kWh {kwh.value} "
            f"dari {kwh.known} dari {kwh.of} unit",
            f"{name}: {len(group.units)} units, {customers.value} customers, kWh {kwh.value} "
            f"of {kwh.known} of {kwh.of} units",
        )
    if not groups:
        out.say("belum ada unit; impor berkas pertamanya", "there is no unit yet; import its first files")  # fmt: skip


def border_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli") -> None:
    """Look for customers near a neighbour unit's gardu, in one unit or (without --ulp) in all."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    with database.reading() as session:
        asked = [u.ulp for u in units.units(session)]
    if ulp:
        asked = [resolve_ulp(database, ulp)]
    done: list[BorderPass] = []
    with out.progress() as progress:
        for place, code in enumerate(asked):
            progress("perbatasan / border", place, len(asked))
            with database.writing() as session:
                done.append(border_pass(session, code, who=who))
    out.result({"units": [vars(d) for d in done]})
    for d in done:
        out.say(
            f"{d.ulp}: {d.candidates} calon dari {d.asked} pelanggan berkoordinat "
            f"({d.customers} semuanya), {d.foreign} gardu unit lain di sekitarnya",
            f"{d.ulp}: {d.candidates} candidates of {d.asked} customers with a place "
            f"({d.customers} in all), {d.foreign} gardu of other units around",
        )


def _told(group: Group) -> dict[str, Any]:
    return {
        "code": group.code, "units": [u.ulp for u in group.units],
        "totals": {n: {"value": t.value, "known": t.known, "of": t.of, "missing": list(t.missing)}
                   for n, t in group.totals.items()},
    }  # fmt: skip
