"""`rbmgeo user`: who may log in, and as what."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, open_database
from rbmgeo.db.queries import login_limits, office_people, people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows import accounts

app = typer.Typer(help="Users: add them, list them, give them a new password.")

Password = Annotated[
    str,
    typer.Option(
        "--password", envvar="RBMGEO_USER_PASSWORD", prompt=True, hide_input=True,
        help="Better asked for, or in RBMGEO_USER_PASSWORD, than in the history of the shell",
    ),
]  # fmt: skip

Own = Annotated[
    bool,
    typer.Option("--own", help="The person typed it: it stays; else it is changed at the log-in"),
]


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="What the person types to log in")],
    password: Password,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(Role)}")] = Role.PERENCANA,
    ulp: Annotated[str, typer.Option("--ulp", help="Unit of the role; * for every unit")] = "",
    name: Annotated[str, typer.Option(help="Name to show")] = "",
    own: Own = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Add a user with one role; an administrator holds for every unit if none is named."""
    out = Output(as_json=as_json, lang=lang)
    if role not in set(Role):
        raise UsageError(
            f"--role {role!r} is none of {', '.join(Role)}",
            f"--role {role!r} bukan salah satu dari {', '.join(Role)}",
        )
    where = ulp or (EVERY_UNIT if role == Role.ADMIN else "")
    if not where:
        raise UsageError(
            "say in which unit the role holds: --ulp CODE", "sebutkan unit peran itu: --ulp KODE"
        )
    with open_database().writing() as session:
        if where != EVERY_UNIT:
            units.unit(session, ulp=where)
        made = people.add_user(
            session, login=login, password=password, display_name=name, grants=[(where, role)],
            first=not own,
        )  # fmt: skip
        log_command(
            session, who="cli", ulp=None if where == EVERY_UNIT else where, command="user add",
            after={"user": made.user_id, "role": role},
        )  # fmt: skip
        row = {"login": made.login, "role": role, "ulp": where}
    out.result(row)
    out.say(f"{row['login']} ditambahkan.", f"{row['login']} is added.")


@app.command("list")
def list_users(as_json: Json = False, lang: Lang = "") -> None:
    """List every user with the roles held."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().reading() as session:
        held = people.all_roles(session)
        rows = [
            {"login": u.login, "name": u.display_name, "active": u.active,
             "roles": [f"{role}@{ulp}" for ulp, role in held.get(u.user_id, [])]}
            for u in people.users(session)
        ]  # fmt: skip
    out.result({"users": rows})
    for row in rows:
        roles = row["roles"] if isinstance(row["roles"], list) else []
        line = f"{row['login']:<16} {' '.join(roles)}"
        out.say(line, line)
    if not rows:
        out.say("belum ada pengguna", "there is no user yet")


@app.command("password")
def password(
    login: Annotated[str, typer.Argument(help="Whose password")],
    password: Password,
    own: Own = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Give a user a new password; that ends every session of the old one."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().writing() as session:
        user_id = people.set_password(session, login=login, password=password, first=not own)
        login_limits.forget(session, login=login)
        log_command(session, who="cli", ulp=None, command="user password", after={"user": user_id})
    out.result({"login": login})
    out.say("Kata sandi diganti.", "The password is changed.")


@app.command("unlock")
def unlock(
    login: Annotated[str, typer.Argument(help="Who has to wait after wrong passwords")],
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Let a user who has to wait after wrong passwords try again at once."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().writing() as session:
        wrong = login_limits.forget(session, login=login)
        person = people.by_login(session, login=login)
        after = {"user": person.user_id if person else None, "wrong": wrong}
        log_command(session, who="cli", ulp=None, command="lock-out lifted", after=after)
    out.result({"login": login, "wrong": wrong})
    out.say("Boleh mencoba lagi.", "It may try again.")


@app.command("break-glass")
def break_glass(
    login: Annotated[str, typer.Argument(help="An administrator")],
    off: Annotated[bool, typer.Option("--off", help="Take it back")] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Let one administrator log in by password where RBMGEO_LOCAL_LOGIN is off."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().writing() as session:
        user_id = office_people.set_break_glass(session, login=login, on=not off)
        log_command(session, who="cli", ulp=None, command="break glass", after={"user": user_id, "on": not off})  # fmt: skip
    out.result({"login": login, "break_glass": not off})
    out.say("Disimpan.", "Kept.")


@app.command("import")
def import_accounts(
    file: Annotated[Path, typer.Argument(help="Filled-in template (Excel, CSV)")],
    to: Annotated[
        Path | None,
        typer.Option(help="New workbook for the first passwords; else they are printed"),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong")] = False,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Make the accounts of a file, all or none, each with a first password of its own."""
    out = Output(as_json=as_json, lang=lang)
    if to is not None and to.exists():
        raise UsageError(f"{to} is there already; name a new file", f"{to} sudah ada; sebutkan berkas baru")  # fmt: skip
    with open_database().writing() as session:
        found = accounts.checked(session, file)
        if found.faults:
            raise UsageError(*accounts.told(found.faults))
        made: list[accounts.FirstPassword] = []
        if not check:
            sheet_id = accounts.keep(session, found, file=file.name, who="cli")
            made = accounts.let_in(session, sheet_id, who="cli", now=datetime.now(UTC))
            if to is not None:
                to.touch(0o600)
                to.write_bytes(accounts.sheet_of(made))
    shown = [] if to is not None else [asdict(m) | {"until_on": str(m.until_on)} for m in made]
    out.result({"rows": len(found.rows), "made": len(made), "passwords": shown})
    for one in shown:
        out.say(*[f"{one['login']:<20} {one['password']}"] * 2)
    out.say(f"{len(made)} akun dibuat dari {len(found.rows)} baris.", f"{len(made)} accounts made of {len(found.rows)} rows.")  # fmt: skip


@app.command("template")
def account_template(
    to: Annotated[Path, typer.Argument(help="New workbook")], as_json: Json = False, lang: Lang = ""
) -> None:
    """Write the template of accounts."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().reading() as session:
        to.write_bytes(accounts.template(session))
    out.result({"file": str(to)})
    out.say(f"Templat ada di {to}.", f"The template is {to}.")
