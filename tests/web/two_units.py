"""A second unit made from the first: the same rows under other ids, each word and number marked."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries import people

#: Stands in every word of the second unit, and nowhere else.
MARK = "BCR77"
#: What is added to its whole ids, and what its UUIDs begin with.
MORE, UUID_HEAD = 5000, "bbbbbbbb"
PASSWORD = "sandi-uji-panjang"
#: Words of the program, not of people: they decide what a page does.
_PROGRAM = frozenset(
    {"ulp", "blth", "effective_blth", "tarif", "time_zone", "suffix", "data_version", "question", "version", "tree_hash",
     "sha256", "photo_sha256", "scan_sha256", "content_sha256", "mark", "rule", "message_id", "message_en", "field", "job",
     "lbkb_code", "service", "match", "column", "subject", "login", "asked_by", "officer_login", "wrapped_key", "queue_id",
     "device_id", "highway", "oneway", "task", "step", "plan", "method", "lot_by", "relation"}
)  # fmt: skip


def add_second(session: Session, *, like: str, ulp: str, roles: tuple[str, ...]) -> dict[str, int]:
    """Copy every row of unit ``like`` into ``ulp``, marked; people ``b_<role>``; rows by table."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("DELETE FROM ulp WHERE ulp = :u"), {"u": ulp})
    tables = session.scalars(
        text(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attname = 'ulp' "
            "WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace "
            "AND relname NOT IN ('user_role', 'user_rbm', 'command_log') ORDER BY 1"
        )
    ).all()
    copied = {t: _copy(session, str(t), like, ulp) for t in tables}
    session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    session.execute(
        text("UPDATE ulp SET name = :n WHERE ulp = :u"), {"n": "Unit tetangga", "u": ulp}
    )
    for role in roles:
        people.add_user(
            session, login=f"b_{role}", password=PASSWORD, display_name=f"Orang {MARK}", grants=[(ulp, role)]
        )  # fmt: skip
    return copied


def _copy(session: Session, table: str, like: str, ulp: str) -> int:
    columns = session.execute(
        text(
            "SELECT attname, format_type(atttypid, NULL) AS type, atttypmod, attidentity FROM pg_attribute "
            "WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        ),
        {"t": table},
    ).all()
    program = _of_program(session, table, [c.attname for c in columns], like)
    names = ", ".join(f'"{c.attname}"' for c in columns)
    values = ", ".join(_other(c.attname, c.type, c.atttypmod, ulp, program) for c in columns)
    done = session.execute(
        text(
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {table} "
            "WHERE ulp = :like"
        ),
        {"like": like},
    )
    return int(done.rowcount)


def _of_program(session: Session, table: str, columns: list[str], like: str) -> frozenset[str]:
    """Return the columns whose every word is one of the program's: small letters and strokes."""
    found = set()
    for name in columns:
        other = session.scalar(
            text(
                f"SELECT EXISTS (SELECT FROM {table} WHERE ulp = :u AND \"{name}\"::text !~ '^[a-z_]*$')"
            ),
            {"u": like},
        )
        if not other:
            found.add(name)
    return frozenset(found) | _PROGRAM


def _other(name: str, kind: str, most: int, ulp: str, program: frozenset[str]) -> str:
    column = f'"{name}"'
    if name == "ulp":
        return f"'{ulp}'"
    if name == "idpel":
        return f"'{ulp}' || substr({column}, 6)"
    if kind == "uuid":
        return f"('{UUID_HEAD}' || substr({column}::text, 9))::uuid"
    if (
        kind == "bigint"
        and name.endswith(("_id", "_no"))
        and name not in ("user_id", "conflict_no", "place_no")
    ):
        return f"{column} + {MORE}"
    if kind == "numeric" and "kwh" in name:
        return f"{column} + 77123"
    if kind in ("text", "character varying") and name not in program and most < 0:
        # Figures kept as text are read as figures.
        return f"CASE WHEN {column} ~ '^[-0-9., ]+$' THEN {column} ELSE {column} || '{MARK}' END"
    if kind == "jsonb" and name not in ("settings", "params", "args", "layers"):
        return f"replace({column}::text, 'Jl. ', 'Jl. {MARK} ')::jsonb"
    return column
