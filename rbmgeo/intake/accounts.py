"""A file of accounts (Excel, CSV): one person a row; every fault by row, column, value and remedy."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable
from rbmgeo.intake.readers import read_tables
from rbmgeo.intake.readers.cells import CELL, FORMULA, PLACE, UNREADABLE
from rbmgeo.terms import Role

#: Our column, and what else it may be called.
COLUMNS = {
    "nama_masuk": ("login", "nama masuk"), "nama": ("name", "nama lengkap"),
    "unit": ("ulp", "unit (ulp)"), "peran": ("role", "roles"),
}  # fmt: skip
#: Rows of one file; each needs a password of its own to be made.
MOST = 100
EVERY = ("*", "semua", "semua unit", "every unit")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")
_EXAMPLE = "contoh."


@dataclass(frozen=True)
class AccountFault:
    """One cell that is not right: row in the file, column, what it says, the rule, what mends it."""

    row_no: int
    column: str
    value: str
    rule: str
    indonesian: str
    english: str


@dataclass(frozen=True)
class AccountRow:
    """One person to be let in; ``grants`` are (unit, role), ``*`` for every unit."""

    row_no: int
    login: str
    name: str
    grants: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AccountFile:
    """What a file holds; with any fault nothing of it is taken."""

    rows: tuple[AccountRow, ...]
    faults: tuple[AccountFault, ...]


def read_accounts(path: Path, *, units: set[str], taken: set[str]) -> AccountFile:
    """Read a file of accounts and check every row against the units and logins that are there.

    Raises
    ------
    ImportRefused
        If it is no table with the columns of the template, is empty, or is too long.
    """
    table = _table_of(path)
    faults = _formulas(path) if path.suffix.lower() in (".xlsx", ".xlsm") else []
    rows: list[AccountRow] = []
    first_at: dict[str, int] = {}
    for number, cells in zip(table.rows.index, table.rows.to_dict("records"), strict=True):
        told = {str(k): str(v).strip() for k, v in cells.items()}
        if not any(told.values()) or told["nama_masuk"].lower().startswith(_EXAMPLE):
            continue
        row, wrong = _row(int(number), told, units, taken, first_at)
        faults += wrong
        if row is not None:
            rows.append(row)
    for number, misfit in table.misfits.items():
        faults.append(AccountFault(
            int(number), "", " | ".join(misfit)[:80], "ROW_WIDTH",
            "baris ini punya sel lebih atau kurang dari judulnya; rapikan",
            "this row has more or fewer cells than the heading; mend it",
        ))  # fmt: skip
    if not rows and not faults:
        raise ImportRefused(
            f"{path.name}: no row is filled in; fill in the template and send it again",
            f"{path.name}: belum ada baris yang diisi; isi templatnya lalu kirim lagi",
        )
    faults.sort(key=lambda f: (f.row_no, f.column, f.rule))
    return AccountFile(tuple(rows), tuple(faults))


def _table_of(path: Path) -> RawTable:
    for table in read_tables(path):
        known = {str(c).strip().casefold(): c for c in table.rows.columns}
        found = {
            name: next((known[c] for c in (name, *others) if c in known), None)
            for name, others in COLUMNS.items()
        }
        if all(v is not None for v in found.values()):
            if len(table.rows) > MOST:
                raise ImportRefused(
                    f"{path.name}: {len(table.rows)} rows; split it into files of at most {MOST}",
                    f"{path.name}: {len(table.rows)} baris; bagi menjadi berkas paling banyak {MOST}",
                )
            rows = table.rows[list(found.values())].set_axis(list(found), axis=1)
            return RawTable(table.file, table.sheet, rows, None, table.misfits)
    named = ", ".join(COLUMNS)
    raise ImportRefused(
        f"{path.name}: no sheet has the columns {named}; begin from the template",
        f"{path.name}: tidak ada lembar dengan kolom {named}; mulai dari templat",
    )


def _row(
    number: int, told: dict[str, str], units: set[str], taken: set[str], first_at: dict[str, int]
) -> tuple[AccountRow | None, list[AccountFault]]:
    wrong: list[AccountFault] = []

    def fault(column: str, rule: str, indonesian: str, english: str) -> None:
        wrong.append(AccountFault(number, column, told[column][:80], rule, indonesian, english))

    login = told["nama_masuk"].lower()
    if not _LOGIN.fullmatch(login):
        fault("nama_masuk", "LOGIN_FORM", "2 sampai 40 huruf kecil, angka, titik, atau tanda hubung, tanpa spasi",
              "2 to 40 small letters, digits, dots or hyphens, without a space")  # fmt: skip
    elif login in taken:
        fault("nama_masuk", "LOGIN_TAKEN", "nama masuk ini sudah ada; hapus barisnya atau pilih nama lain",
              "this login is there already; remove the row or choose another")  # fmt: skip
    elif login in first_at:
        fault("nama_masuk", "LOGIN_TWICE", f"sudah ada di baris {first_at[login]}; satu orang satu baris",
              f"stands in row {first_at[login]} already; one person, one row")  # fmt: skip
    first_at.setdefault(login, number)
    if not told["nama"] or len(told["nama"]) > 80:
        fault("nama", "NAME_EMPTY", "isi nama orangnya, paling banyak 80 huruf",
              "fill in the person's name, 80 letters at most")  # fmt: skip
    roles = _parts(told["peran"].lower())
    if not roles or not set(roles) <= set(Role):
        named = ", ".join(Role)
        fault("peran", "ROLE_UNKNOWN", f"peran adalah salah satu dari {named}; beberapa dipisah koma",
              f"a role is one of {named}; several are parted by commas")  # fmt: skip
    where = ["*" if u.lower() in EVERY else u for u in _parts(told["unit"])]
    if not where or any(u != "*" and u not in units for u in where):
        fault("unit", "UNIT_UNKNOWN", "kode unit belum dikenal; tambahkan unitnya dulu, atau perbaiki kodenya",
              "the unit's code is not known; add the unit first, or mend the code")  # fmt: skip
    elif "*" in where and set(roles) != {Role.ADMIN}:
        fault("unit", "EVERY_UNIT", "semua unit hanya untuk admin; sebutkan unitnya",
              "every unit is for admin alone; say which unit")  # fmt: skip
    if wrong:
        return None, wrong
    grants = tuple(sorted({(u, r) for u in where for r in roles}))
    return AccountRow(number, login, told["nama"], grants), []


def _parts(text: str) -> list[str]:
    return [p for p in re.split(r"[,;\s]+", text) if p] if text.lower() not in EVERY else [text]


def _formulas(path: Path) -> list[AccountFault]:
    """Return cells that a formula fills: what it says may differ on the next machine."""
    found = []
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/")):
                for cell in CELL.finditer(archive.read(name)):
                    place = PLACE.search(cell.group(1))
                    if place and FORMULA.search(cell.group(2) or b""):
                        column, row = (p.decode() for p in place.groups())
                        found.append((int(row), column))
    except UNREADABLE:
        return []  # the reader said so already
    return [
        AccountFault(
            row,
            column,
            "=",
            "FORMULA",
            "sel ini rumus; ketik atau tempel nilainya",
            "this cell is a formula; type or paste its value",
        )
        for row, column in found
    ]
