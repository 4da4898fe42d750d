"""`rbmgeo arrears`: SOP VI: the list, orders to cut, payment checks, reports by H+1, removals."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rbmgeo.cli.common import By, Csv, Json, Lang, Reason, Ulp, at_unit, group, write_csv
from rbmgeo.db.queries import units
from rbmgeo.errors import UsageError
from rbmgeo.labels import text
from rbmgeo.workflows.arrears import arrears_now, follow_payments
from rbmgeo.workflows.arrears_work import (
    check_by_file,
    decide_removal,
    order_cuts,
    propose_removals,
    report_day,
    work_days,
)

app = group("SOP VI: arrears, cuts, reconnections, removals.")

On = Annotated[str, typer.Option("--on", help="Day YYYY-MM-DD; else today")]


@app.command("list")
def list_command(
    csv: Csv = None, on: On = "", ulp: Ulp = "", as_json: Json = False, lang: Lang = ""
) -> None:
    """Count who owes by state, and write everybody to a file where one is named."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = arrears_now(session, ulp, _day(on, _today(units.unit(session, ulp=ulp).time_zone)))
    counts = found["state"].value_counts().sort_index()
    if csv is not None:
        write_csv(found.drop(columns="order_id"), csv)
    out.result({"ulp": ulp, "customers": len(found), "late": int(found["late"].sum()),
                "states": {str(k): int(v) for k, v in counts.items()}})  # fmt: skip
    for state, count in counts.items():
        words = text(f"arrears.state.{state}", out.lang)
        out.say(f"{count:>7}  {words}", f"{count:>7}  {words}")


@app.command("order")
def order_command(
    print_id: Annotated[int, typer.Argument(help="A print of TUL VI-01 (`rbmgeo form list`)")],
    who: By,
    signer: Annotated[str, typer.Option("--signer", help="Who signed it")] = "",
    officer: Annotated[str, typer.Option("--officer", help="Log-in of who is sent")] = "",
    on: On = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Order the cuts of a signed print."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        zone = units.unit(session, ulp=ulp).time_zone
        done = order_cuts(
            session, ulp, print_id, officer=officer or None, planned_on=_day(on, _today(zone)),
            signer=signer, who=who, now=datetime.now(UTC),
        )  # fmt: skip
    out.result({"ulp": ulp, "list": done.list_id, "orders": done.orders, "left": done.left})
    out.say(f"{done.orders} pemutusan diperintahkan", f"{done.orders} cuts ordered")


@app.command("check")
def check_command(
    batch_id: Annotated[
        int, typer.Argument(help="A file of bills taken in (`rbmgeo batches list`)")
    ],
    at: Annotated[str, typer.Option("--at", help="What moment it is of, YYYY-MM-DDTHH:MM")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Keep a file of payments as a check of everybody with an order to cut."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(f"--at {at!r}: write YYYY-MM-DDTHH:MM", f"--at {at!r}: tulis TTTT-BB-HHTJJ:MM") from None  # fmt: skip
    with database.writing() as session:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(units.unit(session, ulp=ulp).time_zone))
        done = check_by_file(session, ulp, batch_id, at=moment, who=who, now=datetime.now(UTC))
    out.result({"ulp": ulp, "unpaid": done.unpaid, "paid": done.paid, "unnamed": done.unnamed})
    out.say(
        f"{done.unpaid} belum lunas, {done.paid} lunas, {done.unnamed} tidak ada di berkas",
        f"{done.unpaid} unpaid, {done.paid} paid, {done.unnamed} not in the file",
    )


@app.command("follow")
def follow_command(who: By, ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """Take back, reconnect and withdraw what payments ask for (an import does the same)."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = follow_payments(session, ulp, who=who, now=datetime.now(UTC))
    out.result({"ulp": ulp, "taken_back": done.taken_back, "reconnections": done.reconnections,
                "withdrawn": done.withdrawn})  # fmt: skip
    out.say(
        f"{done.taken_back} ditarik, {done.reconnections} penyambungan, {done.withdrawn} bongkar ditarik",
        f"{done.taken_back} taken back, {done.reconnections} reconnections, {done.withdrawn} removals withdrawn",
    )


@app.command("report")
def report_command(
    who: By, on: On = "", csv: Csv = None, ulp: Ulp = "", as_json: Json = False, lang: Lang = ""
) -> None:
    """Report a day's cuts and reconnections; its acts go to a file where one is named."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        today = _today(units.unit(session, ulp=ulp).time_zone)
        day = _day(on, today)
        count = report_day(session, ulp, day, who=who, now=datetime.now(UTC))
        _, acts = work_days(session, ulp, today)
    if csv is not None:
        mine = acts[acts["on"] == day].drop(columns=["given", "photos", "refusals", "order_id"])
        write_csv(mine.set_index("client_id"), csv)
    out.result({"ulp": ulp, "on": str(day), "acts": count})
    out.say(f"{count} pekerjaan {day} dilaporkan", f"{count} acts of {day} reported")


@app.command("remove")
def remove_command(
    idpels: Annotated[Path, typer.Argument(help="A text file of customer numbers, one a line")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Propose final removal; another person approves."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    if not idpels.is_file():
        raise UsageError(f"{idpels} is not there", f"{idpels} tidak ada")
    told = idpels.read_text(encoding="utf-8").split()
    with database.writing() as session:
        count = propose_removals(session, ulp, told, who=who, now=datetime.now(UTC))
    out.result({"ulp": ulp, "proposals": count})
    out.say(f"{count} bongkar rampung diusulkan", f"{count} removals proposed")


@app.command("decide")
def decide_command(
    proposal_id: int,
    decision: Annotated[str, typer.Argument(help="approved, rejected or undone")],
    who: By,
    reason: Reason = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Approve, turn down or undo a removal."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        decide_removal(
            session, ulp, proposal_id, decision, who=who, now=datetime.now(UTC), reason=reason
        )
    out.result({"ulp": ulp, "proposal": proposal_id, "decision": decision})
    out.say(f"usulan {proposal_id}: {decision}", f"proposal {proposal_id}: {decision}")


def _day(told: str, today: date) -> date:
    try:
        return date.fromisoformat(told) if told else today
    except ValueError:
        raise UsageError(f"--on {told!r}: write YYYY-MM-DD", f"--on {told!r}: tulis TTTT-BB-HH") from None  # fmt: skip


def _today(zone: str) -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
