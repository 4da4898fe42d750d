"""`rbmgeo report`: what is handed on (SOP IV.8)."""

from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import (
    Csv,
    Json,
    Lang,
    Newest,
    Output,
    Ulp,
    at_unit,
    open_database,
    resolve_ulp,
    write_csv,
    write_file,
)
from rbmgeo.db.queries import units
from rbmgeo.reports.tables import csv_bytes, xlsx_bytes
from rbmgeo.workflows.attention import attention, chosen
from rbmgeo.workflows.energy import kwh_report, span_of
from rbmgeo.workflows.energy_restated import Sides, restate, side_of, usual_sides

app = typer.Typer(help="SOP IV.8: reports.")


@app.command("kwh")
def kwh_command(
    blth: Annotated[str, typer.Option(help="202405 or 202401..202412")],
    ulp: Ulp = "",
    csv: Csv = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook")] = None,
    indonesian_excel: Annotated[bool, typer.Option(help="CSV with ; and decimal comma")] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Sum kWh per RBM per gardu; sums equal their source to the last digit."""
    out = Output(as_json=as_json, lang=lang)
    first, last = span_of(blth)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.reading() as session:
        done = kwh_report(session, ulp, blth_from=first, blth_to=last)
        sample = units.unit(session, ulp=ulp).sample
    if csv is not None:
        table = done.rows.assign(ulp=ulp)
        write_file(csv, csv_bytes(table, indonesian_excel=indonesian_excel))
    if xlsx is not None:
        sheets = {"RBM x gardu": done.rows, "gardu": done.per_gardu}
        write_file(xlsx, xlsx_bytes(sheets, title=f"kWh {ulp} {blth}", sample=sample))
    found = done.totals
    out.result(
        {"ulp": ulp, "months": done.months, "rows": len(done.rows), "total_kwh": found.kwh,
         "active_kwh": found.active_kwh, "token_kwh": found.token_kwh,
         "rejected_kwh": found.rejected_kwh,
         "without_daya": int(done.rows["without_daya"].sum())}
    )  # fmt: skip
    out.say(
        f"{ulp} {blth}: {found.kwh} kWh terbaca (aktif {found.active_kwh}, ditolak saat impor "
        f"{found.rejected_kwh}), token {found.token_kwh} kWh, {len(done.rows)} baris. "
        "kWh terjual, bukan susut.",
        f"{ulp} {blth}: {found.kwh} kWh read (active {found.active_kwh}, refused at import "
        f"{found.rejected_kwh}), tokens {found.token_kwh} kWh, {len(done.rows)} rows. "
        "kWh sold, not losses.",
    )


@app.command("dlpd")
def dlpd_command(
    blth: Newest = "",
    kind: Annotated[str, typer.Option(help="Our finding: naik, nol, ...")] = "",
    agreement: Annotated[str, typer.Option(help="sama, lain_jenis, hanya_kita, hanya_ap2t")] = "",
    ulp: Ulp = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """List odd readings, ours beside AP2T's codes, the most kWh at stake first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        found = attention(session, ulp, month)
    work = chosen(found.work, kind=kind, agreement=agreement)
    if csv is not None:
        write_csv(work.drop(columns="public_id").assign(ulp=ulp, blth=month), csv)
    out.result(
        {"ulp": ulp, "blth": month, "readings": found.readings, "unread": found.unread,
         "to_look_at": len(work), "stake_kwh": round(float(work["stake_kwh"].sum()), 2),
         "without_stake": int(work["stake_kwh"].isna().sum()), "by_kind": found.by_kind,
         "by_agreement": found.by_agreement}
    )  # fmt: skip
    out.say(
        f"{ulp} {month}: {len(work)} perlu dilihat dari {found.readings} bacaan "
        f"({found.unread} tidak terbaca)",
        f"{ulp} {month}: {len(work)} to look at of {found.readings} readings "
        f"({found.unread} unread)",
    )


@app.command("restate")
def restate_command(
    blth: Newest = "",
    by: Annotated[str, typer.Option(help="gardu (records of a day) or rbm (versions)")] = "gardu",
    old: Annotated[str, typer.Option(help="Day YYYY-MM-DD, or version; before the change")] = "",
    new: Annotated[str, typer.Option(help="Day YYYY-MM-DD, or version; after it")] = "",
    ulp: Ulp = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Set a month's kWh under an old and a new mapping beside each other; the sums are one."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        usual = usual_sides(session, ulp, month, by)
        sides = Sides(by, side_of(by, old, usual.old), side_of(by, new, usual.new))
        found = restate(session, ulp, month, sides)
    if csv is not None:
        write_csv(found.places.assign(ulp=ulp, blth=month), csv)
    differ = int(found.places["kwh_difference"].ne(0).sum())
    out.result(
        {"ulp": ulp, "blth": month, "by": by, "old": str(sides.old), "new": str(sides.new),
         "places": len(found.places), "differ": differ, "moves": len(found.moves),
         "old_kwh": found.total("kwh", "old"), "new_kwh": found.total("kwh", "new")}
    )  # fmt: skip
    out.say(
        f"{ulp} {month}: {differ} dari {len(found.places)} {by} berbeda, jumlah tetap "
        f"{found.total('kwh', 'new')} kWh",
        f"{ulp} {month}: {differ} of {len(found.places)} {by} differ, the sum stays "
        f"{found.total('kwh', 'new')} kWh",
    )
