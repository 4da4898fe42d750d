"""`rbmgeo evaluate`, `match` and `findings`: SOP IV.1 and IV.3."""

import json
from typing import Annotated

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Ulp, Who, at_unit, write_csv
from rbmgeo.db.queries import evaluation as evaluation_rows
from rbmgeo.db.queries import work
from rbmgeo.labels import text
from rbmgeo.matching.findings import GENERAL_REASONS
from rbmgeo.workflows.evaluate import evaluate_ulp
from rbmgeo.workflows.match import match_ulp


def evaluate_command(
    ulp: Ulp = "", csv: Csv = None, as_json: Json = False, lang: Lang = "", who: Who = "cli"
) -> None:
    """SOP IV.1: how complete both lists are; --csv writes one row per customer."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = evaluate_ulp(session, ulp, who=who)
        if csv is not None:
            write_csv(evaluation_rows.customer_rows(session, ulp=ulp), csv)
    found = done.summary
    out.result({"ulp": ulp, **{k: (None if v != v else v) for k, v in found.items()}})
    out.say(
        f"{ulp}: {found['customers']} pelanggan, {found['rbm']} RBM, {found['gardu']} gardu "
        f"({found['gardu_without_customers']} tanpa pelanggan); {found['with_point']} punya "
        f"koordinat, {found['without_rbm']} tanpa RBM, {found['without_gardu']} tanpa gardu",
        f"{ulp}: {found['customers']} customers, {found['rbm']} RBM, {found['gardu']} gardu "
        f"({found['gardu_without_customers']} without customers); {found['with_point']} have a "
        f"position, {found['without_rbm']} no RBM, {found['without_gardu']} no gardu",
    )
    for source, quality, customers in done.points.itertuples(index=False):
        out.say(
            f"  {source:<16} {quality:<20} {customers}", f"  {source:<16} {quality:<20} {customers}"
        )


def match_command(
    ulp: Ulp = "",
    no_detect: Annotated[
        bool, typer.Option("--no-detect", help="Stop after the candidates")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """SOP IV.3: match customers per RBM with customers per gardu, doubt the records."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as progress, database.writing() as session:
        done = match_ulp(session, ulp, detect_errors=not no_detect, who=who, progress=progress)
    out.result(
        {"ulp": ulp, "customers": done.customers, "classes": done.classes,
         "outside": done.outside, "findings": done.findings, "tiers": done.tiers}
    )  # fmt: skip
    out.say(f"{ulp}: {done.customers} pelanggan", f"{ulp}: {done.customers} customers")
    for name, count in done.classes.items():
        label = text(f"match.{name}", out.lang)
        out.say(f"  {label:<24} {count}", f"  {label:<24} {count}")
    if done.outside:
        out.say(
            f"  di luar kedua daftar     {done.outside}",
            f"  in neither list          {done.outside}",
        )
    if done.findings is not None:
        out.say(
            f"{done.findings} temuan; lihat `rbmgeo findings`",
            f"{done.findings} findings; see `rbmgeo findings`",
        )


def findings_command(
    ulp: Ulp = "",
    csv: Csv = None,
    top: Annotated[int, typer.Option(help="How many to print")] = 20,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """SOP IV.3: every active customer with a PDPJ record, most doubtful first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        table = work.findings(session, ulp=ulp)
    if csv is not None:
        rows = table.assign(
            ulp=ulp, reasons=[json.dumps(r, ensure_ascii=False) for r in table["reasons"]]
        )
        write_csv(rows, csv)
    kinds = {str(k): int(v) for k, v in table["kind"].value_counts().sort_index().items()}
    out.result({"ulp": ulp, "rows": len(table), "kinds": kinds})
    for idpel, row in table[table["kind"] != "ok"].head(top).iterrows():
        said = "; ".join(
            text(r["key"], out.lang, **{k: v for k, v in r.items() if k != "key"})
            for r in row["reasons"]
            if r["key"] not in GENERAL_REASONS
        )
        line = f"{idpel}  {row['p']:.2f}  {row['gardu']} → {row['proposed_gardu']}  {said}"
        out.say(line, line)
    if table.empty:
        out.say("belum ada temuan; jalankan `rbmgeo match`", "no findings yet; run `rbmgeo match`")
