"""`rbmgeo design`, `order`, `publish`, `targets`: SOP IV.2 and IV.5."""

from typing import Annotated

import typer

from rbmgeo.cli.common import Csv, Json, Lang, Ulp, Who, at_unit, write_csv
from rbmgeo.db.queries import drafts, units, versions
from rbmgeo.workflows.change_sets import publish_change_set
from rbmgeo.workflows.routes import design_ulp, order_version, publish_version, targets_ulp

Version = Annotated[
    int | None, typer.Option("--version", help="Number of the draft; the newest if left out")
]


def design_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli") -> None:
    """SOP IV.5: write a draft of routes, balanced in minutes, from whole gardu."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as progress, database.writing() as session:
        done = design_ulp(session, ulp, who=who, progress=progress)
    found = done.summary
    out.result({"ulp": ulp, "version": done.version_id, **found})
    out.say(
        f"draf {done.version_id}: {found['customers']} pelanggan di {found['rbm']} RBM, menit terlama/rata "
        f"{found['max_over_mean_before']} → {found['max_over_mean']}, {found['changed']} pindah, "
        f"{found['gardu_whole']} dari {found['gardu']} gardu utuh",
        f"draft {done.version_id}: {found['customers']} customers on {found['rbm']} RBM, minutes max/mean "
        f"{found['max_over_mean_before']} → {found['max_over_mean']}, {found['changed']} moved, "
        f"{found['gardu_whole']} of {found['gardu']} gardu whole",
    )


def order_command(
    ulp: Ulp = "",
    version: Version = None,
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """SOP IV.5: order each RBM of a draft on the street network."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as progress, database.writing() as session:
        done = order_version(session, ulp, version, who=who, progress=progress)
        if csv is not None:
            rows = versions.members(session, ulp=ulp, version_id=done.version_id)
            write_csv(rows.assign(ulp=ulp), csv)
    found = done.summary
    out.result({"ulp": ulp, "version": done.version_id, **found})
    before, now = (f"{found[k]}" if found[k] is not None else "?" for k in ("km_before", "km"))
    out.say(
        f"draf {done.version_id}: {before} → {now} km, {found['reordered']} dari "
        f"{found['rbm']} RBM diurutkan lagi ({found['network']}; {found['estimated']} dengan jarak perkiraan)",
        f"draft {done.version_id}: {before} → {now} km, {found['reordered']} of "
        f"{found['rbm']} RBM reordered ({found['network']}; {found['estimated']} with estimated distances)",
    )


def publish_command(
    blth: Annotated[str, typer.Option(help="Month from which it holds, YYYYMM")],
    ulp: Ulp = "",
    version: Version = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """SOP IV.5: close an approved draft for a month; it can no longer be edited."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        version_id = versions.version(session, ulp=ulp, version_id=version).version_id
        draft = drafts.found(session, ulp=ulp, version_id=version_id)
        if draft is None:  # never submitted: says so
            done = publish_version(session, ulp, version_id, effective_blth=blth, who=who)
        else:
            done = publish_change_set(session, ulp, version_id, effective_blth=blth,
                                      revision=draft.revision, who=who)  # fmt: skip
    out.result({"ulp": ulp, "version": done.version_id, **done.summary})
    out.say(
        f"versi {done.version_id} terbit, berlaku mulai {blth}: {done.summary['customers']} pelanggan, "
        f"{done.summary['rbm']} RBM",
        f"version {done.version_id} is published from {blth}: {done.summary['customers']} customers, "
        f"{done.summary['rbm']} RBM",
    )


def targets_command(
    ulp: Ulp = "",
    blth: Annotated[str, typer.Option(help="Month YYYYMM; the newest if left out")] = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """SOP IV.2: schedule and target per officer; they sum to the customers to be read."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        table = targets_ulp(session, ulp, month)
    if csv is not None:
        write_csv(table.assign(ulp=ulp, blth=month), csv)
    states = {str(k): int(v) for k, v in table.groupby("state")["customers"].sum().items()}
    out.result(
        {
            "ulp": ulp,
            "blth": month,
            "rbm": len(table),
            "customers": int(table["customers"].sum()),
            "states": states,
        }
    )
    for rbm, row in table.iterrows():
        line = f"{row['read_on'] or '-'}  {row['officer'] or '-':<6} {rbm:<18} {row['customers']:>5}  {row['state']}"
        out.say(line, line)
