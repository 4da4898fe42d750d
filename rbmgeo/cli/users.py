"""`rbmgeo user`: who may log in, and as what."""

from typing import Annotated

import typer

from rbmgeo.cli.common import Json, Lang, Output, open_database
from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role

app = typer.Typer(help="Users: add them, list them, give them a new password.")

Password = Annotated[
    str,
    typer.Option(
        "--password", envvar="RBMGEO_USER_PASSWORD", prompt=True, hide_input=True,
        help="Better asked for, or in RBMGEO_USER_PASSWORD, than in the history of the shell",
    ),
]  # fmt: skip


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="What the person types to log in")],
    password: Password,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(Role)}")] = Role.PERENCANA,
    ulp: Annotated[str, typer.Option("--ulp", help="Unit of the role; * for every unit")] = "",
    name: Annotated[str, typer.Option(help="Name to show")] = "",
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
            session, login=login, password=password, display_name=name, grants=[(where, role)]
        )
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
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """Give a user a new password; that ends every session of the old one."""
    out = Output(as_json=as_json, lang=lang)
    with open_database().writing() as session:
        user_id = people.set_password(session, login=login, password=password)
        log_command(session, who="cli", ulp=None, command="user password", after={"user": user_id})
    out.result({"login": login})
    out.say("Kata sandi diganti.", "The password is changed.")
