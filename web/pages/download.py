"""A table as a file to take away, in the one way that `rbmgeo.reports.tables` writes it."""

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
