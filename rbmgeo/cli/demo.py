"""`rbmgeo demo` and `rbmgeo start`: from an empty machine to a page in the browser."""

import shutil
import time
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.cli.serve import serve_in_background
from rbmgeo.db.queries.demo_people import ensure_demo_users
from rbmgeo.db.server import database_url
from rbmgeo.db.session import Database
from rbmgeo.sample import SampleParams
from rbmgeo.settings import Settings
from rbmgeo.workflows.demo import demo_steps, is_built

DEMO_DATABASE = "rbmgeo_demo"


def demo_command(
    customers: Annotated[int, typer.Option(help="Customers of the invented unit")] = 6000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same unit")] = 1,
    visits: Annotated[int, typer.Option(help="Visits of the first survey plan")] = 140,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Build the invented unit, go through the SOP with it, and serve it."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings().model_copy(update={"database_name": DEMO_DATABASE})
    began = time.monotonic()
    database = Database(_timed(out, "Basis data siap", "Database is up", settings))
    params = SampleParams(customers=customers, seed=seed)
    if is_built(database, params.ulp):
        out.note("ULP rekaan sudah ada, dipakai lagi", "the invented ULP is there, used again")
    else:
        folder = settings.home / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        for step in demo_steps(database, folder, params, visits=visits):
            start = time.monotonic()
            with out.progress() as progress:
                step.run(progress)
            took = time.monotonic() - start
            out.note(
                f"  {step.indonesian:<38} {took:6.1f} s", f"  {step.english:<38} {took:6.1f} s"
            )
    with database.writing() as session:
        people = ensure_demo_users(session, ulp=params.ulp)
    address = serve_in_background(settings)
    took = time.monotonic() - began
    out.result({"address": address, "users": people, "seconds": round(took, 1)})
    out.say(
        f"\nDATA CONTOH (REKAAN) siap dalam {took:.0f} s.\nBuka {address}",
        f"\nDATA CONTOH (REKAAN) is ready after {took:.0f} s.\nOpen {address}",
    )
    for login, password in people.items():
        out.say(f"  {login:<12} {password}", f"  {login:<12} {password}")
    out.say("Hentikan dengan: make stop", "Stop it with: make stop")


def start_command(as_json: Json = False, lang: Lang = "") -> None:
    """Start the empty product; its first page asks for an administrator and the unit."""
    out = Output(as_json=as_json, lang=lang)
    settings = Settings()
    Database(_timed(out, "Basis data siap", "Database is up", settings)).close()
    address = serve_in_background(settings)
    out.result({"address": address})
    out.say(
        f"\nBuka {address} lalu buat administrator, unit, dan impor berkas pertama.",
        f"\nOpen {address}, then make the administrator, the unit, and import the first files.",
    )


def _timed(out: Output, indonesian: str, english: str, settings: Settings) -> str:
    start = time.monotonic()
    url = database_url(settings)
    took = time.monotonic() - start
    out.note(f"  {indonesian:<38} {took:6.1f} s", f"  {english:<38} {took:6.1f} s")
    return url
