"""A table as a file to take away, in the one way that `rbmgeo.reports.tables` writes it."""

import re

import pandas as pd
from flask import Response, g

from rbmgeo.reports.tables import csv_bytes, xlsx_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_file(frame: pd.DataFrame, name: str) -> Response:
    """Answer with a UTF-8 CSV of the code's column names."""
    return file(csv_bytes(frame), name, "text/csv; charset=utf-8")


def xlsx_file(sheets: dict[str, pd.DataFrame], name: str, *, title: str) -> Response:
    """Answer with a workbook, marked where the unit is invented."""
    content = xlsx_bytes(sheets, title=title, sample=g.unit.sample)
    return file(content, name, XLSX)


def file(content: bytes, name: str, mimetype: str) -> Response:
    """Answer with a file to be saved."""
    return Response(
        content,
        content_type=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def plain_name(code: str) -> str:
    """Return a code as a part of a file's name: letters, figures and hyphens.

    >>> plain_name("51354 BK/A")
    '51354-BK-A'
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", code).strip("-")[:40] or "rbm"
