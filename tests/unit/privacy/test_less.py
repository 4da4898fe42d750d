"""What was before an import is rid of all that an erasure empties in the tables that imports fill."""

import pytest

from rbmgeo.privacy.classes import EMPTY, tables

#: Tables that imports fill and an erasure empties columns of.
FILLED = ("customer", "customer_point", "reader_log")


@pytest.mark.parametrize("name", FILLED)
def test_what_an_erasure_empties_is_not_kept_as_it_was_before_an_import(name):
    emptied = tables()[name].erase
    assert emptied
    assert [column for column in emptied if f"'{column}'" not in EMPTY["less"]] == []
