"""`rbmgeo spelling`: codes that may be one gardu: unite them, call them different, decide, undo."""

from typing import Annotated

import typer

from rbmgeo.cli.common import By, Json, Lang, Reason, Ulp, at_unit, group
from rbmgeo.db.queries import spelling
from rbmgeo.workflows.spelling import DIFFERENT, UNITE, decide_spelling, judge_spelling

app = group("Codes that may be one gardu: unite, call different, decide, list.")


@app.command("judge")
def judge_command(
    codes: Annotated[list[str], typer.Argument(help="Codes as the first sheet shows them")],
    who: By,
    unite: Annotated[str, typer.Option("--unite", help="The right code; left out: different")] = "",
    reason: Reason = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say that codes are one gardu (waits for another person), or different ones."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        verdict = UNITE if unite else DIFFERENT
        made = judge_spelling(session, ulp, codes, verdict, gardu=unite, reason=reason, who=who)
        number, state, customers = made.decision_id, made.state, made.customers
    out.result({"ulp": ulp, "decision": number, "state": state, "customers": customers})
    out.say(
        f"keputusan ejaan {number}: {verdict}, {customers} pelanggan, {state}",
        f"decision {number} on spellings: {verdict}, {customers} customers, {state}",
    )


@app.command("decide")
def decide_command(
    decision: Annotated[int, typer.Argument(help="Number of the decision")],
    said: Annotated[str, typer.Argument(help="approved, rejected or undone")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Approve, reject or undo; another person than the proposer approves."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = decide_spelling(session, ulp, decision, said, who=who)
        customers = done.customers
    out.result({"ulp": ulp, "decision": decision, "state": said, "customers": customers})
    out.say(
        f"keputusan ejaan {decision}: {said}, {customers} pelanggan",
        f"decision {decision} on spellings: {said}, {customers} customers",
    )


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the decisions that wait or hold, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = [
            {"decision": d.decision_id, "verdict": d.verdict, "codes": d.codes, "gardu": d.gardu,
             "state": d.state, "customers": d.customers, "proposed_by": d.proposed_by}
            for d in spelling.standing(session, ulp=ulp)
        ]  # fmt: skip
    out.result({"ulp": ulp, "decisions": rows})
    for row in rows:
        line = (
            f"{row['decision']:>5}  {row['verdict']}  {row['codes']} → {row['gardu'] or '-'}  "
            f"{row['state']}  {row['proposed_by']}"
        )
        out.say(line, line)
