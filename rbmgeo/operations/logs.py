"""Lines of the log: one JSON object each, without anything about a customer."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

#: Loggers whose words are written by us: their values are numbers of jobs, units, kinds of errors.
_OURS = ("rbmgeo", "web")
#: Places of an error's way that are told, the innermost last.
_PLACES = 3


class JsonLines(logging.Formatter):
    """One object a line: ``at``, ``level``, ``process``, ``logger``, ``message``, and what a line adds.

    A library's message is told without its values, an error by its kind and place, never by its
    text: both quote rows of customers. ``request`` gives the number of the request, None outside.
    """

    def __init__(self, process: str, request: Callable[[], str | None] = lambda: None) -> None:
        super().__init__()
        self.process, self.request = process, request

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        ours = record.name.partition(".")[0] in _OURS
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "process": self.process, "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg),
        }  # fmt: skip
        number = self.request()
        if number:
            told["request"] = number
        told |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["where"] = places(record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)


def places(way: Any) -> list[str]:
    """Return the innermost places of an error's way: file and line, function."""
    frames = traceback.extract_tb(way)[-_PLACES:]
    return [f"{'/'.join(f.filename.split('/')[-3:])}:{f.lineno} {f.name}" for f in frames]


def begin(
    process: str, *, as_json: bool = True, request: Callable[[], str | None] = lambda: None
) -> None:
    """Write what a process tells to standard error: its own lines, and warnings of all others."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines(process, request)
        if as_json
        else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
