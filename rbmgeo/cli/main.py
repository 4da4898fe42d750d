"""The root command: it joins the groups and turns every error into one sentence.

A group is imported when it is asked for: `rbmgeo db up` on a warm machine must not wait for
the libraries of maps and learning.
"""

import importlib
import os
import sys
from types import TracebackType

import psycopg2
import typer
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from typer._click.core import Command, Context
from typer._click.exceptions import ClickException
from typer.core import TyperGroup

from rbmgeo import __version__
from rbmgeo.cli.common import fail, spoken
from rbmgeo.errors import RbmgeoError
from rbmgeo.settings import Settings

#: name -> (module, attribute, line of help); an attribute ``app`` is a group of commands.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "db": ("db", "app", "The database: start it, stop it, say where it is."),
    "ulp": ("units", "app", "Units (ULP): list them, name them, set what they chose."),
    "sample": ("sample", "sample", "An invented unit as the files that the field has."),
    "import": ("imports", "import_command", "SOP IV.1: take in files, nothing changed in silence."),
    "batches": ("batches", "app", "Files taken in: list them, show one, take one back."),
    "profile": ("profiles", "app", "Mappings of sources: guess one, keep it, list them."),
    "first-sheet": (
        "first_sheet",
        "first_sheet_command",
        "What the first files say, points or not.",
    ),
    "spelling": ("spelling", "app", "Codes that may be one gardu: unite, call different, decide."),
    "evaluate": ("matching", "evaluate_command", "SOP IV.1: how complete both lists are."),
    "match": ("matching", "match_command", "SOP IV.3: compare both lists, suspect wrong gardu."),
    "findings": ("matching", "findings_command", "SOP IV.3: the findings, most certain first."),
    "desk": ("desk", "app", "SOP IV.3: settle findings at the desk, with a reason."),
    "survey": ("survey", "app", "SOP IV.4: plan visits, take answers in, decide proposals."),
    "verify": ("verify", "app", "SOP IV.6: gardu that were changed: list, draw, show, decide."),
    "field": ("field", "app", "Work lists of the field: make, follow, carry away, forms, decide."),
    "region": ("region", "region_command", "Units rolled up to UP3 or UID; figures computed anew."),
    "border": ("region", "border_command", "Customers nearer to a neighbour unit's gardu."),
    "mutations": (
        "mutations",
        "app",
        "The month's mutations: what changed, where it goes, accept, undo.",
    ),
    "design": ("routes", "design_command", "SOP IV.5: a draft of routes from whole gardu."),
    "routes": ("route_versions", "app", "Plans, reading calendar, workbench, review of a draft."),
    "order": ("routes", "order_command", "SOP IV.5: the walking order of each RBM of a draft."),
    "publish": ("routes", "publish_command", "SOP IV.5: close an approved draft for a month."),
    "targets": ("routes", "targets_command", "SOP IV.2: schedule and target per officer."),
    "reading": ("reading", "app", "Read and unread per RBM against its day."),
    "handoff": (
        "handoff",
        "app",
        "SOP IV.7: files for CATER and AP2T, and what AP2T made of them.",
    ),
    "deed": ("deeds", "app", "SOP IV.7: berita acara of each RBM, and its signed scan."),
    "report": ("reports", "app", "SOP IV.8: kWh per RBM per gardu."),
    "sheet": ("sheets", "app", "Peta RBM and Peta Gardu as A3 sheets (PDF), one or all."),
    "form": ("forms", "app", "Meter cards, TUL II-04, TUL VI-01, lists: numbered, in batch."),
    "sampling": ("sampling", "app", "Samples of stands: budget, draw, show, ledger."),
    "arrears": ("arrears", "app", "SOP VI: arrears, cuts, reconnections, removals."),
    "map": ("maps", "app", "Maps of one RBM, one gardu, or the energy of all gardu."),
    "many": ("many", "app", "Many units at once, by processes or Dask, with a ledger."),
    "network": ("network", "app", "The street network of a unit."),
    "phone": (
        "phone",
        "app",
        "Phones of the field: list them, strike one off, open a rescue file.",
    ),
    "tls": ("tls", "app", "HTTPS of the office without a domain: authority, certificate, steps."),
    "backup": ("backup", "backup_command", "Database and files as they are now, into a folder."),
    "verify-backup": (
        "backup",
        "verify_command",
        "A backup into a throw-away database, everything compared.",
    ),
    "restore": ("backup", "restore_command", "A backup in the place of the database."),
    "upgrade": (
        "upgrade",
        "upgrade_command",
        "Backup, migrate, compare; back to what it was if anything fails.",
    ),
    "doctor": ("doctor", "doctor_command", "What is installed, what is missing, what mends it."),
    "audit": ("audit", "app", "Who saw or changed whose data; classes of data; what is too old."),
    "user": ("users", "app", "Users: add them, list them, give them a new password."),
    "demo": ("demo", "demo_command", "The whole SOP on an invented unit, then the pages."),
    "start": ("demo", "start_command", "The empty product in the background."),
    "serve": ("serve", "serve_command", "Serve the pages and work on jobs."),
    "stop": ("serve", "stop_command", "Stop what runs in the background, and the database."),
}


class LazyGroup(TyperGroup):
    """A group that imports a command only when it is called or described in full."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names in the order of the work."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import the module of a command and return it."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, attribute, text = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(f"rbmgeo.cli.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
            single.command(cmd_name, help=text)(found)
            found = single
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup,
    help="Customers per RBM against customers per gardu, routes for readers, kWh per gardu.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _root() -> None:
    """Keep the root a group whatever the number of commands."""
    # Own cores use one thread each: more of them slow each other down on shared machines.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # What orders walks is compiled once in an installation, for commands and pages alike.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Settings().home.absolute() / "compiled"))


@app.command("version")
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _quiet(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Keep silent what the driver prints by itself of a server that died while it was written to.

    The same error is raised as well, and said in one sentence.
    """
    if not isinstance(error.__cause__, psycopg2.Error):
        sys.__excepthook__(kind, error, where)


def main() -> None:
    """Run a command; exit 0 only if it did its work, 2 if it was asked wrongly."""
    sys.excepthook = _quiet
    command = typer.main.get_command(app)
    try:
        code = command.main(prog_name="rbmgeo", standalone_mode=False)
    except ClickException as error:
        fail(f"rbmgeo: {error.format_message()} (rbmgeo --help)", 2)
    except typer.Abort:
        fail("rbmgeo: dibatalkan / cancelled", 130)
    except RbmgeoError as error:
        fail(f"rbmgeo: {error.in_language(spoken['lang'])}", 1)
    except (OperationalError, InterfaceError) as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        fail(
            f"rbmgeo: basis data tidak menjawab ({reason}); lihat `rbmgeo db status`"
            if spoken["lang"] == "id"
            else f"rbmgeo: the database does not answer ({reason}); see `rbmgeo db status`"
        )
    except OSError as error:  # a full disk, a folder that is a file, a right that is missing
        where = error.filename or ""
        fail(f"rbmgeo: {where}: {error.strerror}; periksa letak dan hak / check path and rights", 1)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        fail(f"rbmgeo: setting {where}: {first['msg']}", 2)
    sys.exit(code if isinstance(code, int) else 0)
