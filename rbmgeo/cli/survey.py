"""`rbmgeo survey`: SOP IV.4 and IV.6, visits to houses and what their answers change."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from rbmgeo.cli import events, looks
from rbmgeo.cli.common import (
    By,
    Csv,
    Json,
    Lang,
    Output,
    Reason,
    Ulp,
    Who,
    at_unit,
    group,
    open_database,
    resolve_ulp,
    write_csv,
    write_file,
)
from rbmgeo.cli.schedule import app as schedule_app
from rbmgeo.db.queries import proposals, survey, units
from rbmgeo.errors import UsageError
from rbmgeo.intake.answers import read_answers
from rbmgeo.reports.gpx import gpx_bytes
from rbmgeo.reports.survey_list import list_rows, waypoints
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.survey.telusur import BY_LINE
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.rehearsal import rehearse_ulp
from rbmgeo.workflows.stopping import when_to_stop
from rbmgeo.workflows.sureness import how_sure
from rbmgeo.workflows.survey_plan import plan_survey
from rbmgeo.workflows.telusur import trail, trail_rows

app = group("SOP IV.4: plan visits, take answers in, decide proposals.")
app.add_typer(events.app, name="event")
app.add_typer(looks.app, name="looks")
app.add_typer(schedule_app, name="schedule")

DECISIONS = {"approve": "approved", "reject": "rejected", "undo": "undone"}


@app.command("plan")
def plan_command(
    visits: Annotated[int, typer.Option(help="How many houses, controls among them")],
    ulp: Ulp = "",
    surveyors: Annotated[int, typer.Option(help="How many people walk")] = 2,
    days: Annotated[int, typer.Option(help="Days for each; 0: as many as 70 a day make")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed draws the same controls")] = 1,
    km: Annotated[float, typer.Option(min=0, help="Most km on foot for one in a day; 0: any")] = 0,
    minutes: Annotated[
        float, typer.Option(min=0, help="Most minutes for one in a day; 0: any")
    ] = 0,
    csv: Csv = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the lists as Excel")] = None,
    gpx: Annotated[Path | None, typer.Option(help="Write waypoints for a phone")] = None,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Choose houses by doubt and way, add controls, and write the lists in walking order."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with out.progress() as progress, database.writing() as session:
        done = plan_survey(
            session, ulp, visits=visits, surveyors=surveyors, days=days, seed=seed, walk_km=km,
            minutes=minutes, who=who, progress=progress,
        )  # fmt: skip
        tasks = survey.tasks(session, ulp=ulp, run_id=done.run_id)
        sample = units.unit_settings(session, ulp=ulp).sample
    rows = list_rows(tasks, ulp=ulp, lang=out.lang)
    if csv is not None:
        write_csv(rows, csv)
    if xlsx is not None:
        sheets = {
            f"surveyor {s} hari {d}": part for (s, d), part in rows.groupby(["surveyor", "day"])
        }
        write_file(xlsx, xlsx_bytes(sheets, title=f"Daftar survei {ulp}", sample=sample))
    if gpx is not None:
        write_file(gpx, gpx_bytes(waypoints(rows)))
    out.result(
        {"ulp": ulp, "plan": done.run_id, "visits": done.visits, "controls": done.controls,
         "doubles": done.doubles, "lists": done.lists, "km": done.km, "expected": done.expected,
         "per_km": done.per_km, "per_km_by_p": done.per_km_by_p, "parts": done.parts}
    )  # fmt: skip
    if done.controls == done.visits:
        out.say(
            "tidak ada temuan: semua rumah dalam rencana ini rumah kontrol",
            "there is no finding: every house of this plan is a control",
        )
    out.say(
        f"rencana {done.run_id}: {done.visits} rumah ({done.controls} kontrol) dalam {done.lists} "
        f"daftar, {done.km} km jalan kaki",
        f"plan {done.run_id}: {done.visits} houses ({done.controls} controls) on {done.lists} "
        f"lists, {done.km} km on foot",
    )
    if done.per_km is not None:
        out.say(
            f"diharapkan {done.expected} koreksi, {done.per_km} per km "
            f"(rumah paling pasti saja: {done.per_km_by_p or 0} per km)",
            f"{done.expected} corrections expected, {done.per_km} per km "
            f"(the most certain houses alone: {done.per_km_by_p or 0} per km)",
        )
    if done.visits < done.asked:
        out.say(
            f"diminta {done.asked} kunjungan; yang muat dalam batas hari atau tersedia: {done.visits}",
            f"{done.asked} visits were asked for; {done.visits} fit the day or are there",
        )


@app.command("import")
def import_answers(
    file: Annotated[Path, typer.Argument(help="CSV of answers")],
    ulp: Ulp = "",
    accept_good: Annotated[
        bool, typer.Option("--accept-good", help="Take the good rows in, name the others")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take answers in: each is a fact; what it would change waits for another person."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        zone = units.unit(session, ulp=ulp).time_zone
        good, bad = read_answers(file, time_zone=zone)
        known = survey.known_idpels(session, ulp=ulp, idpels=good["idpel"].unique().tolist())
        strangers = good[~good["idpel"].isin(list(known))]
        for row in bad:
            out.note(
                f"  {file.name} baris {row.row_no}, kolom {row.column}, nilai {row.value!r}: {row.indonesian}",
                f"  {file.name} row {row.row_no}, column {row.column}, value {row.value!r}: {row.english}",
            )
        for number, idpel in zip(strangers["row_no"], strangers["idpel"], strict=True):
            out.note(
                f"  {file.name} baris {number}, kolom idpel, nilai {idpel!r}: tidak ada di unit {ulp}; periksa nomornya",
                f"  {file.name} row {number}, column idpel, value {idpel!r}: not in unit {ulp}; check the number",
            )
        rejected = len(bad) + len(strangers)
        if rejected and not accept_good:
            out.result({"read": len(good) + len(bad), "good": 0, "rejected": rejected,
                        "skipped": 0, "conflicts": 0, "proposals": 0})  # fmt: skip
            out.note(
                "tidak ada yang dimuat; perbaiki barisnya, atau pakai --accept-good",
                "nothing was loaded; mend the rows, or use --accept-good",
            )
            raise typer.Exit(1)
        done = record_answers(session, ulp, good, who=who)
    out.result({"read": len(good) + len(bad), "good": done.good, "rejected": rejected,
                "skipped": done.skipped, "strangers": done.strangers, "conflicts": done.conflicts,
                "proposals": done.proposals})  # fmt: skip
    out.say(
        f"{done.good} jawaban dimuat, {done.skipped} sudah ada, {rejected} ditolak; "
        f"{done.proposals} usulan menunggu orang kedua (`rbmgeo survey proposals`)",
        f"{done.good} answers taken in, {done.skipped} known already, {rejected} rejected; "
        f"{done.proposals} proposals wait for a second person (`rbmgeo survey proposals`)",
    )


@app.command("proposals")
def proposals_command(
    ulp: Ulp = "",
    state: Annotated[
        str, typer.Option(help="open, conflict, approved, rejected, undone or all")
    ] = "open",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """List the changes that answers ask for."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = proposals.proposals(session, ulp=ulp, state=None if state == "all" else state)
    rows = [
        {"proposal": p.proposal_id, "idpel": p.idpel, "field": p.field, "before": p.before,
         "after": p.after, "state": p.state, "proposed_by": p.proposed_by}
        for p in found
    ]  # fmt: skip
    out.result({"ulp": ulp, "proposals": rows})
    for row in rows:
        line = (
            f"{row['proposal']:>6}  {row['idpel']}  {row['field']}: {row['before'] or '-'} → "
            f"{row['after'] or '-'}  {row['state']}  {row['proposed_by']}"
        )
        out.say(line, line)
    if not rows:
        out.say(
            "tidak ada usulan; muat jawaban dengan `rbmgeo survey import BERKAS.csv`",
            "no proposals; take answers in with `rbmgeo survey import FILE.csv`",
        )


