"""A folder or zip of anything: what each table is, how sure, what is missing, what to ask."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rbmgeo.errors import RbmgeoError
from rbmgeo.intake import values
from rbmgeo.intake.guess import Guess, How, Pick, Sure, guess
from rbmgeo.intake.profiles import Profile, as_toml, header_set, profile_of_text
from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers import open_file
from rbmgeo.terms import FileKind

#: Most questions of one folder; what is left is shown and waits, it is never guessed.
QUESTIONS = 3
#: The kinds that the first sheet wants, best first.
WANTED = (FileKind.DPM, FileKind.PDPJ, FileKind.GARDU, FileKind.READER_LOG)

Opener = Callable[[Path], list[Source]]


@dataclass
class Table:
    """One sheet, layer or file: ``rows`` is exact for workbooks, about so many for large text.

    ``refused`` says, in Indonesian and English, why a file cannot be read at all.
    """

    path: str
    file: str
    sheet: str
    rows: int
    group: str
    month: str = ""
    columns: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    refused: tuple[str, str] | None = None


@dataclass
class Group:
    """Tables of one kind and one layout: one mapping, one question, loaded as one batch.

    ``profile`` is the mapping as TOML, "" where the kind is not known. ``samples``: the first
    values of each header of the first table. ``asked`` says whether its question is one of the
    folder's; a group with a question that was not asked waits.
    """

    key: str
    kind: str
    name: str
    profile: str
    sure: str
    picks: list[dict[str, Any]]
    samples: dict[str, list[str]]
    examples: list[list[str]]
    missing: list[str]
    hint: str
    doubts: list[str]
    tables: int
    rows: int
    needs_answer: bool
    asked: bool = False
    load: bool = True

    @property
    def mapping(self) -> Profile | None:
        """The profile of the group's tables."""
        return profile_of_text(self.name, self.profile) if self.profile else None


@dataclass
class Look:
    """What lies in a folder; every file stands in ``tables``, those that cannot be read too."""

    tables: list[Table]
    groups: list[Group]

    @property
    def questions(self) -> list[Group]:
        """The groups that a person is asked about, at most `QUESTIONS`."""
        return [g for g in self.groups if g.asked]

    @property
    def absent(self) -> list[str]:
        """Kinds that the first sheet wants and the folder lacks."""
        there = {g.kind for g in self.groups}
        return [str(k) for k in WANTED if k not in there]

    def of(self, group: Group) -> list[Table]:
        """Return the tables of a group."""
        return [t for t in self.tables if t.group == group.key]

    def group(self, key: str) -> Group:
        """Return a group by its key; raises `KeyError`."""
        return {g.key: g for g in self.groups}[key]

    def plan(self) -> dict[tuple[str, str], Profile]:
        """Return the profile of each table that is to be loaded, by path and sheet."""
        chosen = {g.key: g.mapping for g in self.groups if g.load and not g.needs_answer}
        pairs = [(t, chosen.get(t.group)) for t in self.tables if t.refused is None]
        return {(t.path, t.sheet): p for t, p in pairs if p is not None}

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"tables": [asdict(t) for t in self.tables], "groups": [asdict(g) for g in self.groups],
                "absent": self.absent}  # fmt: skip

    @classmethod
    def of_dict(cls, raw: dict[str, Any]) -> "Look":
        """Return what `as_dict` wrote."""
        tables = [
            Table(**{**t, "refused": tuple(t["refused"]) if t["refused"] else None})
            for t in raw["tables"]
        ]
        return cls(tables, [Group(**g) for g in raw["groups"]])


def survey_of(
    paths: Sequence[Path],
    *,
    own: Sequence[Profile] = (),
    open_with: Opener = open_file,
    progress: Callable[[str, int, int], None] | None = None,
) -> Look:
    """Look at every table of some files and say what it is; nothing is loaded.

    ``own`` are mappings that a person confirmed. A file that cannot be read is a line that says
    why; it never hides the others. At most three questions are asked, those of most rows first.
    """
    tables: list[Table] = []
    seen: dict[str, list[tuple[Source, Guess]]] = {}
    for number, path in enumerate(paths):
        if progress is not None:
            progress("melihat berkas / looking", number, len(paths))
        try:
            sources = open_with(path)
        except RbmgeoError as error:
            told = (error.indonesian, str(error))
            tables.append(Table(str(path), path.name, "", 0, "", refused=told))
            continue
        for source in sources:
            found = guess(source, own)
            key = _key(source, found)
            seen.setdefault(key, []).append((source, found))
            filled = {p.ours: p.samples[0] for p in found.to_confirm if p.samples}
            tables.append(
                Table(str(path), source.file, source.sheet, source.rows_about, key, found.month,
                      tuple(map(str, source.head.rows.columns)), filled, source.titles)
            )  # fmt: skip
    groups = [_group(key, members) for key, members in seen.items()]
    groups.sort(key=lambda g: (not g.needs_answer, -g.rows, g.key))
    for group in groups[:QUESTIONS]:
        group.asked = group.needs_answer
    for group in groups[QUESTIONS:]:
        group.load = not group.needs_answer
    return Look(tables, sorted(groups, key=lambda g: (not g.asked, _order(g.kind), g.key)))


def _order(kind: str) -> int:
    kinds = list(map(str, FileKind))
    return kinds.index(kind) if kind in kinds else len(kinds)


def _key(source: Source, found: Guess) -> str:
    """Return what tables of one kind and layout have in common."""
    parts = [
        str(found.kind),
        found.profile.name if found.profile else "",
        *sorted(header_set(source.head)),
    ]
    if found.profile is not None:
        f = found.profile.filling
        parts += ["|", *f.fill_down, f.section, *f.from_title, *f.from_name, *f.from_sheet]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _group(key: str, members: list[tuple[Source, Guess]]) -> Group:
    source, first = members[0]
    unknown = first.profile is None or bool(first.missing)
    confirm = first.sure == Sure.LIKELY and bool(first.to_confirm or first.doubts)
    return Group(
        key=key,
        kind=str(first.kind) if first.kind else "",
        name=first.profile.name if first.profile else "",
        profile=as_toml(first.profile) if first.profile else "",
        sure=str(first.sure),
        picks=[_pick(p, members) for p in first.picks],
        samples={
            str(c): list(values.samples(source.head.rows, str(c))) for c in source.head.rows.columns
        },
        examples=[[str(v)[:40] for v in row] for row in source.head.rows.iloc[:3].fillna("").to_numpy()],
        missing=list(first.missing),
        hint=first.hint,
        doubts=list(first.doubts),
        tables=len(members),
        rows=sum(s.rows_about for s, _ in members),
        needs_answer=unknown or confirm,
    )  # fmt: skip


def _pick(pick: Pick, members: list[tuple[Source, Guess]]) -> dict[str, Any]:
    """Return a pick as plain values; what each table says differently is sampled over all."""
    said = list(pick.samples)
    if pick.how in (How.TITLE, How.NAME, How.SHEET, How.SECTION):
        of_all = [s for _, g in members for p in g.picks if p.ours == pick.ours for s in p.samples]
        said = list(dict.fromkeys(of_all))
    return {"ours": pick.ours, "how": str(pick.how), "source": pick.source, "samples": said[:3],
            "different": len(said)}  # fmt: skip
