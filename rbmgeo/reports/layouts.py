"""Layouts of files that leave: which of our columns under which of theirs, in which order."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rbmgeo.errors import UsageError

FOLDER = Path(__file__).resolve().parents[2] / "data/profiles/out"


@dataclass(frozen=True)
class Layout:
    """One outgoing file as a receiver wants it; one TOML file each in ``data/profiles/out``.

    ``columns`` are pairs (their heading, our column) in order; ``per`` names the column by
    whose values a table is cut into files; ``total`` the kWh column that is summed.
    """

    name: str
    kind: str
    table: str
    family: str
    file: str
    columns: tuple[tuple[str, str], ...]
    per: str = ""
    dates: str = "%Y-%m-%d"
    total: str = ""


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout, by name."""
    return tuple(_load(path) for path in sorted(FOLDER.glob("*.toml")))


def chosen(kind: str, family: str) -> tuple[Layout, ...]:
    """Return the layouts of one kind of hand-off and family; raises `UsageError`."""
    found = tuple(one for one in layouts() if one.kind == kind and one.family == family)
    if not found:
        known = sorted({one.family for one in layouts() if one.kind == kind})
        raise UsageError(
            f"profile {family!r} for {kind} is not in data/profiles/out; there are: {', '.join(known)}",
            f"profil {family!r} untuk {kind} tidak ada di data/profiles/out; yang ada: {', '.join(known)}",
        )
    return found


def _load(path: Path) -> Layout:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    columns = tuple((str(theirs), str(ours)) for theirs, ours in raw["columns"].items())
    plain = {k: str(raw[k]) for k in ("kind", "table", "family", "file")}
    more = {k: str(raw[k]) for k in ("per", "dates", "total") if k in raw}
    return Layout(name=path.stem, columns=columns, **plain, **more)
