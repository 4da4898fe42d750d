"""SOP IV.1: how complete both lists are, and how RBM and gardu lie on each other."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.unit.evaluated import Evaluation
from rbmgeo.workflows.evaluate import evaluation
from web.access import allow
from web.kept import Kept
from web.pages.download import csv_file
from web.pages.forms import page_number, rows_a_page
from web.pages.jobs import ask

bp = Blueprint("evaluation", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/evaluasi")

_KEPT: Kept[Evaluation] = Kept()
_ROWS = 40


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show completeness per RBM or per gardu, and the matrix."""
    if not g.facts.customers:
        return render_template("evaluation.html", done=None)
    done = _evaluation()
    view = request.args.get("lihat", "rbm")
    table = done.per_gardu if view == "gardu" else done.per_rbm
    rows, columns = _matrix_rows(done.matrix) if view == "matriks" else ([], [])
    count = len(rows) if view == "matriks" else len(table)
    size = rows_a_page(_ROWS)
    at, last = page_number(request.args.get("hal"), count, size)
    part = slice((at - 1) * size, at * size)
    shown = rows[part]
    used = {rbm for _, pairs in shown for rbm in pairs}
    return render_template(
        "evaluation.html", done=done, view=view, table=table.iloc[part], totals=table.sum(),
        rows=shown, columns=[c for c in columns if c in used], page=at, pages=last,
    )  # fmt: skip


@bp.get("/<name>.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def table(name: str) -> Response:
    """Give one of the tables."""
    done = _evaluation()
    tables = {
        "rbm": done.per_rbm.reset_index(),
        "gardu": done.per_gardu.reset_index(),
        "matriks": done.matrix,
    }
    if name not in tables:
        raise UsageError(f"there is no table {name!r}", f"tidak ada tabel {name!r}")
    return csv_file(tables[name], f"evaluasi-{name}-{g.ulp}.csv")


@bp.post("")
@allow(Role.PERENCANA)
def run() -> AnyResponse:
    """Ask for an evaluation that is kept."""
    return ask("evaluate")


def _evaluation() -> Evaluation:
    return _KEPT.get(lambda session: evaluation(session, g.ulp))


def _matrix_rows(matrix: pd.DataFrame) -> tuple[list[tuple[str, dict[str, int]]], list[str]]:
    """Return (gardu, {rbm: customers}) with gardu of one RBM beside each other."""
    by_gardu: dict[str, dict[str, int]] = {}
    rows: list[Any] = list(matrix.itertuples(index=False))
    for row in rows:
        by_gardu.setdefault(row.gardu, {})[row.rbm] = int(row.customers)

    def home(item: tuple[str, dict[str, int]]) -> tuple[str, str]:
        gardu, pairs = item
        return min(pairs, key=lambda rbm: (-pairs[rbm], rbm)), gardu

    return sorted(by_gardu.items(), key=home), sorted(matrix["rbm"].unique())
