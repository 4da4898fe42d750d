"""A long table of a page as a file: a process of its own asks the page, this one tells and keeps.

The pages lie above the jobs and are never imported here; they are started as a program
(`web.exports.job`), as the server of the pages is. What it needs to know goes in by its standard
input, never by its command line, which everybody on the machine can read.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rbmgeo.db.session import Database
from rbmgeo.errors import RbmgeoError
from rbmgeo.workflows.sheet_files import SEEN, SheetFiles

Progress = Callable[[str, int, int], None]
PROGRAM = ("-m", "web.exports.job")


def table_files(home: Path, ulp: str, kind: str) -> SheetFiles:
    """Return where the tables of a unit lie that were written as one kind of file."""
    return SheetFiles.of(home, ulp, room="tables", suffix=f".{kind}")


def make_table(
    database: Database, home: Path, ulp: str, *, kind: str, who: str, file_name: str,
    progress: Progress, **asked: Any,
) -> dict[str, Any]:  # fmt: skip
    """Have the table of a page written, keep the file and say what it holds.

    ``asked``: ``path``, ``query``, ``name``, ``lang`` of the page. Cancelled or broken, it
    leaves nothing. Raises `RbmgeoError` with the page's own words where it has no such table.
    """
    files = table_files(home, ulp, kind)
    written = files.beside()
    order = {
        "database": database.url, "home": str(home), "kind": kind, "who": who, "file": str(written),
        **asked,
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", *PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        rows = _followed(child, order, progress)
        sha256 = files.take(written)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        written.unlink(missing_ok=True)
        written.with_name(written.name + SEEN).unlink(missing_ok=True)
    return {"rows": rows, "kind": kind, "file": sha256, "file_name": file_name}


def _followed(child: "subprocess.Popen[str]", order: dict[str, Any], progress: Progress) -> int:
    """Give the order, pass on what the program tells, and return the rows it wrote."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(json.dumps(order) + "\n")
    child.stdin.flush()
    for line in child.stdout:
        told = json.loads(line)
        if "fault" in told:
            raise RbmgeoError(*told["fault"])
        if "rows" in told:
            return int(told["rows"])
        progress("menulis tabel / writing the table", told["done"], told["total"])
    raise RuntimeError("the program that writes tables ended without a word")
