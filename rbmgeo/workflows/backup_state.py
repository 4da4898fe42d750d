"""When the last backup went well, and what became of the last try: one small file of the home.

A page looks at it without asking the database, and a database that was restored from an old
backup does not forget the newer ones.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NAME = "backups.jsonl"
#: Bytes from the end in which the newest lines lie.
_TAIL = 64 * 1024


@dataclass(frozen=True)
class State:
    """The last good backup (moment and folder) and the last failure after it, None where none."""

    good_at: datetime | None = None
    folder: str = ""
    failed_at: datetime | None = None
    why: str = ""


def note(
    home: Path, *, at: datetime, who: str, did: str = "backup", folder: Path | None = None,
    failed: str = "", seconds: float = 0.0, rows: int = 0,
) -> None:  # fmt: skip
    """Add one line: who did what when and where, or what kind of fault kept it from it.

    ``did``: backup, restore or upgrade; only a backup counts as one.
    """
    told = {
        "at": at.isoformat(),
        "did": did,
        "who": who,
        "seconds": round(seconds, 1),
        "rows": rows,
    }
    told |= {"failed": failed} if failed else {"folder": str(folder)}
    home.mkdir(parents=True, exist_ok=True)
    number = os.open(home / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(number, "a", encoding="utf-8") as file:
        file.write(json.dumps(told, ensure_ascii=False) + "\n")


def state(home: Path) -> State:
    """Return what the newest lines say; a line that cannot be read counts for nothing."""
    good = State()
    for line in reversed(_lines(home / NAME)):
        try:
            told = json.loads(line)
            at, did = datetime.fromisoformat(told["at"]), told["did"]
        except (ValueError, KeyError, TypeError):
            continue
        if did != "backup":
            continue
        if "failed" not in told:
            return State(at, str(told.get("folder", "")), good.failed_at, good.why)
        if good.failed_at is None:
            good = State(failed_at=at, why=str(told["failed"]))
    return good


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            return file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
