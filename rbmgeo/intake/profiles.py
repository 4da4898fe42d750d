"""Profiles: how one source's columns become ours; one TOML file each in ``data/profiles``."""

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from rbmgeo.errors import ImportRefused, UsageError
from rbmgeo.intake.raw import RawTable, header_key
from rbmgeo.terms import FileKind

#: Kinds that are lists of customers and may look alike.
LISTS = {FileKind.DPM, FileKind.PDPJ, FileKind.CUSTOMERS}
#: The column that section rows become.
SECTION = "(bagian)"
DECLARED = (
    "area", "position", "id_pad", "row_key", "coordinates", "srid", "fill_down", "section",
)  # fmt: skip
FOLDER = Path(__file__).resolve().parents[2] / "data/profiles"


@dataclass(frozen=True)
class Profile:
    """What a source declares of itself, and what of the rules it overrides (domain.md 4.1).

    ``columns`` maps our names to the header spellings that stand for them, best first.
    ``coordinates`` is ``dms`` where cells hold degrees, minutes and seconds; ``srid`` the
    system of positions in metres. ``fill_down`` names columns whose empty cells mean the one
    above; ``section`` the column that rows like "GARDU: PD 0123" tell for those below.
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
    fill_down: tuple[str, ...] = ()
    section: str = ""
    row_key: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    first_month: str = ""
    active_states: tuple[str, ...] = ()
    declared: dict[str, Any] = field(default_factory=dict)

    def headers(self, table: RawTable) -> dict[str, str]:
        """Return our name -> the table's header, for every column that is there."""
        there = {header_key(c): c for c in table.rows.columns}
        found = {}
        for ours, spellings in self.columns.items():
            hit = next((there[k] for k in map(header_key, spellings) if k in there), None)
            if hit is not None:
                found[ours] = hit
        if self.section and self.section not in found:
            # What section rows tell becomes a column of the table (see `layout`).
            added = next((c for c in table.rows.columns if c == SECTION), None)
            if added is not None:
                found[self.section] = added
        return found

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
        found = self.headers(table)
        has_place = table.geometry is not None
        return [
            n
            for n in self.needs
            if n not in found and not (n == "geometry" and has_place) and n != self.section
        ]

    def fits(self, table: RawTable) -> bool:
        """Say whether a table looks like this source."""
        if self.missing(table) or (self.geometry and not _shape_fits(self.geometry, table)):
            return False
        there = {header_key(c) for c in table.rows.columns}
        if self.only and not there <= {header_key(c) for c in self.only}:
            return False
        unwanted = {header_key(s) for n in self.without for s in _SPELLINGS.get(n, (n,))}
        return not (there & unwanted)


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


def fits(table: RawTable, *, name: str = "", kind: str = "") -> bool:
    """Say whether any profile of a name or family, and of a kind, fits a table."""
    return any(p.fits(table) for p in _among(name, kind))


def _among(name: str, kind: str) -> list[Profile]:
    return [
        p
        for p in profiles()
        if (not name or name in (p.name, p.family)) and (not kind or p.kind == kind)
    ]


def choose(table: RawTable, *, name: str = "", kind: str = "") -> Profile:
    """Return the profile of a table: the one named, or the surest that fits.

    Raises
    ------
    ImportRefused
        If none fits; names the columns that are missing.
    """
    among = _among(name, kind)
    if not among:
        known = sorted({p.family or p.name for p in profiles()})
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
        f"found columns: {headers}; name one with --profile",
        f"{where}: aturan HEADER: tidak ada profil yang cocok; terdekat {nearest.name}, kurang "
        f"{lacking}; kolom yang ada: {headers}; sebutkan dengan --profile",
    )


def _fullest(fitting: list[Profile], table: RawTable) -> Profile:
    """Return the first that fits; of lists of customers the one that reads most columns.

    Needing a column more, a list's profile may fit and still pass over positions and RBM that
    another one understands. Other kinds are told by columns that only they have.
    """
    lists = [p for p in fitting if p.kind in LISTS]
    if fitting[0].kind not in LISTS or table.geometry is not None:
        return fitting[0]
    return max(lists, key=lambda p: len(set(p.headers(table).values())))


def _load(path: Path) -> Profile:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    declared: dict[str, Any] = {k: raw[k] for k in DECLARED if k in raw}
    return Profile(
        name=path.stem,
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
        fill_down=tuple(raw.get("fill_down", ())),
        section=raw.get("section", ""),
        row_key=tuple(raw.get("row_key", ())),
        without=tuple(raw.get("without", ())),
        only=tuple(raw.get("only", ())),
        first_month=raw.get("months", {}).get("first", ""),
        active_states=tuple(raw.get("states", {}).get("active", ())),
        declared=declared,
    )


def _shape_fits(shape: str, table: RawTable) -> bool:
    if table.geometry is None:
        return False
    kinds = [g.geom_type.lower() for g in table.geometry[:50] if g is not None]
    # A few of another shape are refused row by row; they do not make it another layer.
    return 2 * sum(shape in k for k in kinds) >= len(kinds)
