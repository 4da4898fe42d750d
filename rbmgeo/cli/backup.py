"""`rbmgeo backup`, `rbmgeo verify-backup` and `rbmgeo restore`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from rbmgeo.cli.common import Json, Lang, Output, Who
from rbmgeo.db.server import standing_url
from rbmgeo.settings import Settings
from rbmgeo.workflows.backups import Backup, make_backup, opened
from rbmgeo.workflows.restores import restore_backup, verify_backup

Folder = Annotated[Path, typer.Argument(help="A folder that `rbmgeo backup` made")]
#: Differences that are said one by one.
_TOLD = 20


def backup_command(
    to: Annotated[
        Path | None, typer.Option(help="On a second disk; RBMGEO_BACKUP_TO if left out")
    ] = None,
    keep: Annotated[
        int, typer.Option(help="Newest backups that stay; RBMGEO_BACKUP_KEEP if 0")
    ] = 0,
    keys: Annotated[bool, typer.Option("--keys", help="Private keys as well")] = False,
    who: Who = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Write database and files as they are now into a new folder, complete or not at all."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    folder = (to or settings.backups).resolve()
    made = make_backup(
        standing_url(settings), settings.home.resolve(), folder, keep=keep or settings.backup_keep,
        at=datetime.now(UTC), who=who or "cli", keys=keys,
    )  # fmt: skip
    held = made.manifest
    out.result({
        "folder": str(made.folder), "tables": len(held.tables), "rows": held.rows,
        "files": len(held.files), "bytes": held.dump_bytes, "minutes": _minutes(made.seconds),
        "secrets": list(held.secrets),
    })  # fmt: skip
    out.say(
        f"{made.folder}: {len(held.tables)} tabel, {held.rows} baris, {len(held.files)} berkas, "
        f"{_minutes(made.seconds)} menit",
        f"{made.folder}: {len(held.tables)} tables, {held.rows} rows, {len(held.files)} files, "
        f"{_minutes(made.seconds)} minutes",
    )
    _warn(out, made, settings.home.resolve(), keys)


def _warn(out: Output, made: Backup, home: Path, keys: bool) -> None:
    """Say what a person must still do."""
    out.note(
        "Isinya rahasia: data pelanggan dan hash kata sandi.",
        "What it holds is secret: customers' data and password hashes.",
    )
    left = [d for d in ("keys", "tls") if (home / d).is_dir()]
    if left and not keys:
        out.note(
            f"Tanpa kunci pribadi ({', '.join(left)}); simpan terpisah, atau pakai --keys.",
            f"Without private keys ({', '.join(left)}); keep them apart, or say --keys.",
        )
    if home.is_dir() and os.stat(made.folder).st_dev == os.stat(home).st_dev:
        out.note(
            "Cadangan ini di disk yang sama dengan datanya; salin ke disk kedua (--to).",
            "This backup lies on the same disk as the data; copy it to a second one (--to).",
        )


def verify_command(folder: Folder, as_json: Json = False, lang: Lang = "") -> None:
    """Restore a backup into a throw-away database and compare every table and file."""
    out = Output(as_json=as_json, lang=lang)
    backup = opened(folder)
    done = verify_backup(backup, standing_url(Settings()), at=datetime.now(UTC))
    out.result({
        "equal": done.well, "tables": len(backup.manifest.tables), "rows": backup.manifest.rows,
        "files": len(backup.manifest.files), "minutes": _minutes(done.seconds),
        "differences": _records(done.tables) + _records(done.files),
    })  # fmt: skip
    if done.well:
        out.say(
            f"sama: {len(backup.manifest.tables)} tabel, {backup.manifest.rows} baris, "
            f"{len(backup.manifest.files)} berkas; {_minutes(done.seconds)} menit",
            f"equal: {len(backup.manifest.tables)} tables, {backup.manifest.rows} rows, "
            f"{len(backup.manifest.files)} files; {_minutes(done.seconds)} minutes",
        )
        return
    for one in (_records(done.tables) + _records(done.files))[:_TOLD]:
        line = f"  {one['name']}: {one['what']} ({one['before']} / {one['after']})"
        out.say(line, line)
    out.say(
        "tidak sama; buat cadangan baru dan periksa disknya",
        "not equal; make another backup and check the disk",
    )
    raise typer.Exit(1)


def restore_command(
    folder: Folder,
    replace: Annotated[
        str, typer.Option(help="Name of the database to put aside, where it holds data")
    ] = "",
    who: Who = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Fill the database and the home's files from a backup; what stood there is put aside."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    backup = opened(folder)
    done = restore_backup(
        backup, standing_url(settings), settings.home.resolve(), replace=replace,
        at=datetime.now(UTC), who=who or "cli",
    )  # fmt: skip
    out.result({
        "rows": backup.manifest.rows, "files": done.files, "aside": done.aside,
        "made_at": backup.manifest.made_at.isoformat(), "minutes": _minutes(done.seconds),
    })  # fmt: skip
    out.say(
        f"pulih: {backup.manifest.rows} baris, semua hash sama, {done.files} berkas ditambahkan; "
        f"{_minutes(done.seconds)} menit",
        f"restored: {backup.manifest.rows} rows, all hashes equal, {done.files} files added; "
        f"{_minutes(done.seconds)} minutes",
    )
    if done.aside:
        out.note(
            f"Basis data lama tersimpan sebagai {done.aside}.",
            f"The database that stood there is kept as {done.aside}.",
        )


def _records(differing: pd.DataFrame) -> list[dict[str, object]]:
    rows = differing.astype(object).where(differing.notna(), None).rename_axis("name").reset_index()
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 2)
