"""The root command: it joins the groups and turns every error into one sentence."""

import os
import sys

import click
import typer
from pydantic import ValidationError

from rbmgeo import __version__
from rbmgeo.cli import (
    db,
    demo,
    doctor,
    imports,
    maps,
    matching,
    network,
    reports,
    routes,
    sample,
    serve,
    survey,
    units,
    users,
)
from rbmgeo.cli.common import fail, spoken
from rbmgeo.errors import RbmgeoError

# Own cores use one thread each: more of them slow each other down on shared machines.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

app = typer.Typer(
    help="Customers per RBM against customers per gardu, routes for readers, kWh per gardu.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(db.app, name="db")
app.add_typer(units.app, name="ulp")
app.add_typer(survey.app, name="survey")
app.add_typer(reports.app, name="report")
app.add_typer(maps.app, name="map")
app.add_typer(network.app, name="network")
app.add_typer(users.app, name="user")
app.command("doctor")(doctor.doctor)
app.command("sample")(sample.sample)
app.command("import")(imports.import_command)
app.command("evaluate")(matching.evaluate_command)
app.command("match")(matching.match_command)
app.command("findings")(matching.findings_command)
app.command("design")(routes.design_command)
app.command("order")(routes.order_command)
app.command("publish")(routes.publish_command)
app.command("targets")(routes.targets_command)
app.command("demo")(demo.demo_command)
app.command("start")(demo.start_command)
app.command("serve")(serve.serve)
app.command("stop")(serve.stop)


@app.command("version")
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run a command; exit 0 only if it did its work, 2 if it was asked wrongly."""
    command = typer.main.get_command(app)
    try:
        code = command.main(prog_name="rbmgeo", standalone_mode=False)
    except click.ClickException as error:
        fail(f"rbmgeo: {error.format_message()} (rbmgeo --help)", 2)
    except click.Abort:
        fail("rbmgeo: dibatalkan / cancelled", 130)
    except RbmgeoError as error:
        fail(f"rbmgeo: {error.in_language(spoken['lang'])}", 1)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        fail(f"rbmgeo: setting {where}: {first['msg']}", 2)
    sys.exit(code if isinstance(code, int) else 0)
