"""Rows of a long bench, kept on disk, so that a run that was stopped goes on where it was.

A row counts as done only for the sources it was measured with: their digest is its key too.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("RBMGEO_HOME", HERE / ".rbmgeo")) / "bench"


def digest(sources: Iterable[Path]) -> str:
    """Return a short name of what these files say today."""
    told = hashlib.sha256()
    for path in sorted(sources):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:12]


class Kept:
    """Rows by key, one JSON object a line; a line cut short by a stop is not read."""

    def __init__(self, name: str, version: str) -> None:
        """Read what a run with the same ``version`` of the sources left."""
        self._path = FOLDER / f"{name}-{version}.jsonl"
        self._rows: dict[str, dict[str, Any]] = {}
        if self._path.exists():
            for line in self._path.read_text().splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:
                    continue
                self._rows[row["key"]] = row["row"]

    def get(self, *key: object) -> dict[str, Any] | None:
        """Return the row of a key, None where it was never measured."""
        return self._rows.get(json.dumps(key))

    def keep(self, row: dict[str, Any], *key: object) -> None:
        """Write the row of a key at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        name = json.dumps(key)
        self._rows[name] = row
        with self._path.open("a") as file:
            # The line feed comes first: what a stop cut short then spoils no row but its own.
            file.write("\n" + json.dumps({"key": name, "row": row}))
