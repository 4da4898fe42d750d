"""`rbmgeo first-sheet`: what a unit's first files say, coordinates or not."""

from rbmgeo.cli.common import Csv, Json, Lang, Output, Ulp, open_database, resolve_ulp, write_csv
from rbmgeo.workflows.first_sheet import FirstSheet, first_sheet


def first_sheet_command(
    ulp: Ulp = "", csv: Csv = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """Say what the first files hold: both lists, spellings of gardu, the share with points."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    code = resolve_ulp(database, ulp)
    with database.reading() as session:
        done = first_sheet(session, code)
    if csv is not None:
        write_csv(done.customers.drop(columns="public_id"), csv)
    out.result(done.as_dict())
    _say(out, done)


def _say(out: Output, done: FirstSheet) -> None:
    s = done.summary
    out.say(
        f"{done.ulp}: {s['customers']} pelanggan, {s['rbm']} RBM, {s['gardu']} gardu",
        f"{done.ulp}: {s['customers']} customers, {s['rbm']} RBM, {s['gardu']} gardu",
    )
    out.say(
        f"  kedua daftar {s['both']} + hanya RBM {s['only_rbm']} + hanya PDPJ {s['only_pdpj']} + "
        f"tanpa daftar {s['neither']} = {s['customers']}",
        f"  both lists {s['both']} + RBM only {s['only_rbm']} + PDPJ only {s['only_pdpj']} + "
        f"neither {s['neither']} = {s['customers']}",
    )
    out.say(
        f"  wajar {s['expected']} (pra bayar, dibaca PLN), perlu dilihat {s['to_see']}",
        f"  expected {s['expected']} (prepaid, read by PLN), worth a look {s['to_see']}",
    )
    out.say(
        f"  bertitik {s['with_point']} dari {s['customers']}",
        f"  with a point {s['with_point']} of {s['customers']}",
    )
    for _, codes in done.look_alikes.groupby("group", sort=False):
        told = ", ".join(f"{c} ({n})" for c, n in codes["customers"].items())
        out.say(f"  satu gardu? {told}", f"  one gardu? {told}")
    for part, kind in done.next_files.items():
        if kind:
            out.say(f"  berkas berikut untuk {part}: {kind}", f"  next file for {part}: {kind}")
