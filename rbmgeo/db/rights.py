"""The second wall: rights and row security, made good after every migration and restore.

A dump of ours carries no rights. They are made from this one place, from the tables that are
there: a later table with a unit is closed without anybody thinking of it.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.roles import make_roles
from rbmgeo.db.scope import EVERY, FIELD, GROUPS, REGION, UNIT, VENDOR, WEB
from rbmgeo.privacy.classes import tables as classified

#: Any number of our own: two that do so in one database wait for each other.
_LOCK = 7_426_513_541
#: Rows of a unit: one equality, so that it is the same condition as a query's own.
HERE = "ulp = current_setting('rbmgeo.ulp', true)"
#: Rows of several units, of which figures are shown side by side.
# Taken apart once a question, not once a row: of a thousand units that is most of its time.
AMONG = "ulp IN (SELECT unnest(string_to_array(current_setting('rbmgeo.ulps', true), ',')))"
#: What pages over several units read; people only by a number or meter that is typed (`near`).
OF_REGION = frozenset(
    {"ulp", "unit_figures", "import_batch", "run", "approval", "desk_decision", "mutation_decision",
     "handoff", "command_log", "gardu", "rbm_list", "reading", "job"}
)  # fmt: skip
#: Tables over all units though they name one.
OVER_UNITS = frozenset({"ulp", "user_role", "user_rbm"})
#: Tables that the pages of the unit need beside its own, and the columns of them.
SHARED = {"app_user": ("user_id", "login", "display_name", "active")}
#: What a surveyor's work does not need: arrears, bills, consumption.
NOT_IN_THE_FIELD = frozenset(
    {"receivable", "arrears_report", "month_kept", "month_signed", "month_closed", "handoff_file"}
)  # fmt: skip
#: Of a reading: that there is one, and its stand; not what was used.
HIDDEN_IN_THE_FIELD = {"reading": ("kwh", "dlpd_code")}
#: What is written where the field is worked in; all else is read.
WRITTEN_IN_THE_FIELD = frozenset(
    {"command_log", "field_device", "field_visit", "own_reading", "proposal", "survey_answer",
     "survey_observation", "survey_stranger", "survey_task", "visit_effect", "visit_list", "visit_move", "visit_order",
     "visit_photo", "visit_review", "second_look", "payment_check", "photo"}
)  # fmt: skip
#: What a vendor's coordinator sees of a table: of people those of his RBM; of what the office
#: makes of them nothing, though the query of a map asks for it.
_HIS = f"{HERE} AND idpel IN (SELECT idpel FROM vendor.member)"
OF_VENDOR = {
    "customer": _HIS, "pdpj": _HIS, "rbm_list": f"{HERE} AND rbm IN (SELECT rbm FROM vendor.rbm)",
    "reading_plan": f"{HERE} AND rbm IN (SELECT rbm FROM vendor.rbm)", "calendar": HERE, "holiday": HERE,
    "ulp": HERE, "gardu": HERE, "tiang": HERE, "jtr_span": HERE, "street": HERE,
    "match_row": "false", "finding": "false", "rbm_version": "false", "rbm": "false", "rbm_member": "false",
}  # fmt: skip
#: Tables of others: the queue, PostGIS, the migrations.
_FOREIGN = ("procrastinate_", "spatial_ref_sys", "alembic_version")
#: What reads places and words with operators that row security would not let near an index, and
#: so looks to the scope itself: owner's functions, owner's views. Nothing else is outside the wall.
AUDITED_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "rbmgeo_tile(integer, integer, integer, json)": (UNIT,),
    "drop_empty_part(text, text)": (UNIT,),
    "rbmgeo_elsewhere(text, text)": (UNIT,),
    "access_log_month(timestamp with time zone)": (EVERY,),
}
#: Who reads the views of a schema; of some views other roles than of the rest.
AUDITED_SCHEMAS = {"gis": (UNIT, FIELD), "near": (UNIT, FIELD, VENDOR), "vendor": (VENDOR,)}
_OTHERS = {
    "near.customer": (UNIT, FIELD, VENDOR, REGION), "near.unit": (UNIT,), "near.foreign_gardu": (UNIT,),
}  # fmt: skip


def secure(url: str) -> None:
    """Make roles, rights and row security of a database good; one where all is so is left alone."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        make_roles(connection)
        if _there_table(connection, "ulp"):
            _close_schema(connection)
            _rows(connection)
            _rights(connection)


def _rows(connection: Connection) -> None:
    """Let each role see its rows alone, in every table that names a unit."""
    vendors = _there_table(connection, "vendor.member")
    for table in _tables(connection, with_unit=True):
        wanted = {
            "of_unit": f"TO {UNIT}, {FIELD} USING ({_of_unit(table)}) WITH CHECK ({_BETWEEN.get(table, HERE)})",
            "of_every": f"TO {EVERY} USING (true) WITH CHECK (true)",
        }
        if table in OF_REGION:
            wanted["of_region"] = f"FOR SELECT TO {REGION} USING ({AMONG})"
        if vendors and table in OF_VENDOR:
            wanted["of_vendor"] = f"FOR SELECT TO {VENDOR} USING ({OF_VENDOR[table]})"
        _close(connection, table, wanted)
    mine = f"FOR SELECT TO {UNIT}, {FIELD} USING ({_MINE})"
    every = f"TO {EVERY} USING (true) WITH CHECK (true)"
    _close(connection, "app_user", {"of_unit": mine, "of_every": every})


