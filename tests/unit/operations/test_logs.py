"""A line of the log is one object, and quotes nobody."""

import json
import logging
import sys

from rbmgeo.operations.logs import JsonLines

CUSTOMER = "513540000001"


def line(name="rbmgeo.x", message="job %s", args=(7,), error=None, **told):
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, error)
    record.told = told
    text = JsonLines("worker", lambda: "1a2b").format(record)
    assert "\n" not in text
    return text, json.loads(text)


def test_a_line_says_when_who_and_what():
    _, told = line(status=503, ms=12)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "error", "process": "worker", "logger": "rbmgeo.x", "message": "job 7",
        "request": "1a2b", "status": 503, "ms": 12,
    }  # fmt: skip


def test_a_library_s_values_and_an_error_s_text_are_left_out():
    try:
        raise ValueError(f"Key (idpel)=({CUSTOMER}) is not there")
    except ValueError:
        text, told = line("sqlalchemy.pool", "row %s", (CUSTOMER,), sys.exc_info())
    assert CUSTOMER not in text
    assert told["message"] == "row %s" and told["error"] == "ValueError"
    assert told["where"][-1].endswith("test_a_library_s_values_and_an_error_s_text_are_left_out")
