"""`rbmgeo audit`: whose data somebody saw, and who saw or changed somebody's data."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rbmgeo.cli.common import Json, Lang, Output, Ulp, at_unit, group, open_database
from rbmgeo.db.queries import access
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.labels import text
from rbmgeo.privacy.classes import tables
from rbmgeo.privacy.retention import Retention, access_parts_to_go
from rbmgeo.privacy.seen import idpel_of
from rbmgeo.settings import Settings
from rbmgeo.workflows import audit, retention

app = group("Who saw or changed whose data; a customer's number is asked for, never an argument.")

From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD")]
To = Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD; today if left out")]


@app.command("seen")
def seen(
    who: Annotated[str, typer.Option("--who", help="Log-in of the person who looked")],
    begin: From,
    end: To = "",
    customers: Annotated[bool, typer.Option("--customers", help="Name each idpel")] = False,
    ulp: Annotated[str, typer.Option("--ulp", help="Of one unit only")] = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say whose data a person saw: how many customers, through which pages and files."""
    out = Output(as_json=as_json, lang=lang)
    database, between = open_database(), _days(begin, end)
    with database.writing() as session:
        found = audit.seen_by(session, who, *between, ulp=ulp or None)
        log_command(session, who="cli", ulp=ulp or None, command="audit seen",
                    after={"from": begin, "to": end, "customers": len(found.customers)})  # fmt: skip
    named = [idpel_of(n) for n in found.customers] if customers else []
    out.result({
        "who": found.login, "customers": len(found.customers),
        "by": found.sums.to_dict("records"), **({"idpel": named} if customers else {}),
    })  # fmt: skip
    out.say(
        f"{found.login} melihat data {len(found.customers)} pelanggan.",
        f"{found.login} saw the data of {len(found.customers)} customers.",
    )
    for row in found.sums.itertuples():
        whole = (" (peta seluruh unit)", " (map of the whole unit)") if row.whole_unit else ("", "")
        out.say(f"  {row.kind} {row.route}: {row.answers} kali, {row.customers} pelanggan{whole[0]}",
                f"  {row.kind} {row.route}: {row.answers} times, {row.customers} customers{whole[1]}")  # fmt: skip
    for one in named:
        out.say(f"  {one}", f"  {one}")


@app.command("of-customer")
def of_customer(
    begin: From,
    end: To = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="File with the idpel; else it is asked for")
    ] = None,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say who saw and who changed the data of one customer."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    told = file.read_text("utf-8") if file else typer.prompt("IDPEL", hide_input=True, err=True)
    with database.writing() as session:
        found = audit.of_customer(session, ulp, told, *_days(begin, end))
        log_command(session, who="cli", ulp=ulp, command="audit of-customer",
                    after={"from": begin, "to": end, "answers": len(found.rows)})  # fmt: skip
    out.result({
        "seen": found.rows.to_dict("records"), "changed": found.changes, "imports": found.imports,
    })  # fmt: skip
    out.say(
        f"Dilihat {len(found.rows)} kali, diubah {len(found.changes)} kali, dari {len(found.imports)} impor.",
        f"Seen {len(found.rows)} times, changed {len(found.changes)} times, from {len(found.imports)} imports.",
    )  # fmt: skip
    for row in found.rows.itertuples():
        out.say(f"  {row.at:%Y-%m-%d %H:%M} {row.login} {row.kind} {row.route}",
                f"  {row.at:%Y-%m-%d %H:%M} {row.login} {row.kind} {row.route}")  # fmt: skip


@app.command("retention")
def retention_command(
    who: Annotated[str, typer.Option("--who", help="Who orders it, for the log")] = "",
    drop: Annotated[
        bool, typer.Option("--drop", help="Drop the months; else they are listed")
    ] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """List the months of the access log that are old enough, or drop them whole."""
    out, now = Output(as_json=as_json, lang=lang), datetime.now(UTC)
    rule = Retention(access_months=Settings().access_keep_months)
    with open_database().writing() as session:
        if drop:
            gone = retention.drop_access_months(session, rule, now=now, who=who)
        else:
            gone = dict.fromkeys(
                access_parts_to_go(access.parts(session), rule.access_months, now), 0
            )
    out.result({"dropped": drop, "months": gone})
    out.say(f"{len(gone)} bulan {'dihapus' if drop else 'boleh dihapus'}.", f"{len(gone)} months {'dropped' if drop else 'may be dropped'}.")  # fmt: skip


@app.command("classes")
def classes(as_json: Json = False, lang: Lang = "") -> None:
    """Print every table with its class and how long it is kept."""
    out = Output(as_json=as_json, lang=lang)
    told = [tables()[name] for name in sorted(tables())]
    out.result({t.name: {"why": t.why, "keep": t.keep, "columns": t.columns} for t in told})
    for t in told:
        out.say(f"{t.name}: {text(f'class.{t.highest}', 'id')}; {t.why[0]}; {text(f'keep.{t.keep}', 'id')}",
                f"{t.name}: {text(f'class.{t.highest}', 'en')}; {t.why[1]}; {text(f'keep.{t.keep}', 'en')}")  # fmt: skip


def _days(begin: str, end: str) -> tuple[datetime, datetime]:
    """Return the moments in which days begin and end where the office is."""
    zone = ZoneInfo(Settings().time_zone)
    try:
        first = date.fromisoformat(begin)
        last = date.fromisoformat(end) if end else datetime.now(UTC).astimezone(zone).date()
    except ValueError as fault:
        raise UsageError(
            "a day is written YYYY-MM-DD, e.g. 2026-11-01",
            "hari ditulis TTTT-BB-HH, misalnya 2026-11-01",
        ) from fault
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )
