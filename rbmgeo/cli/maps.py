"""`rbmgeo map`: one RBM, one gardu, or the energy of all gardu as a file for a browser."""

from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, Ulp, at_unit, group, write_file
from rbmgeo.db.queries import units
from rbmgeo.db.queries.layers import BY_NAME
from rbmgeo.db.session import Database
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.maps.canvas import standalone
from rbmgeo.reports.layer_files import FORMATS
from rbmgeo.reports.tables import SAMPLE
from rbmgeo.workflows.layers import layer_file
from rbmgeo.workflows.maps import Drawn, energy_of_all, gardu_map, rbm_map

app = group("Maps of one RBM, one gardu, or the energy of all gardu.")

File = Annotated[Path | None, typer.Option("--out", help="The HTML file to write")]


@app.command("rbm")
def rbm_command(
    code: str,
    ulp: Ulp = "",
    version: Annotated[int | None, typer.Option(help="Of this draft or version")] = None,
    file: File = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw one RBM in reading order, as the newest list has it or as a version plans it."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        drawn = rbm_map(session, ulp, code, version_id=version, lang=out.lang)
    _write(out, database, ulp, drawn, f"RBM {code}", file or Path(f"peta-rbm-{_safe(code)}.html"))


@app.command("gardu")
def gardu_command(
    code: str, ulp: Ulp = "", file: File = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """Draw one gardu with the customers that the records put on it."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        drawn = gardu_map(session, ulp, code, lang=out.lang)
    _write(
        out, database, ulp, drawn, f"Gardu {code}", file or Path(f"peta-gardu-{_safe(code)}.html")
    )


@app.command("energy")
def energy_command(
    blth: Annotated[str, typer.Option(help="Month, or first..last")] = "",
    ulp: Ulp = "",
    file: File = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw the kWh of every gardu, the area of a circle by its kWh."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        first, _, last = (blth or units.latest_blth(session, ulp=ulp) or "").partition("..")
        drawn = energy_of_all(session, ulp, blth_from=first, blth_to=last or first, lang=out.lang)
    title = f"kWh {first}" + (f" – {last}" if last and last != first else "")
    _write(out, database, ulp, drawn, title, file or Path(f"peta-energi-{first}.html"))


@app.command("layers")
def layers_command(
    ulp: Ulp = "",
    layer: Annotated[str, typer.Option(help="One layer alone: " + ", ".join(BY_NAME))] = "",
    file: Annotated[
        Path | None, typer.Option("--out", help="The file: .gpkg, or .geojson, .kml of one layer")
    ] = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Write the layers of the unit's map for QGIS, ArcGIS or a globe."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    path = file or Path(f"lapisan-{ulp}.gpkg")
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS or (layer and layer not in BY_NAME) or (kind != "gpkg" and not layer):
        raise UsageError(
            f"{path.name} with layer {layer or 'all'} cannot be written; all layers fit into a "
            f".gpkg, one of {', '.join(BY_NAME)} into {', '.join('.' + k for k in FORMATS)}",
            f"{path.name} dengan lapisan {layer or 'semua'} tidak bisa ditulis; semua lapisan muat di "
            f".gpkg, satu dari {', '.join(BY_NAME)} di {', '.join('.' + k for k in FORMATS)}",
        )
    with database.reading() as session:
        content = layer_file(session, ulp, kind, BY_NAME[layer] if layer else None)
    write_file(path, content)
    out.result({"ulp": ulp, "file": str(path), "bytes": len(content)})
    out.say(f"{path}: {len(content) / 1e6:.1f} MB", f"{path}: {len(content) / 1e6:.1f} MB")


def _write(out: Output, database: Database, ulp: str, drawn: Drawn, title: str, file: Path) -> None:
    if drawn.bounds is None:
        raise NothingToDo(
            f"nothing of {title} has a position in unit {ulp}; import the network GIS or points first",
            f"belum ada koordinat untuk {title} di unit {ulp}; impor GIS jaringan atau titik dulu",
        )
    with database.reading() as session:
        sample = units.unit_settings(session, ulp=ulp).sample
    page = standalone(
        drawn.data,
        drawn.bounds,
        title=f"{title} · {ulp}",
        lang=out.lang,
        note=SAMPLE if sample else "",
    )
    write_file(file, page.encode())
    out.result({"ulp": ulp, "file": str(file), "customers": drawn.customers})
    out.say(
        f"{file}: {drawn.customers} pelanggan; buka dengan peramban",
        f"{file}: {drawn.customers} customers; open it in a browser",
    )


def _safe(code: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in code)
