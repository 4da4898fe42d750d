"""`rbmgeo verify`: SOP IV.6 at the gardu: what changed, draw, show, decide, print."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import By, Json, Lang, Reason, Ulp, at_unit, group, write_file
from rbmgeo.verification.changed import CAUSES
from rbmgeo.verification.words import cannot, sentence
from rbmgeo.workflows.verification import Check, one, overview
from rbmgeo.workflows.verification_draw import draw_gardu
from rbmgeo.workflows.verification_sheet import sheet_pdf
from rbmgeo.workflows.verification_steps import ACTS, act

app = group("SOP IV.6: gardu that were changed: list, draw, show, decide.")
Number = Annotated[int, typer.Argument(help="Number of the verification")]


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the gardu to verify, and the verifications under way."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = overview(session, ulp)
    rows = found.changed.reset_index()
    rows = rows.astype(object).where(rows.notna(), None)
    out.result({
        "ulp": ulp, "changed": rows.to_dict("records"),
        "open": [_told(c) for c in found.open],
    })  # fmt: skip
    for r in rows.to_dict("records"):
        why = ", ".join(f"{c} {r[c]}" for c in CAUSES if r[c])
        line = f"  {r['gardu']}  {why}  N {r['customers'] or '-'}  n {r['size'] or '-'}"
        out.say(line, line)
    for check in found.open:
        _say(out, check)
    if rows.empty:
        out.say("tidak ada gardu yang perlu diverifikasi", "no gardu is to be verified")


@app.command("draw")
def draw_command(
    gardu: Annotated[str, typer.Argument(help="Code of the gardu")],
    seed: Annotated[str, typer.Option(help="Published before the draw")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw the houses to look at; the same seed and list draw the same."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        number = draw_gardu(session, ulp, gardu, seed=seed, who=who)
        check = one(session, ulp, number)
    _shown(out, ulp, check)


@app.command("show")
def show_command(
    number: Number,
    pdf: Annotated[Path | None, typer.Option(help="Write the sheet to fill in here")] = None,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Show one verification with its houses, and write its sheet if asked."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        check = one(session, ulp, number)
        content = sheet_pdf(session, ulp, number) if pdf is not None else b""
    if pdf is not None:
        write_file(pdf, content)
    _shown(out, ulp, check)


@app.command("act")
def act_command(
    number: Number,
    what: Annotated[str, typer.Argument(help=f"One of: {', '.join(ACTS)}")],
    who: By,
    seed: Annotated[str, typer.Option(help="Of the fresh sample (lanjutan)")] = "",
    reason: Reason = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Ask for second looks, call the reserve, draw anew, accept, send back, give up, take back."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        act(session, ulp, number, what, who=who, seed=seed, reason=reason)
        check = one(session, ulp, number)
    _shown(out, ulp, check)


def _shown(out: Any, ulp: str, check: Check) -> None:
    out.result({"ulp": ulp, **_told(check), "houses": _houses(check)})
    _say(out, check)
    out.say(*(f"  {words}" for words in cannot(check.told)))
    for h in _houses(check):
        line = f"  {h['place']:>3}  {h['idpel']}  {h['part']}  {h['state']}"
        out.say(line, line)


def _say(out: Any, check: Check) -> None:
    words = sentence(check.told, check.state)
    out.say(*(f"{check.root_id}  {check.gardu}  {w}" for w in words))


def _told(check: Check) -> dict[str, Any]:
    draws = [{k: d[k] for k in ("verification_id", "seed", "list_hash", "lot", "size", "run_id")} for d in check.draws]  # fmt: skip
    return {"verification": check.root_id, "gardu": check.gardu, "state": check.state,
            "next": check.result.next, "told": check.told, "draws": draws}  # fmt: skip


def _houses(check: Check) -> list[dict[str, Any]]:
    rows = check.items[["place", "idpel", "part", "second", "counts", "state"]]
    return [{str(k): v for k, v in r.items()} for r in rows.to_dict("records")]
