"""`rbmgeo deed`: berita acara of the hand-over (SOP IV.7): issue, list, close by the signed scan."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import By, Json, Lang, Ulp, Who, at_unit, group, write_file
from rbmgeo.db.queries import deeds as kept
from rbmgeo.errors import UsageError
from rbmgeo.settings import Settings
from rbmgeo.workflows.deeds import issue_deeds, sign_deed

app = group("SOP IV.7: berita acara of each RBM, and its signed scan.")


@app.command("issue")
def issue_command(
    blth: Annotated[str, typer.Option("--blth", help="Month YYYYMM for which it holds")],
    ulp: Ulp = "",
    version: Annotated[
        int | None,
        typer.Option("--version", help="A published version; the one in force if left out"),
    ] = None,
    rbm: Annotated[str, typer.Option("--rbm", help="Only this RBM")] = "",
    on: Annotated[str, typer.Option("--on", help="Date of the deeds, YYYY-MM-DD; else today")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="A further deed where there is one")] = False,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Write the PDF and Excel here")
    ] = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Issue the deed of every RBM of a published version, numbered within unit and year."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    try:
        dated = date.fromisoformat(on) if on else datetime.now(UTC).astimezone().date()
    except ValueError:
        raise UsageError(
            f"--on {on!r}: write YYYY-MM-DD", f"--on {on!r}: tulis TTTT-BB-HH"
        ) from None
    with out.progress() as tell, database.writing() as session:
        done = issue_deeds(
            session,
            ulp,
            blth,
            on=dated,
            who=who,
            version_id=version,
            rbm=rbm,
            anew=anew,
            progress=tell,
        )
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for found in kept.deeds(session, ulp=ulp):
                if found.blth == blth and (not rbm or found.rbm == rbm):
                    stem = folder / f"{_safe(found.rbm)}-{found.year}-{found.number:03d}"
                    write_file(stem.with_suffix(".pdf"), bytes(found.pdf))
                    write_file(stem.with_suffix(".xlsx"), bytes(found.xlsx))
    out.result(
        {"ulp": ulp, "blth": blth, "deeds": done.deeds, "known": done.known,
         "customers": done.customers, "kwh": done.kwh, "first": done.first, "last": done.last}
    )  # fmt: skip
    out.say(
        f"{done.deeds} berita acara terbit ({done.first or '-'} sampai {done.last or '-'}), "
        f"{done.known} sudah ada; {done.customers} pelanggan, {done.kwh if done.kwh is not None else '-'} kWh",
        f"{done.deeds} deeds issued ({done.first or '-'} to {done.last or '-'}), {done.known} were "
        f"there; {done.customers} customers, {done.kwh if done.kwh is not None else '-'} kWh",
    )


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the deeds, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = [
            {"number": d["full_number"], "no": d["number"]}
            | {n: d[n] for n in ("year", "rbm", "blth", "version_id", "customers", "kwh", "sha256", "signed_by")}
            for d in kept.summaries(session, ulp=ulp)
        ]  # fmt: skip
    out.result({"ulp": ulp, "deeds": rows})
    for row in rows:
        state = f"ttd {row['signed_by']}" if row["signed_by"] else "-"
        line = f"{row['year']}/{row['no']:<4} {row['number']:<28} {row['rbm']}  {row['blth']}  {row['customers']:>5}  {state}"  # fmt: skip
        out.say(line, line)


@app.command("sign")
def sign_command(
    number: Annotated[str, typer.Argument(help="YEAR/NUMBER, as `list` shows it")],
    files: Annotated[list[Path], typer.Argument(help="Scan or photos of the signed paper")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Close a deed with the scan (PDF) or photos of its signed paper."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    year, sign, no = number.partition("/")
    if not (sign and year.isdigit() and no.isdigit()):
        raise UsageError(f"{number!r}: write YEAR/NUMBER, as 2024/7", f"{number!r}: tulis TAHUN/NOMOR, misalnya 2024/7")  # fmt: skip
    missing = [str(f) for f in files if not f.is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is not there", f"{missing[0]} tidak ada")
    with database.writing() as session:
        sha256 = sign_deed(
            session, Settings().home, ulp, int(year), int(no), [f.read_bytes() for f in files],
            who=who, at=datetime.now(UTC),
        )  # fmt: skip
    out.result({"ulp": ulp, "year": int(year), "number": int(no), "sha256": sha256})
    out.say(f"{number}: ditutup, pindaian {sha256[:12]}", f"{number}: closed, scan {sha256[:12]}")


def _safe(code: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in code)
