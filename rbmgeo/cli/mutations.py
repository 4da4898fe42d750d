"""`rbmgeo mutations`: what changed this month, where newcomers go, accept and undo."""

from typing import Annotated, Any

import pandas as pd
import typer

from rbmgeo.cli.common import (
    Csv,
    Json,
    Lang,
    Newest,
    Output,
    Ulp,
    Who,
    at_unit,
    open_database,
    resolve_ulp,
    write_csv,
)
from rbmgeo.db.queries import mutations
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.labels import text
from rbmgeo.terms import Mutation
from rbmgeo.workflows.mutation_accept import Accepted, accept, accept_kind
from rbmgeo.workflows.mutation_undo import dismiss, restore, undo
from rbmgeo.workflows.mutations import find_mutations, month_of

app = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False,
                  rich_markup_mode=None, help="The month's mutations.")  # fmt: skip

Kind = Annotated[str, typer.Option("--kind", help=f"One of {', '.join(Mutation)}")]


@app.callback()
def list_command(
    ctx: typer.Context,
    ulp: Ulp = "",
    blth: Newest = "",
    kind: Kind = "",
    csv: Csv = None,
    top: Annotated[int, typer.Option(help="How many to print")] = 20,
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Compare the newest list with the month before and the master; nothing is applied."""
    if ctx.invoked_subcommand is not None:
        return
    out, database, ulp = at_unit(ulp, as_json, lang)
    _known(kind)
    with out.progress() as progress, database.writing() as session:
        done = find_mutations(session, ulp, blth, who=who, progress=progress)
    with database.reading() as session:
        rows = mutations.mutations(session, ulp=ulp, blth=done.blth, kind=kind)
        counts = mutations.mutation_counts(session, ulp=ulp, blth=done.blth)
    table = told(rows, out.lang).assign(ulp=ulp, blth=done.blth)
    if csv is not None:
        write_csv(table.set_index("mutation_id"), csv)
    out.result(
        {"ulp": ulp, "blth": done.blth, "blth_before": done.blth_before, "rows": len(rows),
         "kinds": {str(k): dict(v) for k, v in counts.to_dict("index").items()},
         "rbm_missing": done.rbm_missing,
         "mutations": table.astype(object).where(table.notna(), None).to_dict("records")}
    )  # fmt: skip
    out.say(
        f"{ulp}: daftar {done.blth} dibandingkan dengan {done.blth_before}",
        f"{ulp}: the list of {done.blth} against that of {done.blth_before}",
    )
    for name, n in counts.iterrows():
        label = text(f"kindof.{name}", out.lang)
        out.say(
            f"  {label:<28} {n['open']:>6} menunggu ({n['ready']} bisa diterima), {n['accepted']} diterima",
            f"  {label:<28} {n['open']:>6} open ({n['ready']} can be accepted), {n['accepted']} accepted",
        )
    if done.rbm_missing:
        names = ", ".join(done.rbm_missing[:10])
        out.say(
            f"  {len(done.rbm_missing)} RBM belum ada di daftar {done.blth} ({names}): mungkin berkasnya "
            "belum diimpor; pelanggannya tidak dihitung hilang",
            f"  {len(done.rbm_missing)} RBM are not on the list of {done.blth} ({names}): perhaps a file "
            "is missing; their customers are not called gone",
        )
    for row in table.head(top).to_dict("records"):
        line = (
            f"{row['mutation_id']:>7}  {row['idpel']}  {row['what']:<28} {row['place']:<24} "
            f"{row['why']}"
        )
        out.say(line, line)


@app.command("accept")
def accept_command(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of mutations")] = None,
    ulp: Ulp = "",
    blth: Newest = "",
    kind: Annotated[str, typer.Option("--all-of", help="Every ready one of this kind")] = "",
    rbm: Annotated[
        str, typer.Option("--rbm", help="Where no place is proposed: to the end of this RBM")
    ] = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Accept mutations: places go into the draft, one row each, nobody is renumbered."""
    out = Output(as_json=as_json, lang=lang)
    if bool(ids) == bool(kind):
        raise UsageError(
            "name mutations by number, or a kind with --all-of",
            "sebutkan nomor mutasi, atau jenisnya dengan --all-of",
        )
    _known(kind)
    database = open_database()
    ulp = resolve_ulp(database, ulp)
    with database.writing() as session:
        if kind:
            month, _ = month_of(session, ulp, blth)
            done = accept_kind(session, ulp, month, kind, who=who)
        else:
            done = accept(session, ulp, list(ids or ()), who=who, rbm=rbm)
    _say_accepted(out, done)
    if not done.accepted:
        reason = next(iter(done.left.values()), "")
        raise NothingToDo(
            "nothing was accepted" + (f": {text(reason, 'en')}" if reason else "; none is ready"),
            "tidak ada yang diterima"
            + (f": {text(reason, 'id')}" if reason else "; belum ada yang siap"),
        )


@app.command("undo")
def undo_command(
    mutation: Annotated[int, typer.Argument(help="Number of the mutation")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take an acceptance back; the draft and the master are as they were, history is kept."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        changed = undo(session, ulp, mutation, who=who)
    out.result({"ulp": ulp, "mutation": mutation, "changed": changed})
    out.say(
        f"mutasi {mutation} diurungkan, {changed} baris draf kembali",
        f"mutation {mutation} is undone, {changed} rows of the draft are back",
    )


@app.command("dismiss")
def dismiss_command(
    mutation: Annotated[int, typer.Argument(help="Number of the mutation")],
    reason: Annotated[str, typer.Option(help="Why it is put aside")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Put a mutation aside; it stays so while the lists say the same of it."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        dismiss(session, ulp, mutation, reason=reason, who=who)
    out.result({"ulp": ulp, "mutation": mutation, "state": "dismissed"})
    out.say(f"mutasi {mutation} diabaikan", f"mutation {mutation} is dismissed")


@app.command("restore")
def restore_command(
    mutation: Annotated[int, typer.Argument(help="Number of the mutation")],
    ulp: Ulp = "",
    as_json: Json = False,
    lang: Lang = "",
    who: Who = "cli",
) -> None:
    """Take a dismissal back; the mutation waits again."""
    out, database, ulp = at_unit(ulp, as_json, lang)
    with database.writing() as session:
        restore(session, ulp, mutation, who=who)
    out.result({"ulp": ulp, "mutation": mutation, "state": "open"})
    out.say(f"mutasi {mutation} menunggu lagi", f"mutation {mutation} waits again")


def told(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return mutations as a person reads them: what, where to, why, who decided."""
    return pd.DataFrame(
        {
            "mutation_id": rows["mutation_id"],
            "idpel": rows["idpel"],
            "kind": rows["kind"],
            "what": [_what(r, lang) for r in rows.to_dict("records")],
            "act": rows["act"],
            "rbm": rows["rbm"],
            "urut": rows["urut"].astype("Int64"),
            "sisipan": rows["sisipan"].astype("Int64"),
            "gardu": rows["gardu"],
            "place": [_place(r, lang) for r in rows.to_dict("records")],
            "why": [_why(r, lang) for r in rows.to_dict("records")],
            "other_ulp": rows["other_ulp"],
            "state": rows["state"],
            "decided_by": rows["decided_by"],
            "decided_at": rows["decided_at"].astype("str"),
        },
        columns=["mutation_id", "idpel", "kind", "what", "act", "rbm", "urut", "sisipan", "gardu",
                 "place", "why", "other_ulp", "state", "decided_by", "decided_at"],
    )  # fmt: skip


def _what(row: dict[Any, Any], lang: str) -> str:
    label = text(f"kindof.{row['kind']}", lang)
    pair = [v for v in (row["before"], row["after"]) if isinstance(v, str)]
    return f"{label}: {' → '.join(pair)}" if pair else label


def _place(row: dict[Any, Any], lang: str) -> str:
    if row["act"] != "place":
        return text(f"act.{row['act']}", lang)
    if row["urut"] is None or row["urut"] != row["urut"]:
        return "–"
    gardu = f" gardu {row['gardu']}" if isinstance(row["gardu"], str) else ""
    return f"{row['rbm']} {int(row['urut']):03d}/{int(row['sisipan']):02d}{gardu}"


def _why(row: dict[Any, Any], lang: str) -> str:
    said = [
        text(e["key"], lang, **{k: v for k, v in e.items() if k != "key"}) for e in row["evidence"]
    ]
    if isinstance(row["next_step"], str):
        said.append(text(row["next_step"], lang))
    return "; ".join(said)


def _known(kind: str) -> None:
    if kind and kind not in set(Mutation):
        raise UsageError(
            f"{kind!r} is no kind of mutation; there are: {', '.join(Mutation)}",
            f"{kind!r} bukan jenis mutasi; yang ada: {', '.join(Mutation)}",
        )


def _say_accepted(out: Output, done: Accepted) -> None:
    out.result(
        {"ulp": done.ulp, "accepted": done.accepted, "changed": done.changed,
         "version": done.version_id, "elsewhere": done.elsewhere, "proposals": done.proposals,
         "left": done.left}
    )  # fmt: skip
    out.say(
        f"{done.accepted} mutasi diterima, {done.changed} baris draf {done.version_id or '-'} berubah, "
        f"{done.proposals} usulan gardu untuk orang kedua",
        f"{done.accepted} mutations accepted, {done.changed} rows of draft {done.version_id or '-'} "
        f"changed, {done.proposals} proposals of a gardu for a second person",
    )
    if done.elsewhere:
        out.say(
            f"{done.elsewhere} mendapat sisipan berikutnya karena tempatnya sudah terisi",
            f"{done.elsewhere} got the next sisipan, their place was taken",
        )
    for number, reason in done.left.items():
        out.note(f"  {number}: {text(reason, 'id')}", f"  {number}: {text(reason, 'en')}")
