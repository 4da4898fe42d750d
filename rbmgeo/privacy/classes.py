"""Every column of the database: its class, why it is kept, how long, who may see it, what erasing does.

One file, `classes.toml`, is the only place where this is said; whatever exports, erases or deletes
reads it, so a new column is either classified or stops a test.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("classes.toml")
#: What an erasure writes into a column.
EMPTY = {
    "blank": "NULL",
    "empty_text": "''",
    "empty_list": "'[]'::jsonb",
    "empty_object": "'{}'::jsonb",
    # What was before an import, without what an erasure blanks in any table that imports fill.
    "less": "t.was - ARRAY['name', 'address', 'geom', 'geom_3857', 'service_point', 'spread_m', "
            "'point_source', 'lon_raw', 'lat_raw', 'accuracy_m']",
}  # fmt: skip


class DataClass(StrEnum):
    """How much harm a column does in wrong hands, least first."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"


class Keep(StrEnum):
    """How long a table's rows are kept (`rbmgeo.privacy.retention` says what is a setting)."""

    UNIT = "unit"
    ACCOUNTS = "accounts"
    PHOTOS = "photos"
    LOGINS = "logins"
    ACCESS = "access"


@dataclass(frozen=True)
class Table:
    """One table: class by column, reason in Indonesian and English, who, and what an erasure blanks.

    ``only``: a column and the values at which a row is blanked. ``through``: the table of answers
    by whose key its rows are a customer's, where they name none; ``within``: the column of
    JSON that holds the number somewhere, where no column does.
    """

    name: str
    why: tuple[str, str]
    keep: Keep
    who: tuple[str, ...]
    columns: dict[str, DataClass]
    erase: dict[str, str]
    only: tuple[str, ...] = ()
    through: str = ""
    within: str = ""

    @property
    def of_customer(self) -> bool:
        """Say whether its rows are a customer's."""
        return bool("idpel" in self.columns or self.through or self.within)

    @property
    def highest(self) -> DataClass:
        """Return the class of its most harmful column."""
        order = list(DataClass)
        return max(self.columns.values(), key=order.index)


@cache
def tables() -> dict[str, Table]:
    """Return every table of the file by name.

    Raises
    ------
    ValueError
        If a column stands in two classes, or an erasure names one that has none.
    """
    told = tomllib.loads(_FILE.read_text("utf-8"))
    return {name: _table(name, said) for name, said in told.items()}


def _table(name: str, said: dict[str, object]) -> Table:
    columns: dict[str, DataClass] = {}
    for one in DataClass:
        for column in said.get(one.value, []):  # type: ignore[attr-defined]
            if column in columns:
                raise ValueError(f"{name}.{column} has two classes")
            columns[column] = one
    erase = dict(said.get("erase", {}))  # type: ignore[call-overload]
    if strange := [c for c, how in erase.items() if c not in columns or how not in EMPTY]:
        raise ValueError(f"{name}: nothing is known of {', '.join(strange)}")
    return Table(
        name, tuple(said["why"]), Keep(str(said["keep"])), tuple(said["who"]), columns, erase,  # type: ignore[arg-type]
        tuple(said.get("only", ())), str(said.get("through", "")), str(said.get("within", "")),  # type: ignore[arg-type]
    )  # fmt: skip


def missing(schema: dict[str, set[str]]) -> list[str]:
    """Return the columns of a database without a class, and those of the file that are gone.

    ``schema``: table -> its columns.
    """
    known = {name: set(table.columns) for name, table in tables().items()}
    bare = [f"{t}.{c} has no class" for t in schema for c in schema[t] - known.get(t, set())]
    gone = [f"{t}.{c} is not in the database" for t in known for c in known[t] - schema.get(t, set())]  # fmt: skip
    return sorted(bare + gone)
