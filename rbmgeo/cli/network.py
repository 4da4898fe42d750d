"""`rbmgeo network`: what the streets of a unit are like as a graph."""

import typer

from rbmgeo.cli.common import Json, Lang, Ulp, at_unit
from rbmgeo.workflows.network import network_stats

app = typer.Typer(help="The street network of a unit.")


@app.callback()
def _group() -> None:
    """Keep `stats` a word of its own though it is the only command yet."""


@app.command("stats")
def stats_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Count nodes, edges, kilometres and components of the street graph."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        done = network_stats(session, ulp)
    out.result({"ulp": ulp, **done})
    out.say(
        f"{done['nodes']} simpul, {done['edges']} ruas, {done['km']:.1f} km, "
        f"{done['components']} bagian, terbesar {done['largest_share']:.1%}",
        f"{done['nodes']} nodes, {done['edges']} edges, {done['km']:.1f} km, "
        f"{done['components']} components, the largest {done['largest_share']:.1%}",
    )
