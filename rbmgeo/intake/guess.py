"""What a table is and where each of our columns comes from, with how sure and why.

A guess is shown to a person and loads nothing: only a profile that fits by its headers, or a
mapping that was confirmed, does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rbmgeo.intake import rules, values
from rbmgeo.intake.fill import (
    WORDS,
    Filling,
    as_column,
    first_match,
    made_header,
    section_rows,
    section_value,
)
from rbmgeo.intake.profiles import Profile, header_set, profiles
from rbmgeo.intake.raw import RawTable, Source, header_key
from rbmgeo.terms import FileKind


class Sure(StrEnum):
    """How sure a guess is."""

    REMEMBERED = "diingat"  # a person confirmed this mapping for the same headers
    CERTAIN = "pasti"  # the headers are those of a known source, and the values agree
    LIKELY = "mungkin"  # a column is taken from a title, a name, a section, or by its values
    UNKNOWN = "tidak dikenal"


class How(StrEnum):
    """Where a column of ours comes from."""

    HEADER = "kolom"
    VALUES = "isi"
    DOWN = "sel di atasnya"
    SECTION = "baris bagian"
    TITLE = "judul"
    NAME = "nama berkas"
    SHEET = "nama lembar"
    FIXED = "ketikan"


@dataclass(frozen=True)
class Pick:
    """One of our columns, where it comes from (a header or a pattern), and some of its values."""

    ours: str
    how: How
    source: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """What one table is taken for.

    ``missing`` are needed columns that were found nowhere; ``hint`` is the header of an address
    detail that holds codes of gardu (domain.md 1.4); ``doubts`` are needed columns whose values
    do not look like what their header says.
    """

    profile: Profile | None
    sure: Sure
    picks: tuple[Pick, ...]
    missing: tuple[str, ...] = ()
    hint: str = ""
    doubts: tuple[str, ...] = ()
    month: str = ""

    @property
    def kind(self) -> FileKind | None:
        """The kind of file, None where it is not known."""
        return self.profile.kind if self.profile else None

    @property
    def to_confirm(self) -> tuple[Pick, ...]:
        """What a person has to see before it is loaded."""
        return tuple(p for p in self.picks if p.how != How.HEADER)


#: What titles and names say of one of our columns; the first that finds something is taken.
IN_TITLE = {
    "rbm": [rf"\b(?:{WORDS['rbm']})\s*[:=]?\s*([0-9A-Z]*[A-Z][0-9A-Z]{{2,}})\b"],
    "blth": [
        rf"(?:{WORDS['blth']})\s*[:=]?\s*((?:19|20)\d{{2}}(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:19|20)\d{{2}})\b",
        rf"(?:{WORDS['blth']})\s*[:=]?\s*((?:{'|'.join(rules.MONTHS)})[\s\-/]*(?:19|20)\d{{2}})\b",
    ],
    "ulp": [rf"\b(?:{WORDS['ulp']})\s*[:=]?\s*([0-9][0-9A-Z]{{4}})\b"],
    "gardu": [rf"\b(?:{WORDS['gardu']})\s*[:=]?\s*([A-Z]{{1,6}}[ .\-]?[0-9]{{2,8}})\b"],
}
IN_NAME = {
    "rbm": [r"RBM[ _\-]*([0-9]*[A-Z][0-9A-Z]{2,})", r"(?<![0-9A-Z])([0-9]{5}[A-Z]{3})(?![0-9A-Z])"],
    "blth": [r"(?<!\d)((?:19|20)\d{2}(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:19|20)\d{2})(?!\d)"],
    "gardu": [r"GARDU[ _\-]*([A-Z]{1,6}[ .\-]?[0-9]{2,8})(?![0-9A-Z])", r"^([A-Z]{2,4}[ .\-]?[0-9]{3,6})$"],
}  # fmt: skip
#: Columns that may be found by their values alone, where no header names them.
BY_VALUES = ("idpel", "gardu", "rbm", "blth", "kddk", "lat", "lon")
#: Kinds that may be built from anything; the others are known by their own columns or not at all.
BUILT = (FileKind.DPM, FileKind.PDPJ, FileKind.READER_LOG, FileKind.CUSTOMERS)
#: The profile that stands for a kind: the columns that it may have.
TEMPLATES = {
    FileKind.DPM: "ap2t-dpm", FileKind.PDPJ: "pdpj", FileKind.READER_LOG: "reader-log",
    FileKind.CUSTOMERS: "generic", FileKind.GARDU: "gis-gardu", FileKind.TIANG: "gis-tiang",
    FileKind.JTR: "gis-jtr", FileKind.POINTS: "gis-pelanggan", FileKind.STREETS: "streets",
    FileKind.TOKEN: "token", FileKind.CALENDAR: "calendar", FileKind.GARDU_METER: "gardu-meter",
    FileKind.RECEIVABLES: "receivables", FileKind.PREPAID_ORDERS: "prepaid-order",
    FileKind.PHOTOS: "photos",
}  # fmt: skip


def guess(source: Source, own: Sequence[Profile] = ()) -> Guess:
    """Say what a table is, by its headers, its values and what stands around it.

    A mapping that a person confirmed (``own``) goes first, then profiles that fit, then what
    can be built from titles, names, sections, merged cells and values.
    """
    head = source.head
    for profile in own:
        if profile.seen and profile.fits(head) and told(source, profile.filling):
            return _of(source, profile, Sure.REMEMBERED)
    fitting = next((p for p in (*own, *profiles()) if p.fits(head)), None)
    if fitting is not None and head.geometry is not None:
        return _of(source, fitting, Sure.CERTAIN)
    built = [_built(source, kind) for kind in BUILT]
    if fitting is not None and fitting.name != "generic":
        return _sharpened(source, fitting)
    richer = [b for b in built if not b.missing and b.kind != FileKind.CUSTOMERS]
    if fitting is not None:
        # Any list with an idpel fits the general profile; a title or section may say more.
        return richer[0] if richer else _of(source, fitting, Sure.CERTAIN)
    whole = [b for b in built if not b.missing]
    if whole:
        return whole[0]
    nearest = min(built, key=lambda b: (len(b.missing), -len(b.picks)))
    if nearest.picks and any(p.ours == "idpel" for p in nearest.picks):
        return replace(nearest, sure=Sure.UNKNOWN)
    return Guess(None, Sure.UNKNOWN, (), hint=values.hidden_gardu(head.rows))


def around(ours: str, titles: Sequence[str], sheet: str, file: str) -> list[tuple[How, str, str]]:
    """Return what title, sheet and file name say of a column of ours: how, pattern, value.

    Only these patterns are ever looked for; none is taken from a page.
    """
    stem = file.partition(".")[0]
    found = []
    for how, patterns, texts in (
        (How.TITLE, IN_TITLE, list(titles)),
        (How.SHEET, IN_NAME, [sheet]),
        (How.NAME, IN_NAME, [stem]),
    ):
        for pattern in patterns.get(ours, []):
            value = as_column(ours, first_match(pattern, texts))
            if value:
                found.append((how, pattern, value))
                break
    return found


def told(source: Source, filling: Filling) -> bool:
    """Say whether title, name and sheet say everything that a filling looks for there."""
    stem = source.file.partition(".")[0]
    pairs = (
        (filling.from_title, source.titles),
        (filling.from_sheet, (source.sheet,)),
        (filling.from_name, (stem,)),
    )
    return all(first_match(p, texts) for patterns, texts in pairs for p in patterns.values())


def mapped(
    source: Source, kind: FileKind, headers: dict[str, str], filling: Filling, *, name: str
) -> Profile:
    """Return the profile of a mapping that a person chose: our column -> the file's header.

    Any column may be mapped to anything; it holds for files with the same headers only.
    """
    like = template(kind)
    return replace(
        like,
        name=name,
        family="",
        only=(),
        without=(),
        columns={ours: (header,) for ours, header in headers.items()},
        filling=filling,
        seen=header_set(source.head),
        source=like.source or like.name,
        geometry=like.geometry if source.head.geometry is not None else "",
        declared=_declared(filling),
    )


def template(kind: FileKind) -> Profile:
    """Return the profile whose columns a kind of file may have."""
    known = {p.name: p for p in profiles()}
    return known[TEMPLATES.get(kind, "generic")]


def columns_of(kind: FileKind) -> tuple[str, ...]:
    """Return every column of ours that a kind may have, the needed ones first."""
    like = template(kind)
    extra = ("gardu",) if kind == FileKind.DPM else ()
    return tuple(dict.fromkeys([*like.needs, *extra, *like.columns]))


def picks_of(source: Source, profile: Profile, *, only: str = "") -> tuple[Pick, ...]:
    """Return where every column of a profile comes from in a table, with samples; or one alone."""
    rows, filling = source.head.rows, profile.filling
    picks = []
    for ours, header in profile.headers(source.head).items():
        if only not in ("", ours):
            continue  # samples of a column cost more than all the rest
        how = How.DOWN if ours in filling.fill_down else How.HEADER
        picks.append(Pick(ours, how, header, values.samples(rows, header)))
    if filling.section and only in ("", filling.section):
        picks.append(
            Pick(filling.section, How.SECTION, "", _section_samples(source.head, filling.section))
        )
    stem = source.file.partition(".")[0]
    for how, patterns, texts in (
        (How.TITLE, filling.from_title, source.titles),
        (How.SHEET, filling.from_sheet, (source.sheet,)),
        (How.NAME, filling.from_name, (stem,)),
    ):
        for ours, pattern in patterns.items():
            if only not in ("", ours):
                continue
            found = as_column(ours, first_match(pattern, texts))
            picks.append(Pick(ours, how, pattern, (found,) if found else ()))
    fixed = {o: v for o, v in filling.fixed.items() if only in ("", o)}
    picks += [Pick(o, How.FIXED, "", (v,)) for o, v in fixed.items()]
    last = {p.ours: p for p in picks}  # what is filled wins over a header
    return tuple(last.values())


def _of(source: Source, profile: Profile, sure: Sure) -> Guess:
    picks = picks_of(source, profile)
    rows = source.head.rows
    doubts = [
        p.ours
        for p in picks
        if p.how == How.HEADER and p.ours in profile.needs
        and p.samples and not values.looks_like(rows, p.source, p.ours)
        # Cells that the rules refuse one by one are no doubt about the column.
        and not _partly(source.head, p)
    ]  # fmt: skip
    hint = "" if any(p.ours == "gardu" for p in picks) else values.hidden_gardu(rows)
    return Guess(
        profile, sure if not doubts else Sure.LIKELY, picks, hint=hint, doubts=tuple(doubts),
        missing=tuple(profile.missing(source.head)), month=_month(source, picks),
    )  # fmt: skip


def _partly(head: RawTable, pick: Pick) -> bool:
    cells = values.filled_cells(head.rows, pick.source)
    looks = values.LOOKS.get(pick.ours, ())
    if pick.ours in ("gardu", "rbm", "kddk"):
        return True  # no code has one pattern
    if pick.ours == "idpel":  # mangled ids are still ids: digits, or a number in E notation
        return bool(cells.str.contains(r"[0-9]{4}|[eE]\+", regex=True).mean() >= 0.5)
    return any(values.share(cells, look) > 0.5 for look in looks)


def _sharpened(source: Source, profile: Profile) -> Guess:
    """Return the guess of a profile that fits, with merged cells and section rows seen."""
    filling = _found_inside(source, profile)
    if not filling:
        return _of(source, profile, Sure.CERTAIN)
    headers = {o: h for o, h in profile.headers(source.head).items() if o != filling.section}
    made = replace(
        mapped(source, profile.kind, headers, filling, name=profile.name), source=profile.source
    )
    return replace(_of(source, made, Sure.LIKELY), missing=())


def _found_inside(source: Source, profile: Profile) -> Filling:
    head, merged = source.head, getattr(source, "merged", None)
    headers = profile.headers(head)
    down = tuple(
        o for o in ("gardu", "rbm", "penyulang", "jurusan", "officer")
        if o in headers
        and (headers[o] in (merged or {}) or values.merged_like(head.rows, headers[o]))
    )  # fmt: skip
    section = next((o for o in ("gardu", "rbm") if o not in down and _sections(head, o)), "")
    return Filling(fill_down=down, section=section)


def _built(source: Source, kind: FileKind) -> Guess:
    """Return what a table would be if it were of a kind, from everything that it says."""
    like, head = template(kind), source.head
    headers = _named(head, kind)
    inside = _found_inside(source, replace(like, columns={o: (h,) for o, h in headers.items()}))
    if inside.section:
        headers.pop(inside.section, None)
    by_values: dict[str, str] = {}
    for ours in BY_VALUES:
        wanted = ours in like.needs or ours == "kddk"
        if wanted and ours not in headers and ours != inside.section:
            header = _by_values(head, ours, {*headers.values(), *by_values.values()})
            if header:
                by_values[ours] = header
    known = {**headers, **by_values}
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    sheets: dict[str, str] = {}
    for ours in ("rbm", "blth", "gardu"):
        if ours in known or ours == inside.section or ours not in like.columns:
            continue
        said = around(ours, source.titles, source.sheet, source.file)
        if said and not (ours == "blth" and kind == FileKind.PDPJ):
            how, pattern, _ = said[0]
            {How.TITLE: titles, How.SHEET: sheets, How.NAME: names}[how][ours] = pattern
    filling = replace(inside, from_title=titles, from_name=names, from_sheet=sheets)
    profile = mapped(source, kind, known, filling, name=like.name)
    picks = tuple(
        replace(p, how=How.VALUES) if p.ours in by_values and p.how == How.HEADER else p
        for p in picks_of(source, profile)
    )
    hint = "" if any(p.ours == "gardu" for p in picks) else values.hidden_gardu(head.rows)
    return Guess(
        profile, Sure.LIKELY, picks, tuple(profile.missing(head)), hint=hint,
        month=_month(source, picks),
    )  # fmt: skip


def _named(head: RawTable, kind: FileKind) -> dict[str, str]:
    """Return our column -> header, by the spellings of every profile, the kind's own first."""
    there = {header_key(str(c)): str(c) for c in head.rows.columns}
    found: dict[str, str] = {}
    order = [template(kind), *(p for p in profiles() if p.kind == kind), *profiles()]
    for ours in columns_of(kind):
        spellings = [s for p in order for s in (*p.columns.get(ours, ()), made_header(ours))]
        hit = next((there[k] for k in map(header_key, spellings) if k in there), None)
        if hit is not None and hit not in found.values():
            found[ours] = hit
    return found