#: People who have a role in the unit, or everywhere.
_MINE = "EXISTS (SELECT FROM user_role r WHERE r.user_id = app_user.user_id)"


#: A proposal to move a customer is of both units, and so is every step on it.
_BETWEEN = {
    "unit_move": f"{HERE} OR other_ulp = current_setting('rbmgeo.ulp', true)",
    "unit_move_step": (
        "EXISTS (SELECT FROM unit_move m WHERE m.ulp = unit_move_step.ulp "
        "AND m.move_id = unit_move_step.move_id)"
    ),
}


def _of_unit(table: str) -> str:
    return f"{HERE} OR ulp = '*'" if table == "user_role" else _BETWEEN.get(table, HERE)


def _close(connection: Connection, table: str, wanted: dict[str, str]) -> None:
    """Close a table, and open it to each role by its policy; one that is so already is left alone."""
    there = connection.execute(
        text("SELECT polname, obj_description(oid, 'pg_policy') AS mark FROM pg_policy "
             "WHERE polrelid = CAST(:t AS regclass)"), {"t": table}
    )  # fmt: skip
    found = {str(row.polname): row.mark for row in there}
    marks = {name: hashlib.sha256(said.encode()).hexdigest()[:16] for name, said in wanted.items()}
    if found == marks:
        return
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    # The database keeps a policy in words of its own: what it was made of is told by its mark.
    for name in sorted(n for n in {*found, *marks} if n not in marks or found.get(n) != marks[n]):
        connection.execute(text(f"DROP POLICY IF EXISTS {name} ON {table}"))
        if name in wanted:
            connection.execute(text(f"CREATE POLICY {name} ON {table} {wanted[name]}"))
            connection.execute(text(f"COMMENT ON POLICY {name} ON {table} IS '{marks[name]}'"))


def _rights(connection: Connection) -> None:
    """Give each role what it may do with each table, no more than was given before taken back."""
    kept = _append_only(connection)
    said: list[str] = []
    of_unit = _tables(connection, with_unit=True)
    for table in of_unit:
        acts = _acts(kept.get(table, ""))
        if table != "user_role":
            said.append(f"GRANT {acts} ON {table} TO {UNIT}")
        said.append(f"GRANT SELECT ON {table} TO {UNIT}")
        if table not in NOT_IN_THE_FIELD | OVER_UNITS:
            seen = _seen(connection, table)
            said.append(f"GRANT SELECT{seen} ON {table} TO {FIELD}")
        if table in WRITTEN_IN_THE_FIELD:
            said.append(f"GRANT {acts} ON {table} TO {FIELD}")
        if table in OF_REGION:
            said.append(f"GRANT SELECT ON {table} TO {REGION}")
        if table in OF_VENDOR:
            said.append(f"GRANT SELECT ON {table} TO {VENDOR}")
    said.append(f"GRANT SELECT ON ulp, user_role TO {FIELD}")
    # Raised by whatever is written; all else of a unit is the office's.
    said.append(f"GRANT UPDATE (data_version) ON ulp TO {FIELD}")
    for table in (*_tables(connection, with_unit=False), *_either(connection), *OVER_UNITS):
        if _there_table(connection, table):
            said.append(f"GRANT {_acts(kept.get(table, ''))} ON {table} TO {EVERY}")
    # An erasure that two people agreed to empties these; the trigger of each lets nothing else pass.
    for name, told in classified().items():
        if told.erase and name in kept:
            said.append(f"GRANT UPDATE ({', '.join(told.erase)}) ON {name} TO {UNIT}")
    for table, columns in SHARED.items():
        said.append(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {UNIT}, {FIELD}")
    said += _of_others(connection)
    for name in (UNIT, FIELD, EVERY):
        said.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
    said += _audited(connection)
    for one in (*_taken_back(connection), *said):
        connection.execute(text(one))


def _seen(connection: Connection, table: str) -> str:
    """Return the columns of a table that the field sees, nothing where it sees all."""
    if table not in HIDDEN_IN_THE_FIELD:
        return ""
    columns = connection.scalars(
        text(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) "
            "AND attnum > 0 AND NOT attisdropped AND attname <> ALL(:hidden) ORDER BY attnum"
        ),
        {"t": table, "hidden": [*HIDDEN_IN_THE_FIELD[table]]},
    )
    return f" ({', '.join(columns)})"


