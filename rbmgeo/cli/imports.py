"""`rbmgeo import`: files in, one line per file, equal problems as one line."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, Who, open_database
from rbmgeo.errors import UsageError
from rbmgeo.intake.folder import files_of
from rbmgeo.intake.look import survey_of
from rbmgeo.intake.profiles import Profile, own_profiles
from rbmgeo.intake.readers import Asked
from rbmgeo.intake.rules import area_box
from rbmgeo.labels.rules import words
from rbmgeo.reports.rejects import RejectFile
from rbmgeo.settings import Settings
from rbmgeo.workflows.import_files import FileResult, import_files
from rbmgeo.workflows.intake import profiles_folder


def import_command(
    files: Annotated[list[Path], typer.Argument(help="Files, or folders that hold some")],
    ulp: Annotated[str, typer.Option("--ulp", help="Unit that the files belong to")] = "",
    profile: Annotated[str, typer.Option(help="Profile of the source; guessed if left out")] = "",
    kind: Annotated[str, typer.Option(help="Kind of file; guessed if left out")] = "",
    accept_good: Annotated[
        bool, typer.Option("--accept-good", help="Load the good rows, keep the bad ones apart")
    ] = False,
    delimiter: Annotated[
        str, typer.Option(help="Sign between the cells of a CSV: ; , | or tab")
    ] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of a text file, e.g. cp1252")] = "",
    locale: Annotated[
        str, typer.Option(help="How numbers are written: id (1.234,5) or en (1,234.5)")
    ] = "",
    srid: Annotated[
        int | None, typer.Option(help="EPSG code of positions that name none, e.g. 32749")
    ] = None,
    layer: Annotated[str, typer.Option(help="Layer of a map file with several")] = "",
    area: Annotated[
        str,
        typer.Option(help="Where places may lie: indonesia, world, or WEST,SOUTH,EAST,NORTH"),
    ] = "",
    look: Annotated[
        bool, typer.Option("--look", help="Only say what each table is, how sure, what is missing")
    ] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write refused rows to this CSV")] = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take in files: one transaction a list, every row accounted for, nothing guessed."""
    out = Output(as_json=as_json, lang=lang)
    asked = _asked(delimiter, encoding, locale, srid, layer)
    if area and area != "world":
        area_box(area)  # said at once where it is none
    own = own_profiles(profiles_folder(Settings().home), ulp)
    if look:
        _look(out, files, own)
        return
    database = open_database()
    with TemporaryDirectory(prefix="rbmgeo-") as beside, out.progress() as progress:
        done = import_files(
            database, files_of(files, unpack_into=Path(beside)), own=own, ulp=ulp, profile=profile, kind=kind, accept_good=accept_good,
            who=who, progress=progress, rejects=None if rejects is None else RejectFile(rejects),
            asked=asked, locale=locale, area=area,
        )  # fmt: skip
    if done.new_unit:
        out.note(
            f"unit {done.ulp} baru; beri nama dengan `rbmgeo ulp set {done.ulp} --name NAMA`",
            f"unit {done.ulp} is new; name it with `rbmgeo ulp set {done.ulp} --name NAME`",
        )
    for result in done.files:
        _say(out, result)
    out.result(done.as_dict())
    if not done.complete:
        out.note(
            "ada berkas yang tidak dimuat; perbaiki barisnya, atau muat baris baik dengan --accept-good",
            "some files were not loaded; mend the rows, or load the good ones with --accept-good",
        )
        raise typer.Exit(1)


def _asked(delimiter: str, encoding: str, locale: str, srid: int | None, layer: str) -> Asked:
    """Return what was declared of the files, once it makes sense."""
    sign = {"tab": "\t", "\\t": "\t"}.get(delimiter.lower(), delimiter)
    if len(sign) > 1 or sign in ('"', "\n", "\r"):
        raise UsageError(
            f"--delimiter {delimiter!r} is not one sign; say ; , | or tab",
            f"--delimiter {delimiter!r} bukan satu tanda; sebutkan ; , | atau tab",
        )
    if locale not in ("", "id", "en"):
        raise UsageError(
            f"--locale {locale!r} is not known; say id or en",
            f"--locale {locale!r} tidak dikenal; sebutkan id atau en",
        )
    return Asked(delimiter=sign, encoding=encoding, srid=srid, layer=layer)


