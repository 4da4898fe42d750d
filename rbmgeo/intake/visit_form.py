"""Filled-in forms of work lists: Excel, CSV, or a GeoPackage of QField, read as text, row by row."""

from dataclasses import dataclass
from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.fieldwork.job_form import Forms, JobForm
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.fieldwork.visit_rows import (
    KEYS,
    RowFault,
    column_codes,
    is_empty,
    visit_of_row,
)
from rbmgeo.intake.raw import RawTable
from rbmgeo.intake.readers import read_tables

#: What programs of maps add by themselves.
STRANGE = {"fid", "ogc_fid", "id", "geometry", "geom"}
#: More rows than any list has.
MOST = 20_000


@dataclass(frozen=True)
class FilledForm:
    """What a file holds: ``visits`` with their rows in the file and the idpel that a row tells.

    ``empty`` rows were not visited yet.
    """

    file: str
    visits: tuple[tuple[int, str, Visit], ...]
    faults: tuple[RowFault, ...]
    empty: int


def read_filled_form(path: Path, forms: Forms, *, time_zone: str, name: str = "") -> FilledForm:
    """Read a filled-in form of any job; ``name``: what people call the file.

    Raises
    ------
    ImportRefused
        If it is no form of a work list, or holds a column that the form does not know.
    """
    name = name or path.name
    table, form = _form_of(read_tables(path), forms, name)
    codes = column_codes(form)
    known = {c: codes.get(str(c).strip().casefold()) for c in table.rows.columns}
    strange = [
        str(c) for c, code in known.items()
        if code is None and str(c).strip().casefold() not in STRANGE and table.rows[c].ne("").any()
    ]  # fmt: skip
    if strange:
        named = ", ".join(strange)
        raise ImportRefused(
            f"{name}: column {named} is not of this form; remove it, nothing was taken in",
            f"{name}: kolom {named} bukan kolom formulir ini; hapus kolomnya, tidak ada yang dimuat",
        )
    if table.misfits or len(table.rows) > MOST:
        row = min(table.misfits, default=MOST)
        raise ImportRefused(
            f"{name}: row {row} has another number of cells than the headings; export the file again",
            f"{name}: baris {row} jumlah selnya lain dari judulnya; simpan lagi berkasnya",
        )
    columns = {str(c): code for c, code in known.items() if code}
    good, faults, empty = [], [], 0
    for number, cells in zip(table.rows.index, table.rows.to_dict("records"), strict=True):
        told = {code: str(cells[c]).strip().removeprefix("'") for c, code in columns.items()}
        if is_empty(told, form):
            empty += 1
            continue
        read, found = visit_of_row(told, form, file=name, row_no=int(number), time_zone=time_zone)
        faults += found
        if read is not None:
            good.append((int(number), told.get("idpel", ""), read))
    return FilledForm(name, tuple(good), (*faults, *_twice(name, good)), empty)


def _twice(name: str, good: list[tuple[int, str, Visit]]) -> list[RowFault]:
    """Return the rows whose id stands above already: a row that was copied."""
    seen: dict[str, int] = {}
    out = []
    for number, _, it in good:
        if it.client_id in seen:
            first = seen[it.client_id]
            out.append(RowFault(
                name, number, "client_id", it.client_id, "R-CH-03",
                f"baris ini salinan baris {first}; hapus salah satu",
                f"this row is a copy of row {first}; remove one of them",
            ))  # fmt: skip
        seen.setdefault(it.client_id, number)
    return out


def _form_of(tables: list[RawTable], forms: Forms, name: str) -> tuple[RawTable, JobForm]:
    """Return the table that holds the rows, and the form of the job that its rows name."""
    by_job = {str(job): form for job, form in forms.items()}
    for table in tables:
        heads = {str(c).strip().casefold(): c for c in table.rows.columns}
        if not set(KEYS) <= set(heads):
            continue
        jobs = {str(j).strip() for j in table.rows[heads["job"]]} - {""}
        if len(jobs) == 1 and jobs <= set(by_job):
            return table, by_job[jobs.pop()]
        told = ", ".join(sorted(jobs)) or "-"
        raise ImportRefused(
            f"{name}: its rows are of {told}; a form is of one job: {', '.join(by_job)}",
            f"{name}: isinya pekerjaan {told}; satu formulir satu pekerjaan: {', '.join(by_job)}",
        )
    raise ImportRefused(
        f"{name}: no table with the columns {', '.join(KEYS)}; send the form of a work list back as it is",
        f"{name}: tidak ada tabel dengan kolom {', '.join(KEYS)}; kirim kembali formulir daftar kerja apa adanya",
    )
