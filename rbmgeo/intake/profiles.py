"""Profiles: how one source's columns become ours; one TOML file each in ``data/profiles``."""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from rbmgeo.errors import ImportRefused, UsageError
from rbmgeo.intake.fill import Filling, is_made, made_header
from rbmgeo.intake.raw import RawTable, header_key
from rbmgeo.terms import FileKind

#: Kinds that are lists of customers and may look alike.
LISTS = {FileKind.DPM, FileKind.PDPJ, FileKind.CUSTOMERS}
DECLARED = ("area", "position", "id_pad", "row_key", "coordinates", "srid")
FILLING = ("fill_down", "section", "from_title", "from_name", "from_sheet", "fixed")
FOLDER = Path(__file__).resolve().parents[2] / "data/profiles"


@dataclass(frozen=True)
class Profile:
    """What a source declares of itself, and what of the rules it overrides (domain.md 4.1).

    ``columns`` maps our names to the header spellings that stand for them, best first;
    ``filling`` names those that no header has. ``seen`` are the headers, as they are compared,
    of the file that a person confirmed the mapping for: such a profile fits no other.
    ``coordinates`` is ``dms`` where cells hold degrees, minutes and seconds; ``srid`` the
    system of positions in metres.
    """

    name: str
    kind: FileKind
    needs: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    family: str = ""
    source: str = ""
    locale: str = ""
    area: str = "indonesia"
    position: str = "house"
    geometry: str = ""
    id_pad: bool = False
    coordinates: str = ""
    srid: int | None = None
    row_key: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    first_month: str = ""
    active_states: tuple[str, ...] = ()
    filling: Filling = field(default_factory=Filling)
    seen: frozenset[str] = frozenset()
    declared: dict[str, Any] = field(default_factory=dict)

    def headers(self, table: RawTable) -> dict[str, str]:
        """Return our name -> the table's header, for every column that is there."""
        there = {header_key(c): c for c in table.rows.columns}
        found = {}
        for ours, spellings in self.columns.items():
            hit = next((there[k] for k in map(header_key, spellings) if k in there), None)
            if hit is not None:
                found[ours] = hit
        # A column that was filled stands under a header of its own, and wins; so it does in a
        # file of refused rows that comes back.
        made = {o: made_header(o) for o in (*self.columns, *self.filling.made)}
        return found | {o: h for o, h in made.items() if h in table.rows.columns}

    def unread(self, table: RawTable) -> list[str]:
        """Return the table's headers that this profile does not read, as they stand there."""
        read = set(self.headers(table).values())
        return [str(c) for c in table.rows.columns if c not in read and header_key(str(c))]

    def with_declared(self, **said: Any) -> "Profile":
        """Return the profile with what a person declared of one file; empty says nothing."""
        told = {k: v for k, v in said.items() if v}
        return replace(self, declared=self.declared | told, **told) if told else self

    def missing(self, table: RawTable) -> list[str]:
        """Return the needed columns that a table lacks."""
        found = {*self.headers(table), *self.filling.made}
        has_place = table.geometry is not None
        return [n for n in self.needs if n not in found and not (n == "geometry" and has_place)]

    def fits(self, table: RawTable) -> bool:
        """Say whether a table looks like this source."""
        if self.missing(table) or (self.geometry and not _shape_fits(self.geometry, table)):
            return False
        there = {header_key(c) for c in table.rows.columns}
        if self.seen:
            return header_set(table) == self.seen
        if self.only and not there <= {header_key(c) for c in self.only}:
            return False
        unwanted = {header_key(s) for n in self.without for s in _SPELLINGS.get(n, (n,))}
        return not (there & unwanted)


def header_set(table: RawTable) -> frozenset[str]:
    """Return the headers of a table as they are compared, by which its mapping is found again."""
    keys = (header_key(str(c)) for c in table.rows.columns if not is_made(str(c)))
    return frozenset(k for k in keys if k)


_SPELLINGS = {
    "idpel": ("IDPEL",),
    "span": ("KODE_LVCABLE", "SPAN", "TIANG_1"),
    "gardu": ("KODE_GARDU", "NAMAGD"),
}


@cache
def profiles() -> tuple[Profile, ...]:
    """Return every profile, those that need most columns first (the surest fit)."""
    found = [_load(path) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda p: (-len(p.needs), p.name == "generic", p.name)))


