"""`rbmgeo profile`: how a source spells its columns, guessed, kept, listed."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.errors import UsageError
from rbmgeo.intake.profiles import (
    as_toml,
    keep_profile,
    own_profiles,
    profile_of_text,
    profiles,
)
from rbmgeo.settings import Settings
from rbmgeo.workflows.intake import name_for, profile_of_file, profiles_folder

app = typer.Typer(no_args_is_help=True)
Unit = Annotated[str, typer.Option("--ulp", help="Unit that it is for; every unit if left out")]


@app.command("guess")
def guess_command(
    file: Annotated[Path, typer.Argument(help="A file of the source")],
    ulp: Unit = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Print the profile that a file seems to need, as TOML to read, mend and save."""
    out = Output(as_json=as_json, lang=lang)
    found = profile_of_file(file, own_profiles(profiles_folder(Settings().home), ulp))
    if not found:
        raise UsageError(
            f"{file.name}: no table was recognised; write a profile by hand (data/README.md)",
            f"{file.name}: tidak ada tabel yang dikenali; tulis profilnya sendiri (data/README.md)",
        )
    texts = [(sheets, as_toml(profile)) for sheets, profile in found]
    out.result({"file": file.name, "profiles": [{"sheets": s, "toml": t} for s, t in texts]})
    for sheets, text in texts:
        out.say(
            f"# {file.name} {sheets}".rstrip() + "\n" + text,
            f"# {file.name} {sheets}".rstrip() + "\n" + text,
        )


@app.command("save")
def save_command(
    file: Annotated[Path, typer.Argument(help="A profile as TOML")],
    name: Annotated[str, typer.Option(help="Its name; the file's if left out")] = "",
    ulp: Unit = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Keep a profile: from now on files with its columns are read by it."""
    out = Output(as_json=as_json, lang=lang)
    try:
        profile = profile_of_text(name or name_for(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file}: cannot be read ({error})", f"{file}: tidak terbaca ({error})"
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file}: this is no profile ({error}); see data/README.md",
            f"{file}: bukan profil ({error}); lihat data/README.md",
        ) from error
    place = keep_profile(
        profiles_folder(Settings().home) / ulp, replace(profile, name=name or name_for(file))
    )
    out.result({"name": place.stem, "path": str(place)})
    out.say(f"tersimpan: {place}", f"kept: {place}")


@app.command("list")
def list_command(ulp: Unit = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the profiles that files are read by, those that were kept first."""
    out = Output(as_json=as_json, lang=lang)
    own = own_profiles(profiles_folder(Settings().home), ulp)
    rows: list[dict[str, Any]] = [
        {"name": p.name, "kind": str(p.kind), "needs": list(p.needs), "kept": p in own}
        for p in (*own, *profiles())
    ]
    out.result({"profiles": rows})
    for row in rows:
        kept = " *" if row["kept"] else ""
        line = f"{row['name']}{kept}: {row['kind']} ({', '.join(row['needs'])})"
        out.say(line, line)
