"""`rbmgeo field`: work lists of the field, what became of them, and forms that come back."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pandas as pd
import typer

from rbmgeo.cli.common import (
    Csv,
    Json,
    Lang,
    Newest,
    Output,
    Reason,
    SeenOn,
    Ulp,
    Who,
    at_unit,
    group,
    write_csv,
    write_file,
)
from rbmgeo.db.queries import pages, units
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.db.queries import visit_reviews as reviews
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.intake.pasted import read_pasted
from rbmgeo.intake.visit_form import read_filled_form
from rbmgeo.workflows.forms import Choice
from rbmgeo.workflows.schedule import day_of
from rbmgeo.workflows.visit_files import KINDS, list_file
from rbmgeo.workflows.visit_lists import (
    A_LIST,
    DUE_DAYS,
    Issued,
    issue_choice,
    issue_looks,
    issue_plan,
)
from rbmgeo.workflows.visit_office import late_rows, overview, reassign, take_back
from rbmgeo.workflows.visit_returns import take_form
from rbmgeo.workflows.visit_reviews import again, belongs_to, decide

app = group("Work lists of the field: make them, follow them, carry them away, take forms in.")
VERDICTS = {"counts": "berlaku", "refuse": "ditolak", "reopen": "dibuka"}
List = Annotated[str, typer.Argument(help="Id of the list (rbmgeo field lists)")]
Officer = Annotated[str, typer.Option("--officer", help="Log-in of a surveyor; empty: nobody yet")]
First = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; else today")]


def _day(database: Database, ulp: str, said: str) -> date:
    """Return the day asked for, else the day that it is where the unit lies."""
    if said:
        return day_of(said)
    with database.reading() as session:
        zone = units.unit(session, ulp=ulp).time_zone
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def _month(database: Database, ulp: str, said: str) -> str:
    with database.reading() as session:
        return said or units.latest_blth(session, ulp=ulp) or f"{datetime.now(UTC):%Y%m}"


def _issued(out: Output, ulp: str, done: Issued) -> None:
    out.result({"ulp": ulp, "lists": list(done.lists), "orders": done.orders, "known": done.known,
                "unknown": list(done.unknown)})  # fmt: skip
    out.say(
        f"{len(done.lists)} daftar, {done.orders} perintah; {done.known} sudah ada sebelumnya",
        f"{len(done.lists)} lists, {done.orders} orders; {done.known} were there before",
    )
    if done.unknown:
        told = ", ".join(done.unknown[:5])
        out.say(f"{len(done.unknown)} nomor bukan pelanggan unit ini: {told}",
                f"{len(done.unknown)} numbers are no customers of this unit: {told}")  # fmt: skip
    for list_id in done.lists:
        out.say(f"  {list_id}", f"  {list_id}")


@app.command("plan")
def plan_command(
    ulp: Ulp = "",
    officer: Annotated[
        list[str] | None, typer.Option(help="Surveyor's number and log-in, e.g. 1=siti; repeat")
    ] = None,
    begin: First = "",
    due_days: Annotated[int, typer.Option(min=0, max=120)] = DUE_DAYS,
    blth: Newest = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Make the days of the newest survey plan lists; what was made before is not made again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    pairs = [p.partition("=") for p in officer or []]
    if any(not n.isdigit() or not w for n, _, w in pairs):
        raise UsageError("--officer is a number and a log-in, e.g. 1=siti",
                         "--officer berisi nomor dan akun, mis. 1=siti")  # fmt: skip
    on, month = _day(database, ulp, begin), _month(database, ulp, blth)
    with database.writing() as session:
        runs = pages.survey_runs(session, ulp=ulp)
        done = issue_plan(
            session, ulp, run_id=int(runs["run_id"].max()) if len(runs) else 0, first_on=on,
            officers={int(n): w for n, _, w in pairs}, blth=month, due_days=due_days, who=who,
        )  # fmt: skip
    _issued(out, ulp, done)


@app.command("looks")
def looks_command(
    ulp: Ulp = "", officer: Officer = "", begin: First = "", blth: Newest = "", as_json: Json = False,
    lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Make a list of the houses that were asked to be looked at again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    on, month = _day(database, ulp, begin), _month(database, ulp, blth)
    with database.writing() as session:
        done = issue_looks(session, ulp, officer=officer or None, on=on, blth=month, who=who)
    _issued(out, ulp, done)


@app.command("choose")
def choose_command(
    job: Annotated[str, typer.Argument(help="survei, pasca, pra, informasi")],
    by: Annotated[str, typer.Argument(help="rbm, gardu, idpel, temuan, rumah_tutup, semua")],
    codes: Annotated[list[str] | None, typer.Argument(help="RBM, gardu or idpels")] = None,
    file: Annotated[Path | None, typer.Option(help="Idpels, one a line or with commas")] = None,
    ulp: Ulp = "",
    officer: Annotated[list[str] | None, typer.Option(help="Log-in of a surveyor; repeat")] = None,
    begin: First = "",
    a_list: Annotated[int, typer.Option("--per-list", min=1, help="Most houses a list")] = A_LIST,
    title: Annotated[str, typer.Option(help="What the lists are called")] = "",
    blth: Newest = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Make lists of a job for a choice of customers, in walking order."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    chosen = list(codes or [])
    if by == "idpel":
        told = " ".join(chosen) + ("\n" + file.read_text("utf-8-sig") if file else "")
        pasted = read_pasted(told)
        if pasted.faults:
            first = pasted.faults[0]
            raise UsageError(f"line {first.line}: {first.value!r} is {first.english}",
                             f"baris {first.line}: {first.value!r} {first.indonesian}")  # fmt: skip
        chosen = list(pasted.idpels)
    on, month = _day(database, ulp, begin), _month(database, ulp, blth)
    with database.writing() as session:
        done = issue_choice(
            session, ulp, job=job, choice=Choice(by, tuple(chosen)), officers=officer or [], on=on,
            blth=month, a_list=a_list, title=title, who=who,
        )  # fmt: skip
    _issued(out, ulp, done)


@app.command("lists")
def lists_command(
    ulp: Ulp = "", on: SeenOn = "", csv: Csv = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """Show the open lists and how far each is."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    day = _day(database, ulp, on)
    with database.reading() as session:
        lists = overview(session, ulp, on=day)
    if csv is not None:
        write_csv(lists.reset_index(), csv)
    rows = _plain(lists)
    out.result({"ulp": ulp, "lists": rows})
    for r in rows:
        whose = r["officer"] or "-"
        out.say(
            f"{r['list_id']}  {r['job']:9} {whose:12} {r['selesai']}/{r['orders']} selesai, "
            f"{r['konflik']} konflik, {r['late']} lewat batas  {r['title']}",
            f"{r['list_id']}  {r['job']:9} {whose:12} {r['selesai']}/{r['orders']} done, "
            f"{r['konflik']} conflicts, {r['late']} past due  {r['title']}",
        )