def own_profiles(folder: Path, ulp: str = "") -> tuple[Profile, ...]:
    """Return the confirmed mappings of a unit, then those of every unit, newest name last.

    ``folder`` is that of the product's home: one TOML file each, a unit's in a folder of its
    code.

    Raises
    ------
    UsageError
        Where a file is no profile; names it.
    """
    units = sorted(p.name for p in folder.glob("*") if p.is_dir()) if folder.is_dir() else []
    if not ulp and len(units) == 1:  # as everywhere: the only unit need not be named
        ulp = units[0]
    found = []
    for place in [folder / ulp, folder] if ulp else [folder]:
        for path in sorted(place.glob("*.toml")) if place.is_dir() else []:
            try:
                found.append(_load(path))
            except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
                raise UsageError(
                    f"{path}: this is no profile ({error}); mend it or remove it",
                    f"{path}: bukan profil ({error}); perbaiki atau hapus",
                ) from error
    return tuple(found)


def fits(table: RawTable, *, name: str = "", kind: str = "", own: Sequence[Profile] = ()) -> bool:
    """Say whether any profile of a name or family, and of a kind, fits a table."""
    return any(p.fits(table) for p in _among(name, kind, own))


def _among(name: str, kind: str, own: Iterable[Profile] = ()) -> list[Profile]:
    return [
        p
        for p in (*own, *profiles())
        if (not name or name in (p.name, p.family)) and (not kind or p.kind == kind)
    ]


def choose(
    table: RawTable, *, name: str = "", kind: str = "", own: Sequence[Profile] = ()
) -> Profile:
    """Return the profile of a table: the one named, or the surest that fits.

    ``own`` are mappings that a person confirmed: they go before what the product knows.

    Raises
    ------
    ImportRefused
        If none fits; names the columns that are missing.
    """
    among = _among(name, kind, own)
    if not among:
        known = sorted({p.family or p.name for p in (*own, *profiles())})
        raise UsageError(
            f"profile {name!r} of kind {kind!r} is not known; there are: {', '.join(known)}",
            f"profil {name!r} jenis {kind!r} tidak dikenal; yang ada: {', '.join(known)}",
        )
    fitting = [p for p in among if p.fits(table)]
    if fitting:
        return _fullest(fitting, table)
    nearest = min(among, key=lambda p: (len(p.missing(table)), -len(p.headers(table))))
    if kind and not nearest.missing(table):
        return nearest
    lacking = ", ".join("/".join(nearest.columns.get(n, (n,))) for n in nearest.missing(table))
    where = f"{table.file} {table.sheet}".strip()
    headers = ", ".join(list(table.rows.columns)[:12])
    raise ImportRefused(
        f"{where}: rule HEADER: no profile fits; nearest is {nearest.name}, which lacks {lacking}; "
        f"found columns: {headers}; name one with --profile, or see `rbmgeo profile guess FILE`",
        f"{where}: aturan HEADER: tidak ada profil yang cocok; terdekat {nearest.name}, kurang "
        f"{lacking}; kolom yang ada: {headers}; sebutkan dengan --profile, atau lihat "
        "`rbmgeo profile guess BERKAS`",
    )


def _fullest(fitting: list[Profile], table: RawTable) -> Profile:
    """Return the first that fits; of lists of customers the one that reads most columns.

    A mapping that a person confirmed goes before.

    Needing a column more, a list's profile may fit and still pass over positions and RBM that
    another one understands. Other kinds are told by columns that only they have.
    """
    lists = [p for p in fitting if p.kind in LISTS]
    if fitting[0].seen or fitting[0].kind not in LISTS or table.geometry is not None:
        return fitting[0]
    return max(lists, key=lambda p: len(set(p.headers(table).values())))


