"""`rbmgeo form`: meter cards, notices and lists in batch, each with its number, as one PDF."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import By, Json, Lang, Newest, Ulp, at_unit, group
from rbmgeo.db.queries import forms as kept
from rbmgeo.db.queries import units
from rbmgeo.errors import UsageError
from rbmgeo.intake.pasted import read_pasted
from rbmgeo.labels.forms import FORMS
from rbmgeo.workflows.forms import Choice, issue_forms, print_forms

app = group("Printed forms: meter cards, TUL II-04, TUL VI-01, information, work sheets.")

Out = Annotated[Path, typer.Option("--out", help="The PDF to write")]
Codes = Annotated[list[str] | None, typer.Option(help="Codes; may be given more than once")]


@app.command("print")
def print_command(
    kind: Annotated[str, typer.Argument(help=", ".join(FORMS))],
    out_file: Out,
    who: By,
    ulp: Ulp = "",
    blth: Newest = "",
    rbm: Codes = None,
    gardu: Codes = None,
    idpels: Annotated[
        Path | None, typer.Option("--idpel", help="A text file of customer numbers")
    ] = None,
    findings: Annotated[bool, typer.Option("--findings", help="Whoever is in doubt")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="Houses closed this month")] = False,
    arrears: Annotated[
        int, typer.Option("--arrears", help="From so many unpaid sheets on", min=0)
    ] = 0,
    plan: Annotated[int, typer.Option("--plan", help="A survey plan (work sheets)", min=0)] = 0,
    on: Annotated[str, typer.Option("--on", help="Dated YYYY-MM-DD; else today")] = "",
    subject: Annotated[str, typer.Option("--subject", help="What is told (information)")] = "",
    address: Annotated[str, typer.Option("--address", help="Of the pages, for QR codes")] = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Print numbered forms for whoever is chosen (every RBM if nobody is)."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    choice = _choice(rbm, gardu, idpels, findings, closed, arrears, plan)
    try:
        dated = date.fromisoformat(on) if on else datetime.now(UTC).astimezone().date()
    except ValueError:
        raise UsageError(f"--on {on!r}: write YYYY-MM-DD", f"--on {on!r}: tulis TTTT-BB-HH") from None  # fmt: skip
    with out.progress() as tell, database.writing() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or f"{dated:%Y%m}"
        done = issue_forms(
            session, ulp, kind=kind, blth=month, on=dated, choice=choice, who=who, address=address,
            subject=subject, progress=tell,
        )  # fmt: skip
        session.flush()
        out_file.parent.mkdir(parents=True, exist_ok=True)
        pages = print_forms(session, ulp, done.print_id, out_file, tell)
    out.result(
        {"ulp": ulp, "kind": kind, "print": done.print_id, "forms": done.forms, "pages": pages,
         "customers": done.customers, "first": done.first, "last": done.last,
         "unknown": done.unknown, "paid": done.paid, "file": str(out_file)}
    )  # fmt: skip
    out.say(
        f"{done.forms} formulir ({done.first} sampai {done.last}), {done.customers} pelanggan: {out_file}",
        f"{done.forms} forms ({done.first} to {done.last}), {done.customers} customers: {out_file}",
    )


@app.command("again")
def again_command(
    print_id: int, out_file: Out, ulp: Ulp = "", as_json: Json = False, lang: Lang = ""
) -> None:
    """Print once more what was printed, with its own numbers."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as tell, database.reading() as session:
        pages = print_forms(session, ulp, print_id, out_file, tell)
    out.result({"ulp": ulp, "print": print_id, "pages": pages, "file": str(out_file)})
    out.say(f"{pages} halaman: {out_file}", f"{pages} pages: {out_file}")


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List what was printed, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = [
            {"print": p.print_id, "kind": p.kind, "blth": p.blth, "for": p.choice, "forms": p.forms,
             "customers": p.customers, "by": p.made_by}
            for p in kept.prints(session, ulp=ulp)
        ]  # fmt: skip
    out.result({"ulp": ulp, "prints": rows})
    for row in rows:
        line = (
            f"{row['print']:>5}  {row['kind']:<12} {row['blth']}  {row['forms']:>6}  {row['for']}"
        )
        out.say(line, line)


def _choice(
    rbm: list[str] | None, gardu: list[str] | None, idpels: Path | None, findings: bool,
    closed: bool, arrears: int, plan: int,
) -> Choice:  # fmt: skip
    ways: list[Choice] = []
    if rbm:
        ways.append(Choice("rbm", tuple(rbm)))
    if gardu:
        ways.append(Choice("gardu", tuple(gardu)))
    if idpels is not None:
        if not idpels.is_file():
            raise UsageError(f"{idpels} is not there", f"{idpels} tidak ada")
        pasted = read_pasted(idpels.read_text(encoding="utf-8"))
        if pasted.faults:
            one = pasted.faults[0]
            raise UsageError(
                f"line {one.line}: {one.value!r} is {one.english}",
                f"baris {one.line}: {one.value!r} {one.indonesian}",
            )
        ways.append(Choice("idpel", pasted.idpels))
    if findings:
        ways.append(Choice("temuan"))
    if closed:
        ways.append(Choice("rumah_tutup"))
    if arrears:
        ways.append(Choice("tunggakan", (str(arrears),)))
    if plan:
        ways.append(Choice("rencana", (str(plan),)))
    if len(ways) > 1:
        raise UsageError(
            "choose by one way: RBM, gardu, numbers, findings, closed, arrears or a plan",
            "pilih dengan satu cara: RBM, gardu, nomor, temuan, rumah tutup, tunggakan, atau rencana",
        )
    return ways[0] if ways else Choice("semua")
