"""`rbmgeo upgrade`: after a new version is installed, before its pages are started."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, Who
from rbmgeo.db.server import standing_url
from rbmgeo.settings import Settings
from rbmgeo.workflows.upgrades import upgrade


def upgrade_command(
    to: Annotated[
        Path | None, typer.Option(help="Where the backup goes; RBMGEO_BACKUP_TO if left out")
    ] = None,
    rewrites: Annotated[
        list[str] | None, typer.Option(help="A table (schema.name) that may have other rows after")
    ] = None,
    who: Who = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Save the database, migrate it, compare; put it back as it was if anything fails."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    done = upgrade(
        standing_url(settings), settings.home.resolve(), (to or settings.backups).resolve(),
        keep=settings.backup_keep, at=datetime.now(UTC), who=who or "cli",
        accept=frozenset(rewrites or ()),
    )  # fmt: skip
    minutes = round(done.seconds / 60, 2)
    out.result({
        "was": done.was, "now": done.now, "same": done.same, "minutes": minutes,
        "backup": str(done.backup.folder) if done.backup else None,
    })  # fmt: skip
    if done.was == done.now:
        out.say(f"sudah di {done.now}", f"already at {done.now}")
    else:
        out.say(
            f"{done.was or 'kosong'} → {done.now}; {done.same} tabel sama; {minutes} menit",
            f"{done.was or 'empty'} → {done.now}; {done.same} tables the same; {minutes} minutes",
        )
