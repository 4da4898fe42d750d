"""`rbmgeo sample`: an invented unit as files."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output
from rbmgeo.errors import UsageError
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.sample.messy import make_messy


def sample(
    directory: Annotated[Path, typer.Argument(help="Folder for the files")],
    ulp: Annotated[str, typer.Option("--ulp", help="Code of the unit")] = "51354",
    customers: Annotated[int, typer.Option(help="How many customers")] = 6000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files")] = 1,
    errors: Annotated[float, typer.Option(help="Share of planted errors")] = 0.05,
    prepaid: Annotated[float, typer.Option(help="Share of prepaid customers")] = 0.4,
    at: Annotated[str, typer.Option(help="LON,LAT of the middle")] = "112.69,-7.65",
    gardu_meters: Annotated[
        bool, typer.Option("--gardu-meters", help="Monthly gardu meters")
    ] = False,
    messy: Annotated[
        bool, typer.Option("--messy", help="The files as offices keep them: merged, split, swapped")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Write an invented unit as the files that the field has, and say how honest it is."""
    out = Output(as_json=as_json, lang=lang)
    try:
        lon, lat = (float(part) for part in at.split(","))
    except ValueError:
        raise UsageError(
            f"--at {at!r}: write LON,LAT, e.g. 112.69,-7.65", f"--at {at!r}: tulis BUJUR,LINTANG"
        ) from None
    params = SampleParams(ulp, customers, seed, errors, prepaid, (lon, lat), gardu_meters)
    if messy:
        kit = make_messy(directory, params)
        out.result({**asdict(kit), "rows": kit.rows})
        out.say(
            f"DATA CONTOH (REKAAN), berantakan, di {directory}: {len(kit.tables)} tabel, {kit.rows} baris",
            f"DATA CONTOH (REKAAN), messy, in {directory}: {len(kit.tables)} tables, {kit.rows} rows",
        )
        return
    began = time.monotonic()
    with out.progress() as progress:
        done = make_sample(directory, params, progress)
    out.result(
        {**done.as_dict(), "faults": done.faults(), "seconds": round(time.monotonic() - began, 1)}
    )
    out.say(f"DATA CONTOH (REKAAN) di {directory}", f"DATA CONTOH (REKAAN) in {directory}")
    for name, value in done.as_dict().items():
        out.say(f"  {name:<26} {value}", f"  {name:<26} {value}")
    for fault in done.faults():
        out.note(
            f"PERHATIAN: di luar kenyataan: {fault}; pakai --seed lain",
            f"ATTENTION: unlike real units: {fault}; take another --seed",
        )