def _by_values(head: RawTable, ours: str, used: set[str]) -> str:
    """Return the one header whose values are of a column of ours, "" where none or several."""
    look = values.LOOKS[ours][0]
    among = [str(c) for c in head.rows.columns if str(c) not in used]
    hits = []
    for header in among:
        cells = values.filled_cells(head.rows, header)
        coded = ours not in ("gardu", "rbm") or values.is_code(cells)
        if len(cells) and coded and values.share(cells, look) >= values.ENOUGH:
            hits.append(header)
    return hits[0] if len(hits) == 1 else ""


def _sections(head: RawTable, ours: str) -> bool:
    """Say whether a table has section rows: rows of a cell or two that name a gardu or RBM."""
    return bool(_section_samples(head, ours))


def _section_samples(head: RawTable, ours: str) -> tuple[str, ...]:
    found = dict(section_rows(head.rows.iloc[: values.LOOKED_AT], ours))
    for number, cells in head.misfits.items():
        value = section_value(cells, ours)
        if value:
            found[number] = value
    return tuple(dict.fromkeys(v for _, v in sorted(found.items())))[:3]


def month_of(source: Source, profile: Profile) -> str:
    """Return the one month that a table is of by its first rows or its name, "" where unknown."""
    return _month(source, picks_of(source, profile, only="blth"))


def _month(source: Source, picks: Sequence[Pick]) -> str:
    """Return the one month that a table is of, "" where it tells several or none."""
    pick = next((p for p in picks if p.ours == "blth"), None)
    if pick is not None and pick.how in (How.HEADER, How.VALUES):
        cells = values.filled_cells(source.head.rows, pick.source)
        months = set(rules.month(cells).values.dropna())
        return str(months.pop()) if len(months) == 1 else ""
    said = pick.samples[0] if pick and pick.samples else ""
    if not said:
        stem = source.file.partition(".")[0]
        said = next((first_match(p, (stem,)) for p in IN_NAME["blth"]), "")
    return (
        re.sub(r"^(\d{2})((?:19|20)\d{2})$", r"\2\1", said) if re.fullmatch(r"\d{6}", said) else ""
    )


def _declared(filling: Filling) -> dict[str, Any]:
    named = ("fill_down", "section", "from_title", "from_name", "from_sheet", "fixed")
    found = {n: getattr(filling, n) for n in named}
    return {n: dict(v) if isinstance(v, dict) else v for n, v in found.items() if v}