def _of_others(connection: Connection) -> Iterable[str]:
    """Yield what the queue needs where a page asks for a job, and the state of the migrations."""
    if _there_table(connection, "procrastinate_jobs"):
        yield f"GRANT SELECT, INSERT ON procrastinate_jobs, procrastinate_events TO {UNIT}"
        yield f"GRANT SELECT, UPDATE ON procrastinate_periodic_defers TO {UNIT}"
    yield f"GRANT SELECT ON alembic_version TO {WEB}, {EVERY}"


def _audited(connection: Connection) -> Iterable[str]:
    for function in _functions(connection):
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(AUDITED_FUNCTIONS[function])}"
    for schema in _schemas(connection):
        groups = ", ".join(AUDITED_SCHEMAS[schema])
        yield f"GRANT USAGE ON SCHEMA {schema} TO {groups}"
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {groups}"
    for view, roles in _OTHERS.items():
        if _there_table(connection, view):
            yield f"GRANT USAGE ON SCHEMA {view.partition('.')[0]} TO {', '.join(roles)}"
            yield f"REVOKE ALL ON {view} FROM {', '.join(GROUPS)}"
            yield f"GRANT SELECT ON {view} TO {', '.join(roles)}"


def _functions(connection: Connection) -> list[str]:
    query = text("SELECT to_regprocedure(:f) IS NOT NULL")
    return [f for f in AUDITED_FUNCTIONS if connection.scalar(query, {"f": f})]


def _schemas(connection: Connection) -> list[str]:
    query = text("SELECT nspname FROM pg_namespace WHERE nspname = ANY(:n) ORDER BY 1")
    return [str(name) for name in connection.scalars(query, {"n": [*AUDITED_SCHEMAS]})]


def _taken_back(connection: Connection) -> Iterable[str]:
    """Yield what takes every right back that these roles have, before it is given anew."""
    names = ", ".join((*GROUPS, WEB))
    for schema in ("public", *_schemas(connection)):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {names}"
    for function in _functions(connection):
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {names}"


def _acts(kept: str) -> str:
    return ", ".join(
        a for a in ("SELECT", "INSERT", "UPDATE", "DELETE") if a not in kept.split(",")
    )


def too_much(url: str) -> list[str]:
    """Return what the log-in of an address may do that the pages' log-in may not."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        row = connection.execute(
            text(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, EXISTS (SELECT "
                "FROM pg_class WHERE relowner = r.oid) AS owns FROM pg_roles r WHERE rolname = current_user"
            )
        ).one()
    names = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "INHERIT", "OWNER")
    return [name for name, has in zip(names, row, strict=True) if has]


def open_again(connection: Connection) -> None:
    """Take row security away from every table: of a database that steps back behind it."""
    rows = connection.execute(
        text(
            "SELECT c.oid::regclass::text, polname FROM pg_policy p JOIN pg_class c ON c.oid = polrelid "
            "WHERE polname IN ('of_unit', 'of_every', 'of_vendor', 'of_region')"
        )
    ).all()
    for table, name in rows:
        connection.execute(text(f"DROP POLICY {name} ON {table}"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))


def _append_only(connection: Connection) -> dict[str, str]:
    """Return, for tables whose rows stay, what a trigger refuses: UPDATE, DELETE."""
    rows = connection.execute(
        text(
            "SELECT c.relname, concat_ws(',', CASE WHEN bool_or(tgtype & 16 > 0) THEN 'UPDATE' END, "
            "CASE WHEN bool_or(tgtype & 8 > 0) THEN 'DELETE' END) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE NOT tgisinternal AND proname = 'refuse_change' "
            "AND relnamespace = current_schema()::regnamespace GROUP BY c.relname"
        )
    )
    return {str(table): str(acts) for table, acts in rows}


def _tables(connection: Connection, *, with_unit: bool) -> list[str]:
    """Return our tables that name a unit, or those that do not; parts of tables are none."""
    rows = connection.scalars(
        text(
            "SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace AND :with = EXISTS (SELECT "
            "FROM pg_attribute a WHERE attrelid = c.oid AND attname = 'ulp' AND NOT attisdropped) "
            "ORDER BY relname"
        ),
        {"with": with_unit},
    )
    return [str(t) for t in rows if not str(t).startswith(_FOREIGN)]


def _either(connection: Connection) -> list[str]:
    """Return the tables whose rows need not name a unit: what is done over all units is there too."""
    rows = connection.scalars(
        text(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid "
            "WHERE relkind IN ('r', 'p') AND attname = 'ulp' AND NOT attnotnull AND NOT attisdropped "
            "AND NOT relispartition AND relnamespace = current_schema()::regnamespace ORDER BY 1"
        )
    )
    return [str(t) for t in rows]


def _close_schema(connection: Connection) -> None:
    """Let nobody but the owner make tables: before PostgreSQL 15 anybody could."""
    if connection.scalar(
        text(
            "SELECT has_schema_privilege('public', 'public', 'CREATE') AND pg_has_role(current_user, "
            "nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public'"
        )
    ):
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))


def _there_table(connection: Connection, table: str) -> bool:
    return connection.scalar(text("SELECT to_regclass(:t)"), {"t": table}) is not None
