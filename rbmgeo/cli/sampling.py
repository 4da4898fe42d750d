"""`rbmgeo sampling`: what a budget buys, samples drawn from a seed, ledgers of severity."""

from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import By, Csv, Json, Lang, Newest, Ulp, at_unit, group, write_csv
from rbmgeo.db.queries import units
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels import text
from rbmgeo.supervision.stand_sample import LotBy, Way, told
from rbmgeo.workflows.stand_checks import stand_sheet
from rbmgeo.workflows.stand_draw import Wanted, draw_sample
from rbmgeo.workflows.stand_lots import ledgers, severity_word
from rbmgeo.workflows.stand_orders import lot_words, sample_paper
from rbmgeo.workflows.stand_sampling import budget_page

app = group("Sampling of stands: what a budget buys, samples, ledgers.")

Sample = Annotated[str, typer.Argument(help="Id of a sample (`rbmgeo sampling draw` says it)")]


@app.command("budget")
def budget_command(
    photos: Annotated[int, typer.Option("--photos", min=0, help="Photo checks a month")] = -1,
    visits: Annotated[int, typer.Option("--visits", min=0, help="Field checks a month")] = -1,
    blth: Newest = "",
    csv: Csv = None,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say what a month's checks buy, and which RBM are due; the unit's own budget if none is named."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        own = units.unit_settings(session, ulp=ulp)
        photos = own.stand_photo_budget if photos < 0 else photos
        visits = own.stand_visit_budget if visits < 0 else visits
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        found = budget_page(session, ulp, month, photos=photos, visits=visits)
    turn = found.rotation
    if csv is not None:
        write_csv(turn.rows, csv)
    out.result({
        "ulp": ulp, "blth": month, "photos": photos, "visits": visits, "rbm": len(turn.rows),
        "due": list(turn.due.index), "room": turn.room, "enough": turn.enough,
        "need_rbm": found.need_rbm, "need_officer": found.need_officer,
    })  # fmt: skip
    for offer in found.offers:
        width = f"{100 * offer.unit.half:.1f}"
        out.say(
            f"{text(f'sample.way.{offer.way}')}: {offer.unit.checks} dari {offer.usable} bacaan, sekitar 2 % diketahui ± {width} %",
            f"{text(f'sample.way.{offer.way}', 'en')}: {offer.unit.checks} of {offer.usable} readings, near 2 % known to ± {width} %",
        )
    out.say(
        f"{turn.need} dari {len(turn.rows)} RBM giliran bulan ini; anggaran sampai {turn.room}: "
        + ("cukup" if turn.enough else "tidak cukup"),
        f"{turn.need} of {len(turn.rows)} RBM are due; the budget reaches {turn.room}: "
        + ("it suffices" if turn.enough else "it does not suffice"),
    )


@app.command("draw")
def draw_command(
    seed: Annotated[str, typer.Option("--seed", help="Said before the draw")],
    who: By,
    way: Annotated[Way, typer.Option("--way", help="foto, lapangan or pra")] = Way.FIELD,
    lot: Annotated[
        str, typer.Option("--lot", help="unit, petugas:CODE, rbm:CODE or gardu:CODE")
    ] = "unit",
    size: Annotated[int, typer.Option("--size", min=0, help="Checks; 0: by the plan")] = 0,
    blth: Newest = "",
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw a sample; without a size by ISO 2859-1."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    by, _, of = lot.partition(":")
    if by not in set(LotBy):
        raise UsageError(f"--lot {lot!r}: write unit, petugas:CODE, rbm:CODE or gardu:CODE",
                         f"--lot {lot!r}: tulis unit, petugas:KODE, rbm:KODE, atau gardu:KODE")  # fmt: skip
    with database.writing() as session:
        month = blth or units.latest_blth(session, ulp=ulp) or ""
        made = draw_sample(session, ulp, month, Wanted(way, LotBy(by), of, size, not size, seed), who=who)  # fmt: skip
        found = stand_sheet(session, ulp, made).sample
    out.result({"ulp": ulp, "sample": made, "lot": found.lot, "size": found.size,
                "accept": found.accept, "list_hash": found.list_hash})  # fmt: skip
    out.say(f"{made}: {found.size} dari {found.lot}, hash {found.list_hash}",
            f"{made}: {found.size} of {found.lot}, hash {found.list_hash}")  # fmt: skip


@app.command("show")
def show_command(
    sample: Sample,
    csv: Csv = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the printed sheet here")] = None,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say what a sample shows; its list or printed sheet goes to a file where one is named."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = stand_sheet(session, ulp, sample)
        paper = sample_paper(session, ulp, sample) if pdf is not None else b""
    if csv is not None:
        write_csv(found.items.drop(columns=["public_id"]).set_index("place"), csv)
    if pdf is not None:
        pdf.write_bytes(paper)
    r = found.shown
    out.result({
        "ulp": ulp, "sample": sample, "lot": r.lot, "size": r.size, "seen": r.seen, "wrong": r.wrong,
        "to_see": r.to_see, "lost": r.lost, "decision": str(r.decision),
        "interval": [round(x, 6) for x in r.interval],
    })  # fmt: skip
    said = [
        f"{lot_words(found.sample, lang)}: {told(r, lang)}. {text(f'sample.decision.{r.decision}', lang)}"
        for lang in ("id", "en")
    ]  # fmt: skip
    out.say(*said)


@app.command("ledger")
def ledger_command(
    by: Annotated[LotBy, typer.Option("--by", help="petugas or rbm")] = LotBy.OFFICER,
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Say how the next lot of each officer or RBM is looked at, and why."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.reading() as session:
        found = ledgers(session, ulp, by)
    if not found:
        raise NothingToDo(
            "no lot was closed yet; draw one by its plan, check it and close it",
            "belum ada lot yang ditutup; undi menurut rencana, cek, lalu tutup",
        )
    now = {code: rows[-1].step for code, rows in found.items()}
    out.result({"ulp": ulp, "by": str(by),
                "ledger": {c: [str(r.step.why) for r in rows] for c, rows in found.items()},
                "severity": {c: severity_word(s.after) for c, s in now.items()}})  # fmt: skip
    for code, step in now.items():
        severity = f"sample.severity.{severity_word(step.after)}"
        why = f"sample.why.{step.why}"
        out.say(f"{code}  {text(severity)}: {text(why)}", f"{code}  {text(severity, 'en')}: {text(why, 'en')}")  # fmt: skip
