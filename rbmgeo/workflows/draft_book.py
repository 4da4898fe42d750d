"""A long draft as a workbook: written by a job, kept with the tables of its unit."""

from pathlib import Path
from typing import Any

from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.workflows.draft_excel import sheet
from rbmgeo.workflows.table_files import Progress, table_files


def make_draft_book(
    database: Database, home: Path, ulp: str, *, version_id: int, file_name: str, progress: Progress
) -> dict[str, Any]:
    """Write a draft as a workbook to be edited, keep the file and say what it holds."""
    progress("membaca draf / reading the draft", 0, 2)
    with database.reading() as session:
        table = sheet(session, ulp, version_id)
        sample = units.unit(session, ulp=ulp).sample
    progress("menulis buku kerja / writing the workbook", 1, 2)
    content = xlsx_bytes({"RBM": table}, title="", sample=sample)
    sha256 = table_files(home, ulp, "xlsx").keep(content)
    return {"rows": len(table), "kind": "xlsx", "file": sha256, "file_name": file_name}