@app.command("promises")
def promises_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Set what the findings promised against what surveyors found."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        done = how_sure(session, ulp)
    rounds: list[dict[str, Any]] = [
        {"plan": r["run_id"], "houses": r["houses"], "promised": round(r["promised"], 1),
         "found": r["found"]}
        for r in done.rounds.to_dict("records")
    ]  # fmt: skip
    out.result(
        {"ulp": ulp, "answers": done.answers, "rounds": rounds,
         "groups": done.groups.round(4).to_dict("records"),
         "calibration_error": None if done.answers == 0 else round(done.error, 4),
         "controls": asdict(done.controls) if done.controls.seen else None,
         "doubles": asdict(done.doubles), "unfound": round(done.unfound, 1),
         "unfound_by_controls": [round(done.unfound_low, 1), round(done.unfound_high, 1)]}
    )  # fmt: skip
    for row in rounds:
        out.say(
            f"rencana {row['plan']}: dijanjikan {row['promised']:.0f}, ditemukan {row['found']} "
            f"dari {row['houses']} rumah",
            f"plan {row['plan']}: promised {row['promised']:.0f}, found {row['found']} "
            f"of {row['houses']} houses",
        )
    if not rounds:
        out.say(
            "belum ada jawaban; muat dengan `rbmgeo survey import BERKAS.csv`",
            "no answers yet; take them in with `rbmgeo survey import FILE.csv`",
        )
    out.say(
        f"kira-kira {done.unfound:.0f} catatan salah belum ditemukan",
        f"about {done.unfound:.0f} wrong records are not found yet",
    )