@app.command("late")
def late_command(
    ulp: Ulp = "", on: SeenOn = "", csv: Csv = None, as_json: Json = False, lang: Lang = ""
) -> None:
    """Show orders whose day has passed and that are not done."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    day = _day(database, ulp, on)
    with database.reading() as session:
        rows, count = late_rows(session, ulp, on=day)
    told = rows[["due_on", "title", "officer", "stop", "idpel", "state"]]
    if csv is not None:
        write_csv(told.reset_index(), csv)
    out.result({"ulp": ulp, "on": str(day), "late": count, "orders": _plain(told)})
    out.say(f"{count} perintah lewat batas waktu", f"{count} orders past due")


@app.command("move")
def move_command(
    list_id: List, officer: Annotated[str, typer.Option(help="Log-in of who gets it")],
    ulp: Ulp = "", reason: Reason = "", on: SeenOn = "", as_json: Json = False, lang: Lang = "",
    who: Who = "cli",
) -> None:  # fmt: skip
    """Give what is not done of a list to another officer, as a new list of his."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    day = _day(database, ulp, on)
    with database.writing() as session:
        made, count = reassign(session, ulp, list_id, officer=officer, reason=reason, who=who, on=day)  # fmt: skip
    out.result({"ulp": ulp, "list": str(made), "orders": count})
    out.say(f"{count} perintah ke daftar {made}", f"{count} orders to the list {made}")


