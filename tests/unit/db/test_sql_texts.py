"""Values are bound: what is put into SQL otherwise is declared here, and none of it comes from a person."""

import pytest
from house_sql import ROOT, loose
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.db.names import plain_names

DB = ROOT / "rbmgeo/db"
#: What is put into a text of SQL, by file below rbmgeo/db: names of our own tables and columns
#: (``table``, ``listed`` ...), whole texts chosen by code (``query``, ``told`` ...), conditions
#: whose values are bound (``where``, ``some`` ...). A new one belongs here only if no person, file
#: or request can say a letter of it.
DECLARED = {
    "bulk.py": {"column", "columns", "filled", "limits", "name", "part.name", "query", "self.name",
                "self.table", "self.ulp", "table", "ulp", "value"},
    "incoming.py": {"' OR '.join(['t.ulp IS NULL', *differs])", "action", "beside", "column", "joined",
                    "keyed", "listed", "picked", "table", "where"},
    "queries/batch_undo.py": {"keyed", "listed", "query", "same", "table", "unused"},
    "queries/batches.py": {"query", "table"},
    "queries/board.py": {"asked", "column", "table"},
    "queries/deeds.py": {"query"},
    "queries/energy.py": {"TOLD", "_PER_RBM_GARDU"},
    "queries/energy_lines.py": {"gardu", "same_line", "sides", "some", "told"},
    "queries/events.py": {"query", "query.with_for_update()"},
    "queries/handoff.py": {"', '.join(names)"},
    "queries/imports.py": {"' AND '.join(same)", "', '.join(key)", "beside", "listed", "same", "table"},
    "queries/layers.py": {"''.join((f'{c}, ' for c in layer.columns))", "', '.join([*each, rbms])",
                          "_and(conditions)", "layer.key", "layer.name", "kind", "layer.table"},
    "queries/lists.py": {"sql"},
    "queries/manifest.py": {"names", "order", "setting", "table"},
    "queries/map_data.py": {"column", "more", "some", "source", "table"},
    "queries/access.py": {"part"},
    "queries/border.py": {"asked"},
    "queries/erasures.py": {"_whose(table)", "only", "put", "sql", "table.name"},
    "queries/jobs.py": {"query"},
    "queries/photo_retention.py": {"case", "table", "where"},
    "queries/region.py": {"asked", "more"},
    "queries/search.py": {"_SEARCH.format(last=asked)"},
    "queries/unit_moves.py": {"asked", "row"},
    "queries/unit_runs.py": {"asked"},
    "queries/month_kept.py": {"asked", "table"},
    "queries/mutations.py": {"listed", "sets"},
    "queries/observations.py": {"', '.join((f's.{c}' for c in STRANGER))", "extra", "table", "values"},
    "queries/people.py": {"query"},
    "queries/phone_bundles.py": {"table"},
    "queries/reader_facts.py": {"looked"},
    "queries/records.py": {"sets"},
    "queries/sheets.py": {"columns", "key", "sql", "table"},
    "queries/stand_samples.py": {"asked"},
    "queries/units.py": {"' UNION '.join(map(_months_in, ('reading', 'rbm_list')))"},
    "queries/vendor.py": {"query"},
    "queries/visit_lists.py": {"which"},
    "queries/visit_photos.py": {"which"},
    "queries/visit_reviews.py": {"which"},
    "queries/work.py": {"table"},
    "rights.py": {"marks", "name", "one", "query", "table", "wanted"},
    "roles.py": {"group", "has", "make", "query", "role"},
    "server/databases.py": {"_q(named(made))", "_q(named(url))", "_q(old)", "query", "sorting"},
    "server/newest.py": {"t"},
    "server/up.py": {"extension", "name", "query"},
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(DB.rglob("*.py")), ids=lambda p: str(p.relative_to(DB)))
def test_what_is_put_into_sql_is_declared(path):
    declared = DECLARED.get(str(path.relative_to(DB)), set())
    found = dict(loose(path))
    strange = {part: line for part, line in found.items() if part not in declared}
    assert strange == {}, "bind the value, or declare the name with whoever says it"
    assert declared <= set(found), f"no longer there: {declared - set(found)}"


def test_nothing_outside_of_the_database_s_room_writes_sql():
    outside = [
        p for room in ("rbmgeo", "web") for p in (ROOT / room).rglob("*.py") if DB not in p.parents
    ]
    found = [f"{p.relative_to(ROOT)}:{line}: {part}" for p in outside for part, line in loose(p)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["session.execute(text(f'SELECT {x}'))", "text('SELECT %s' % x)", "text('SELECT {}'.format(x))",
     "text('SELECT ' + x)", "cursor.execute(x)", "session.scalar(text(Q.replace('a', x)))",
     "lists.read(session, f'SELECT {x}')", "sa.text(x)", "connection.exec_driver_sql(' '.join(x))"],
)  # fmt: skip
def test_text_that_is_put_together_is_found(tmp_path, line):
    path = tmp_path / "a.py"
    path.write_text(f"from sqlalchemy import text\nQ = 'SELECT 1'\n{line}\n")
    assert list(loose(path))


@pytest.mark.parametrize(
    "line", ["text('SELECT :a')", "text(f'SELECT {Q} WHERE a = :a')", "text(Q)"]
)
def test_fixed_text_is_left_in_peace(tmp_path, line):
    path = tmp_path / "a.py"
    path.write_text(f"from sqlalchemy import text\nQ = 'SELECT 1'\n{line}\n")
    assert list(loose(path)) == []


@pytest.mark.parametrize("name", ["reading", '"part_customer_51354"', "blth", "kWh_1"])
def test_a_plain_name_passes(name):
    plain_names((name,))


@given(st.text(min_size=1).filter(lambda t: not t.replace("_", "").isalnum() or not t.isascii()))
def test_nothing_else_is_a_name(name):
    with pytest.raises(ValueError, match="no name"):
        plain_names((name,))


@pytest.mark.parametrize(
    "name", ["", '"', 'a"; DROP TABLE customer; --', "a b", "1a", "a" * 64, "a\n"]
)
def test_what_could_end_a_name_is_none(name):
    with pytest.raises(ValueError, match="no name"):
        plain_names((name,))
