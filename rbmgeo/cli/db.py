"""`rbmgeo db`: the database of the product's own."""

import typer
from sqlalchemy import make_url

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.db import migrate
from rbmgeo.db.server import database_url, down, status
from rbmgeo.db.server.up import check
from rbmgeo.settings import Settings

app = typer.Typer(help="The database: start it, stop it, say where it is.")


@app.command("up")
def up(as_json: Json = False, lang: Lang = "") -> None:
    """Start the database and bring it to the newest migration; twice does no harm."""
    out = Output(as_json=as_json, lang=lang)
    url = database_url(Settings())
    out.result({"url": url, "revision": migrate.current(url)})
    shown = make_url(url).render_as_string(hide_password=True)  # `db url` prints all of it
    out.say(f"basis data siap: {shown}", f"database is up: {shown}")


@app.command("down")
def stop(as_json: Json = False, lang: Lang = "") -> None:
    """Stop the database of our own; a foreign one (RBMGEO_DATABASE_URL) is left alone."""
    out = Output(as_json=as_json, lang=lang)
    ran = down(Settings().home)
    out.result({"stopped": ran})
    out.say("dihentikan" if ran else "tidak sedang jalan", "stopped" if ran else "was not running")


@app.command("url")
def show_url() -> None:
    """Print the address of the database, started if need be."""
    typer.echo(database_url(Settings()))


@app.command("status")
def show_status(as_json: Json = False, lang: Lang = "") -> None:
    """Say where the cluster lies, whether it runs, and its migration."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    if settings.database_url:
        check(settings.database_url)
        revision = migrate.current(settings.database_url)
        out.result({"foreign": True, "revision": revision, "head": migrate.head()})
        out.say(f"RBMGEO_DATABASE_URL, migrasi {revision}", f"RBMGEO_DATABASE_URL, at {revision}")
        return
    now = status(settings.home)
    if now is None:
        out.result({"cluster": None})
        out.say("belum ada; jalankan `rbmgeo db up`", "none yet; run `rbmgeo db up`")
        return
    out.result({"folder": str(now.folder), "running": now.running, "major": now.major})
    state = ("jalan", "running") if now.running else ("berhenti", "stopped")
    out.say(
        f"{now.folder}: PostgreSQL {now.major}, {state[0]}",
        f"{now.folder}: PostgreSQL {now.major}, {state[1]}",
    )
