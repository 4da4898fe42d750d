"""`rbmgeo tls`: HTTPS for phones on the office's own Wi-Fi, where there is no domain."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, group, write_file
from rbmgeo.cli.serve import DOOR_PORT, PORT
from rbmgeo.keys.certificates import Certified, TlsFiles, certified, make, renew
from rbmgeo.keys.door import door_address
from rbmgeo.labels.tls import STEPS, WHY
from rbmgeo.settings import Settings
from rbmgeo.sheets.trust import trust_sheet

app = group("HTTPS of the office without a domain: authority, certificate, steps for phones.")


@app.command("init")
def init_command(
    hosts: Annotated[
        list[str], typer.Argument(help="As phones reach this machine: 192.168.1.10, rbm.kantor.lan")
    ],
    anew: Annotated[
        bool, typer.Option(help="Another authority; every phone must install it again")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Make the office's authority (10 years), good for these hosts alone, and a certificate (397 days)."""
    out = Output(as_json=as_json, lang=lang)
    files = _files()
    told = make(files, hosts, now=datetime.now(UTC), anew=anew)
    _say(out, files, told)
    for title, steps in STEPS.values():
        out.say(*title)
        for n, step in enumerate(steps, start=1):
            out.say(*[f"  {n}. {words.format(a=_address(told))}" for words in step])
    out.say(*WHY)
    out.say(
        "Selanjutnya: rbmgeo serve --tls; cetak langkahnya dengan rbmgeo tls steps BERKAS.pdf",
        "Next: rbmgeo serve --tls; print the steps with rbmgeo tls steps FILE.pdf",
    )


@app.command("renew")
def renew_command(as_json: Json = False, lang: Lang = "") -> None:
    """Make another certificate for the same hosts; phones need nothing. Serve again afterwards."""
    out = Output(as_json=as_json, lang=lang)
    files = _files()
    _say(out, files, renew(files, now=datetime.now(UTC)))


@app.command("show")
def show_command(as_json: Json = False, lang: Lang = "") -> None:
    """Tell hosts, ends and fingerprint."""
    out = Output(as_json=as_json, lang=lang)
    files = _files()
    told = certified(files)
    _say(out, files, told)
    if told.old(datetime.now(UTC)):
        out.note("perbarui segera: rbmgeo tls renew", "renew it soon: rbmgeo tls renew")


@app.command("steps")
def steps_command(
    file: Annotated[Path, typer.Argument(help="PDF to write: QR code and steps, both languages")],
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Write the page for the office's wall."""
    out = Output(as_json=as_json, lang=lang)
    files = _files()
    told = certified(files)
    write_file(file, trust_sheet(told, address=_address(told), door=_door(told)))
    out.result({"file": str(file), "door": _door(told)})
    out.say(f"{file} ditulis", f"{file} written")


def _files() -> TlsFiles:
    return TlsFiles.of(Settings().home.resolve())


def _say(out: Output, files: TlsFiles, told: Certified) -> None:
    out.result({
        "hosts": list(told.hosts), "ca": str(files.ca), "fingerprint": told.fingerprint,
        "ca_until": told.ca_until.isoformat(), "server_until": told.server_until.isoformat(),
        "door": _door(told),
    })  # fmt: skip
    hosts = ", ".join(told.hosts)
    out.say(
        f"CA untuk {hosts} sampai {told.ca_until:%Y-%m-%d}; sertifikat server sampai {told.server_until:%Y-%m-%d}",
        f"authority for {hosts} until {told.ca_until:%Y-%m-%d}; server's certificate until {told.server_until:%Y-%m-%d}",
    )
    out.say(f"SHA-256 {told.fingerprint}", f"SHA-256 {told.fingerprint}")


def _address(told: Certified) -> str:
    served = _files().served()
    host = told.hosts[0]
    return served[1] if served else f"https://{f'[{host}]' if ':' in host else host}:{PORT}"


def _door(told: Certified) -> str:
    """Return where the steps are: as they were served last, or will be."""
    served = _files().served()
    return served[0] if served else door_address(told.hosts[0], DOOR_PORT)
