"""Accounts from a file: checked whole, kept until its administrator says yes, then all or none."""

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rbmgeo.db.queries import account_sheets, people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import Conflict, UsageError
from rbmgeo.intake.accounts import COLUMNS, AccountFault, AccountFile, AccountRow, read_accounts
from rbmgeo.keys.passwords import FIRST_LASTS, first_password
from rbmgeo.reports.tables import xlsx_bytes
from rbmgeo.terms import Role


@dataclass(frozen=True)
class FirstPassword:
    """What is handed to one person, once."""

    login: str
    name: str
    password: str
    until_on: date


def template(session: Session) -> bytes:
    """Return the workbook to be filled in: an example row that is never taken, roles and units."""
    known = units.units(session)
    unit = known[0].ulp if known else "51354"
    example = [["contoh.siti", "Siti Contoh", unit, str(Role.SURVEYOR)]]
    words = {
        Role.ADMIN: "Administrator unit (* : semua unit)", Role.PERENCANA: "Perencana",
        Role.SURVEYOR: "Surveyor", Role.PENGAWAS: "Pengawas", Role.VENDOR: "Koordinator vendor",
    }  # fmt: skip
    sheets = {
        "akun": pd.DataFrame(example, columns=list(COLUMNS)),
        "keterangan": pd.DataFrame(
            [*[(str(r), words[r]) for r in Role], *[(u.ulp, u.name) for u in known]],
            columns=["kode", "arti"],
        ),
    }
    return xlsx_bytes(sheets)


def checked(session: Session, path: Path) -> AccountFile:
    """Check a file against the units and logins of now; raises as `read_accounts`."""
    known = {u.ulp for u in units.units(session)}
    taken = {u.login for u in people.users(session)}
    return read_accounts(path, units=known, taken=taken)


def keep(session: Session, found: AccountFile, *, file: str, who: str) -> uuid.UUID:
    """Keep the rows of a file without a fault until they are confirmed; return its id."""
    if found.faults:
        raise UsageError(
            "the file has faults; mend them all first", "berkas masih salah; perbaiki semuanya dulu"
        )
    rows = [asdict(r) for r in found.rows]
    return account_sheets.keep(session, file=file[:120], rows=rows, who=who)


def kept_rows(session: Session, sheet_id: uuid.UUID, *, who: str) -> list[AccountRow]:
    """Return the rows of a file that still waits; raises `NotThere` where it does not."""
    rows = account_sheets.waiting(session, sheet_id=sheet_id, who=who)
    return [
        AccountRow(r["row_no"], r["login"], r["name"], tuple((u, x) for u, x in r["grants"]))
        for r in rows
    ]


def let_in(
    session: Session, sheet_id: uuid.UUID, *, who: str, now: datetime
) -> list[FirstPassword]:
    """Make every account of a kept file, once, each with a password drawn for it.

    The caller commits; the passwords are told here and nowhere again.

    Raises
    ------
    NotThere
        If the file waits no more.
    Conflict
        If a login was taken or a unit went away meanwhile; nothing is made.
    """
    rows = kept_rows(session, sheet_id, who=who)
    account_sheets.done(session, sheet_id=sheet_id)
    made = make(session, rows, who=who, now=now)
    log_command(
        session, who=who, ulp=None, command="users import", after={"users": len(made), "sheet": str(sheet_id)},
    )  # fmt: skip
    return made


def make(
    session: Session, rows: list[AccountRow], *, who: str, now: datetime
) -> list[FirstPassword]:
    """Make accounts with drawn passwords; all or, with any `Conflict`, none. The caller commits."""
    known = {u.ulp for u in units.units(session)} | {people.EVERY_UNIT}
    drawn = [first_password() for _ in rows]
    hashes = people.hashes(drawn)
    try:
        for row, hashed in zip(rows, hashes, strict=True):
            if not {ulp for ulp, _ in row.grants} <= known:
                raise UsageError("a unit is gone", "sebuah unit sudah tidak ada")
            people.add_user(
                session, login=row.login, password="", display_name=row.name, grants=row.grants,
                first=True, checked=False, hashed=hashed,
            )  # fmt: skip
    except (UsageError, IntegrityError) as fault:
        raise Conflict(
            "the logins or units changed since the file was checked; send it again, nothing was made",
            "nama masuk atau unit berubah sejak berkas diperiksa; kirim lagi, tidak ada yang dibuat",
        ) from fault
    until = (now.astimezone(UTC) + FIRST_LASTS).date()
    return [FirstPassword(r.login, r.name, p, until) for r, p in zip(rows, drawn, strict=True)]


def told(faults: tuple[AccountFault, ...], most: int = 20) -> tuple[str, str]:
    """Return the faults as (English, Indonesian) lines of a command."""
    rest = len(faults) - most
    english = [
        f"row {f.row_no}, {f.column}, {f.value!r} ({f.rule}): {f.english}" for f in faults[:most]
    ]
    ours = [
        f"baris {f.row_no}, {f.column}, {f.value!r} ({f.rule}): {f.indonesian}"
        for f in faults[:most]
    ]
    if rest > 0:
        english, ours = [*english, f"and {rest} more"], [*ours, f"dan {rest} lagi"]
    return (
        "\n".join(["nothing was made; mend these cells:", *english]),
        "\n".join(["tidak ada yang dibuat; perbaiki sel ini:", *ours]),
    )


def sheet_of(made: list[FirstPassword]) -> bytes:
    """Return the first passwords as a workbook."""
    columns = ["nama_masuk", "nama", "kata_sandi_awal", "berlaku_sampai"]
    rows = [(p.login, p.name, p.password, p.until_on.isoformat()) for p in made]
    return xlsx_bytes({"akun": pd.DataFrame(rows, columns=columns)})
