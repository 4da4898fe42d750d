"""The report of a trial in three parts, in words and tables of one language: nothing is computed twice."""

from dataclasses import dataclass, field
from typing import Any

from rbmgeo.labels import text
from rbmgeo.labels.figures import NONE, day, figure, month, share
from rbmgeo.sampling.estimate import wilson

#: Answers from which a curve by p says something.
ENOUGH_ANSWERS = 100


@dataclass(frozen=True)
class Table:
    """A table of a part: ``name`` names its file; the first column holds words, the others figures."""

    name: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Part:
    """One page: its title, its sentences, its tables."""

    title: str
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    numbered: bool = False


def trial_parts(f: dict[str, Any], lang: str = "id") -> list[Part]:
    """Return the three parts.

    ``f``: figures of `rbmgeo.workflows.trial_report.trial_figures`.
    """
    return [
        _compared(f, lang),
        _found(f, lang),
        Part(text("trial.3", lang), _not_said(f, lang), numbered=True),
    ]


def _heads(lang: str, *names: str) -> list[str]:
    return [text(f"trial.head.{n}", lang) for n in names]


def _compared(f: dict[str, Any], lang: str) -> Part:
    lists = f["lists"]
    total = {n: figure(sum(row[n] for row in lists), lang) for n in ("files", "good", "rejected")}
    lines = [text("trial.lists", lang, **total)]
    files = Table("uji-coba-berkas", _heads(lang, "kind", "files", "good", "rejected", "newest"), [
        [_kind(r["kind"], lang), *(figure(r[n], lang) for n in ("files", "good", "rejected")),
         month(r["newest"], lang) if r["newest"] else NONE]
        for r in lists
    ])  # fmt: skip
    classes = f["classes"]
    if not classes:
        return Part(text("trial.1", lang), [*lines, text("trial.union.none", lang)], [files])
    customers = figure(sum(classes.values()), lang)
    lines += [text("trial.union", lang, customers=customers), text("trial.to_see", lang, to_see=figure(f["to_see"], lang))]  # fmt: skip
    rows = [[text(f"match.{name}", lang), figure(n, lang)] for name, n in classes.items()]
    rows.append([text("trial.head.sum", lang), customers])
    compared = Table("uji-coba-kelas", _heads(lang, "class", "customers"), rows)
    return Part(text("trial.1", lang), lines, [files, compared])


def _found(f: dict[str, Any], lang: str) -> Part:
    lines, tables = [], []
    p = f["promises"]
    if p and p["answers"]:
        lines = _promised(p, lang)
        rows = []
        for n, row in enumerate(p["groups"], start=1):
            low, high = wilson(round(row["found"] * row["houses"]), row["houses"])
            rows.append([
                text("trial.group", lang, n=n), figure(row["houses"], lang), share(row["promised"], lang, 0),
                share(row["found"], lang, 0), f"{share(low, lang, 0)} – {share(high, lang, 0)}",
            ])  # fmt: skip
        tables.append(Table("uji-coba-janji", _heads(lang, "group", "houses", "promised", "found", "interval"), rows))  # fmt: skip
    else:
        lines.append(text("trial.promised.none", lang))
    lines += _walked(f, lang)
    if f["days"]:
        rows = [
            [day(r["on"], lang), *(figure(r[n], lang) for n in ("officers", "stops")),
             figure(r["km"], lang, 1), figure(r["minutes"], lang)]
            for r in f["days"]
        ]  # fmt: skip
        tables.append(Table("uji-coba-jalan", _heads(lang, "on", "officers", "stops", "km", "minutes"), rows))  # fmt: skip
    return Part(text("trial.2", lang), lines, tables)


def _promised(p: dict[str, Any], lang: str) -> list[str]:
    low, high = wilson(p["found"], p["answers"])
    told = {n: figure(p[n], lang) for n in ("answers", "found", "confirmed")}
    lines = [text(
        "trial.promised", lang, **told, promised=figure(p["promised"], lang, 1), low=share(low, lang), high=share(high, lang),
    )]  # fmt: skip
    least, most = p["chance"]
    kind = "under" if p["found"] < least else "over" if p["found"] > most else "fits"
    lines.append(text(f"trial.promised.{kind}", lang, least=figure(least, lang, 1), most=figure(most, lang, 1)))  # fmt: skip
    lines.append(text("trial.confirmed", lang, **told))
    c = p["controls"]
    if c["seen"]:
        lines.append(text("trial.controls", lang, seen=figure(c["seen"], lang), **{n: share(c[n], lang) for n in ("share", "low", "high")}))  # fmt: skip
    lines.append(text("trial.unfound", lang, low=figure(p["unfound"][0], lang), high=figure(p["unfound"][1], lang)))  # fmt: skip
    return lines


def _walked(f: dict[str, Any], lang: str) -> list[str]:
    w = f["walked"]
    if not w["measured"]:
        return [text("trial.walked.none", lang)]
    told = {n: figure(w[n], lang) for n in ("days", "measured", "stops")}
    told |= {"km": figure(w["km"], lang, 1), "hours": figure(w["minutes"] / 60, lang, 1)}
    whole = w["measured"] == w["days"]
    lines = [text("trial.walked" if whole else "trial.walked.part", lang, **told)]
    found = f["promises"]["found"] if f["promises"] else 0
    # Of days that were not measured nothing is known: no price is made of a part of the way.
    if whole and found:
        lines.append(text(
            "trial.walked.each", lang, km=figure(w["km"] / found, lang, 2), minutes=figure(w["minutes"] / found, lang),
        ))  # fmt: skip
    return lines


def _not_said(f: dict[str, Any], lang: str) -> list[str]:
    """Return what the trial cannot say, each with the numbers that are why."""
    p = f["promises"]
    answers = p["answers"] if p else 0
    out = []
    if not answers:
        out.append(text("trial.no.answers", lang))
    else:
        if answers < ENOUGH_ANSWERS:
            out.append(text("trial.no.few", lang, answers=figure(answers, lang)))
        out.append(text("trial.no.chosen", lang))
        c, d = p["controls"], p["doubles"]
        wide = {n: share(c[n], lang) for n in ("low", "high")}
        out.append(text("trial.no.wide", lang, seen=figure(c["seen"], lang), **wide) if c["seen"] else text("trial.no.controls", lang))  # fmt: skip
        rate = {n: share(d[n], lang) for n in ("rate", "low", "high")}
        out.append(text("trial.no.measured" if d["measured"] else "trial.no.assumed", lang, pairs=figure(d["pairs"], lang), **rate))  # fmt: skip
    if f["untold"]:
        out.append(text("trial.no.untold", lang, untold=figure(f["untold"], lang)))
    if f["customers"] > f["with_point"]:
        out.append(text(
            "trial.no.points", lang, without=figure(f["customers"] - f["with_point"], lang), customers=figure(f["customers"], lang),
        ))  # fmt: skip
    if f["walked"]["measured"]:
        out.append(text("trial.no.straight", lang))
    return [*out, text("trial.no.loss", lang), text("trial.no.other", lang, on=day(f["on"], lang))]


def _kind(kind: str, lang: str) -> str:
    """Return what a kind of file is called; one without a name of its own is named as it is."""
    try:
        return text(f"file.{kind}", lang)
    except KeyError:
        return kind
