"""Accounts from a file: the template, the check with every fault named, and all at once."""

import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.intake.accounts import MOST, AccountFile
from rbmgeo.keys.passwords import FIRST_LASTS
from rbmgeo.terms import Role
from rbmgeo.workflows import accounts
from web.access import allow
from web.database import database
from web.errors import status_of
from web.language import lang
from web.pages.download import XLSX, file, plain_name

bp = Blueprint("accounts", __name__, url_prefix="/pengguna/berkas")
ENDINGS = (".xlsx", ".xls", ".ods", ".csv")
MOST_BYTES = 5_000_000


@bp.get("")
@allow(Role.ADMIN, everywhere=True)
def page() -> str:
    """Show the way: download, fill in, send."""
    return _page()


@bp.get("/templat")
@allow(Role.ADMIN, everywhere=True)
def template() -> Response:
    """Give the workbook to be filled in."""
    with database().reading() as session:
        return file(accounts.template(session), "akun.xlsx", XLSX)


@bp.post("")
@allow(Role.ADMIN, everywhere=True)
def check() -> str | tuple[str, int]:
    """Check a filled-in file; show every fault, or the people that it would let in."""
    try:
        with tempfile.TemporaryDirectory() as folder, database().writing() as session:
            path, name = _saved(Path(folder))
            found = accounts.checked(session, path)
            if found.faults:
                return _page(found, name=name), 422
            sheet = accounts.keep(session, found, file=name, who=current_user.login)
    except RbmgeoError as error:
        return _page(fault=error.in_language(lang())), status_of(error)
    return _page(found, name=name, sheet=str(sheet))


@bp.post("/<uuid:sheet_id>")
@allow(Role.ADMIN, everywhere=True)
def let_in(sheet_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Make the accounts and tell the first passwords, this once."""
    try:
        with database().writing() as session:
            made = accounts.let_in(session, sheet_id, who=current_user.login, now=datetime.now(UTC))
    except RbmgeoError as error:
        return _page(fault=error.in_language(lang())), status_of(error)
    if request.form.get("cara") == "excel":
        return file(accounts.sheet_of(made), "kata-sandi-awal.xlsx", XLSX)
    return render_template("accounts_made.html", made=made, days=FIRST_LASTS.days)


def _saved(folder: Path) -> tuple[Path, str]:
    sent = request.files.get("berkas")
    if sent is None or not sent.filename:
        raise UsageError("no file was chosen", "belum ada berkas yang dipilih")
    name = Path(sent.filename).name
    ending = next((e for e in ENDINGS if name.lower().endswith(e)), "")
    if not ending:
        raise UsageError(
            "this is no table; send the template as XLSX or CSV",
            "ini bukan tabel; kirim templatnya sebagai XLSX atau CSV",
        )
    content = sent.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError("the file is larger than 5 MB", "berkas lebih besar dari 5 MB")
    path = folder / f"{plain_name(Path(name).stem)}{ending}"
    path.write_bytes(content)
    return path, name


def _page(
    found: AccountFile | None = None, *, name: str = "", sheet: str = "", fault: str = ""
) -> str:
    return render_template(
        "accounts.html", found=found, name=name, sheet=sheet, fault=fault[:1].upper() + fault[1:],
        most=MOST,
    )  # fmt: skip
