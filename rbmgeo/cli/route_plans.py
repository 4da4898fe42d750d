"""`rbmgeo routes plans`, `choose`, `look`, `calendar`: SOP IV.2 and IV.5."""

from datetime import date
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import Json, Lang, Output, Ulp, Who, open_database, resolve_ulp
from rbmgeo.db.queries import drafts, lists, units
from rbmgeo.errors import UsageError
from rbmgeo.workflows.design import choose_plan, plans_ulp, preview
from rbmgeo.workflows.reading_calendar import (
    approve_shift,
    mend_dates,
    off_dates,
    plan_month,
    set_date,
    set_holiday,
    set_rbm,
)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="SOP IV.2, IV.5: plans of routes, reading calendar, workbench, review.")  # fmt: skip
Share = Annotated[int, typer.Option(min=0, max=100, help="Per cent of customers at most")]
Codes = Annotated[list[str] | None, typer.Option(help="Code that stays as it is; may be repeated")]
Month = Annotated[str, typer.Option("--blth", help="Month YYYYMM; the newest if left out")]


@app.command("plans")
def plans_command(
    ulp: Ulp = "", day_limit: Share = 100, reader_limit: Share = 100, lock_rbm: Codes = None,
    lock_gardu: Codes = None, pin: Annotated[list[str] | None, typer.Option(help="IDPEL of a customer who stays; may be repeated")] = None,
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Compute plans from today's routes; nothing is drafted yet."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with out.progress() as progress, database.writing() as session:
        known = drafts.public_ids_of(session, ulp=ulp, idpels=pin or [])
        for idpel in pin or []:
            if idpel not in known:
                raise UsageError(
                    f"customer {idpel} is not in unit {ulp}",
                    f"pelanggan {idpel} tidak ada di unit {ulp}",
                )
        done = plans_ulp(
            session, ulp, pinned=sorted(known.values()), day_limit=day_limit / 100, reader_limit=reader_limit / 100,
            locked_rbm=lock_rbm or [], locked_gardu=lock_gardu or [], who=who, progress=progress,
        )  # fmt: skip
    out.result({"ulp": ulp, "run": done.run_id, **done.summary})
    for plan in done.summary["plans"]:
        _say_plan(out, plan, done.recommended)


def _say_plan(out: Output, plan: dict[str, Any], recommended: str) -> None:
    star = "*" if plan["name"] and plan["name"] == recommended else " "
    head = (
        f"{star} {plan['number']:>2} {plan['name'] or '-':<9} {plan['max_over_mean']:.2f} maks/rata"
    )
    out.say(
        f"{head}, cv {plan['cv']:.3f}, {plan['km']} km (perkiraan), {plan['gardu_whole']} dari "
        f"{plan['gardu']} gardu utuh, {plan['changed']} pindah RBM, {plan['day_changed']} hari, "
        f"{plan['reader_changed']} petugas, {plan['number_changed']} nomor, {plan['disconnected']} terputus",
        f"{head}, cv {plan['cv']:.3f}, {plan['km']} km (estimate), {plan['gardu_whole']} of "
        f"{plan['gardu']} gardu whole, {plan['changed']} change RBM, {plan['day_changed']} day, "
        f"{plan['reader_changed']} reader, {plan['number_changed']} number, {plan['disconnected']} in pieces",
    )


@app.command("choose")
def choose_command(
    plan: Annotated[str, typer.Argument(help="sedikit, seimbang, pendek, or a plan's number")],
    ulp: Ulp = "", as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Make a draft of one of the newest plans."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with out.progress() as progress, database.writing() as session:
        done = choose_plan(session, ulp, plan=plan, who=who, progress=progress)
    out.result({"ulp": ulp, "version": done.version_id, **done.summary})
    out.say(
        f"draf {done.version_id} dari rencana {plan}", f"draft {done.version_id} of plan {plan}"
    )


@app.command("look")
def look_command(
    rbm: Annotated[str, typer.Argument(help="RBM to split in two")],
    other: Annotated[str, typer.Option("--merge", help="Make one RBM with this one")] = "",
    ulp: Ulp = "", as_json: Json = False, lang: Lang = "",
) -> None:  # fmt: skip
    """Show an RBM split in two or merged with another; nothing is kept."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.reading() as session:
        done = preview(session, ulp, rbm, other)
    out.result({"before": [vars(p) for p in done.before], "after": [vars(p) for p in done.after]})
    for sign, parts in (("-", done.before), ("+", done.after)):
        for p in parts:
            out.say(f"{sign} {p.rbm}: {p.customers} pelanggan, {p.minutes} menit, {p.km} km",
                    f"{sign} {p.rbm}: {p.customers} customers, {p.minutes} minutes, {p.km} km")  # fmt: skip


@app.command("calendar")
def calendar_command(
    ulp: Ulp = "", blth: Month = "", holiday: Annotated[list[str] | None, typer.Option(help="Day off YYYY-MM-DD=name; may be repeated")] = None,
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """Propose the month's dates, and day and officer of each RBM as last month where possible."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        for told in holiday or []:
            day, _, name = told.partition("=")
            set_holiday(session, ulp, _day(day), name or "-", who=who)
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        done = plan_month(session, ulp, month, who=who)
    out.result(vars(done))
    out.say(
        f"{ulp} {month}: {done.rbm} RBM di {done.days} hari baca, {done.customers} pelanggan, "
        f"{done.as_last} seperti bulan lalu, {done.beyond} perlu persetujuan tanggal",
        f"{ulp} {month}: {done.rbm} RBM on {done.days} reading days, {done.customers} customers, "
        f"{done.as_last} as last month, {done.beyond} need their date approved",
    )


@app.command("dates")
def dates_command(
    ulp: Ulp = "", blth: Month = "",
    keep: Annotated[list[str] | None, typer.Option("--set", help="DAY=YYYY-MM-DD; may be repeated")] = None,
    mend: Annotated[bool, typer.Option("--mend", help="Move those that fall on a Sunday or day off")] = False,
    as_json: Json = False, lang: Lang = "", who: Who = "cli",
) -> None:  # fmt: skip
    """List the reading dates of a month, naming those on a Sunday or day off; set some."""
    out = Output(as_json=as_json, lang=lang)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        for told in keep or []:
            letter, _, day = told.partition("=")
            set_date(session, ulp, month, letter, _day(day), who=who)
        if mend:
            mend_dates(session, ulp, month, who=who)
        dates = lists.calendar(session, ulp=ulp, blth=month)
        off, mended = off_dates(session, ulp, month)
    rows = [
        {"hari_baca": h, "read_on": str(d), "off": h in off.index, "mended": str(mended[h]) if h in mended else None}
        for h, d in dates[["hari_baca", "read_on"]].itertuples(index=False)
    ]  # fmt: skip
    out.result({"ulp": ulp, "blth": month, "dates": rows})
    for row in rows:
        line = f"{row['hari_baca']:<4} {row['read_on']}"
        more = f"  → {row['mended']}" if row["mended"] else ""
        out.say(f"{line}{'  libur' if row['off'] else ''}{more}", f"{line}{'  a day off' if row['off'] else ''}{more}")  # fmt: skip


@app.command("set")
def set_command(
    rbm: Annotated[str, typer.Argument(help="Code of the RBM")],
    blth: Annotated[str, typer.Option("--blth", help="Month YYYYMM")],
    ulp: Ulp = "", day: Annotated[str, typer.Option(help="Reading day")] = "",
    officer: Annotated[str, typer.Option(help="Code of the officer")] = "",
    approve: Annotated[bool, typer.Option("--approve", help="Approve its date only")] = False,
    who: Who = "cli",
) -> None:  # fmt: skip
    """Give one RBM of a month another day or officer, or approve its date."""
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        if approve:
            approve_shift(session, ulp, blth, rbm, who=who)
        else:
            set_rbm(session, ulp, blth, rbm, hari_baca=day, officer=officer, who=who)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise UsageError(
            f"{said!r} is no date; write YYYY-MM-DD", f"{said!r} bukan tanggal; tulis YYYY-MM-DD"
        ) from None
