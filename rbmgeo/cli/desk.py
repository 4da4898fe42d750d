"""`rbmgeo desk`: findings that a planner settles without a visit (keputusan meja)."""

from typing import Annotated

import typer

from rbmgeo.cli.common import By, Json, Lang, Ulp, at_unit, group
from rbmgeo.db.queries import desk
from rbmgeo.workflows.desk import settle, take_back

app = group("Settle findings at the desk, with a reason; undo; list.")


@app.command("settle")
def settle_command(
    idpels: Annotated[list[str], typer.Argument(help="Customers whose finding is settled")],
    verdict: Annotated[str, typer.Option(help="catatan_benar or gardu_lain")],
    reason: Annotated[str, typer.Option(help="What was looked at")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Settle findings, all or none; another gardu becomes a proposal for a second person."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        chosen = desk.of_customers(session, ulp=ulp, idpels=idpels)
        done = settle(session, ulp, chosen, verdict, reason=reason, who=who)
    out.result({"ulp": ulp, "settled": done.settled, "proposals": done.proposals,
                "not_open": len(set(idpels)) - done.settled})  # fmt: skip
    out.say(
        f"{done.settled} temuan diputus di meja, {done.proposals} usulan menunggu orang kedua",
        f"{done.settled} findings settled at the desk, {done.proposals} proposals wait for a "
        "second person",
    )


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List decisions, newest first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        rows = desk.decisions(session, ulp=ulp, size=1000)
    shown = [
        {"decision": r["decision_id"], "idpel": r["idpel"], "verdict": r["verdict"],
         "recorded_gardu": r["recorded_gardu"], "gardu": r["gardu"], "reason": r["reason"],
         "decided_by": r["decided_by"], "standing": bool(r["standing"])}
        for r in rows
    ]  # fmt: skip
    out.result({"ulp": ulp, "decisions": shown})
    for r in shown:
        line = (
            f"{r['decision']:>6}  {r['idpel']}  {r['verdict']}  {r['recorded_gardu'] or '-'} → "
            f"{r['gardu'] or '-'}  {r['decided_by']}: {r['reason']}"
        )
        out.say(line, line)
    if not shown:
        out.say(
            "belum ada keputusan meja; lihat `rbmgeo findings`",
            "no decision at the desk yet; see `rbmgeo findings`",
        )


@app.command("undo")
def undo_command(
    decisions: Annotated[list[int], typer.Argument(help="Numbers of decisions")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Undo decisions; their findings are open again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        count = take_back(session, ulp, decisions, who=who)
    out.result({"ulp": ulp, "undone": count})
    out.say(f"{count} keputusan diurungkan", f"{count} decisions undone")