def as_toml(profile: Profile) -> str:
    """Return a profile as the TOML that `own_profiles` reads."""
    lines = [f'kind = "{profile.kind}"']
    for key in ("family", "source", "locale"):
        if getattr(profile, key):
            lines.append(f"{key} = {_quoted(getattr(profile, key))}")
    lines.append(f"needs = {_quoted(list(profile.needs))}")
    if profile.area != "indonesia":
        lines.append(f"area = {_quoted(profile.area)}")
    if profile.position != "house":
        lines.append(f"position = {_quoted(profile.position)}")
    if profile.geometry:
        lines.append(f"geometry = {_quoted(profile.geometry)}")
    if profile.coordinates:
        lines.append(f"coordinates = {_quoted(profile.coordinates)}")
    if profile.srid is not None:
        lines.append(f"srid = {profile.srid}")
    if profile.row_key:
        lines.append(f"row_key = {_quoted(list(profile.row_key))}")
    if profile.id_pad:
        lines.append("id_pad = true")
    if profile.filling.fill_down:
        lines.append(f"fill_down = {_quoted(list(profile.filling.fill_down))}")
    if profile.filling.section:
        lines.append(f"section = {_quoted(profile.filling.section)}")
    if profile.seen:
        lines.append(f"seen = {_quoted(sorted(profile.seen))}")
    for key in ("from_title", "from_name", "from_sheet", "fixed"):
        lines += _part(key, dict(getattr(profile.filling, key)))
    if profile.first_month:
        lines += _part("months", {"first": profile.first_month})
    if profile.active_states:
        lines += _part("states", {"active": list(profile.active_states)})
    lines += _part("columns", {k: list(v) for k, v in profile.columns.items()})
    return "\n".join(lines) + "\n"


def _part(name: str, values: dict[str, Any]) -> list[str]:
    return [f"[{name}]", *(f"{k} = {_quoted(v)}" for k, v in values.items())] if values else []


def _quoted(value: object) -> str:
    # A string of JSON is one of TOML, but for a sign that no header has.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def keep_profile(folder: Path, profile: Profile) -> Path:
    """Write a confirmed mapping into a folder; raises `UsageError` where its name is none.

    One that was confirmed for the same headers before is replaced.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", profile.name):
        raise UsageError(
            f"profile name {profile.name!r}: use small letters, figures and hyphens",
            f"nama profil {profile.name!r}: pakai huruf kecil, angka, dan tanda hubung",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{profile.name}.toml"
    for other in sorted(folder.glob("*.toml")) if profile.seen else []:
        if other != path and profile.seen == _load(other).seen:
            other.unlink()
    beside = path.with_suffix(".new")
    beside.write_text(as_toml(profile), encoding="utf-8")
    beside.replace(path)  # a reader meets the old one or the new one, never a half
    return path


def profile_of_text(name: str, text: str) -> Profile:
    """Return the profile that a TOML text describes; raises as `tomllib` or `FileKind` do."""
    return _of(name, tomllib.loads(text))


def _load(path: Path) -> Profile:
    return profile_of_text(path.stem, path.read_text(encoding="utf-8"))


def _of(name: str, raw: dict[str, Any]) -> Profile:
    declared: dict[str, Any] = {k: raw[k] for k in (*DECLARED, *FILLING) if k in raw}
    return Profile(
        name=name,
        kind=FileKind(raw["kind"]),
        needs=tuple(raw["needs"]),
        columns={ours: tuple(names) for ours, names in raw["columns"].items()},
        family=raw.get("family", ""),
        source=raw.get("source", ""),
        locale=raw.get("locale", ""),
        area=raw.get("area", "indonesia"),
        position=raw.get("position", "house"),
        geometry=raw.get("geometry", ""),
        id_pad=raw.get("id_pad", False),
        coordinates=raw.get("coordinates", ""),
        srid=raw.get("srid"),
        row_key=tuple(raw.get("row_key", ())),
        without=tuple(raw.get("without", ())),
        only=tuple(raw.get("only", ())),
        first_month=raw.get("months", {}).get("first", ""),
        active_states=tuple(raw.get("states", {}).get("active", ())),
        filling=_filling(raw),
        seen=frozenset(raw.get("seen", ())),
        declared=declared,
    )


def _filling(raw: dict[str, Any]) -> Filling:
    patterns = {k: dict(raw.get(k, {})) for k in ("from_title", "from_name", "from_sheet")}
    for pattern in (p for part in patterns.values() for p in part.values()):
        if re.compile(pattern).groups != 1:
            raise ValueError(f"pattern {pattern!r} has not exactly one group")
    down, section = tuple(raw.get("fill_down", ())), raw.get("section", "")
    return Filling(down, section, fixed=dict(raw.get("fixed", {})), **patterns)


def _shape_fits(shape: str, table: RawTable) -> bool:
    if table.geometry is None:
        return False
    kinds = [g.geom_type.lower() for g in table.geometry[:50] if g is not None]
    # A few of another shape are refused row by row; they do not make it another layer.
    return 2 * sum(shape in k for k in kinds) >= len(kinds)