@app.command("rehearse")
def rehearse_command(
    ulp: Ulp = "",
    seed: Annotated[int, typer.Option(help="Settles which errors are planted and every draw")] = 1,
    who: Who = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Play five rounds of 100 visits on the unit's own lists with planted errors (a simulation)."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = rehearse_ulp(session, ulp, seed=seed, who=who)
    out.result(asdict(done))
    out.say(
        f"simulasi: {done.errors} dari {done.customers} catatan dibuat salah, "
        f"{done.visits} kunjungan dimainkan (benih {seed})",
        f"simulation: {done.errors} of {done.customers} records were made wrong, "
        f"{done.visits} visits were played (seed {seed})",
    )
    for way, found in done.found.items():
        out.say(f"{way}: {found} ditemukan", f"{way}: {found} found")


@app.command("telusur")
def telusur_command(
    gardu: Annotated[str, typer.Argument(help="Code of the gardu")],
    ulp: Ulp = "",
    jurusan: Annotated[str, typer.Option(help="Only this line out of the gardu")] = "",
    csv: Csv = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Print the houses of one gardu in the order of its lines, pole by pole."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = trail(session, ulp, gardu, now=datetime.now(UTC))
    rows = trail_rows(found)
    known = rows["jurusan"].unique().tolist()
    if jurusan:
        if jurusan not in known:
            raise UsageError(
                f"gardu {gardu} has no jurusan {jurusan}; it has {', '.join(filter(None, known)) or '-'}",
                f"gardu {gardu} tidak punya jurusan {jurusan}; ada {', '.join(filter(None, known)) or '-'}",
            )
        rows = rows[rows["jurusan"] == jurusan]
    if csv is not None:
        write_csv(rows, csv)
    here = int(rows["recorded_here"].sum())
    out.result({"ulp": ulp, "gardu": gardu, "basis": found.walk.basis, "jurusan": known,
                "houses": len(rows), "recorded_here": here})  # fmt: skip
    if found.walk.basis != BY_LINE:
        out.say("tanpa gambar JTR: urut jarak", "no drawing of the JTR: by distance")
    for (name, order), part in rows.groupby(["jurusan", "order"], sort=False):
        first = part.iloc[0]
        far = "-" if pd.isna(first["along_m"]) else f"{first['along_m']:.0f} m"
        pole = first["pole"] if isinstance(first["pole"], str) else "-"
        out.say(
            f"{name or '-':>4} {order:>4}  {pole:<16} {far:>7}  {len(part)} rumah",
            f"{name or '-':>4} {order:>4}  {pole:<16} {far:>7}  {len(part)} houses",
        )
    out.say(
        f"{len(rows)} rumah, {here} tercatat pada {gardu}",
        f"{len(rows)} houses, {here} recorded on {gardu}",
    )


@app.command("decide")
def decide_command(
    proposals: Annotated[list[int], typer.Argument(help="Numbers of proposals")],
    decision: Annotated[str, typer.Option(help="approve, reject or undo")],
    who: By,
    ulp: Ulp = "",
    reason: Reason = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Approve, reject or undo proposals, all or none of those named."""
    out = Output(as_json=as_json, lang=lang)
    if decision not in DECISIONS:
        raise UsageError(
            f"--decision {decision!r}; it is approve, reject or undo",
            f"--decision {decision!r}; pilih approve, reject atau undo",
        )
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        for number in proposals:
            decide(session, ulp, number, DECISIONS[decision], who=who, reason=reason)
    out.result({"ulp": ulp, "decision": DECISIONS[decision], "proposals": proposals})
    out.say(
        f"{len(proposals)} usulan: {DECISIONS[decision]}",
        f"{len(proposals)} proposals: {DECISIONS[decision]}",
    )


@app.command("stop")
def stop_command(ulp: Ulp = "", csv: Csv = None, as_json: Json = False, lang: Lang = "") -> None:
    """Say which gardu are surveyed enough, and which houses come first next."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        done = when_to_stop(session, ulp)
    if csv is not None:
        write_csv(done.gardu.reset_index(), csv)
    counts = {str(k): int(n) for k, n in done.gardu["next"].value_counts().sort_index().items()}
    out.result(
        {"ulp": ulp, "gardu": counts, "untouched": done.untouched, "first": len(done.first),
         "share": done.share, "risk": done.risk}
    )  # fmt: skip
    enough, more = counts.get("cukup", 0), sum(counts.values()) - counts.get("cukup", 0)
    out.say(
        f"{enough} gardu cukup, {more} belum, {done.untouched} belum dikunjungi; "
        f"{len(done.first)} rumah didahulukan karena kesalahan yang ditemukan",
        f"{enough} gardu are enough, {more} not yet, {done.untouched} not visited; "
        f"{len(done.first)} houses come first after errors that were found",
    )
