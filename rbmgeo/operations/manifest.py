"""What a backup holds, table by table and file by file, and where two of them differ."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.frames import Table

#: One row a table of the database (schema.name); ``rows``, ``sha256`` of its rows in the order of
#: its key, ``columns`` as one text "name type #place in the key, name type".
TABLES = Table("tables of a manifest", "table", ("rows", "sha256", "columns"))
#: One row a file of the home (path from the home on); ``bytes``, ``sha256``.
FILES = Table("files of a manifest", "path", ("bytes", "sha256"))
#: Version of the text below; another one is refused.
FORM = 1


@dataclass(frozen=True)
class Manifest:
    """What one backup holds.

    ``made_at``: moment of its snapshot; ``version``: of the program; ``revision``: migration of
    the database; ``dump_sha256``: of the dump; ``secrets``: what in it nobody else may read.
    """

    made_at: datetime
    version: str
    revision: str | None
    dump_bytes: int
    dump_sha256: str
    tables: pd.DataFrame
    files: pd.DataFrame
    secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        TABLES.check(self.tables)
        FILES.check(self.files)

    @property
    def rows(self) -> int:
        """Return the rows of all tables."""
        return int(self.tables["rows"].sum())

    def text(self) -> str:
        """Return the manifest as JSON, the same for the same backup."""
        told: dict[str, Any] = {
            "form": FORM, "made_at": self.made_at.isoformat(), "version": self.version,
            "revision": self.revision, "secrets": list(self.secrets),
            "dump": {"bytes": self.dump_bytes, "sha256": self.dump_sha256},
            "tables": self.tables.sort_index().to_dict("index"),
            "files": self.files.sort_index().to_dict("index"),
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def of(cls, text: str) -> "Manifest":
        """Read what `text` wrote; raises `UsageError` where it is none."""
        try:
            told = json.loads(text)
            if told["form"] != FORM:
                raise ValueError(f"form {told['form']}")
            return cls(
                datetime.fromisoformat(told["made_at"]), told["version"], told["revision"],
                int(told["dump"]["bytes"]), told["dump"]["sha256"],
                tables_of(told["tables"]), files_of(told["files"]), tuple(told["secrets"]),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"the manifest cannot be read ({error}); name a folder that `rbmgeo backup` made",
                f"manifes tidak terbaca ({error}); sebutkan folder buatan `rbmgeo backup`",
            ) from error


def tables_of(facts: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return `TABLES` of facts by table."""
    return _frame(facts, TABLES)


def files_of(facts: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return `FILES` of facts by path."""
    return _frame(facts, FILES)


def _frame(facts: dict[str, dict[str, Any]], kind: Table) -> pd.DataFrame:
    made = pd.DataFrame.from_dict(facts, orient="index", columns=list(kind.columns))
    made.index = pd.Index(list(facts), name=kind.key, dtype="str")
    return made.sort_index()


def differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Say where two manifests' tables (or files) differ.

    Parameters
    ----------
    before, after
        `TABLES` both, or `FILES` both.

    Returns
    -------
    DataFrame
        One row a name that differs, sorted by it; column ``what``: "missing" (only before), "new"
        (only after), "rows" or "bytes" (their number), "content" (the same number, another
        hash); ``before`` and ``after``: the numbers, missing where there is no such thing.
        Empty where both are equal.
    """
    count = "rows" if "rows" in before else "bytes"
    later = after[[count, "sha256"]].add_suffix("_after")
    both = before[[count, "sha256"]].join(later, how="outer")
    was, now = both[count], both[f"{count}_after"]
    what = pd.Series("", index=both.index, dtype="str")
    what = what.mask(both["sha256"] != both["sha256_after"], "content").mask(was != now, count)
    what = what.mask(now.isna(), "missing").mask(was.isna(), "new")
    told = pd.DataFrame({"what": what, "before": was, "after": now})
    return told[told["what"] != ""].astype({"before": "Int64", "after": "Int64"}).sort_index()


def untouched(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the tables of a database that a migration may not have changed, with their columns.

    Parameters
    ----------
    before
        `TABLES` of the moment before the migration.
    after
        `TABLES` of now; only its columns are looked at.

    Returns
    -------
    dict
        Table to the names of its columns of before, where all of them are there with the type
        and place in the key that they had; a column that came is no change of the old ones.
    """
    same: dict[str, tuple[str, ...]] = {}
    for name in before.index.intersection(after.index):
        had = str(before.at[name, "columns"]).split(", ")
        if set(had) <= set(str(after.at[name, "columns"]).split(", ")):
            same[str(name)] = tuple(c.partition(" ")[0] for c in had if c)
    return same
