"""`rbmgeo survey looks`: answers that contradict, looked at again with a photo, then settled."""

import uuid
from typing import Annotated, Any

import typer

from rbmgeo.cli.common import By, Json, Lang, Reason, Ulp, at_unit, group
from rbmgeo.db.queries import looks, survey
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.workflows.looks import House, ask_again, believe, contradicting, undo

app = group("Answers that contradict: list them, ask for a second look, settle, undo.")
Look = Annotated[int, typer.Argument(help="Number of the second look")]


@app.command("list")
def list_command(ulp: Ulp = "", as_json: Json = False, lang: Lang = "") -> None:
    """List the houses whose answers contradict, each with its answers; those looked at first."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        houses = contradicting(session, ulp)
        decided = looks.decided(session, ulp=ulp)
    out.result({"ulp": ulp, "houses": [_told(h) for h in houses], "decided": decided})
    for house in houses:
        out.say(*_standing(house))
        for a in house.answers:
            line = (
                f"    {a['client_id']}/{a['conflict_no']}  {a['outcome']}"
                f"  {a['gardu'] or a['recorded'] or '-'}  {a['officer'] or a['given_by'] or '-'}"
                f"{'  *' if a['photo'] else ''}"
            )
            out.say(line, line)
    if houses:
        out.say("* dengan foto saluran", "* with a photo of the line")
    else:
        out.say("tidak ada jawaban yang bertentangan", "no answers contradict")


@app.command("ask")
def ask_command(
    idpel: Annotated[str, typer.Argument(help="The customer whose house is looked at again")],
    who: By,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Ask for a second look at a house; its answer needs a photo of the line."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        if not survey.known_idpels(session, ulp=ulp, idpels=[idpel]):
            raise NotThere(
                f"{idpel} is not in unit {ulp}; check the number",
                f"{idpel} tidak ada di unit {ulp}; periksa nomornya",
            )
        made = ask_again(session, ulp, idpel, who=who)
        look = looks.asked(session, ulp=ulp)[idpel]
    out.result({"ulp": ulp, "look": look, "known": made is None})
    again = ("sudah diminta", "asked for already") if made is None else ("diminta", "asked for")
    out.say(f"lihat ulang {look} {again[0]}", f"second look {look} {again[1]}")


@app.command("settle")
def settle_command(
    look: Look,
    answer: Annotated[str, typer.Option(help="The answer that is right, as `list` shows it")],
    who: By,
    reason: Reason = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say which answer is right; what it proposes waits for an approval, the others count no more."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        done = believe(session, ulp, look, _answer(answer), who=who, reason=reason)
        opened, rejected = list(done.opened), list(done.rejected)
    out.result({"ulp": ulp, "look": look, "opened": opened, "rejected": rejected})
    out.say(
        f"lihat ulang {look} diputuskan; {len(opened)} usulan menunggu orang kedua, "
        f"{len(rejected)} ditolak",
        f"second look {look} settled; {len(opened)} proposals wait for a second person, "
        f"{len(rejected)} rejected",
    )


@app.command("undo")
def undo_command(
    look: Look, who: By, ulp: Ulp = "", as_json: Json = False, lang: Lang = ""
) -> None:
    """Take a decision back; the answers contradict again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        undo(session, ulp, look, who=who)
    out.result({"ulp": ulp, "look": look, "state": "undone"})
    out.say(f"putusan lihat ulang {look} diurungkan", f"decision of second look {look} undone")


def _told(house: House) -> dict[str, Any]:
    return {
        "idpel": house.idpel, "gardu": house.gardu, "tiang": house.tiang, "fields": house.fields,
        "look": house.look_id, "looked": house.looked,
        "answers": [
            {"answer": f"{a['client_id']}/{a['conflict_no']}", "outcome": a["outcome"],
             "gardu": a["gardu"], "officer": a["officer"], "given_by": a["given_by"],
             "answered_at": a["answered_at"], "photo": a["photo"] is not None,
             "refused": bool(a["refused"]), "seen": [list(pair) for pair in a["seen"]]}
            for a in house.answers
        ],
    }  # fmt: skip


def _standing(house: House) -> tuple[str, str]:
    """Say of one house what is asked next, in both languages."""
    about = f"{house.idpel}  {', '.join(house.fields)}  "
    if house.look_id is None:
        return about + "belum ada lihat ulang", about + "no second look yet"
    if not house.looked:
        return (
            f"{about}lihat ulang {house.look_id} menunggu foto",
            f"{about}second look {house.look_id} waits for a photo",
        )
    return (
        f"{about}lihat ulang {house.look_id} bisa diputuskan",
        f"{about}second look {house.look_id} can be settled",
    )


def _answer(told: str) -> tuple[str, int]:
    client_id, _, number = told.partition("/")
    try:
        return str(uuid.UUID(client_id)), int(number or 0)
    except ValueError as error:
        raise UsageError(
            f"--answer {told!r} is no answer; copy one from `rbmgeo survey looks list`",
            f"--answer {told!r} bukan jawaban; salin dari `rbmgeo survey looks list`",
        ) from error
