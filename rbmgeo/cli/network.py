"""`rbmgeo network`: what the streets of a unit are like as a graph."""

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Ulp, at_unit, write_csv
from rbmgeo.labels import text
from rbmgeo.workflows.network import network_stats, unreachable

app = typer.Typer(help="The street network of a unit.")


@app.command("stats")
def stats_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Count the street graph, its kilometres by class, and the customers on it."""
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
    by_road = ", ".join(f"{road or '-'} {km:.1f}" for road, km in done["km_by_road"].items())
    out.say(f"km menurut kelas: {by_road}", f"km by class: {by_road}")
    lost = sum(done["unreachable"].values())
    out.say(
        f"{done['snapped']} dari {done['customers']} pelanggan di jalan, {lost} belum terjangkau",
        f"{done['snapped']} of {done['customers']} customers on a street, {lost} not reached",
    )


@app.command("unreachable")
def unreachable_command(
    ulp: Ulp = "", csv: Csv = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """List the customers that no known way on foot leads to, with the reason."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = unreachable(session, ulp)
    counts = (
        {} if rows is None else {str(k): int(v) for k, v in rows["reason"].value_counts().items()}
    )
    out.result({"ulp": ulp, "streets": rows is not None, "unreachable": counts})
    if rows is None:
        out.say("unit ini belum punya jalan; semua jarak perkiraan",
                "this unit has no streets yet; every distance is estimated")  # fmt: skip
        return
    for reason, n in counts.items():
        key = f"unreachable.{reason}"
        out.say(f"{n}: {text(key, 'id')}", f"{n}: {text(key, 'en')}")
    if csv is not None:
        write_csv(rows.drop(columns="public_id"), csv)
