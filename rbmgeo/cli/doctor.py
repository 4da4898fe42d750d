"""`rbmgeo doctor`: what is installed, what is missing, and the one command that mends it."""

import hashlib
import os
import shutil
import sys
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import typer
from packaging.requirements import Requirement
from sqlalchemy.exc import SQLAlchemyError

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.db import migrate, rights
from rbmgeo.db.scope import WEB
from rbmgeo.db.server import status
from rbmgeo.db.server.binaries import find
from rbmgeo.db.server.up import check
from rbmgeo.errors import RbmgeoError
from rbmgeo.operations.schedule import is_late
from rbmgeo.settings import Settings
from rbmgeo.workflows.backup_state import state

ROOT = Path(__file__).resolve().parents[2]
#: What a unit of 150,000 customers with three years of readings needs, with room to spare.
ROOMY_GB = 5


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is well, what was found, and what mends it.

    ``needed`` False: only some commands want it, and the product runs without.
    """

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def doctor_command(as_json: Json = False, lang: Lang = "") -> None:
    """Look at everything the product stands on; exit 1 if something needed is missing."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    checks = [
        _python(), _packages(), _browser_files(), _home(settings.home), _server(settings),
        _database(settings), _pages(settings), _backup(settings), _chromium(),
    ]  # fmt: skip
    well = all(c.ok for c in checks if c.needed)
    out.result({"ok": well, "checks": [asdict(c) for c in checks]})
    for one in checks:
        sign = "ok     " if one.ok else "KURANG " if one.needed else "(tanpa)"
        english = sign.replace("KURANG ", "MISSING").replace("(tanpa)", "(none) ")
        tail = "" if one.ok else f"\n          → {one.mend}"
        out.say(
            f"  {sign} {one.name:<20} {one.found}{tail}",
            f"  {english} {one.name:<20} {one.found}{tail}",
        )
    if not well:
        raise typer.Exit(1)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), found, "apt-get install python3.11-venv")


def _packages() -> Check:
    """Hold what is installed against the runtime needs of pyproject.toml."""
    needs = [Requirement(r) for r in metadata.requires("rbmgeo") or []]
    wrong = []
    runtime = [n for n in needs if not n.marker or n.marker.evaluate({"extra": ""})]
    for need in runtime:
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{need.name} -")
            continue
        if not need.specifier.contains(version, prereleases=True):
            wrong.append(f"{need.name} {version}")
    return Check("Python packages", not wrong, ", ".join(wrong) or f"{len(runtime)}", "make setup")


def _browser_files() -> Check:
    files = tomllib.loads((ROOT / "web/vendor.toml").read_text(encoding="utf-8"))["file"]
    folder = ROOT / "web/static/vendor"
    wrong = [f["path"] for f in files if _sha256(folder / f["path"]) != f["sha256"]]
    return Check("Browser libraries", not wrong, ", ".join(wrong) or f"{len(files)}", "make setup")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _home(home: Path) -> Check:
    there = next(p for p in (home.resolve(), *home.resolve().parents) if p.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    ok = there.is_dir() and os.access(there, os.W_OK) and free_gb >= ROOMY_GB
    return Check(
        "RBMGEO_HOME", ok, f"{home} ({free_gb:.0f} GB)", "export RBMGEO_HOME=FOLDER (>= 5 GB)"
    )


def _server(settings: Settings) -> Check:
    if settings.database_url:
        return Check("PostgreSQL + PostGIS", True, "RBMGEO_DATABASE_URL")
    binaries = find()
    found = f"{binaries.major} {binaries.bin}" if binaries else "-"
    return Check("PostgreSQL + PostGIS", binaries is not None, found, "rbmgeo db up")


def _database(settings: Settings) -> Check:
    """Say where the database stands without starting it."""
    if not settings.database_url:
        try:
            now = status(settings.home)
        except RbmgeoError as error:
            return Check("Database", False, str(error), "export RBMGEO_HOME=FOLDER (>= 5 GB)")
        running = now is not None and now.running
        found = f"{now.folder}, {'up' if now.running else 'down'}" if now else "-"
        return Check("Database", running, found, "rbmgeo db up", needed=False)
    try:
        check(settings.database_url)
        revision = migrate.current(settings.database_url)
    except (RbmgeoError, SQLAlchemyError) as error:
        first = str(error).splitlines()[0]
        return Check(
            "Database", False, first, "export RBMGEO_DATABASE_URL=postgresql+psycopg2://..."
        )
    newest = migrate.head()
    return Check("Database", revision == newest, f"{revision} ({newest})", "rbmgeo db up")


def _pages(settings: Settings) -> Check:
    """Say whether the pages log in as somebody who owns nothing of the database."""
    name, own = "Log-in of the pages", settings.web_database_url
    if not settings.database_url:
        return Check(name, True, WEB)
    mend = "export RBMGEO_WEB_DATABASE_URL=postgresql://rbmgeo_web:PASSWORD@HOST/DATABASE"
    if not own:
        return Check(name, False, "RBMGEO_DATABASE_URL (SET ROLE)", mend, needed=False)
    try:
        faults = rights.too_much(own)
    except SQLAlchemyError as error:
        return Check(name, False, type(error).__name__, mend)
    return Check(name, not faults, ", ".join(faults) or WEB, mend)


def _backup(settings: Settings) -> Check:
    """Say when the last backup went well; a home without a database has nothing to save."""
    home = settings.home.resolve()
    known = state(home)
    ok = known.good_at is not None and not is_late(
        datetime.now(UTC), good_at=known.good_at, since=None
    )
    found = f"{known.good_at:%Y-%m-%d %H:%M} UTC {known.folder}" if known.good_at else "-"
    if known.failed_at is not None:
        found += f"; {known.failed_at:%Y-%m-%d %H:%M} UTC {known.why}"
    mend = "rbmgeo backup --to FOLDER; export RBMGEO_BACKUP_TO=FOLDER"
    return Check("Backup (2 days)", ok and Path(known.folder).is_dir(), found, mend, needed=False)


def _chromium() -> Check:
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    path = next((found for name in names if (found := shutil.which(name))), None)
    return Check(
        "Chromium (tests)", path is not None, path or "-", "make setup-browser", needed=False
    )
