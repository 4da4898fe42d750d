"""`rbmgeo routes submit`, `approve`, `return-to`, `diff`, `picture`: SOP IV.5 and IV.7."""

from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.at_draft import Code, Revision, Version, reading, seen, writing
from rbmgeo.cli.common import By, Json, Lang, Reason, Ulp, Who, at_unit, write_file
from rbmgeo.cli.route_plans import app
from rbmgeo.db.queries import drafts, units
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.workflows import bench_views, change_sets, two_versions, workbench

Side = Annotated[str, typer.Argument(help="Number of a version, or d and a month for its list (d202411)")]  # fmt: skip


@app.command("submit")
def submit_command(
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Send a draft to review; whoever has no place stands on BELUM DITEMPATKAN."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        workbench.open_draft(session, ulp, version_id, who=who)
        known = seen(session, ulp, version_id, revision)
        now = change_sets.submit(session, ulp, version_id, revision=known, who=who)
    out.result({"version": version_id, "revision": now})
    out.say(f"draf {version_id} diajukan; orang lain meninjaunya: `rbmgeo routes approve --who NAMA`",
            f"draft {version_id} submitted; another person reviews it: `rbmgeo routes approve --who NAME`")  # fmt: skip


@app.command("approve")
def approve_command(
    version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
    who: By = "cli",
) -> None:  # fmt: skip
    """Approve a draft of other people."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        known = seen(session, ulp, version_id, revision)
        now = change_sets.approve(session, ulp, version_id, revision=known, who=who)
    out.result({"version": version_id, "revision": now})
    out.say(f"draf {version_id} disetujui", f"draft {version_id} approved")


@app.command("send-back")
def send_back_command(
    reason: Reason, version: Version = None, revision: Revision = None, ulp: Ulp = "", as_json: Json = False,
    lang: Lang = "", who: By = "cli",
) -> None:  # fmt: skip
    """Open a submitted draft for editing again, with the reason."""
    with writing(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        known = seen(session, ulp, version_id, revision)
        now = change_sets.send_back(
            session, ulp, version_id, revision=known, reason=reason, who=who
        )
    out.result({"version": version_id, "revision": now})
    out.say(f"draf {version_id} dikembalikan", f"draft {version_id} sent back")


@app.command("return-to")
def return_command(
    version: Annotated[int, typer.Argument(help="Number of a published version")],
    ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Make a draft that holds an earlier version again, submitted for review."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        month = units.latest_blth(session, ulp=ulp) or ""
        made = change_sets.return_to(session, ulp, version, effective_blth=month, who=who)
    out.result({"version": made, "holds": version})
    out.say(f"draf {made} memuat versi {version} lagi, sudah diajukan",
            f"draft {made} holds version {version} again, submitted")  # fmt: skip


@app.command("log")
def log_command(
    version: Version = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = ""
) -> None:
    """List every edit of a draft: who, when, what; counts and RBM only."""
    with reading(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        told = workbench.since(drafts.log(session, ulp=ulp, version_id=version_id))
    out.result({"version": version_id, "edits": told})
    for c in told:
        line = f"{c['no']:>4} {c['at']:%Y-%m-%d %H:%M} {c['who']:<12} {c['kind']:<8} {c['customers']:>5} {' '.join(c['rbms'])}"
        out.say(line, line)


@app.command("diff")
def diff_command(
    before: Side, after: Side,
    path: Annotated[Path | None, typer.Option("--xlsx", help="Write RBM and customers to this workbook")] = None,
    ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Compare two versions, or the lists of two months, RBM by RBM."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = two_versions.compared(session, ulp, before, after)
    changed = found.per_rbm[found.per_rbm["changed"]].drop(columns="changed")
    if path is not None:
        write_file(path, xlsx_bytes({"RBM": changed, "Pelanggan": found.rows}))
    counts = {str(k): int(v) for k, v in found.rows["change"].value_counts().items()}
    told = changed.astype(object).where(changed.notna(), None)
    out.result({"before": before, "after": after, "changes": counts, "rbm": told.reset_index().to_dict("records")})  # fmt: skip
    for code, r in told.iterrows():
        line = f"{code}  {r['customers_before']} → {r['customers_after']}  +{r['came']} −{r['left']}  № {r['renumbered']}"
        out.say(line, line)
    out.say(f"{len(changed)} RBM berubah, {len(found.rows)} pelanggan",
            f"{len(changed)} RBM changed, {len(found.rows)} customers")  # fmt: skip


@app.command("picture")
def picture_command(
    rbm: Code, path: Annotated[Path, typer.Argument(help="The PNG to write")],
    before: Annotated[str, typer.Option(help="Beside this version or list; else what it came from")] = "",
    version: Version = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Draw what changed on one RBM, to be shared: counts and lines, nobody's name or number."""
    with reading(version, ulp, as_json, lang) as (out, session, ulp, version_id):
        sample = bool(units.unit(session, ulp=ulp).sample)
        png = bench_views.picture(
            session, ulp, str(version_id), rbm, lang=out.lang, before=before or None, sample=sample,
            number=lambda value, digits=0: f"{value:.{digits}f}".replace(".", "," if out.lang == "id" else "."),
        )  # fmt: skip
    write_file(path, png)
    out.result({"version": version_id, "rbm": rbm, "bytes": len(png)})
    out.say(f"ditulis: {path} ({len(png)} byte)", f"written: {path} ({len(png)} bytes)")
