"""Refused rows as a file to be mended and fed again: their own cells, the rule, the remedy."""

from pathlib import Path

import pandas as pd

from rbmgeo.labels.rules import words
from rbmgeo.reports.tables import guarded

SAID = ("file", "sheet", "row_no", "column", "value", "rule", "message_id", "message_en")


def reject_table(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return refused rows of one table: what is wrong, then the cells under their own headers.

    ``rejects`` has the columns of `rbmgeo.intake.check.Checked.rejects` and ``file``. A header
    that is called like a column of ours keeps its name, and ours takes a ``_`` behind it.
    """
    cells = pd.DataFrame(list(rejects["cells"]), index=rejects.index, dtype="str")
    said = rejects
    if "message_id" not in rejects:  # kept ones say what was said when they were refused
        said = rejects.assign(
            message_id=[words(r, "id") for r in rejects["rule"]],
            message_en=[words(r, "en") for r in rejects["rule"]],
        )
    said = said[list(SAID)]
    said.columns = pd.Index([f"{n}_" if n in cells.columns else n for n in SAID])
    return pd.concat([said, cells], axis=1).map(guarded)


class RejectFile:
    """A CSV that refused rows are written to as they come; a file of its own for each table.

    The first table goes to ``path``, each further one beside it, with its own name behind.
    ``written`` lists them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written: dict[tuple[str, str], tuple[Path, list[str]]] = {}

    def __call__(self, rejects: pd.DataFrame) -> None:
        """Write one piece of one table."""
        first = rejects.iloc[0]
        table = (str(first["file"]), "" if pd.isna(first["sheet"]) else str(first["sheet"]))
        frame = reject_table(rejects)
        new = table not in self.written
        if new:
            self.written[table] = (self._place(table), list(frame.columns))
        place, columns = self.written[table]
        frame.reindex(columns=columns).to_csv(
            place, mode="w" if new else "a", header=new, index=False, encoding="utf-8",
            lineterminator="\n",
        )  # fmt: skip

    def _place(self, table: tuple[str, str]) -> Path:
        if not self.written:
            return self.path
        name = "-".join(p for p in table if p)
        safe = "".join(c if c.isalnum() else "-" for c in name).strip("-")
        return self.path.with_name(f"{self.path.stem}-{safe}{self.path.suffix}")
