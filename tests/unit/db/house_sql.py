"""Read the sources and say what is put into SQL beside fixed words."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
#: Functions that take SQL, by their last name, and which of their arguments it is.
TAKES_SQL = {
    "text": 0, "execute": 0, "exec_driver_sql": 0, "read_sql": 0, "executemany": 0, "copy_expert": 0,
    "mogrify": 0, "scalar": 0, "scalars": 0, "DDL": 0, "literal_column": 0, "text_clause": 0,
    "read": 1, "read_exact": 1, "read_large": 1, "copied": 1,
}  # fmt: skip
#: Names that mean SQL only where they come from SQLAlchemy or a file of queries.
_SHARED = {"text", "read"}
_FULL = {"sa.text", "sqlalchemy.text"}
#: Calls that make a text of texts.
_OF_TEXT = {"join", "format", "replace", "strip", "dedent", "read_text"}


def loose(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every expression, with its line, that reaches SQL and is no fixed text of its module."""
    tree = ast.parse(path.read_text("utf-8"))
    brought = _brought(tree)
    fixed = _fixed(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _last(node.func)
        if name not in TAKES_SQL or len(node.args) <= TAKES_SQL[name]:
            continue
        if name in _SHARED and isinstance(node.func, ast.Name) and name not in brought:
            continue
        if (
            name == "text"
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func) not in _FULL
        ):
            continue
        said = node.args[TAKES_SQL[name]]
        # A call makes a statement of columns, or is `text`, which is looked at by itself.
        if not isinstance(said, ast.Call) or name == "text" or _last(said.func) in _OF_TEXT:
            yield from ((part, node.lineno) for part in _parts(said, fixed))


def _last(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _brought(tree: ast.Module) -> set[str]:
    """Return the names that mean SQL in this module, by where they come from."""
    out = {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "read"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            of = node.module or ""
            if of.startswith(("sqlalchemy", "rbmgeo.db")):
                out |= {a.asname or a.name for a in node.names}
    return out


def _fixed(tree: ast.Module) -> set[str]:
    """Return the names that a module, or the one it is brought from, gives one value for ever."""
    made = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            made |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            made.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            made |= {a.asname or a.name for a in node.names}
    return {name for name in made if name.isupper()}


def _parts(node: ast.expr, fixed: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in fixed):
        return
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield from _parts(value.value, fixed)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left, fixed)
        yield from _parts(node.right, fixed)
    elif isinstance(node, ast.IfExp):
        yield from _parts(node.body, fixed)
        yield from _parts(node.orelse, fixed)
    elif isinstance(node, ast.Subscript) or _filled_in(node):
        # One of the fixed texts of a table; a fixed text with fixed words put in.
        yield from _parts(node.value if isinstance(node, ast.Subscript) else node.func.value, fixed)
    else:
        yield ast.unparse(node)


def _filled_in(node: ast.expr) -> bool:
    """Say whether a text gets fixed words put in (`str.format`, `str.replace`)."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "replace")
        and all(
            isinstance(a, ast.Constant) for a in [*node.args, *(k.value for k in node.keywords)]
        )
    )
