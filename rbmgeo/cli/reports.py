"""`rbmgeo report`: what is handed on (SOP IV.8)."""

from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Output, Ulp, open_database, resolve_ulp, write_file
from rbmgeo.db.queries import units
from rbmgeo.reports.tables import csv_bytes, xlsx_bytes
from rbmgeo.workflows.energy import kwh_report, span_of

app = typer.Typer(help="SOP IV.8: reports.")


@app.callback()
def _group() -> None:
    """Keep `kwh` a word of its own though it is the only report yet."""


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
