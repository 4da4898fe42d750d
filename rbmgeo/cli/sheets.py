"""`rbmgeo sheet`: Peta RBM and Peta Gardu as A3 sheets for the printer."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from rbmgeo.cli.common import Json, Lang, Newest, Output, Ulp, at_unit, group, write_file
from rbmgeo.db.queries import units
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.sheets.book import Made
from rbmgeo.workflows.sheets import KINDS, print_book, print_sheet

app = group("Printed sheets (A3, PDF): Peta RBM, Peta Gardu, one or all of a unit.")

File = Annotated[Path | None, typer.Option("--out", help="The PDF to write")]
Version = Annotated[int | None, typer.Option("--version", help="Of this draft or version; else the one in force, else the newest list")]  # fmt: skip
Address = Annotated[str, typer.Option("--address", help="Address of the pages, for the QR code")]


@app.command("rbm")
def rbm_command(
    code: str, ulp: Ulp = "", blth: Newest = "", version: Version = None, file: File = None,
    address: Address = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Draw the sheet of one RBM: streets, houses with their number, walk, table."""
    _one("rbm", code, ulp, blth, version, file, address, as_json, lang)


@app.command("gardu")
def gardu_command(
    code: str, ulp: Ulp = "", blth: Newest = "", version: Version = None, file: File = None,
    address: Address = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Draw the sheet of one gardu: its lines, poles, and customers by RBM."""
    _one("gardu", code, ulp, blth, version, file, address, as_json, lang)


@app.command("all")
def all_command(
    kind: Annotated[str, typer.Option("--kind", help="rbm or gardu")] = "rbm",
    ulp: Ulp = "",
    blth: Newest = "",
    version: Version = None,
    file: File = None,
    address: Address = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw the sheets of every RBM or gardu into one file, a bookmark each."""
    if kind not in KINDS:
        raise UsageError(f"--kind {kind!r}: rbm or gardu", f"--kind {kind!r}: rbm atau gardu")
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as tell, database.reading() as session:
        month = _month(session, ulp, blth)
        made = print_book(
            session, ulp, kind, blth=month, at=datetime.now(UTC), version_id=version,
            address=address, progress=tell,
        )  # fmt: skip
    _write(out, ulp, made, file or Path(f"peta-{kind}-{ulp}-{month}.pdf"))


def _one(
    kind: str, code: str, ulp: str, blth: str, version: int | None, file: Path | None, address: str,
    as_json: bool, lang: str,
) -> None:  # fmt: skip
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        made = print_sheet(
            session, ulp, kind, code, blth=_month(session, ulp, blth), at=datetime.now(UTC),
            version_id=version, address=address,
        )  # fmt: skip
    safe = "".join(c if c.isalnum() else "-" for c in code)
    _write(out, ulp, made, file or Path(f"peta-{kind}-{safe}.pdf"))


def _month(session: Session, ulp: str, blth: str) -> str:
    found = blth or units.latest_blth(session, ulp=ulp)
    if found is None:
        raise NothingToDo(
            f"unit {ulp} has no list yet; import the DPM first",
            f"unit {ulp} belum punya daftar; impor DPM dulu",
        )
    return found


def _write(out: Output, ulp: str, made: Made, file: Path) -> None:
    write_file(file, made.content)
    out.result(
        {"ulp": ulp, "file": str(file), "sheets": made.sheets, "pages": made.pages,
         "customers": made.customers, "drawn": made.drawn, "without_place": made.without_place,
         "no_room": made.no_room, "left_out": list(made.left_out)}
    )  # fmt: skip
    out.say(
        f"{file}: {made.sheets} lembar peta, {made.pages} halaman, {made.drawn} dari "
        f"{made.customers} pelanggan digambar, {made.without_place} tanpa koordinat",
        f"{file}: {made.sheets} sheets, {made.pages} pages, {made.drawn} of {made.customers} "
        f"customers drawn, {made.without_place} without a position",
    )
    if made.left_out:
        names = ", ".join(made.left_out[:10])
        out.note(f"  tanpa koordinat sama sekali: {names}", f"  without any position: {names}")