@app.command("take-back")
def take_back_command(
    orders: Annotated[list[str], typer.Argument(help="Ids of orders (column order_id of a list's CSV)")],
    reason: Annotated[str, typer.Option(help="Why")], ulp: Ulp = "", as_json: Json = False,
    lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Take orders back with a reason; nothing is deleted."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = take_back(session, ulp, orders, reason=reason, who=who)
    out.result({"ulp": ulp, "orders": done})
    out.say(f"{done} perintah dibatalkan", f"{done} orders taken back")


@app.command("file")
def file_command(
    list_id: List,
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS))],
    to: Annotated[Path, typer.Argument(help="Where to write it")],
    ulp: Ulp = "",
    lang: Lang = "",
) -> None:
    """Write a list as paper, as a form to fill in, or for a program of maps."""
    out, database, ulp = at_unit(ulp, as_json=False, lang=lang)
    with database.reading() as session:
        write_file(to, list_file(session, ulp, list_id, kind, lang=out.lang))
    out.say(f"{to}", f"{to}")


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help="Filled-in forms: xlsx, csv, gpkg")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take filled-in forms in: all of a file or nothing; sent again it changes nothing."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    done = []
    for file in files:
        with database.writing() as session:
            zone = units.unit(session, ulp=ulp).time_zone
            filled = read_filled_form(file, FORMS, time_zone=zone)
            done.append(take_form(session, ulp, filled, who=who, now=datetime.now(UTC)))
    out.result({"ulp": ulp, "files": [
        {"file": d.file, "new": d.new, "again": d.again, "conflicts": d.conflicts, "empty": d.empty,
         "faults": [{"row": f.row_no, "column": f.column, "value": f.value, "rule": f.rule,
                     "indonesian": f.indonesian, "english": f.english} for f in d.faults]}
        for d in done
    ]})  # fmt: skip
    for d in done:
        for f in d.faults:
            value = f" {f.value!r}" if f.value else ""
            out.say(
                f"  {f.file} baris {f.row_no}, {f.column}{value}: {f.indonesian} ({f.rule})",
                f"  {f.file} row {f.row_no}, {f.column}{value}: {f.english} ({f.rule})",
            )
        out.say(
            f"{d.file}: {len(d.faults)} kesalahan; tidak ada yang dimuat" if d.faults else
            f"{d.file}: {d.new} baru, {d.again} sudah pernah, {d.conflicts} konflik, {d.empty} belum diisi",
            f"{d.file}: {len(d.faults)} faults; nothing was taken in" if d.faults else
            f"{d.file}: {d.new} new, {d.again} known, {d.conflicts} conflicts, {d.empty} not filled in",
        )  # fmt: skip
    if any(d.faults for d in done):
        raise typer.Exit(1)


@app.command("waiting")
def waiting_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Count and name what the field sent and a person must decide."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        counts = reviews.counts(session, ulp=ulp)
        found = {
            "conflicts": reviews.conflicts(session, ulp=ulp, limit=200),
            "orphans": reviews.orphans(session, ulp=ulp, limit=200),
            "waiting": reviews.waiting(session, ulp=ulp, limit=200),
        }
    numbers = {k: [int(n) for n in f["visit_no"]] for k, f in found.items()}
    out.result({"ulp": ulp, "counts": counts, "visits": numbers})
    words = {"conflicts": ("dua isi", "two contents"), "orphans": ("tanpa pelanggan", "of nobody"),
             "waiting": ("belum bisa diolah", "cannot be taken up yet")}  # fmt: skip
    for name, (indonesian, english) in words.items():
        told = ", ".join(map(str, numbers[name][:20]))
        out.say(f"{counts[name]} {indonesian}: {told or '-'}", f"{counts[name]} {english}: {told or '-'}")  # fmt: skip


@app.command("decide")
def decide_command(
    visit: Annotated[int, typer.Argument(help="Number of the visit (rbmgeo field waiting)")],
    verdict: Annotated[str, typer.Argument(help=f"{', '.join(VERDICTS)}, again, belongs")],
    ulp: Ulp = "",
    customer: Annotated[str, typer.Option(help="Public id of whose it is (belongs)")] = "",
    reason: Reason = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Say that a visit counts, is refused, is open again, or whose it is; or try it again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    now, effect = datetime.now(UTC), None
    with database.writing() as session:
        if verdict == "again":
            effect = again(session, ulp, visit, who=who, now=now)
        elif verdict == "belongs":
            effect = belongs_to(session, ulp, visit, customer=customer, note=reason, who=who, now=now).effect  # fmt: skip
        else:
            effect = decide(session, ulp, visit, verdict=VERDICTS.get(verdict, verdict), note=reason,
                            who=who, now=now).effect  # fmt: skip
    out.result({"ulp": ulp, "visit": visit, "verdict": verdict, "effect": effect})
    out.say(f"kunjungan {visit}: {verdict}, {effect or 'dicatat'}", f"visit {visit}: {verdict}, {effect or 'kept'}")  # fmt: skip


@app.command("officers")
def officers_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Show who can be given a list: log-ins with the role surveyor."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        people = kept.officers(session, ulp=ulp)
    out.result({"ulp": ulp, "officers": people})
    for one in people:
        out.say(f"{one['login']}  {one['name']}", f"{one['login']}  {one['name']}")


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    told = frame.reset_index().astype(object)
    rows = told.where(told.notna(), None).to_dict("records")
    return [
        {str(k): v.isoformat() if isinstance(v, date) else v for k, v in r.items()} for r in rows
    ]