def _look(out: Output, files: list[Path], own: tuple[Profile, ...]) -> None:
    """Say what lies in files and folders, archives too; nothing is loaded."""
    with TemporaryDirectory(prefix="rbmgeo-") as beside, out.progress() as progress:
        seen = survey_of(files_of(files, unpack_into=Path(beside)), own=own, progress=progress)
    out.result(seen.as_dict())
    out.say(
        "berkas | jenis | bulan | yakin | baris | kurang",
        "file | kind | month | sure | rows | missing",
    )
    for group in seen.groups:
        for t in seen.of(group):
            line = f"{t.file} {t.sheet}".strip()
            line += f" | {group.kind or '-'} | {t.month or '-'} | {group.sure} | {t.rows} | {', '.join(group.missing) or '-'}"
            out.say(line, line)
    for t in seen.tables:
        if t.refused is not None:
            out.say(t.refused[0], t.refused[1])
    for number, group in enumerate(seen.questions, start=1):
        first = seen.of(group)[0]
        said = "; ".join(
            f"{p['ours']}: {p['how']} {p['source'] if p['how'] in ('isi', 'sel di atasnya') else ''} ({', '.join(p['samples'])})"
            for p in group.picks if p["how"] != "kolom"
        )  # fmt: skip
        lacks = ", ".join(group.missing)
        out.say(
            f"Pertanyaan {number}, {group.tables} tabel seperti {first.file}: "
            + (
                f"dari mana {lacks}?"
                if lacks
                else f"benarkah {said}?"
                if said
                else "jenis apa ini?"
            ),
            f"Question {number}, {group.tables} tables like {first.file}: "
            + (
                f"where does {lacks} come from?"
                if lacks
                else f"is this right: {said}?"
                if said
                else "what is it?"
            ),
        )
    for kind in seen.absent:
        out.say(f"belum ada: {kind}", f"not there: {kind}")
    if seen.questions:
        out.note(
            "jawab di halaman Impor, atau: rbmgeo profile guess BERKAS > x.toml; rbmgeo profile save x.toml",
            "answer on the page Import, or: rbmgeo profile guess FILE > x.toml; rbmgeo profile save x.toml",
        )


def _say(out: Output, result: FileResult) -> None:
    where = f"{result.file} {result.sheet}".strip()
    if result.known:
        out.note(
            f"{where}: sudah diimpor sebagai batch {result.batch}",
            f"{where}: already imported as batch {result.batch}",
        )
        return
    declared = ", ".join(f"{k}={v}" for k, v in result.declared.items())
    out.say(
        f"{where}: {result.profile} ({result.kind}) dibaca {result.read} = dimuat {result.good} + "
        f"dilewati {result.skipped} + ditolak {result.rejected}"
        + (f"; {result.unchanged} tidak mengubah apa pun" if result.unchanged else "")
        + (f"; profil menetapkan {declared}" if declared else "")
        + (f"; impor {result.batch}" if result.loaded else " → TIDAK DIMUAT"),
        f"{where}: {result.profile} ({result.kind}) read {result.read} = good {result.good} + "
        f"skipped {result.skipped} + rejected {result.rejected}"
        + (f"; {result.unchanged} changed nothing" if result.unchanged else "")
        + (f"; the profile declares {declared}" if declared else "")
        + (f"; import {result.batch}" if result.loaded else " → NOT LOADED"),
    )
    if not result.loaded and not result.rejected:
        out.note(
            "  satu daftar dengan berkas yang ada barisnya ditolak; dimuat bersama atau tidak sama sekali",
            "  one list with a file that has refused rows; loaded together or not at all",
        )
    for problem in result.problems:
        text = problem["id"] if out.lang == "id" else problem["en"]
        out.note(
            f"  {problem['rule']} × {problem['count']}: baris {problem['row']}, kolom "
            f"{problem['column']}, nilai {problem['value']!r}: {text}",
            f"  {problem['rule']} × {problem['count']}: row {problem['row']}, column "
            f"{problem['column']}, value {problem['value']!r}: {text}",
        )
    for rule, count in result.warnings.items():
        named = f": {', '.join(result.unread)}" if rule == "UNREAD_COLUMNS" else ""
        out.note(
            f"  {rule} × {count}{named}: {words(rule, 'id')}",
            f"  {rule} × {count}{named}: {words(rule, 'en')}",
        )
